"""JSON holds all of a fitted neuron, and reading it is safe whatever the text is."""

import copy
import json
import pickle
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_iris, make_moons
from sklearn.exceptions import NotFittedError

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
    _json,
)

X, Y = make_moons(60, noise=0.2, random_state=0)
IRIS = load_iris(return_X_y=True)
WIDE = np.random.default_rng(0).normal(size=(20, 40)), np.arange(20) % 2
ESTIMATORS = {
    "biological": BiologicalNeuronClassifier(),
    "noisy": BiologicalNeuronClassifier(noise="auto", max_iter=20, n_init=1),
    "logistic": LogisticNeuron(),
    "textbook": LogisticNeuron(alpha=0, fit_intercept=False),
    "uncertain": LogisticNeuron(alpha="auto", predictive="laplace"),
    "biasless": LogisticNeuron(alpha=1, predictive="laplace", fit_intercept=False),
    "net": TinyNeuralNet(3, n_init=1),
    "no hidden": TinyNeuralNet(0),
    "plain net": TinyNeuralNet(3, activation="relu", alpha=1.0, n_init=1),
    "many neurons": TinyNeuralNet(30),
    "regressor": TinyNeuralNetRegressor(3, n_init=1),
    "linear": TinyNeuralNetRegressor(0),
}
DATA = {"binary": (X, Y), "three classes": IRIS, "more inputs than rows": WIDE}
estimators = pytest.mark.parametrize("name", ESTIMATORS)


def _fitted(name, X=X, y=Y):
    estimator = copy.deepcopy(ESTIMATORS[name])
    return estimator.fit(X, y)


def _copy(estimator):
    return type(estimator).from_json(estimator.to_json())


def _answers(estimator, X):
    if isinstance(estimator, TinyNeuralNetRegressor):
        return estimator.predict(X, return_std=True)
    methods = ("predict", "predict_proba", "predict_log_proba", "decision_function")
    return [getattr(estimator, method)(X) for method in methods]


def _require_equal(first, second, X):
    for one, other in zip(_answers(first, X), _answers(second, X), strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("data", DATA.values(), ids=DATA)
@estimators
def test_a_copy_has_everything_to_the_last_bit(name, data):
    fitted = _fitted(name, *data)
    loaded = _copy(fitted)
    _require_equal(fitted, loaded, data[0])
    assert loaded.to_json() == fitted.to_json()
    assert loaded.get_params() == fitted.get_params()
    # None of the attributes is left out, and no other is made up.
    assert vars(loaded).keys() == fitted.__getstate__().keys()
    for name in [name for name in vars(loaded) if name.endswith("_")]:
        assert type(getattr(loaded, name)) is type(getattr(fitted, name)), name
    _require_equal(fitted, pickle.loads(pickle.dumps(loaded)), data[0])


LABELS = {
    "str": np.array(["left", "right"]),
    "object": np.array(["left", "right"], dtype=object),
    "int": np.array([-3, 2**40]),
    "uint8": np.array([0, 255], dtype=np.uint8),
    "bool": np.array([False, True]),
    "float": np.array([-1.0, 2.0]),
    "float32": np.array([0.0, 1.0], dtype=np.float32),
    "unicode": np.array(["\u00e9\u4e2d", "\U0001f9e0"]),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("name", ["biological", "logistic", "net"])
def test_labels_keep_their_kind(name, labels):
    fitted = _fitted(name, X, labels[Y])
    loaded = _copy(fitted)
    np.testing.assert_array_equal(loaded.classes_, fitted.classes_, strict=True)
    _require_equal(fitted, loaded, X)


@estimators
def test_names_of_inputs_are_kept(name):
    frame = pd.DataFrame(X, columns=["age", "in\ncome"])
    fitted = _fitted(name, frame)
    loaded = _copy(fitted)
    np.testing.assert_array_equal(loaded.feature_names_in_, ["age", "in\ncome"])
    _require_equal(fitted, loaded, frame)
    with pytest.raises(ValueError, match="feature names"):
        loaded.predict(frame[["in\ncome", "age"]])


def test_parameters_of_every_kind_are_kept():
    generator = np.random.RandomState(3)
    generator.normal()
    weights = {"left": np.float64(0.1), "right": 2}
    net = TinyNeuralNet(
        np.int64(2), alpha=np.float32(0.1), class_weight=weights, random_state=generator
    ).fit(X, LABELS["str"][Y])
    loaded = _copy(net)
    assert loaded.n_neurons == 2
    assert loaded.alpha == np.float32(0.1)
    assert loaded.class_weight == weights
    assert loaded.random_state.normal(size=5).tolist() == (
        generator.normal(size=5).tolist()
    )


def test_teaching_methods_work_after_loading():
    neuron = _copy(LogisticNeuron(alpha=0).fit(X, Y))
    pd.testing.assert_frame_equal(
        neuron.summary(), LogisticNeuron(alpha=0).fit(X, Y).summary()
    )
    net = _fitted("net")
    pd.testing.assert_frame_equal(_copy(net).weights_table(), net.weights_table())
    assert _copy(net).log_evidence_ == net.log_evidence_
    cell = _fitted("biological")
    pd.testing.assert_frame_equal(_copy(cell).synapses(), cell.synapses())


def test_what_was_learnt_beside_held_out_data_is_kept():
    net = TinyNeuralNet(3).fit(X[::2], Y[::2], X_val=X[1::2], y_val=Y[1::2])
    loaded = _copy(net)
    assert loaded.validation_loss_curve_ == net.validation_loss_curve_
    assert loaded.best_iter_ == net.best_iter_


def test_parameters_set_after_the_fit_do_not_change_the_network():
    net = _fitted("net").set_params(activation="relu", n_neurons=9)
    _require_equal(net, _copy(net), X)


@pytest.mark.parametrize("cls", [BiologicalNeuronClassifier, LogisticNeuron])
def test_neurons_with_given_parameters(cls):
    neuron = cls.from_parameters([0.1, -7], 3, classes=["a", "b"])
    _require_equal(neuron, _copy(neuron), X)


@estimators
def test_an_estimator_without_a_fit_has_no_json(name):
    with pytest.raises(NotFittedError):
        ESTIMATORS[name].to_json()


def test_a_class_of_ones_own_is_refused():
    class Mine(TinyNeuralNet):
        pass

    with pytest.raises(ValueError, match=r"TinyNeuralNetRegressor, not for .*Mine"):
        Mine(2).fit(X, Y).to_json()


def test_labels_that_json_has_not_are_refused():
    neuron = LogisticNeuron.from_parameters([1], 0, np.array([3, 4], "datetime64[D]"))
    with pytest.raises(ValueError, match=r"fitted.classes_.dtype must be one of bool"):
        neuron.to_json()


def test_numbers_that_are_not_finite_are_refused():
    neuron = _fitted("logistic")
    neuron.coef_[0, 1] = np.inf
    with pytest.raises(ValueError, match=r"fitted.coef_ must be finite"):
        neuron.to_json()


DOCUMENT = json.loads(_fitted("net", X, np.array(["left", "right"])[Y]).to_json())
LOW_RANK = json.loads(_fitted("many neurons").to_json())
LOGISTIC = json.loads(_fitted("uncertain").to_json())


def _streamed(estimator):
    for rows in np.array_split(np.arange(len(X)), 3):
        estimator.partial_fit(X[rows], Y[rows], [0, 1])
    return json.loads(estimator.to_json())


RECURSION = _streamed(LogisticNeuron(alpha="auto"))
WALK = _streamed(TinyNeuralNet(2))
SPOILT = [
    (("format",), "pickle", "the text"),
    (("version",), 2, "version"),
    (("version",), True, "version"),
    (("version",), "1", "version"),
    (("estimator",), "LogisticNeuron", "LogisticNeuron.from_json"),
    (("estimator",), ["TinyNeuralNet"], "estimator"),
    (("parameters",), [], "parameters"),
    (("parameters", "alpha"), -1.0, "'alpha'"),
    (("parameters", "alpha"), {"a": 1}, "parameters.alpha"),
    (("parameters", "tol"), [0.1], "parameters.tol"),
    (("parameters", "class_weight"), [["a"]], "parameters.class_weight"),
    (("parameters", "class_weight"), [[[], 1]], "parameters.class_weight"),
    (("parameters", "class_weight"), [["a", "b"]], "finite number"),
    (("parameters", "random_state"), {"key": []}, "parameters.random_state"),
    (("fitted",), None, "fitted"),
    (("fitted", "theta"), None, "fitted.theta must be a list of 13 numbers"),
    (("fitted", "theta"), [0.0] * 12, "fitted.theta.*13 numbers.*list of 12"),
    (("fitted", "theta"), [True] * 13, "fitted.theta must be numbers"),
    (("fitted", "theta"), ["0"] * 13, "fitted.theta must be numbers"),
    (("fitted", "theta"), [[0.0]] * 13, "fitted.theta must be numbers"),
    (("fitted", "coefs_", 0, 1), [0.0], r"fitted.coefs_\[0\] must be a list of 3"),
    (("fitted", "coefs_"), [], "fitted.coefs_ must be a list of 2 layers"),
    (("fitted", "n_neurons_"), 10**39, "fitted.n_parameters_"),
    (("fitted", "n_neurons_"), -1, "fitted.n_neurons_"),
    (("fitted", "n_neurons_"), 3.0, "fitted.n_neurons_"),
    (("fitted", "n_features_in_"), 0, "fitted.n_features_in_"),
    (("fitted", "n_features_in_"), 10**12, "fitted.n_parameters_"),
    (("fitted", "scaling", "scale", 0), 0.0, "fitted.scaling.scale must be positive"),
    (("fitted", "predictor"), "__import__('os')", "fitted.predictor must be one of"),
    (("fitted", "predictor"), ["tanh"], "fitted.predictor must be one of"),
    (("fitted", "converged_"), 1, "fitted.converged_ must be true or false"),
    (("fitted", "loss_curve_"), 1.0, "fitted.loss_curve_ must be a list"),
    (("fitted", "feature_names_in_"), ["a"], "fitted.feature_names_in_"),
    (("fitted", "feature_names_in_"), ["a", 1], "fitted.feature_names_in_"),
    (("fitted", "factor", "lower", 0, 0), -1.0, "fitted.factor.lower"),
    (("fitted", "factor", "lower", 4), [1.0], "fitted.factor.lower"),
    (("fitted", "factor", "lower"), [[1.0]], "fitted.factor.lower"),
    (("fitted", "factor", "root"), [], "fitted.factor.root"),
    (("fitted", "factor"), 7, "fitted.factor must be a dictionary"),
    (("fitted", "classes_", "dtype"), "<U1000000000", "fitted.classes_.dtype"),
    (("fitted", "classes_", "dtype"), "float64", "fitted.classes_.labels"),
    (("fitted", "classes_", "labels"), ["b", "a"], "ascending order"),
    (("fitted", "classes_", "labels"), ["a", "a"], "ascending order"),
    (("fitted", "classes_", "labels"), ["a", "a\0"], "exact as str"),
    (("fitted", "classes_", "labels"), ["a"], "two or more labels"),
    (("fitted", "classes_", "labels"), ["a", "b" * 2**21 + "!"], "characters at most"),
    (("fitted", "classes_", "labels"), ["a", "b", "c"], "fitted.n_parameters_"),
    (
        ("fitted", "classes_"),
        {"dtype": "int8", "labels": [0, 300]},
        "in the range of int8",
    ),
    (
        ("fitted", "classes_"),
        {"dtype": "float16", "labels": [0.0, 1e9]},
        "exact as float16",
    ),
]


@pytest.mark.parametrize(("path", "value", "message"), SPOILT)
def test_a_field_that_is_wrong_is_named(path, value, message):
    with pytest.raises(ValueError, match=message):
        TinyNeuralNet.from_json(json.dumps(_replaced(DOCUMENT, path, value)))


_STREAM = ("fitted", "stream")
SPOILT_STREAMS = [
    ((), [], "fitted.stream must be a dictionary"),
    (("passes", "now"), 0.0, "stream.passes.now"),
    (("passes", "before"), -1.0, "stream.passes.before"),
    (("passes", "first"), ["a"], "stream.passes.first"),
    (("moments", "mean"), [0.0], "stream.moments.mean must be a list of 2"),
    (("moments", "low"), [0.0, None], "stream.moments.low must be numbers"),
    (("moments", "two"), [0, 1], "stream.moments.two must be a list of bool"),
    (("moments", "weight"), 0, "stream.moments.weight"),
    (("counts",), [1.0], "stream.counts must be a list of 2"),
    (("counts",), [1.0, -1.0], "stream.counts must be numbers of 0 or more"),
    (("learner", "theta"), [0.0], "stream.learner.theta must be a list of"),
    (("learner", "scaling", "scale"), [1.0, 0.0], "learner.scaling.scale must be posi"),
]
SPOILT_STREAMS = [
    (document, *spoilt) for document in (RECURSION, WALK) for spoilt in SPOILT_STREAMS
] + [
    (RECURSION, ("learner", "now", "hessian"), [[1.0]], "learner.now.hessian must be"),
    (RECURSION, ("learner", "damping"), -1.0, "stream.learner.damping"),
    (WALK, ("learner", "n_steps"), -1, "stream.learner.n_steps"),
    (WALK, ("learner", "seed"), 0.5, "stream.learner.seed"),
    (WALK, ("learner", "curvature"), [[1.0]], "stream.learner.curvature must be"),
]


@pytest.mark.parametrize(("document", "path", "value", "message"), SPOILT_STREAMS)
def test_a_field_of_a_stream_that_is_wrong_is_named(document, path, value, message):
    cls = TinyNeuralNet if document is WALK else LogisticNeuron
    text = json.dumps(_replaced(document, (*_STREAM, *path), value))
    with pytest.raises(ValueError, match=message):
        cls.from_json(text)
    for number in ("NaN", "-Infinity", "1e999"):
        count = f'"counts": [{number}, '
        text = re.sub(r'"counts": \[[\d.]+, ', count, json.dumps(document))
        with pytest.raises(ValueError, match=r"JSON: .* must be"):
            cls.from_json(text)


@pytest.mark.parametrize("size", [1e308, 1e9, 0.0])
def test_a_stream_that_makes_no_sense_goes_on_or_says_so(size):
    spoilt = RECURSION
    for part in ("now", "before"):
        hessian = [[-size] * 3] * 3
        spoilt = _replaced(spoilt, (*_STREAM, "learner", part, "hessian"), hessian)
    with np.errstate(all="ignore"):
        _require_value_error_or_progress(LogisticNeuron.from_json(json.dumps(spoilt)))


def test_the_correction_of_scores_needs_the_scaling():
    text = json.dumps(_replaced(LOGISTIC, ("fitted", "scaling"), None))
    with pytest.raises(ValueError, match=r"given where fitted\.laplace is"):
        LogisticNeuron.from_json(text)


def _replaced(document, path, value):
    document = copy.deepcopy(document)
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return document


def _dictionaries(found, path=()):
    if isinstance(found, dict):
        yield path
        for name, inner in found.items():
            yield from _dictionaries(inner, (*path, name))


@pytest.mark.parametrize("path", [*_dictionaries(DOCUMENT)], ids=str)
def test_every_dictionary_has_its_names_and_no_other(path):
    spoilt = copy.deepcopy(DOCUMENT)
    holder = spoilt
    for step in path:
        holder = holder[step]
    names = list(holder)
    holder["surprise"] = 1
    with pytest.raises(ValueError, match="surprise"):
        TinyNeuralNet.from_json(json.dumps(spoilt))
    del holder["surprise"]
    for name in names:
        value = holder.pop(name)
        with pytest.raises(ValueError, match=name if path else "the "):
            TinyNeuralNet.from_json(json.dumps(spoilt))
        holder[name] = value
    assert TinyNeuralNet.from_json(json.dumps(spoilt)).n_neurons_ == 3


TEXT = json.dumps(DOCUMENT)
LOSS = f'"loss_": {DOCUMENT["fitted"]["loss_"]}'
NOT_JSON = {
    "empty": "",
    "no dictionary": "[1, 2]",
    "NaN": TEXT.replace(LOSS, '"loss_": NaN'),
    "Infinity": TEXT.replace(LOSS, '"loss_": -Infinity'),
    "too large for a float": TEXT.replace(LOSS, '"loss_": 1e999'),
    "a name twice": TEXT.replace(LOSS, f"{LOSS}, {LOSS}"),
    "digits": TEXT.replace('"n_iter_": ', '"n_iter_": ' + "1" * 5000),
    "deep": "[" * 10**6,
    "deep and closed": "[" * 10**5 + "]" * 10**5,
    "many brackets": "[" + "{}," * 2**22 + "1]",
    "byte order mark": "\ufeff" + TEXT,
    "bytes": TEXT.encode(),
    "a dictionary": DOCUMENT,
    "None": None,
}


@pytest.mark.parametrize("text", NOT_JSON.values(), ids=NOT_JSON)
def test_a_text_that_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match=r"JSON: .* must be") as caught:
        TinyNeuralNet.from_json(text)
    assert len(str(caught.value)) < 400


def test_a_text_of_any_length_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(_json, "_LARGEST_TEXT", len(TEXT) - 1)
    with pytest.raises(ValueError, match="characters at most"):
        TinyNeuralNet.from_json(TEXT)
    with pytest.raises(ValueError, match="characters at most"):
        TinyNeuralNet.from_json(TEXT).to_json()


def test_every_class_refuses_the_others():
    for cls in (BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNetRegressor):
        with pytest.raises(ValueError, match=r"use TinyNeuralNet\.from_json"):
            cls.from_json(TEXT)


DOCUMENTS = {
    "TinyNeuralNet": [DOCUMENT, LOW_RANK, WALK],
    "LogisticNeuron": [LOGISTIC, RECURSION],
}
PAIRS = [
    (cls, document)
    for cls in (TinyNeuralNet, LogisticNeuron)
    for document in DOCUMENTS[cls.__name__]
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from([10**39, -(2**63), 1e308, 5e-324, "auto", "tanh", "object"]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner)
    ),
    max_leaves=8,
)
fuzz = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def _require_value_error_or_neuron(cls, text):
    """Read a text; what is accepted can be written, read and asked."""
    try:
        loaded = cls.from_json(text)
    except ValueError:
        return
    with np.errstate(all="ignore"):
        loaded.predict_proba(X)
        _require_value_error_or_progress(pickle.loads(pickle.dumps(loaded)))
    assert cls.from_json(loaded.to_json()).to_json() == loaded.to_json()


def _require_value_error_or_progress(loaded):
    before = vars(loaded).copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            loaded.partial_fit(X[:20], Y[:20])
        except ValueError:
            assert vars(loaded) == before


@given(st.sampled_from(PAIRS), st.data())
@fuzz
def test_a_truncated_text_is_refused(pair, data):
    cls, document = pair
    text = json.dumps(document)
    length = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ValueError, match="valid JSON"):
        cls.from_json(text[:length])


@given(st.sampled_from(PAIRS), st.data())
@fuzz
def test_characters_that_change_do_no_harm(pair, data):
    cls, document = pair
    text = list(json.dumps(document)[:20_000])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from('0123456789-+.eE"[]{},:truefalsn\\\0 '))
    rest = json.dumps(document)[20_000:]
    _require_value_error_or_neuron(cls, "".join(text) + rest)


@given(st.sampled_from(PAIRS), st.data())
@fuzz
def test_values_that_change_do_no_harm(pair, data):
    cls, document = pair
    path, holder = [], document
    while isinstance(holder, (dict, list)) and holder:
        steps = list(holder) if isinstance(holder, dict) else range(len(holder))
        path.append(data.draw(st.sampled_from(steps)))
        holder = holder[path[-1]]
        if data.draw(st.booleans()) and len(path) > 1:
            break
    changed = _replaced(document, path, data.draw(VALUES))
    _require_value_error_or_neuron(cls, json.dumps(changed))


@given(st.sampled_from([TinyNeuralNet, LogisticNeuron]), VALUES)
@fuzz
def test_any_json_is_refused(cls, value):
    with pytest.raises(ValueError, match="Not a fitted neuron"):
        cls.from_json(json.dumps(value))
