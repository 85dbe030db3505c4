"""Linear and Network: gradients, Jacobians and curvatures against slow versions."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit, softmax

from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss

N_INPUTS = 4  # the column of ones among them


def _network(activation, n_neurons=5):
    return lambda m: Network(N_INPUTS, n_neurons, m, activation)


PREDICTORS = {"linear": lambda m: Linear(N_INPUTS, m)} | {
    name: _network(name) for name in ACTIVATIONS
}
predictors = pytest.mark.parametrize("make", PREDICTORS.values(), ids=PREDICTORS)
outputs = pytest.mark.parametrize("m", [1, 3], ids=["one output", "three outputs"])
rows = pytest.mark.parametrize("n", [7, 60], ids=["few rows", "many rows"])


def _problem(make, m, n, seed=0):
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.normal(size=(n, N_INPUTS - 1)), np.ones(n)])
    predictor = make(m)
    return predictor, 0.8 * rng.normal(size=predictor.n_parameters), X, rng


def _dense(curvature, ridge):
    """Return the curvature's matrix, from what it is used for: solving."""
    factor, eye = curvature.plus(ridge), np.eye(len(ridge))
    inverse = np.column_stack([factor.solve(e) for e in eye])
    return np.linalg.inv(inverse) - ridge * eye


@predictors
@outputs
def test_sizes_agree(make, m):
    predictor, theta, X, _ = _problem(make, m, n=7)
    shapes = predictor.layer_shapes
    assert sum(r * c for r, c in shapes) == predictor.n_parameters == len(theta)
    assert [layer.shape for layer in predictor.layers(theta)] == shapes
    assert predictor.forward(theta, X)[0].shape == (7, m)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_network_is_its_formula_written_as_loops(name):
    predictor, theta, X, _ = _problem(PREDICTORS[name], 3, n=7)
    W, V = predictor.layers(theta)
    raw = np.empty((7, 3))
    for i, x in enumerate(X):
        for k in range(3):
            raw[i, k] = V[-1, k]
            for j in range(predictor.n_neurons):
                z = np.array([[sum(x[r] * W[r, j] for r in range(N_INPUTS))]])
                raw[i, k] += V[j, k] * ACTIVATIONS[name].value(z)[0, 0]
    np.testing.assert_allclose(predictor.forward(theta, X)[0], raw, rtol=1e-12)


@predictors
@outputs
def test_pullback_is_the_gradient(make, m):
    predictor, theta, X, rng = _problem(make, m, n=7)
    residual = rng.normal(size=(7, m))
    _, state = predictor.forward(theta, X)
    gradient = predictor.pullback(theta, X, state, residual)
    slope = approx_fprime(
        theta, lambda t: (predictor.forward(t, X)[0] * residual).sum()
    )
    np.testing.assert_allclose(gradient, slope, atol=1e-5)


@predictors
@outputs
def test_jacobian_is_the_slope_of_each_output(make, m):
    predictor, theta, X, _ = _problem(make, m, n=7)
    slopes = approx_fprime(theta, lambda t: predictor.forward(t, X)[0].ravel())
    jacobian = predictor.linearised(theta, X)[1]
    np.testing.assert_allclose(jacobian.reshape(7 * m, -1), slopes, atol=1e-5)


@predictors
@pytest.mark.parametrize("m", [2, 3])
def test_spread_is_the_variance_of_centred_outputs(make, m):
    predictor, theta, X, rng = _problem(make, m, n=7)
    root = rng.normal(size=(predictor.n_parameters, predictor.n_parameters))
    covariance = root @ root.T
    raw, jacobian = predictor.linearised(theta, X)
    jacobian = jacobian - jacobian.mean(axis=1, keepdims=True)
    expected = np.einsum("ikp,pq,ikq->ik", jacobian, covariance, jacobian)
    centred, variance = predictor.spread(theta, X, covariance)
    np.testing.assert_allclose(variance, expected, rtol=1e-9)
    np.testing.assert_allclose(centred, raw - raw.mean(axis=1, keepdims=True))


def _objective(make, m, n, soft=False):
    predictor, theta, X, rng = _problem(make, m, n)
    if soft:  # targets that the network hits exactly
        raw = predictor.forward(theta, X)[0]
        target = expit(raw) if m == 1 else softmax(raw, axis=1)
    else:
        codes = rng.integers(max(m, 2), size=n)
        target = codes[:, None].astype(float) if m == 1 else np.eye(m)[codes]
    weight = rng.uniform(0.5, 2.0, n)
    return DataLoss(predictor, log_loss(m), X, target, weight), theta


@predictors
@outputs
def test_objective_sums_weighted_losses_and_their_gradient(make, m):
    objective, theta = _objective(make, m, n=20)
    value, gradient = objective.value_and_gradient(theta)
    raw = objective.predictor.forward(theta, objective.X)[0]
    losses = log_loss(m).value_and_gradient(raw, objective.target)[0]
    assert value == pytest.approx((objective.weight * losses).sum(), rel=1e-12)
    assert objective.value(theta) == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(
        gradient, approx_fprime(theta, objective.value), atol=1e-4
    )


@predictors
@outputs
@rows
def test_curvature_is_the_sum_of_dense_products(make, m, n):
    objective, theta = _objective(make, m, n)
    raw, _ = objective.predictor.forward(theta, objective.X)
    slopes = log_loss(m).hessian(raw) * objective.weight[:, None, None]
    jacobian = objective.predictor.linearised(theta, objective.X)[1]
    expected = np.einsum("ikp,ikl,ilq->pq", jacobian, slopes, jacobian)
    curvature = objective.curvature(theta)
    ridge = np.linspace(0.5, 1.5, len(theta))
    np.testing.assert_allclose(_dense(curvature, ridge), expected, atol=1e-9)
    np.testing.assert_allclose(curvature.diagonal(), expected.diagonal(), atol=1e-12)


@outputs
def test_curvature_of_a_linear_neuron_is_its_hessian(m):
    objective, theta = _objective(PREDICTORS["linear"], m, n=20)
    hessian = approx_fprime(theta, lambda t: objective.value_and_gradient(t)[1])
    curvature = _dense(objective.curvature(theta), np.ones(len(theta)))
    np.testing.assert_allclose(curvature, hessian, atol=1e-5)


@predictors
@outputs
def test_gauss_newton_is_the_hessian_where_nothing_is_left_to_explain(make, m):
    objective, theta = _objective(make, m, n=60, soft=True)
    assert np.abs(objective.value_and_gradient(theta)[1]).max() < 1e-12
    hessian = approx_fprime(theta, lambda t: objective.value_and_gradient(t)[1])
    curvature = _dense(objective.curvature(theta), np.ones(len(theta)))
    np.testing.assert_allclose(curvature, hessian, atol=1e-4)


@predictors
@outputs
def test_newton_factor_is_that_of_the_exact_hessian(make, m):
    objective, theta = _objective(make, m, n=60)
    hessian = approx_fprime(theta, lambda t: objective.value_and_gradient(t)[1])
    ridge = np.full(len(theta), 2 + 2 * np.abs(np.linalg.eigvalsh(hessian)).max())
    factor = objective.hessian(theta).newton(ridge)
    eye = np.eye(len(theta))
    inverse = np.column_stack([factor.solve(e) for e in eye])
    np.testing.assert_allclose(inverse @ (hessian + np.diag(ridge)), eye, atol=1e-5)


@outputs
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_curvature_of_more_parameters_than_rows(activation, m):
    """Wide networks keep a root of the curvature; it acts as the dense matrix does."""
    objective, theta = _objective(_network(activation, n_neurons=260), m, n=9)
    raw, _ = objective.predictor.forward(theta, objective.X)
    slopes = log_loss(m).hessian(raw) * objective.weight[:, None, None]
    jacobian = objective.predictor.linearised(theta, objective.X)[1]
    dense = np.einsum("ikp,ikl,ilq->pq", jacobian, slopes, jacobian, optimize=True)
    # Weights and biases of each layer have a ridge of their own.
    ends = np.cumsum(
        [s for rows, k in objective.predictor.layer_shapes for s in ((rows - 1) * k, k)]
    )
    ridge = np.repeat([0.5, 0.1, 0.5, 1e-3], np.diff(ends, prepend=0))
    b = np.random.default_rng(1).normal(size=len(theta))
    factor = objective.curvature(theta).plus(ridge)
    inverse = np.linalg.inv(dense + np.diag(ridge))
    np.testing.assert_allclose(factor.solve(b), inverse @ b, rtol=1e-6, atol=1e-8)
    free = ridge == 0.5
    determined = np.sum(1 - ridge[free] * np.diag(inverse)[free])
    assert factor.determined(free) == pytest.approx(determined, rel=1e-6)


@outputs
def test_sketched_curvature_is_that_of_all_rows_on_average(m):
    objective, theta = _objective(PREDICTORS["tanh"], m, n=60)
    size = len(theta)
    sketches = [
        objective.sketched(operations=size**3 + 20 * size**2, seed=seed)
        for seed in range(300)
    ]
    assert {len(sketched.sketch.X) for sketched in sketches} == {20}
    mean = np.mean([s.curvature(theta).diagonal() for s in sketches], axis=0)
    np.testing.assert_allclose(mean, objective.curvature(theta).diagonal(), rtol=0.1)
    for sketched in sketches[:3]:
        assert sketched.sketch.weight.sum() == pytest.approx(objective.weight.sum())
        assert sketched.value(theta) == objective.value(theta)


def test_affordable_curvature_is_not_sketched():
    objective, _ = _objective(PREDICTORS["tanh"], 1, n=60)
    assert objective.sketched(operations=10**9, seed=0) is objective


@outputs
def test_base_rate_fits_an_intercept_alone(m):
    objective, _ = _objective(PREDICTORS["linear"], m, n=30)
    share = objective.weight @ objective.target / objective.weight.sum()
    raw = objective.base_rate()
    np.testing.assert_allclose(expit(raw) if m == 1 else softmax(raw), share)
