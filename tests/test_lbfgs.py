"""L-BFGS: its matrix, its rule to stop, its two precisions."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.datasets import make_moons

from skneuron._numerics.lbfgs import _falling, _Memory, lbfgs, still_to_gain
from skneuron._numerics.losses import log_loss
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss

RNG = np.random.default_rng(0)
MOONS, LABELS = make_moons(90, noise=0.2, random_state=0)
NETWORK = Network(3, 4, 1, "tanh")
OBJECTIVE = DataLoss(
    NETWORK,
    log_loss(1),
    np.column_stack([MOONS, np.ones(90)]),
    LABELS[:, None].astype(float),
    RNG.uniform(0.5, 2.0, 90),
)
RIDGE = np.full(NETWORK.n_parameters, 0.3)
START = RNG.normal(size=NETWORK.n_parameters)


def _remembered(guess=None, n_pairs=4):
    """Return a memory of a quadratic's steps and the dense BFGS matrix of it."""
    root = RNG.normal(size=(6, 6))
    hessian = root @ root.T + np.eye(6)
    memory, first = _Memory(np.float64, guess), np.eye(6) if guess is None else None
    for step in RNG.normal(size=(n_pairs, 6)):
        memory.remember(step, hessian @ step)
    inverse = memory.scale * (first if guess is None else guess(np.eye(6)))
    for step, change, curvature in memory.pairs:
        project = np.eye(6) - np.outer(change, step) / curvature
        inverse = project.T @ inverse @ project + np.outer(step, step) / curvature
    return memory, inverse


GUESS = np.diag([1.0, 2.0, 0.5, 1.0, 3.0, 0.1])


@pytest.mark.parametrize("guess", [None, GUESS.dot], ids=["scaled identity", "guess"])
def test_direction_is_that_of_the_dense_bfgs_matrix(guess):
    memory, inverse = _remembered(guess)
    gradient = RNG.normal(size=6)
    before = gradient.copy()
    np.testing.assert_allclose(memory.direction(gradient), -inverse @ gradient)
    np.testing.assert_array_equal(gradient, before)


def test_pairs_without_curvature_are_not_remembered():
    memory = _Memory(np.float64)
    memory.remember(np.array([1.0, 0.0]), np.array([-1.0, 0.0]))
    memory.remember(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    assert len(memory.pairs) == 0


def test_minimum_is_scipys():
    def penalised(theta):
        value, gradient = OBJECTIVE.value_and_gradient(theta)
        return value + 0.5 * RIDGE @ theta**2, gradient + RIDGE * theta

    options = {"maxiter": 5000, "ftol": 1e-14, "gtol": 1e-9}
    peer = minimize(penalised, START, jac=True, method="L-BFGS-B", options=options)
    solution = lbfgs(OBJECTIVE, START, RIDGE, max_iter=2000, tol=1e-10)
    assert solution.converged
    assert solution.loss_curve[-1] == pytest.approx(peer.fun, rel=1e-6)


def test_single_precision_leads_as_far_as_its_tolerance():
    rough = lbfgs(OBJECTIVE, START, RIDGE, max_iter=2000, tol=1e-3)
    exact = lbfgs(OBJECTIVE, START, RIDGE, max_iter=2000, tol=1e-10)
    assert rough.n_iter < exact.n_iter
    assert exact.loss_curve[-1] < rough.loss_curve[-1] < 1.01 * exact.loss_curve[-1]
    value = OBJECTIVE.value(rough.theta) + 0.5 * RIDGE @ rough.theta**2
    assert rough.theta.dtype == np.float64
    assert rough.loss_curve[-1] == pytest.approx(value, rel=1e-12)


def test_a_good_first_matrix_saves_iterations():
    """As where the penalty is tuned: the curvature at hand starts the next run."""
    settled = lbfgs(OBJECTIVE, START, RIDGE, max_iter=2000, tol=1e-8)

    def solve(retune):
        options = {"max_iter": 2000, "tol": 1e-8, "retune": retune}
        return lbfgs(OBJECTIVE, settled.theta, RIDGE, **options)

    once = iter([1.3 * RIDGE] + [1.3 * RIDGE] * 9)
    tuned = solve(lambda curvature, point: next(once))
    afresh = lbfgs(OBJECTIVE, settled.theta, 1.3 * RIDGE, max_iter=2000, tol=1e-8)
    expected = pytest.approx(afresh.loss_curve[-1], rel=1e-5)
    assert tuned.loss_curve[-1] == expected
    np.testing.assert_array_equal(tuned.ridge, 1.3 * RIDGE)


@pytest.mark.parametrize("ratio", [0.3, 0.8, 0.95])
def test_what_is_left_of_a_geometric_decay_is_its_rest(ratio):
    values = 7.0 + ratio ** np.arange(60.0)
    assert still_to_gain(values) == pytest.approx(values[-1] - 7.0, rel=0.05)


def test_training_does_not_end_on_the_plateau_it_begins_on():
    assert still_to_gain([5.0] * 20) == np.inf
    assert still_to_gain([5.0] * 40) == 0.0


def test_curve_is_cleared_of_rounding():
    curve = _falling([9.0, 5.0, 5.1, 2.9999, 3.0])
    assert curve == [9.0, 5.0, 5.0, 3.0, 3.0]


def test_first_matrix_is_renewed_once_where_single_precision_ends():
    seen = []

    def renew(theta):
        seen.append(theta)
        return lambda d: 0.01 * d

    options = {"max_iter": 2000, "tol": 1e-10, "guess": lambda d: 0.1 * d}
    renewed = lbfgs(OBJECTIVE, START, RIDGE, renew=renew, **options)
    assert [theta.dtype for theta in seen] == [np.float64]
    kept = lbfgs(OBJECTIVE, START, RIDGE, **options)
    assert renewed.converged
    assert renewed.loss_curve[-1] == pytest.approx(kept.loss_curve[-1], rel=1e-8)
    lbfgs(OBJECTIVE, START, RIDGE, renew=renew, **options | {"tol": 1e-3})
    assert len(seen) == 1
