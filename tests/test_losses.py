"""Losses: values, derivatives and probabilities of the log loss."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.metrics import log_loss as mean_log_loss

from skneuron._numerics.losses import log_loss, log_probability, probability

RNG = np.random.default_rng(0)
CODES = RNG.integers(3, size=20)
RAW = {1: 3 * RNG.normal(size=(20, 1)), 3: 3 * RNG.normal(size=(20, 3))}
TARGET = {1: (CODES[:, None] > 0).astype(float), 3: np.eye(3)[CODES]}

outputs = pytest.mark.parametrize("m", [1, 3], ids=["binary", "multiclass"])


@outputs
def test_value_is_the_log_loss_of_scikit_learn(m):
    value, _ = log_loss(m).value_and_gradient(RAW[m], TARGET[m])
    assert value.shape == (20,)
    proba = probability(RAW[m][:, 0] if m == 1 else RAW[m])
    expected = mean_log_loss(TARGET[m][:, 0] if m == 1 else CODES, proba)
    assert value.mean() == pytest.approx(expected, rel=1e-12)


@outputs
def test_no_evidence_costs_the_log_of_the_number_of_classes(m):
    value, _ = log_loss(m).value_and_gradient(np.zeros((20, m)), TARGET[m])
    np.testing.assert_allclose(value, np.log(max(m, 2)), rtol=1e-15)


@outputs
def test_gradient_is_the_slope_of_the_value(m):
    loss = log_loss(m).value_and_gradient
    gradient = loss(RAW[m], TARGET[m])[1]
    for raw, target, row in zip(RAW[m], TARGET[m], gradient, strict=True):
        slope = approx_fprime(raw, lambda f, t=target: loss(f[None], t[None])[0][0])
        np.testing.assert_allclose(row, slope, atol=1e-6)


@outputs
def test_hessian_is_the_slope_of_the_gradient(m):
    loss = log_loss(m)
    for raw, target, matrix in zip(
        RAW[m], TARGET[m], loss.hessian(RAW[m]), strict=True
    ):

        def gradient(f, target=target):
            return loss.value_and_gradient(f[None], target[None])[1][0]

        slopes = np.atleast_2d(approx_fprime(raw, gradient))
        np.testing.assert_allclose(matrix, slopes, atol=1e-6)


def test_two_outputs_that_compete_are_one_output():
    raw, target = RAW[1], TARGET[1]
    competing = np.column_stack([np.zeros_like(raw), raw])
    one_hot = np.column_stack([1 - target, target])
    value, gradient = log_loss(1).value_and_gradient(raw, target)
    values, gradients = log_loss(2).value_and_gradient(competing, one_hot)
    np.testing.assert_allclose(values, value, rtol=1e-12)
    np.testing.assert_allclose(gradients[:, 1:], gradient, rtol=1e-12)
    np.testing.assert_allclose(
        log_loss(2).hessian(competing)[:, 1:, 1:], log_loss(1).hessian(raw), rtol=1e-12
    )


@outputs
@pytest.mark.parametrize("size", [40.0, 1e3, 1e10, 1e100], ids=str)
def test_extreme_scores_stay_finite_and_cost_their_size(m, size):
    raw = size * (2.0 * TARGET[m] - 1.0)
    right, _ = log_loss(m).value_and_gradient(raw, TARGET[m])
    wrong, gradient = log_loss(m).value_and_gradient(-raw, TARGET[m])
    assert right.max() <= 1e-15
    np.testing.assert_allclose(wrong, size if m == 1 else 2 * size + np.log(2))
    assert np.isfinite(gradient).all()
    assert np.isfinite(log_loss(m).hessian(raw)).all()


SCORES = {
    "binary": RAW[1][:, 0],
    "multiclass": RAW[3],
    "extreme": np.array([-800, 9e4]),
}


@pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
def test_probabilities_sum_to_one_and_follow_the_score(score):
    proba = probability(score)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-15)
    winner = score > 0 if score.ndim == 1 else score.argmax(axis=1)
    np.testing.assert_array_equal(proba.argmax(axis=1), winner)


def test_log_probability_is_the_logarithm_and_stays_finite():
    for score in (SCORES["binary"], SCORES["multiclass"]):
        np.testing.assert_allclose(
            log_probability(score), np.log(probability(score)), rtol=1e-12
        )
    extreme = log_probability(SCORES["extreme"])
    np.testing.assert_array_equal(extreme, [[0, -800], [-9e4, 0]])
