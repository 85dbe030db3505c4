"""Starts: side by side as one by one, samples of rows, how many are worth it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from skneuron import TinyNeuralNet
from skneuron._numerics import objective as objective_module
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import SQUARED, log_loss
from skneuron._numerics.network import Network, SideBySide
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.starts import race, start, warmed
from skneuron._numerics.training import Plan

RNG = np.random.default_rng(0)
PLAN = Plan(solver="lbfgs", alpha=0.5, n_init=3, max_iter=200, tol=1e-3, seed=0)


def _objective(m=1, n=50, h=4, loss=None):
    X = np.column_stack([RNG.normal(size=(n, 3)), np.ones(n)])
    classes = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 1) * (m > 1)
    target = classes[:, None].astype(float) if m == 1 else np.eye(m)[classes]
    weight = RNG.uniform(0.5, 2.0, n)
    return DataLoss(Network(4, h, m, "tanh"), loss or log_loss(m), X, target, weight)


LOSSES = {
    "binary": (1, log_loss(1)),
    "multiclass": (3, log_loss(3)),
    "squares": (1, SQUARED),
}
losses = pytest.mark.parametrize(("m", "loss"), LOSSES.values(), ids=LOSSES)


def _side_by_side(single, n_networks):
    lanes = SideBySide(single.predictor, n_networks)
    return replace(single, predictor=lanes, target=single.target[:, None, :])


@losses
def test_networks_side_by_side_are_those_one_by_one(m, loss):
    single = _objective(m, loss=loss)
    thetas = RNG.normal(size=(3, single.predictor.n_parameters))
    lanes = _side_by_side(single, 3)
    value, gradient = lanes.value_and_gradient(thetas.ravel())
    alone = [single.value_and_gradient(theta) for theta in thetas]
    assert value == pytest.approx(sum(v for v, _ in alone), rel=1e-12)
    np.testing.assert_allclose(gradient, np.concatenate([g for _, g in alone]))
    np.testing.assert_allclose(lanes.value(thetas.ravel()), [v for v, _ in alone])
    assert lanes.predictor.n_parameters == thetas.size


@losses
def test_gradient_side_by_side_is_numerical(m, loss):
    lanes = _side_by_side(_objective(m, n=12, h=2, loss=loss), 2)
    theta = RNG.normal(size=lanes.predictor.n_parameters)
    slope = approx_fprime(theta, lambda t: lanes.value(t).sum())
    np.testing.assert_allclose(lanes.value_and_gradient(theta)[1], slope, atol=1e-5)


def _penalised(objective, theta, ridge):
    return objective.value(theta) + 0.5 * ridge @ theta**2


def test_the_race_returns_a_start_that_it_has_improved():
    objective = _objective()
    ridge = np.full(objective.predictor.n_parameters, 0.5)
    seeds = np.random.SeedSequence(0).spawn(3)
    starts = [start(objective, np.random.default_rng(seed)) for seed in seeds]
    trained = race(objective, ridge, PLAN)
    best = min(_penalised(objective, theta, ridge) for theta in starts)
    assert _penalised(objective, trained, ridge) < best
    untrained = race(objective, ridge, PLAN, advance=False)
    assert any(np.array_equal(untrained, theta) for theta in starts)


def test_a_convex_objective_starts_once_from_the_base_rate():
    objective = replace(_objective(), predictor=Linear(4, 1))
    theta = race(objective, np.ones(4), PLAN)
    np.testing.assert_array_equal(theta[:3], 0.0)
    assert theta[3] == objective.base_rate()[0]


def test_samples_of_a_seed_are_nested_and_weigh_as_much_as_all():
    objective = _objective(n=200)
    small, large = objective.sample(20, seed=3), objective.sample(60, seed=3)
    assert small.weight.sum() == pytest.approx(objective.weight.sum(), rel=1e-12)
    rows = {tuple(row) for row in large.X}
    assert all(tuple(row) in rows for row in small.X)
    assert objective.sample(200, seed=3) is objective


def test_few_rows_are_not_sampled_and_many_lead_near_the_minimum_of_all():
    few = _objective()
    ridge = np.full(few.predictor.n_parameters, 0.5)
    theta = start(few, RNG)
    assert warmed(few, theta, ridge, PLAN) is theta
    many = _objective(n=100_000)
    gain = _penalised(many, theta, ridge)
    gain -= _penalised(many, warmed(many, theta, ridge, PLAN), ridge)
    assert gain > 0.3 * _penalised(many, theta, ridge)


@losses
def test_blocks_of_rows_add_up(m, loss, monkeypatch):
    objective = _objective(m, n=300, loss=loss)
    theta = RNG.normal(size=objective.predictor.n_parameters)
    value, gradient = objective.value_and_gradient(theta)
    assert len(objective.blocks) == 1
    monkeypatch.setattr(objective_module, "_BLOCK", 1000)
    blocked = replace(objective)
    assert len(blocked.blocks) > 5
    other_value, other_gradient = blocked.value_and_gradient(theta)
    assert other_value == pytest.approx(value, rel=1e-12)
    np.testing.assert_allclose(other_gradient, gradient, rtol=1e-10, atol=1e-12)


@losses
def test_single_precision_differs_by_its_rounding(m, loss):
    objective = _objective(m, loss=loss)
    theta = RNG.normal(size=objective.predictor.n_parameters)
    value, gradient = objective.value_and_gradient(theta)
    single = objective.single()
    assert single.dtype == np.float32
    found, slope = single.value_and_gradient(theta.astype(np.float32))
    assert slope.dtype == np.float32
    assert found == pytest.approx(value, rel=1e-5)
    np.testing.assert_allclose(slope, gradient, atol=1e-4 * np.abs(gradient).max())


def test_equal_optima_are_counted_by_the_neurons_in_use():
    network = Network(4, 8, 1, "tanh")
    assert Linear(4, 1).log_modes(3.0) == 0.0
    assert network.log_modes(0.0) == pytest.approx(np.log(2 * 2**2))
    # 10 of 20 weights of four neurons: as if all four were in use.
    assert network.log_modes(10.0) == pytest.approx(np.log(24 * 2**4))
    assert network.log_modes(1e6) == pytest.approx(np.log(40320 * 2**8))
    assert Network(4, 1, 1, "tanh").log_modes(5.0) == pytest.approx(np.log(2))


@pytest.mark.parametrize(("n_neurons", "least"), [(2, 38), (4, 40), ("auto", 40)])
def test_exclusive_or_is_learnt_whatever_the_seed(n_neurons, least):
    X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    nets = [TinyNeuralNet(n_neurons, random_state=seed) for seed in range(40)]
    assert sum(net.fit(X, y).score(X, y) == 1.0 for net in nets) >= least


def test_given_starts_are_raced_whatever_the_number_of_neurons():
    X, y = RNG.normal(size=(80, 2)), RNG.integers(2, size=80)
    nets = [TinyNeuralNet(8, alpha=0.1, n_init=n).fit(X, y) for n in (1, "auto", 5)]
    np.testing.assert_array_equal(nets[0].coefs_[0], nets[1].coefs_[0])
    assert not np.array_equal(nets[0].coefs_[0], nets[2].coefs_[0])
