"""Scaling: inputs of any units inside, parameters in the user's units outside."""

import numpy as np
import pytest

from skneuron import LogisticNeuron, TinyNeuralNet
from skneuron._numerics.scaling import standardising, unit_size, unscaled

RNG = np.random.default_rng(0)
Z = RNG.normal(size=(40, 3))
WEIGHT = RNG.uniform(0.5, 2.0, 40)
LABELS = Z @ [2.0, -1.0, 0.5] + RNG.logistic(size=40) > 0
UNITS = {
    "unit": Z,
    "shifted": Z + 1e9,
    "mixed": Z * [1e-6, 1.0, 1e6] + [0.0, -3.0, 1e8],
    "huge": Z * 1e300,
    "tiny": Z * 1e-300,
    "huge and tiny": Z * [1e300, 1.0, 1e-300],
}
units = pytest.mark.parametrize("X", UNITS.values(), ids=UNITS)


@units
def test_inputs_have_weighted_mean_0_and_deviation_1(X):
    design = standardising(X, WEIGHT).inputs(X)
    share = WEIGHT / WEIGHT.sum()
    np.testing.assert_array_equal(design[:, -1], 1.0)
    np.testing.assert_allclose(share @ design[:, :-1], 0.0, atol=1e-7)
    np.testing.assert_allclose(share @ design[:, :-1] ** 2, 1.0, rtol=1e-6)


@units
def test_unit_size_keeps_zero_in_its_place(X):
    design = unit_size(X, WEIGHT).inputs(X)
    mean_square = WEIGHT / WEIGHT.sum() @ design**2
    np.testing.assert_allclose(mean_square, 1.0, rtol=1e-12)
    zero = unit_size(X, WEIGHT).inputs(np.zeros((1, 3)))
    np.testing.assert_array_equal(zero, [[0, 0, 0]])


@pytest.mark.parametrize("X", [Z, UNITS["mixed"]], ids=["unit", "mixed"])
def test_folded_parameters_score_raw_inputs_alike(X):
    scaling, W = standardising(X, WEIGHT), RNG.normal(size=(4, 2))
    coef, intercept = scaling.fold(W)
    np.testing.assert_allclose(X @ coef + intercept, scaling.inputs(X) @ W, atol=1e-9)


def test_unscaled_changes_nothing():
    np.testing.assert_array_equal(unscaled(3).inputs(Z)[:, :-1], Z)
    coef, intercept = unscaled(3).fold(np.vstack([np.eye(3), np.ones(3)]))
    np.testing.assert_array_equal(coef, np.eye(3))
    np.testing.assert_array_equal(intercept, np.ones(3))


@pytest.mark.parametrize("constant", [0.0, 0.1, -7e8, 1e300, 1e-300], ids=str)
def test_constant_column_becomes_zero(constant):
    X = np.column_stack([Z, np.full(40, constant)])
    scaling = standardising(X, WEIGHT)
    np.testing.assert_allclose(scaling.inputs(X)[:, 3], 0.0, atol=1e-12)
    assert np.isfinite(scaling.scale).all()


def test_weights_are_repeats():
    counts = RNG.integers(1, 4, size=40)
    weighted = standardising(Z, counts.astype(float))
    repeated = standardising(np.repeat(Z, counts, axis=0), np.ones(counts.sum()))
    np.testing.assert_allclose(weighted.mean, repeated.mean, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(weighted.scale, repeated.scale, rtol=1e-12)


def test_errors_are_those_of_a_change_of_variables():
    X = UNITS["mixed"]
    scaling = standardising(X, WEIGHT)
    root = RNG.normal(size=(4, 4))
    covariance = root @ root.T
    to_raw = np.zeros((4, 4))
    for j, unit in enumerate(np.eye(4)):
        coef, intercept = scaling.fold(unit[:, None])
        to_raw[:, j] = np.append(coef[:, 0], intercept)
    expected = np.sqrt(np.diag(to_raw @ covariance @ to_raw.T))
    np.testing.assert_allclose(scaling.errors(covariance), expected, rtol=1e-10)


NEURONS = {
    "logistic": LogisticNeuron(alpha=0),
    "logistic, alpha auto": LogisticNeuron(alpha="auto"),
    "net without hidden": TinyNeuralNet(0),
    "net": TinyNeuralNet(2, n_init=2),
}
MAGNITUDES = {"huge": 1e300, "tiny": 1e-300, "large": 1e6, "small": 1e-6}


@pytest.mark.parametrize("neuron", NEURONS.values(), ids=NEURONS)
@pytest.mark.parametrize("magnitude", MAGNITUDES.values(), ids=MAGNITUDES)
def test_fits_do_not_depend_on_the_magnitude(neuron, magnitude):
    expected = neuron.fit(Z, LABELS).predict_proba(Z)
    proba = neuron.fit(magnitude * Z, LABELS).predict_proba(magnitude * Z)
    np.testing.assert_allclose(proba, expected, atol=1e-5)


# LogisticNeuron's penalty acts on raw coefficients: it does depend on the units.
FREE = {name: neuron for name, neuron in NEURONS.items() if "auto" not in name}


@pytest.mark.parametrize("neuron", FREE.values(), ids=FREE)
def test_fits_do_not_depend_on_the_units_of_each_column(neuron):
    expected = neuron.fit(Z, LABELS).predict_proba(Z)
    proba = neuron.fit(UNITS["mixed"], LABELS).predict_proba(UNITS["mixed"])
    np.testing.assert_allclose(proba, expected, atol=1e-5)


def test_constant_column_changes_no_prediction():
    X = np.column_stack([Z, np.full(40, 3e7)])
    for neuron in (LogisticNeuron(alpha=1.0), TinyNeuralNet(0)):
        expected = neuron.fit(Z, LABELS).predict_proba(Z)
        proba = neuron.fit(X, LABELS).predict_proba(X)
        np.testing.assert_allclose(proba, expected, atol=1e-5)
