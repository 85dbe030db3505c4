"""Training: what holds of every fit, whatever solver, activation and penalty."""

import warnings

import numpy as np
import pytest
from scipy.special import expit
from sklearn.datasets import make_classification, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss

from skneuron import TinyNeuralNet
from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.curvature import DenseCurvature
from skneuron._numerics.linear import Linear
from skneuron._numerics.network import Network
from skneuron._numerics.uncertainty import decision

MOONS = make_moons(80, noise=0.25, random_state=0)
THREE = make_classification(
    90, 3, n_informative=3, n_redundant=0, n_classes=3, random_state=0
)
SOLVERS = ["gauss-newton", "lbfgs", "adam"]

solvers = pytest.mark.parametrize("solver", SOLVERS)
activations = pytest.mark.parametrize("activation", ACTIVATIONS)
tables = pytest.mark.parametrize(
    ("X", "y"), [MOONS, THREE], ids=["binary", "multiclass"]
)


def _net(X, y, n_neurons=3, **parameters):
    """Fit a net that may run out of iterations."""
    net = TinyNeuralNet(n_neurons, **{"n_init": 1, "max_iter": 150} | parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return net.fit(X, y)


@solvers
@activations
@tables
def test_loss_never_increases_at_a_fixed_alpha(solver, activation, X, y):
    net = _net(X, y, solver=solver, activation=activation, alpha=0.5)
    assert len(net.loss_curve_) == net.n_iter_ > 1
    assert np.diff(net.loss_curve_).max() <= 0
    assert net.loss_curve_[-1] < net.loss_curve_[0]
    assert net.loss_ == net.loss_curve_[-1]


def _objective(net, X, y):
    """Return the documented objective, from public attributes on standardised X."""
    data = len(y) * log_loss(y, net.predict_proba(X))
    weights = net.coefs_[0] * X.std(axis=0)[:, None], *net.coefs_[1:]
    return data + 0.5 * net.alpha_ * sum(np.sum(W**2) for W in weights)


@solvers
@tables
@pytest.mark.parametrize("n_neurons", [0, 3])
def test_loss_is_the_documented_objective(solver, X, y, n_neurons):
    net = _net(X, y, n_neurons, solver=solver, alpha=2.0)
    # A bias may carry a weak prior of its own, so that it stays finite.
    assert 0 <= net.loss_ - _objective(net, X, y) < 0.01 * net.loss_
    if n_neurons == 0:
        assert net.loss_ == pytest.approx(_objective(net, X, y), rel=1e-6)


@solvers
def test_strong_penalty_leaves_the_base_rate(solver):
    X, y = MOONS
    net = _net(X, (y + (X[:, 0] > 1)) > 0, solver=solver, alpha=1e7, max_iter=1000)
    share = np.mean((y + (X[:, 0] > 1)) > 0)
    np.testing.assert_allclose(net.predict_proba(X)[:, 1], share, atol=0.02)


@pytest.mark.parametrize("solver", ["gauss-newton", "lbfgs"])
@pytest.mark.parametrize("activation", [a for a in ACTIVATIONS if a != "identity"])
def test_full_batch_solvers_bend_the_border(solver, activation):
    X, y = MOONS
    net = _net(X, y, 6, solver=solver, activation=activation, n_init=2, alpha=0.01)
    straight = _net(X, y, 6, solver=solver, activation="identity", alpha=0.01)
    assert straight.score(X, y) < 0.9 < net.score(X, y)


@activations
def test_adam_learns(activation):
    X, y = MOONS
    net = _net(X, y, 6, solver="adam", activation=activation, alpha=0.01, max_iter=600)
    assert net.score(X, y) > 0.83
    assert log_loss(y, net.predict_proba(X)) < 0.4


@tables
def test_alpha_by_evidence_is_the_fixed_point_of_a_network_too(X, y):
    net = TinyNeuralNet(3).fit(X, y)
    weights = net.coefs_[0] * X.std(axis=0)[:, None], net.coefs_[1]
    size = net.alpha_ * sum(np.sum(W**2) for W in weights)
    assert size == pytest.approx(net.effective_n_parameters_, rel=0.05, abs=0.15)


@tables
def test_effective_parameters_are_between_none_and_all_weights(X, y):
    for alpha in (1e-3, 1.0, 1e3):
        net = _net(X, y, alpha=alpha)
        n_weights = sum(W.size for W in net.coefs_)
        assert 0 <= net.effective_n_parameters_ <= n_weights <= net.n_parameters_


def test_more_starts_are_never_worse_by_much_and_some_seed_gains():
    X, y = MOONS
    one = [_net(X, y, alpha=0.05, random_state=s).loss_ for s in range(8)]
    many = [_net(X, y, alpha=0.05, random_state=s, n_init=8).loss_ for s in range(8)]
    assert np.mean(many) <= np.mean(one)
    assert max(many) < max(one)


@solvers
@pytest.mark.parametrize("alpha", [0.0, 1.0, "auto"], ids=str)
def test_running_out_of_iterations_warns_once_and_says_what_to_do(solver, alpha):
    net = TinyNeuralNet(3, solver=solver, alpha=alpha, max_iter=2, n_init=1)
    with pytest.warns(ConvergenceWarning, match="max_iter=2.*Increase") as caught:
        net.fit(*MOONS)
    assert len(caught) == 1
    assert not net.converged_
    assert net.n_iter_ == 2


@pytest.mark.parametrize("n_neurons", [0, 1, 3, 8, "auto"])
@tables
def test_automatic_fits_converge_without_a_warning(n_neurons, X, y):
    assert TinyNeuralNet(n_neurons).fit(X, y).converged_


def test_more_parameters_than_one_can_factorise_still_train():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 400))
    y = X[:, 0] > 0
    net = _net(X, y, 50, max_iter=5)
    assert net.n_parameters_ == 400 * 50 + 50 + 50 + 1
    assert net.score(X, y) > 0.9


# Predictions that account for the uncertainty of the parameters.


def _uncertain(predictor, n=12):
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(n, 2)), np.ones(n)])
    root = rng.normal(size=(40, predictor.n_parameters))
    theta = 2 * rng.normal(size=predictor.n_parameters)
    covariance = np.linalg.inv(root.T @ root / 10 + np.eye(len(theta)))
    factor = DenseCurvature(root.T @ root / 10).plus(np.ones(len(theta)))
    return X, theta, factor, covariance


PREDICTORS = {
    "linear": Linear(3, 1),
    "network": Network(3, 4, 1, "tanh"),
    "linear, three classes": Linear(3, 3),
    "network, three classes": Network(3, 4, 3, "tanh"),
}


@pytest.mark.parametrize("predictor", PREDICTORS.values(), ids=PREDICTORS)
def test_laplace_decision_is_mackays_formula(predictor):
    X, theta, factor, covariance = _uncertain(predictor)
    raw, jacobian = predictor.linearised(theta, X)
    if predictor.n_outputs > 1:
        raw = raw - raw.mean(axis=1, keepdims=True)
        jacobian = jacobian - jacobian.mean(axis=1, keepdims=True)
    variance = np.einsum("ikp,pq,ikq->ik", jacobian, covariance, jacobian)
    expected = raw / np.sqrt(1 + np.pi * variance / 8)
    found = decision(predictor, theta, factor, X)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    plain = decision(predictor, theta, None, X)
    np.testing.assert_array_equal(plain, predictor.forward(theta, X)[0])


def test_laplace_probability_is_nearly_the_mean_over_the_posterior():
    score, deviation = np.linspace(-3, 3, 7), 1.5
    factor = DenseCurvature(np.zeros((1, 1))).plus(np.full(1, deviation**-2))
    draws = deviation * np.random.default_rng(0).normal(size=(20_000, 1))
    mean = expit(score * (1 + draws)).mean(axis=0)  # theta ~ N(1, deviation^2)
    scores = decision(Linear(1, 1), np.ones(1), factor, score[:, None])[:, 0]
    np.testing.assert_allclose(expit(scores), mean, atol=0.03)
    assert np.abs(expit(score) - mean).max() > 0.1
