"""Labels of any kind, weights as repeats, scores as probabilities."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, softmax
from sklearn.base import clone
from sklearn.utils.class_weight import compute_sample_weight

from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet

NEURONS = {
    "biological": BiologicalNeuronClassifier(),
    "biological with noise": BiologicalNeuronClassifier(noise="auto"),
    "logistic": LogisticNeuron(alpha=0.1),
    "logistic by evidence": LogisticNeuron(alpha="auto"),
    "net": TinyNeuralNet(3, n_init=2),
    "net of a given alpha": TinyNeuralNet(2, alpha=0.1, n_init=2),
    "net without hidden": TinyNeuralNet(0),
}
WITH_SIGMOID = [name for name in NEURONS if not name.startswith("biological")]


def _table(n_classes, n=60, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    score = X @ rng.normal(size=(2, n_classes)) + 0.5 * rng.normal(size=(n, n_classes))
    return X, score.argmax(axis=1)


TABLES = {2: _table(2), 3: _table(3)}
KINDS = {
    "int": np.array([3, 5, 40]),
    "float": np.array([0.0, 1.0, 2.0]),
    "str": np.array(["Bush", "Clinton", "Perot"]),
    "object": np.array(["a", "b", "c"], dtype=object),
    "bool": np.array([False, True]),
    "-1/1": np.array([-1, 1]),
}
CASES = {
    f"{kind}-{n_classes} classes": (kind, n_classes)
    for kind in [*KINDS, "categorical", "pandas str"]
    for n_classes in (2, 3)
    if n_classes == 2 or kind not in ("bool", "-1/1")
}
CLASS_WEIGHTS = [None, "dict", "balanced"]

neurons = pytest.mark.parametrize("name", NEURONS)
cases = pytest.mark.parametrize(("kind", "n_classes"), CASES.values(), ids=CASES)
class_weights = pytest.mark.parametrize("class_weight", CLASS_WEIGHTS)
classes = pytest.mark.parametrize("n_classes", [2, 3], ids=["binary", "multiclass"])


def _neuron(name, **parameters):
    return clone(NEURONS[name]).set_params(**parameters)


def _labelled(kind, codes):
    """Return the labels of a kind, sorted, and y in them."""
    if kind == "categorical":
        labels = KINDS["str"]
        return labels, pd.Series(labels[codes]).astype("category")
    if kind == "pandas str":
        return KINDS["str"], pd.Series(KINDS["str"][codes])
    return KINDS[kind], KINDS[kind][codes]


@cases
@class_weights
@pytest.mark.parametrize("name", ["biological", "logistic", "net"])
def test_labels_are_names_and_change_nothing_else(name, kind, n_classes, class_weight):
    X, codes = TABLES[n_classes]
    labels, y = _labelled(kind, codes)
    by_code, by_label = class_weight, class_weight
    if class_weight == "dict":
        by_code = dict(enumerate([1.0, 3.0, 0.5][:n_classes]))
        by_label = {labels[code]: weight for code, weight in by_code.items()}
    expected = _neuron(name, class_weight=by_code).fit(X, codes)
    neuron = _neuron(name, class_weight=by_label).fit(X, y)
    np.testing.assert_array_equal(neuron.classes_, labels[:n_classes])
    np.testing.assert_array_equal(neuron.predict_proba(X), expected.predict_proba(X))
    np.testing.assert_array_equal(neuron.predict(X), labels[expected.predict(X)])
    assert neuron.score(X, y) == expected.score(X, codes) > 0.6


@neurons
@classes
@pytest.mark.parametrize("class_weight", ["dict", "balanced"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
def test_class_weight_is_the_same_sample_weight(
    name, n_classes, class_weight, weighted
):
    X, y = TABLES[n_classes]
    weight = np.random.default_rng(0).uniform(0.5, 2, len(y)) if weighted else None
    own = np.ones(len(y)) if weight is None else weight
    if class_weight == "dict":
        class_weight = {0: 1.0, 1: 3.0, 2: 0.7}
        class_weight = {label: class_weight[label] for label in range(n_classes)}
        total = own * compute_sample_weight(class_weight, y)
    else:  # every class gets the same total weight, and the total stays
        mass = np.bincount(y, weights=own)
        total = own * (mass.sum() / (n_classes * mass))[y]
    one = _neuron(name, class_weight=class_weight).fit(X, y, weight)
    other = _neuron(name).fit(X, y, total)
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-7)


def _weighted_and_repeated(n_classes):
    X, y = TABLES[n_classes]
    counts = np.random.default_rng(1).integers(0, 4, len(y))
    order = np.random.default_rng(2).permutation(counts.sum())
    return X, y, counts, np.repeat(X, counts, 0)[order], np.repeat(y, counts)[order]


@neurons
@classes
@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_weights_are_repeats(name, n_classes, class_weight):
    X, y, counts, repeated, labels = _weighted_and_repeated(n_classes)
    one = _neuron(name, class_weight=class_weight).fit(X, y, counts)
    other = _neuron(name, class_weight=class_weight).fit(repeated, labels)
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-7)


@neurons
@classes
def test_zero_weight_is_no_row(name, n_classes):
    X, y = TABLES[n_classes]
    weight = np.ones(len(y))
    weight[::3] = 0
    one = _neuron(name).fit(X, y, weight)
    other = _neuron(name).fit(X[weight > 0], y[weight > 0])
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-7)


@neurons
def test_zero_weight_removes_a_class(name):
    X, y = TABLES[3]
    neuron = _neuron(name).fit(X, y, (y != 1).astype(float))
    assert neuron.classes_.tolist() == [0, 2]
    assert neuron.predict_proba(X).shape == (60, 2)


@neurons
@classes
def test_order_of_rows_does_not_matter(name, n_classes):
    X, y = TABLES[n_classes]
    order = np.random.default_rng(3).permutation(len(y))
    one = _neuron(name).fit(X, y)
    other = _neuron(name).fit(X[order], y[order])
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), atol=1e-7)


@neurons
@classes
def test_same_data_same_bits(name, n_classes):
    X, y = TABLES[n_classes]
    one, other = _neuron(name).fit(X, y), _neuron(name).fit(X, y)
    np.testing.assert_array_equal(one.decision_function(X), other.decision_function(X))


@pytest.mark.parametrize("name", WITH_SIGMOID)
@classes
def test_probability_is_sigmoid_or_softmax_of_the_decision(name, n_classes):
    X, y = TABLES[n_classes]
    neuron = _neuron(name).fit(X, y)
    scores, proba = neuron.decision_function(X), neuron.predict_proba(X)
    if n_classes == 2:
        assert scores.shape == (60,)
        np.testing.assert_allclose(proba[:, 1], expit(scores), rtol=1e-12)
    else:
        assert scores.shape == (60, 3)
        np.testing.assert_allclose(proba, softmax(scores, axis=1), rtol=1e-12)


@neurons
@classes
def test_probabilities_are_probabilities(name, n_classes):
    X, y = TABLES[n_classes]
    neuron = _neuron(name).fit(X, y)
    proba = neuron.predict_proba(X)
    assert proba.shape == (60, n_classes)
    assert proba.min() >= 0
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-12)
    with np.errstate(divide="ignore"):
        logarithm = np.log(proba)
    np.testing.assert_allclose(neuron.predict_log_proba(X), logarithm, atol=1e-12)
    np.testing.assert_array_equal(neuron.predict(X), proba.argmax(axis=1))


@neurons
@classes
def test_prediction_is_the_sign_or_the_winner_of_the_decision(name, n_classes):
    X, y = TABLES[n_classes]
    neuron = _neuron(name).fit(X, y)
    scores = neuron.decision_function(X)
    winner = scores > 0 if n_classes == 2 else scores.argmax(axis=1)
    np.testing.assert_array_equal(neuron.predict(X), winner)


@pytest.mark.parametrize("name", WITH_SIGMOID)
def test_log_probability_of_the_impossible_is_finite(name):
    X, y = TABLES[2]
    neuron = _neuron(name, predictive="plain").fit(X, y)
    far = 1e5 * np.sign(neuron.decision_function(X))[:, None] * X[:1]
    assert np.isfinite(neuron.predict_log_proba(far)).all()
