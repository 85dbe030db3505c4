"""Squared loss, noise by evidence, and the tuner that turns back."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize_scalar

from skneuron._numerics.curvature import DenseCurvature, LowRankCurvature
from skneuron._numerics.evidence import (
    PatientTuner,
    Penalty,
    RelativePenalty,
    effective_parameters,
    residual_variance,
    tuned_variance,
)
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import SQUARED
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.scaling import standardising
from skneuron._numerics.solution import Point, Solution
from skneuron._numerics.uncertainty import output_variance

RNG = np.random.default_rng(0)
RAW, TARGET = RNG.normal(size=(20, 1)), RNG.normal(size=(20, 1))
DESIGN = np.column_stack([RNG.normal(size=(30, 4)), np.ones(30)])
Y = DESIGN @ [1.0, -2.0, 0.5, 0.0, 0.3] + 0.5 * RNG.normal(size=30)
PENALTY = RelativePenalty(
    factor=np.array([1.0, 1, 1, 1, 0]), fixed=np.full(5, 3e-8), n_samples=30.0
)


# The loss.


def test_squared_loss_is_half_the_square_with_its_derivatives():
    value, gradient = SQUARED.value_and_gradient(RAW, TARGET)
    np.testing.assert_allclose(value, 0.5 * (RAW - TARGET)[:, 0] ** 2, rtol=1e-15)
    for raw, target, slope in zip(RAW, TARGET, gradient, strict=True):

        def loss(f, target=target):
            return SQUARED.value_and_gradient(f[None], target[None])[0][0]

        np.testing.assert_allclose(slope, approx_fprime(raw, loss), atol=1e-6)
    np.testing.assert_array_equal(SQUARED.hessian(RAW), np.ones((20, 1, 1)))


@pytest.mark.parametrize("predictor", [Linear(5, 1), Network(5, 3, 1, "tanh")], ids=str)
def test_objective_of_squares_and_its_derivatives(predictor):
    theta, weight = RNG.normal(size=predictor.n_parameters), RNG.uniform(0.5, 2, 30)
    objective = DataLoss(predictor, SQUARED, DESIGN, Y[:, None], weight)
    value, gradient = objective.value_and_gradient(theta)
    residual = predictor.forward(theta, DESIGN)[0][:, 0] - Y
    assert value == pytest.approx(0.5 * weight @ residual**2, rel=1e-12)
    slope = approx_fprime(theta, objective.value)
    np.testing.assert_allclose(gradient, slope, atol=1e-4)
    exact = approx_fprime(theta, lambda t: objective.value_and_gradient(t)[1])
    curvature = objective.hessian(theta)
    second = curvature.second_order
    found = curvature.hessian + (0.0 if second is None else second)
    np.testing.assert_allclose(found, exact, atol=1e-4)


def test_base_rate_of_numbers_is_their_mean():
    weight = RNG.uniform(0.5, 2, 30)
    objective = DataLoss(Linear(5, 1), SQUARED, DESIGN, Y[:, None], weight)
    np.testing.assert_allclose(objective.base_rate(), [np.average(Y, weights=weight)])


def test_scaled_outputs_come_back():
    scaling = standardising(Y[:, None], np.ones(30))
    scaled = (Y[:, None] - scaling.mean) / scaling.scale
    assert scaled.std() == pytest.approx(1.0)
    np.testing.assert_allclose(scaling.outputs(scaled)[:, 0], Y, rtol=1e-12)


# The noise.


def _solved(alpha):
    """Return theta, the penalised objective and the factor at a given ratio alpha."""
    ridge = PENALTY.ridge(alpha)
    factor = DenseCurvature(DESIGN.T @ DESIGN).plus(ridge)
    theta = factor.solve(DESIGN.T @ Y)
    value = 0.5 * np.sum((Y - DESIGN @ theta) ** 2) + 0.5 * ridge @ theta**2
    return theta, value, factor, ridge


def _evidence(alpha):
    _, value, factor, ridge = _solved(alpha)
    return PENALTY.log_evidence(value, factor, ridge)


def test_alpha_of_highest_evidence_is_where_retuning_rests():
    best = minimize_scalar(lambda log: -_evidence(np.exp(log)), bounds=(-8, 4)).x
    # The prior of alpha pulls by a tenth of a parameter out of four.
    alpha = 1.0
    for _ in range(200):
        theta, value, factor, ridge = _solved(alpha)
        gamma = effective_parameters(factor, PENALTY)
        ridge = PENALTY.retune(gamma, theta, PENALTY.variance(value))
        alpha = PENALTY.alpha(ridge)
    assert alpha == pytest.approx(np.exp(best), rel=0.05)


def test_noise_at_the_fixed_point_is_that_of_the_residuals():
    """MacKay's other equation, which the profile of the evidence implies."""
    alpha = 1.0
    for _ in range(200):
        theta, value, factor, ridge = _solved(alpha)
        variance = PENALTY.variance(value)
        gamma = effective_parameters(factor, PENALTY)
        alpha = PENALTY.alpha(PENALTY.retune(gamma, theta, variance))
    squares = np.sum((Y - DESIGN @ theta) ** 2)
    determined = factor.determined(np.ones(len(ridge), bool))
    assert variance == pytest.approx(squares / (30 - determined), rel=1e-6)
    other = residual_variance(0.5 * squares, factor, ridge, 30.0)
    assert variance == pytest.approx(other, rel=1e-6)


@pytest.mark.parametrize("n_samples", [1e-3, 1.0, 2.0, 1e6], ids=str)
@pytest.mark.parametrize("value", [0.0, 1e-30, 1.0])
def test_noise_is_positive_and_finite(n_samples, value):
    factor = DenseCurvature(np.eye(2)).plus(np.full(2, 1e-9))
    for variance in (
        tuned_variance(value, n_samples),
        residual_variance(value, factor, np.full(2, 1e-9), n_samples),
    ):
        assert 0 < variance < np.inf


def test_known_scale_is_not_scaled():
    penalty = Penalty(PENALTY.factor, PENALTY.fixed)
    assert penalty.variance(123.0) == 1.0
    _, value, factor, ridge = _solved(1.0)
    log_det = np.linalg.slogdet(DESIGN.T @ DESIGN + np.diag(ridge))[1]
    expected = 0.5 * (np.log(ridge).sum() - log_det) - value
    assert penalty.log_evidence(value, factor, ridge) == pytest.approx(expected)


@pytest.mark.parametrize("low_rank", [False, True], ids=["dense", "low rank"])
def test_output_variance_is_that_of_a_dense_inverse(low_rank):
    network, rows = Network(5, 2, 1, "tanh"), DESIGN[:6]
    theta = RNG.normal(size=network.n_parameters)
    jacobian = network.linearised(theta, rows)[1][:, 0]
    ridge = np.full(len(theta), 0.5)
    inverse = np.linalg.inv(jacobian.T @ jacobian + np.diag(ridge))
    curvature = DenseCurvature(jacobian.T @ jacobian)
    if low_rank:
        parts = [(slice(0, len(theta)), jacobian @ jacobian.T)]
        curvature = LowRankCurvature(lambda: jacobian, parts)
    found = output_variance(network, theta, curvature.plus(ridge), DESIGN)
    dense = network.linearised(theta, DESIGN)[1][:, 0]
    expected = np.einsum("ip,pq,iq->i", dense, inverse, dense)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-9)


# The tuner that turns back.


def _point(value):
    return Point(np.full(5, 0.1), PENALTY.ridge(value), value, np.zeros(5))


def _tuned(values):
    """Return a patient tuner that has seen points of these objectives."""
    tuner = PatientTuner(PENALTY)
    for value in values:
        tuner(DenseCurvature(np.eye(5)), _point(value))
    return tuner


def _solution(curve):
    return Solution(np.zeros(5), PENALTY.ridge(9.0), curve, len(curve), True, "")


def test_tuner_turns_back_to_the_highest_evidence():
    tuner = _tuned([8.0, 4.0, 40.0])
    assert tuner.trace[1] == max(tuner.trace)
    chosen = tuner.chosen(_solution([9.0, 8.0, 4.0, 30.0, 40.0]))
    np.testing.assert_array_equal(chosen.ridge, PENALTY.ridge(4.0))
    assert (chosen.loss_curve, chosen.n_iter) == ([9.0, 8.0, 4.0], 3)


def test_tuner_keeps_a_solution_of_the_highest_evidence():
    solution = _solution([8.0, 4.0])
    assert _tuned([8.0, 4.0]).chosen(solution) is solution
    assert PatientTuner(PENALTY).chosen(solution) is solution


def test_tuner_waits_eight_calls_for_the_evidence_to_grow():
    assert not _tuned([4.0] * 8).hopeless()
    assert _tuned([4.0] * 9).hopeless()
    assert not _tuned([4.0] * 8 + [2.0]).hopeless()
