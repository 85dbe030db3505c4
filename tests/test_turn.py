"""Fewer rows than inputs: trained in the rows' axes, the same network as ever."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from skneuron import TinyNeuralNet, TinyNeuralNetRegressor
from skneuron._numerics.linear import Linear, WideLinear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.turn import AS_IT_IS, turn_into

RNG = np.random.default_rng(0)


def _wide(n_classes, n_samples=40, n_features=90):
    X, y = make_classification(
        n_samples,
        n_features,
        n_informative=6,
        n_classes=n_classes,
        flip_y=0.1,
        random_state=0,
    )
    return scale(X), y


def _design(n_rows, n_columns):
    return np.column_stack([RNG.normal(size=(n_rows, n_columns)), np.ones(n_rows)])


@pytest.mark.parametrize("m", [1, 3])
@pytest.mark.parametrize(
    "make", [Linear, lambda d, m: Network(d, 4, m, "tanh")], ids=["linear", "network"]
)
def test_turned_objective_is_that_of_the_parameters_turned_back(make, m):
    X = _design(6, 15)
    target = np.eye(3)[[0, 1, 2, 0, 1, 2]] if m == 3 else X[:, :1] > 0
    own = DataLoss(make(16, m), log_loss(m), X, target.astype(float), np.ones(6))
    turn = turn_into(X)
    turned = turn.objective(own)
    assert turned.X.shape == (6, 7)
    theta = RNG.normal(size=turned.predictor.n_parameters)
    back = turn.back(theta, own.predictor)
    assert turned.value(theta) == pytest.approx(own.value(back), rel=1e-12)
    # Nor does a penalty see the turn.
    assert back @ back == pytest.approx(theta @ theta, rel=1e-12)
    np.testing.assert_array_equal(
        turn.shared(np.ones_like(theta), own.predictor), np.ones_like(back)
    )


def test_no_turn_of_more_rows_than_inputs():
    assert turn_into(_design(15, 15)) is AS_IT_IS


def test_curvature_of_a_wide_neuron_is_that_of_any_other():
    X, theta = _design(6, 300), 0.05 * RNG.normal(size=301)
    target, weight = (X[:, :1] > 0).astype(float), RNG.uniform(0.5, 2.0, 6)
    wide, plain = (
        DataLoss(kind(301, 1), log_loss(1), X, target, weight).curvature(theta)
        for kind in (WideLinear, Linear)
    )
    np.testing.assert_allclose(wide.dense(), plain.dense(), atol=1e-12)
    ridge = np.append(np.full(300, 0.7), 0.01)
    wide, plain = wide.plus(ridge), plain.plus(ridge)
    assert wide.log_det() == pytest.approx(plain.log_det(), rel=1e-10)
    for free in (ridge > 0, ridge > 0.1):
        assert wide.determined(free) == pytest.approx(plain.determined(free), rel=1e-9)
    np.testing.assert_allclose(wide.variance(X), plain.variance(X), rtol=1e-9)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_hidden_neurons_it_is_logistic_regression(n_classes):
    X, y = _wide(n_classes)
    net = TinyNeuralNet(0, alpha=2.0, standardize=False, tol=1e-8).fit(X, y)
    peer = LogisticRegression(C=0.5, tol=1e-10, max_iter=5000).fit(X, y)
    np.testing.assert_allclose(
        net.decision_function(X), peer.decision_function(X), atol=1e-4
    )


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("alpha", [1.0, "auto"])
def test_it_ends_at_an_optimum_of_all_weights(n_classes, alpha):
    X, y = _wide(n_classes)
    net = TinyNeuralNet(4, alpha=alpha, tol=1e-9, max_iter=5000).fit(X, y)
    shapes = [coef.shape for coef in net.coefs_]
    assert shapes == [(90, 4), (4, 1 if n_classes == 2 else 3)]
    assert net.n_parameters_ == sum(c.size for c in (*net.coefs_, *net.intercepts_))
    # A step across the rows' space changes no training row, and costs weight decay.
    beyond = np.linalg.svd(X - X.mean(axis=0))[2][40:]
    np.testing.assert_allclose(beyond @ net.coefs_[0], 0.0, atol=1e-4)
    slope = approx_fprime(net._theta, lambda theta: _objective(net, theta, X, y), 1e-7)
    assert np.abs(slope).max() < 2e-2


def _objective(net, theta, X, y):
    """Return the objective but for what fixes the biases."""
    raw = net._predictor.forward(theta, net._scaling.inputs(X))[0]
    n_classes = len(net.classes_)
    target = np.eye(n_classes)[y] if n_classes > 2 else y[:, None].astype(float)
    loss = log_loss(raw.shape[1]).value_and_gradient(raw, target)[0].sum()
    W1, W2 = net._predictor.layers(theta)
    squares = (W1[:-1] ** 2).sum() + (W2[:-1] ** 2).sum()
    bias = 1e-2 if net.alpha == 1.0 else 0.3 * np.clip(len(X) / 400, 1e-2, 1.0)
    return loss + 0.5 * net.alpha_ * squares + 0.5 * bias * (W1[-1] ** 2).sum()


def test_far_rows_are_uncertain_beyond_the_rows_space():
    X, y = _wide(2)
    net = TinyNeuralNet(0).fit(X, y)
    beyond = np.linalg.svd(X - X.mean(axis=0))[2][-1]
    near, far = net.predict_proba(X)[:, 1], net.predict_proba(X + 1e3 * beyond)[:, 1]
    assert (np.abs(far - 0.5) < 0.5 * np.abs(near - 0.5) + 1e-3).all()


def test_validation_data_and_documents_of_a_wide_network():
    X, y = _wide(3)
    net = TinyNeuralNet(4).fit(X[:30], y[:30], X_val=X[30:], y_val=y[30:])
    assert len(net.validation_loss_curve_) >= net.best_iter_
    again = TinyNeuralNet.from_json(net.to_json())
    np.testing.assert_array_equal(again.predict_proba(X), net.predict_proba(X))
    alone = TinyNeuralNet(0).fit(X, y > 0)
    again = TinyNeuralNet.from_json(alone.to_json())
    np.testing.assert_array_equal(again.predict_proba(X), alone.predict_proba(X))


def test_a_wide_regression_tells_its_doubt():
    X, _ = _wide(2)
    y = X[:, 0] - X[:, 1]
    _, deviation = TinyNeuralNetRegressor(3).fit(X, y).predict(X, return_std=True)
    assert (deviation > 0).all()
