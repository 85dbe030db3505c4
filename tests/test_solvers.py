"""Solvers: agreement with each other and with scikit-learn, and how they end."""

import dataclasses
from functools import partial

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from skneuron._numerics.curvature import DenseCurvature
from skneuron._numerics.lbfgs import lbfgs
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.solvers import adam, levenberg_marquardt

SOLVERS = {
    "newton": levenberg_marquardt,
    "damped newton": partial(levenberg_marquardt, damping=0.1),
    "lbfgs": lbfgs,
    "adam": adam,
}
BUDGET = {"max_iter": 2000, "tol": 1e-8}

solvers = pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
exact_solvers = pytest.mark.parametrize(
    "solver", list(SOLVERS.values())[:3], ids=list(SOLVERS)[:3]
)
classes = pytest.mark.parametrize("n_classes", [2, 3], ids=["binary", "multiclass"])


def _convex(n_classes=2):
    """Return a penalised logistic problem and scikit-learn's optimum of it."""
    X, y = make_classification(
        120, 4, n_informative=3, n_redundant=0, n_classes=n_classes, random_state=0
    )
    weight = np.random.default_rng(0).uniform(0.5, 2.0, 120)
    design = np.column_stack([X, np.ones(120)])
    target = y[:, None].astype(float) if n_classes == 2 else np.eye(n_classes)[y]
    m = target.shape[1]
    objective = DataLoss(Linear(5, m), log_loss(m), design, target, weight)
    ridge = np.full((5, m), 2.0)
    ridge[-1] = 0.0 if m == 1 else 1e-6  # a softmax leaves one constant open
    peer = LogisticRegression(C=0.5, tol=1e-12, max_iter=1000).fit(X, y, weight)
    return objective, ridge.ravel(), np.vstack([peer.coef_.T, peer.intercept_])


@solvers
@classes
def test_every_solver_finds_the_optimum_of_logistic_regression(solver, n_classes):
    objective, ridge, expected = _convex(n_classes)
    solution = solver(objective, np.zeros(len(ridge)), ridge, **BUDGET)
    found = solution.theta.reshape(expected.shape)
    if n_classes > 2:
        found[-1] -= found[-1].mean()
    assert solution.converged
    np.testing.assert_allclose(found, expected, atol=2e-2 if solver is adam else 1e-3)


@exact_solvers
@classes
def test_gradient_vanishes_at_the_solution(solver, n_classes):
    objective, ridge, _ = _convex(n_classes)
    solution = solver(objective, np.zeros(len(ridge)), ridge, max_iter=500, tol=1e-12)
    gradient = objective.value_and_gradient(solution.theta)[1] + ridge * solution.theta
    assert np.abs(gradient).max() < 1e-3


@solvers
def test_curve_falls_to_the_objective_of_the_solution(solver):
    objective, ridge, _ = _convex()
    solution = solver(objective, np.ones(len(ridge)), ridge, **BUDGET)
    curve = np.array(solution.loss_curve)
    assert len(curve) == solution.n_iter
    assert (np.diff(curve) <= 0).all()
    penalty = 0.5 * ridge @ solution.theta**2
    expected = objective.value(solution.theta) + penalty
    assert curve[-1] == pytest.approx(expected, rel=1e-12)


@solvers
def test_running_out_of_iterations_is_reported(solver):
    objective, ridge, _ = _convex()
    solution = solver(objective, np.ones(len(ridge)), ridge, max_iter=2, tol=1e-12)
    assert not solution.converged
    assert solution.n_iter == len(solution.loss_curve) == 2
    assert "max_iter=2" in solution.message


@solvers
def test_start_is_not_changed_and_the_solution_is_frozen(solver):
    objective, ridge, _ = _convex()
    start = np.ones(len(ridge))
    solution = solver(objective, start, ridge, max_iter=3, tol=1e-3)
    np.testing.assert_array_equal(start, 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        solution.theta = start


@solvers
def test_monitor_sees_every_iteration_and_can_stop(solver):
    objective, ridge, _ = _convex()
    seen = []

    def monitor(n_iter, point):
        seen.append((n_iter, point.value))
        return n_iter == 3

    solution = solver(
        objective, np.ones(len(ridge)), ridge, monitor=monitor, max_iter=50, tol=1e-12
    )
    assert [n_iter for n_iter, _ in seen] == [1, 2, 3]
    assert [value for _, value in seen] == pytest.approx(solution.loss_curve)
    assert solution.converged


@solvers
def test_penalty_that_is_retuned_is_the_one_solved_for(solver):
    objective, ridge, _ = _convex()
    stronger = 3 * ridge + 1

    def retune(curvature, point):
        return stronger

    start = np.zeros(len(ridge))
    solution = solver(objective, start, ridge, retune=retune, **BUDGET)
    expected = levenberg_marquardt(objective, start, stronger, **BUDGET)
    np.testing.assert_array_equal(solution.ridge, stronger)
    np.testing.assert_allclose(solution.theta, expected.theta, atol=1e-2)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "softplus", "gelu"])
@classes
def test_networks_are_trained_to_a_minimum(activation, n_classes):
    """Newton ends where the gradient vanishes and L-BFGS finds nothing better."""
    convex, _, _ = _convex(n_classes)
    network = Network(5, 3, convex.target.shape[1], activation)
    objective = dataclasses.replace(convex, predictor=network)
    start = np.random.default_rng(0).normal(size=network.n_parameters)
    ridge = np.full(network.n_parameters, 0.5)
    newton = SOLVERS["damped newton"]
    solution = newton(objective, start, ridge, max_iter=500, tol=1e-12)
    gradient = objective.value_and_gradient(solution.theta)[1] + ridge * solution.theta
    assert solution.converged
    assert np.abs(gradient).max() < 1e-3
    rival = lbfgs(objective, solution.theta, ridge, max_iter=500, tol=1e-10)
    assert rival.loss_curve[-1] == pytest.approx(solution.loss_curve[-1], rel=1e-8)


class Rosenbrock:
    """(1 - u)^2 / 2 + 50 (v - u^2)^2: a bent valley, no neurons in sight."""

    dtype = np.dtype(float)

    def single(self):
        return self

    def value_and_gradient(self, theta):
        u, v = theta
        residual = np.array([1 - u, 10 * (v - u * u)])
        jacobian = np.array([[-1.0, 0.0], [-20 * u, 10.0]])
        return 0.5 * residual @ residual, jacobian.T @ residual

    def curvature(self, theta):
        jacobian = np.array([[-1.0, 0.0], [-20 * theta[0], 10.0]])
        return DenseCurvature(jacobian.T @ jacobian)

    hessian = curvature


@exact_solvers
def test_solvers_know_nothing_of_neurons(solver):
    start, ridge = np.array([-1.2, 1.0]), np.zeros(2)
    solution = solver(Rosenbrock(), start, ridge, max_iter=500, tol=1e-10)
    assert solution.converged
    np.testing.assert_allclose(solution.theta, [1, 1], atol=1e-4)


class Quartic:
    """theta^4 + theta: its curvature vanishes where Newton starts."""

    def value_and_gradient(self, theta):
        return float(theta[0] ** 4 + theta[0]), 4 * theta**3 + 1

    def hessian(self, theta):
        return DenseCurvature(np.array([[12 * theta[0] ** 2]]))


def test_newton_damps_itself_where_the_curvature_vanishes():
    start, ridge = np.array([1e-3]), np.zeros(1)
    solution = levenberg_marquardt(Quartic(), start, ridge, max_iter=200, tol=1e-12)
    np.testing.assert_allclose(solution.theta, [-(0.25 ** (1 / 3))], rtol=1e-5)
