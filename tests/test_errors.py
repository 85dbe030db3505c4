"""What goes wrong says what, and leaves everything as it was."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._numerics.objective import DataLoss

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
Y = (X[:, 0] + RNG.normal(size=30) > 0).astype(int)
NEURONS = {
    "biological": BiologicalNeuronClassifier(),
    "logistic": LogisticNeuron(),
    "net": TinyNeuralNet(2, n_init=1),
}
neurons = pytest.mark.parametrize("neuron", NEURONS.values(), ids=NEURONS)


BAD_PARAMETERS = {
    BiologicalNeuronClassifier: {
        "resting_potential": ["low", None, -np.inf],
        "threshold": ["high", None, np.inf],
        "action_potential": ["high", None, np.nan],
        "noise": [-1.0, "much", np.nan],
        "class_weight": ["even", 1.0, [1, 2]],
        "max_iter": [0, -3, 2.5, "many"],
        "n_init": [0, 1.5, "many"],
        "random_state": [-1, 0.5, "seed"],
    },
    LogisticNeuron: {
        "alpha": [-1.0, "strong", None, np.nan],
        "fit_intercept": ["yes", None, 2.0],
        "predictive": ["bayes", None, True],
        "class_weight": ["even", 1.0, [1, 2]],
        "max_iter": [0, -3, 2.5, "many"],
        "tol": [0.0, -1e-3, "small", None],
        "random_state": [-1, 0.5, "seed"],
    },
    TinyNeuralNet: {
        "n_neurons": [-1, 2.5, "many", None, (4, 4)],
        "activation": ["step", None, np.tanh],
        "alpha": [-1.0, "strong", None, np.nan],
        "solver": ["sgd", "newton-cg", None],
        "standardize": ["yes", None, 2.0],
        "predictive": ["bayes", None, True],
        "n_init": [0, 1.5, "many"],
        "max_iter": [0, -3, 2.5, "many"],
        "tol": [0.0, -1e-3, "small", None],
        "class_weight": ["even", 1.0, [1, 2]],
        "random_state": [-1, 0.5, "seed"],
        "verbose": [-1, "loud", None],
    },
}
BAD_PARAMETERS[TinyNeuralNetRegressor] = {
    name: values
    for name, values in BAD_PARAMETERS[TinyNeuralNet].items()
    if name not in ("predictive", "class_weight")
}
BAD = {
    f"{estimator.__name__}({name}={value!r})": (estimator, name, value)
    for estimator, parameters in BAD_PARAMETERS.items()
    for name, values in parameters.items()
    for value in values
}


@pytest.mark.parametrize("estimator", BAD_PARAMETERS, ids=lambda e: e.__name__)
def test_every_parameter_is_tried(estimator):
    assert set(BAD_PARAMETERS[estimator]) == set(estimator().get_params())


@pytest.mark.parametrize(("estimator", "name", "value"), BAD.values(), ids=BAD)
def test_bad_parameter_is_named_with_its_estimator_and_value(estimator, name, value):
    neuron = estimator(**{name: value})
    with pytest.raises(ValueError, match="must be") as caught:
        neuron.fit(X, Y)
    message = str(caught.value)
    assert f"The {name!r} parameter of {estimator.__name__} must be" in message
    assert f"Got {value!r} instead" in message


@neurons
def test_weights_of_unknown_classes_are_refused(neuron):
    with pytest.raises(ValueError, match="class"):
        clone(neuron).set_params(class_weight={"left": 1, "right": 2}).fit(X, Y)


def _with(value, column=1):
    spoilt = X.copy()
    spoilt[3, column] = value
    return spoilt


SECOND = np.where(Y, np.nan, 1.0)
BAD_DATA = {
    "NaN": ((_with(np.nan), Y), "NaN"),
    "inf": ((_with(np.inf), Y), "infinity"),
    "minus inf": ((_with(-np.inf), Y), "infinity"),
    "None": ((np.where(X > 1, None, X), Y), "NaN|NoneType"),
    "missing in a data frame": ((pd.DataFrame(_with(np.nan)), Y), "NaN"),
    "one dimension": ((X[:, 0], Y), "2D array"),
    "a column of a data frame": ((pd.DataFrame(X)[0], Y), "Pass a DataFrame"),
    "three dimensions": ((X[:, :, None], Y), "dim 3"),
    "no rows": ((X[:0], Y[:0]), "0 sample"),
    "no columns": ((X[:, :0], Y), "0 feature"),
    "complex": ((X + 1j, Y), "Complex data not supported"),
    "text": ((np.where(X > 0, "rich", "poor"), Y), "'(rich|poor)'.*OneHotEncoder"),
    "too few labels": ((X, Y[:-1]), "inconsistent numbers of samples"),
    "two columns of labels": ((X, np.column_stack([Y, Y])), "1d array|shape"),
    "continuous labels": ((X, X[:, 0]), "Unknown label type"),
    "missing label": ((X, SECOND), "NaN"),
    "None among labels": ((X, np.where(Y, None, "a")), "y holds None.*Leave rows"),
    "one class": ((X, np.zeros(30)), "one class"),
    "no labels": ((X, None), "requires y"),
    "weights all zero": ((X, Y, np.zeros(30)), "(?i)sample.weight.*zero"),
    "negative weight": ((X, Y, np.where(Y, 1, -2.0)), "Negative.*sample_weight.*-2"),
    "NaN weight": ((X, Y, np.where(Y, 1, np.nan)), "sample_weight contains NaN"),
    "infinite weight": ((X, Y, np.where(Y, 1, np.inf)), "sample_weight.*infinity"),
    "too few weights": ((X, Y, np.ones(29)), "sample_weight.shape"),
    "weights of a table": ((X, Y, np.ones((30, 2))), "[Ss]ample.weight.*1D"),
    "weight on one class": ((X, Y, Y.astype(float)), "one class"),
}


@pytest.mark.parametrize(("data", "message"), BAD_DATA.values(), ids=BAD_DATA)
@neurons
def test_bad_training_data_are_refused(neuron, data, message):
    with pytest.raises((ValueError, TypeError), match=message):
        clone(neuron).fit(*data)


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
@neurons
def test_class_weights_that_are_no_weights_are_refused(neuron, weight):
    three = np.arange(30) % 3
    with pytest.raises(ValueError, match=f"'class_weight'.*0 or more.*{weight}"):
        clone(neuron).set_params(class_weight={0: weight}).fit(X, three)


@neurons
def test_class_without_class_weight_leaves_one_class(neuron):
    with pytest.raises(ValueError, match=f"{type(neuron).__name__}.*one class"):
        clone(neuron).set_params(class_weight={0: 0.0, 1: 1.0}).fit(X, Y)


METHODS = ["predict", "predict_proba", "predict_log_proba", "decision_function"]
OWN_METHODS = {
    "biological": [*METHODS, "graded_potential", "fire"],
    "logistic": [*METHODS, "score_table"],
    "net": [*METHODS, "hidden_activations"],
}
CALLS = {
    f"{name}-{method}": (NEURONS[name], method)
    for name, methods in OWN_METHODS.items()
    for method in methods
}
calls = pytest.mark.parametrize(("neuron", "method"), CALLS.values(), ids=CALLS)


@calls
def test_use_before_fit_is_refused(neuron, method):
    with pytest.raises(NotFittedError, match=type(neuron).__name__):
        getattr(clone(neuron), method)(X)


TABLES = {
    "synapses": NEURONS["biological"],
    "to_logistic": NEURONS["biological"],
    "summary": NEURONS["logistic"],
    "weights_table": NEURONS["net"],
}


@pytest.mark.parametrize(("method", "neuron"), TABLES.items(), ids=TABLES)
def test_tables_before_fit_are_refused(method, neuron):
    with pytest.raises(NotFittedError, match=type(neuron).__name__):
        getattr(clone(neuron), method)()


BAD_ROWS = {
    "wrong width": (X[:, :1], "1 features?, but .* is expecting 2 features"),
    "NaN": (_with(np.nan), "NaN"),
    "inf": (_with(np.inf), "infinity"),
    "one dimension": (X[0], "2D array"),
    "text": (np.full((2, 2), "rich"), "convert|string"),
    "complex": (X + 1j, "Complex"),
}


@pytest.mark.parametrize(("rows", "message"), BAD_ROWS.values(), ids=BAD_ROWS)
@calls
def test_bad_rows_are_refused(neuron, method, rows, message):
    fitted = clone(neuron).fit(X, Y)
    with pytest.raises((ValueError, TypeError), match=message):
        getattr(fitted, method)(rows)


BAD_VALIDATION = {
    "wrong width": ({"X_val": X[:, :1], "y_val": Y}, "1 features?, but"),
    "no labels": ({"X_val": X}, "X_val and y_val must be given together"),
    "no inputs": ({"y_val": Y}, "X_val and y_val must be given together"),
    "weights alone": ({"sample_weight_val": np.ones(30)}, "X_val and y_val"),
    "unknown label": ({"X_val": X, "y_val": Y + 1}, r"labels.*\[2\].*\[0, 1\]"),
    "NaN": ({"X_val": _with(np.nan), "y_val": Y}, "NaN"),
    "too few labels": ({"X_val": X, "y_val": Y[:-1]}, "inconsistent"),
    "negative weight": (
        {"X_val": X, "y_val": Y, "sample_weight_val": -np.ones(30)},
        "Negative",
    ),
    "too few weights": (
        {"X_val": X, "y_val": Y, "sample_weight_val": np.ones(3)},
        "shape",
    ),
}


@pytest.mark.parametrize(
    ("held_out", "message"), BAD_VALIDATION.values(), ids=BAD_VALIDATION
)
def test_bad_validation_data_are_refused(held_out, message):
    with pytest.raises(ValueError, match=message):
        TinyNeuralNet(2).fit(X, Y, **held_out)


def _snapshot(neuron):
    """Return what must not change: every attribute's identity, and all content."""
    return {name: id(value) for name, value in vars(neuron).items()}, joblib.hash(
        neuron
    )


BAD_REFITS = {
    "NaN": lambda neuron: neuron.fit(_with(np.nan), Y),
    "one class": lambda neuron: neuron.fit(X, np.zeros(30)),
    "other columns": lambda neuron: neuron.fit(X[:, :1], np.zeros(30)),
    "names": lambda neuron: neuron.fit(pd.DataFrame(X, columns=["a", "b"]), Y[:-1]),
    "zero weights": lambda neuron: neuron.fit(X, Y, np.zeros(30)),
}


@pytest.mark.parametrize("refit", BAD_REFITS.values(), ids=BAD_REFITS)
@neurons
def test_failed_refit_leaves_the_neuron_as_it_was(neuron, refit):
    fitted = clone(neuron).fit(X, Y)
    before = _snapshot(fitted)
    with pytest.raises(ValueError, match=r".+"):
        refit(fitted)
    assert _snapshot(fitted) == before


def test_bad_parameter_in_a_refit_leaves_what_was_learnt():
    fitted = TinyNeuralNet(2).fit(X, Y).set_params(solver="magic")
    before = _snapshot(fitted)
    with pytest.raises(ValueError, match="solver"):
        fitted.fit(X, Y)
    assert _snapshot(fitted) == before


def test_bad_validation_data_in_a_refit_leave_the_net_as_it_was():
    fitted = TinyNeuralNet(2).fit(X, Y)
    before = _snapshot(fitted)
    with pytest.raises(ValueError, match="X_val and y_val"):
        fitted.fit(X[:20], 1 - Y[:20], X_val=X[20:])
    assert _snapshot(fitted) == before


class Interrupted:
    """Stands in for a numerical function and fails at its third call."""

    def __init__(self, error):
        self.error, self.calls = error, 0

    def __call__(self, *arguments, **options):
        self.calls += 1
        if self.calls == 3:
            raise self.error("in the middle of training")
        return self.original(*arguments, **options)

    def replace(self, monkeypatch, owner, name):
        self.original = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, **o: self(*a, **o))


INTERRUPTIONS = {
    "logistic": (NEURONS["logistic"], DataLoss, "value_and_gradient"),
    "net": (NEURONS["net"], DataLoss, "value_and_gradient"),
    "net, curvature": (NEURONS["net"], DataLoss, "curvature"),
}


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError], ids=str)
@pytest.mark.parametrize(
    ("neuron", "owner", "name"), INTERRUPTIONS.values(), ids=INTERRUPTIONS
)
def test_interrupted_refit_leaves_the_neuron_as_it_was(
    neuron, owner, name, error, monkeypatch
):
    fitted = clone(neuron).fit(X, Y)
    before = _snapshot(fitted)
    Interrupted(error).replace(monkeypatch, owner, name)
    with pytest.raises(error, match="in the middle"):
        fitted.fit(pd.DataFrame(X[:20], columns=["a", "b"]), 1 - Y[:20])
    assert _snapshot(fitted) == before


@neurons
def test_interrupted_first_fit_leaves_an_unfitted_neuron(neuron, monkeypatch):
    module = type(neuron).__module__
    monkeypatch.setattr(f"{module}.{type(neuron).__name__}._learn", _interrupt)
    fresh = clone(neuron)
    with pytest.raises(KeyboardInterrupt):
        fresh.fit(X, Y)
    assert vars(fresh) == vars(clone(neuron))
    with pytest.raises(NotFittedError):
        fresh.predict(X)


@neurons
def test_interrupted_refit_of_any_neuron_leaves_it_as_it_was(neuron, monkeypatch):
    fitted = clone(neuron).fit(X, Y)
    before = _snapshot(fitted)
    module = type(neuron).__module__
    monkeypatch.setattr(f"{module}.{type(neuron).__name__}._learn", _interrupt)
    with pytest.raises(KeyboardInterrupt):
        fitted.fit(X[:20, :1], 1 - Y[:20])
    assert _snapshot(fitted) == before


def _interrupt(*arguments, **options):
    raise KeyboardInterrupt


@neurons
def test_refit_on_other_columns_starts_from_nothing(neuron):
    frame = pd.DataFrame(X, columns=["a", "b"])
    refitted = clone(neuron).fit(frame, Y).fit(X[:, :1], Y)
    fresh = clone(neuron).fit(X[:, :1], Y)
    assert joblib.hash(refitted) == joblib.hash(fresh)


@neurons
def test_global_random_state_is_left_alone(neuron):
    # The legacy generator that NPY002 warns of is the one that must not be touched.
    state = joblib.hash(np.random.get_state())  # noqa: NPY002
    clone(neuron).fit(X, Y).predict_proba(X)
    assert joblib.hash(np.random.get_state()) == state  # noqa: NPY002


@neurons
def test_fit_does_not_change_its_arguments(neuron):
    data = X.copy(), Y.copy(), np.linspace(0, 2, 30)
    before = [array.copy() for array in data]
    clone(neuron).fit(*data).predict_proba(data[0])
    for array, copy in zip(data, before, strict=True):
        np.testing.assert_array_equal(array, copy)


@neurons
def test_fit_returns_the_neuron_and_keeps_its_parameters(neuron):
    fresh = clone(neuron)
    assert fresh.fit(X, Y) is fresh
    assert fresh.get_params() == neuron.get_params()
