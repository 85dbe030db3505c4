"""Alpha and hidden neurons by held-out rows: several classes, or many rows."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_classification
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skneuron import TinyNeuralNet
from skneuron._numerics.held_out import _clearly_lower, _splits, suits
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import BINOMIAL, MULTINOMIAL, SQUARED
from skneuron._numerics.objective import DataLoss

X, Y = make_classification(
    1200, 6, n_informative=5, n_redundant=0, n_classes=3, random_state=0
)


def _objective(counts):
    """Return an objective of rows 0, 1, ... of which `counts` are of each class."""
    codes = np.random.default_rng(0).permutation(
        np.repeat(np.arange(len(counts)), counts)
    )
    rows, target = (
        np.arange(len(codes), dtype=float)[:, None],
        np.eye(len(counts))[codes],
    )
    return DataLoss(
        Linear(1, len(counts)), MULTINOMIAL, rows, target, np.ones(len(codes))
    )


@pytest.mark.parametrize("counts", [[30, 7, 2, 1], [700, 500, 60], [9000, 6000, 11]])
def test_each_row_is_learnt_or_held_out_and_classes_in_proportion(counts):
    objective = _objective(counts)
    held_out_ever = []
    for rest, held_out in _splits(objective):
        rows = np.concatenate([rest.X, held_out.X])[:, 0]
        assert len(np.unique(rows)) == len(rows) >= min(len(objective.X), 5000)
        held_out_ever.extend(held_out.X[:, 0])
        total = rest.target.sum(axis=0) + held_out.target.sum(axis=0)
        assert (abs(held_out.target.sum(axis=0) - total / 5) < 1).all()
        assert (rest.target.sum(axis=0) >= 1).all()
    assert len(set(held_out_ever)) == len(held_out_ever)
    if len(objective.X) < 600:
        assert len(held_out_ever) == sum(count for count in counts if count > 1)
    else:
        assert 600 / 2 < len(held_out_ever) < 2000 + len(counts)


def test_a_gain_within_its_standard_error_is_not_clear():
    others = np.random.default_rng(0).exponential(size=400)
    noise = np.random.default_rng(1).normal(size=400)
    noise -= noise.mean()
    error = noise.std() / np.sqrt(400)
    assert not _clearly_lower(others, others)
    assert not _clearly_lower(others - 0.9 * error + noise, others)
    assert _clearly_lower(others - 1.1 * error + noise, others)


def test_it_is_for_many_rows_or_few_for_their_weights():
    def target(n_samples, n_classes):
        return np.eye(n_classes)[np.arange(n_samples) % n_classes]

    assert suits(MULTINOMIAL, target(1000, 3), 5)
    assert not suits(MULTINOMIAL, target(999, 3), 5)
    assert suits(MULTINOMIAL, target(90, 3), 30)
    assert not suits(MULTINOMIAL, target(91, 3), 30)
    assert not suits(MULTINOMIAL, target(9, 3), 30)
    assert suits(BINOMIAL, target(5000, 2)[:, 1:], 5)
    assert not suits(BINOMIAL, target(4999, 2)[:, 1:], 5000)
    assert not suits(SQUARED, np.zeros((9000, 1)), 5)


def test_of_two_classes_each_gives_a_fifth():
    target = (np.arange(8000) < 400).astype(float)[:, None]
    rows = np.arange(8000.0)[:, None]
    objective = DataLoss(Linear(1, 1), BINOMIAL, rows, target, np.ones(8000))
    ((rest, held_out),) = _splits(objective)
    assert held_out.target.sum() == 80
    assert (rest.n_samples, held_out.n_samples) == (6400, 1600)


def test_wide_networks_learn_digits_better_than_none():
    X, new, y, truth = train_test_split(*load_digits(return_X_y=True), random_state=0)
    loss = {
        n_neurons: log_loss(
            truth, TinyNeuralNet(n_neurons).fit(X, y).predict_proba(new)
        )
        for n_neurons in (0, 32, "auto")
    }
    assert loss["auto"] == loss[32] < 0.8 * loss[0]


def test_of_noise_nothing_is_learnt():
    noise = np.random.default_rng(0).permutation(Y)
    net = TinyNeuralNet(16).fit(X, noise)
    base_rate = -np.mean(np.log(np.bincount(noise) / len(noise))[noise])
    assert 0.97 * base_rate < log_loss(noise, net.predict_proba(X)) < 1.0001 * base_rate


def test_two_classes_of_many_rows_need_what_steps_of_evidence_would_not_find():
    X = np.random.default_rng(0).uniform(-2, 2, size=(6000, 2))
    y = (np.sin(3 * X[:, 0]) * np.sin(3 * X[:, 1]) > 0).astype(int)
    net = TinyNeuralNet().fit(X[:5000], y[:5000])
    assert net.n_neurons_ == 32
    assert net.score(X[5000:], y[5000:]) > 0.9


@pytest.mark.parametrize("n_neurons", ["auto", 8])
def test_weights_are_repeats_and_the_order_of_rows_does_not_matter(n_neurons):
    rng = np.random.default_rng(0)
    weight = rng.integers(0, 3, size=len(Y))
    order = rng.permutation(np.repeat(np.arange(len(Y)), weight))
    weighted = TinyNeuralNet(n_neurons).fit(X, Y, sample_weight=weight)
    repeated = TinyNeuralNet(n_neurons).fit(X[order], Y[order])
    assert weighted.alpha_ == pytest.approx(repeated.alpha_)
    np.testing.assert_allclose(
        weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-6
    )


def test_the_network_is_trained_on_all_rows_with_the_alpha_it_tells():
    net = TinyNeuralNet(8, tol=1e-6).fit(X, Y)
    again = TinyNeuralNet(8, tol=1e-6, alpha=net.alpha_).fit(X, Y)
    assert net.loss_ == pytest.approx(again.loss_, rel=0.05)
    weights = net.coefs_[0] * X.std(axis=0)[:, None], net.coefs_[1]
    size = 0.5 * net.alpha_ * sum(np.sum(W**2) for W in weights)
    data = log_loss(Y, net.predict_proba(X), normalize=False)
    # The hidden biases' weak prior is the rest.
    assert 0 <= net.loss_ - data - size < 0.01 * net.loss_


def test_probabilities_are_plain_unless_asked_for():
    nets = {
        predictive: TinyNeuralNet(8, predictive=predictive).fit(X, Y)
        for predictive in ("auto", "plain", "laplace")
    }
    auto, plain, laplace = (net.predict_proba(X) for net in nets.values())
    np.testing.assert_array_equal(auto, plain)
    assert (laplace.max(axis=1) < plain.max(axis=1)).mean() > 0.9
    assert 0 < nets["auto"].effective_n_parameters_ < nets["auto"].n_parameters_


def test_rows_that_the_caller_holds_out_end_training_instead():
    net = TinyNeuralNet(8).fit(X[:1000], Y[:1000], X_val=X[1000:], y_val=Y[1000:])
    assert net.best_iter_ == np.argmin(net.validation_loss_curve_) + 1


@pytest.mark.parametrize("n_neurons", [8, "auto"])
def test_few_rows_of_nothing_but_noise_leave_the_base_rate(n_neurons):
    rng = np.random.default_rng(0)
    X, new, y = rng.normal(size=(200, 100)), rng.normal(size=(50, 100)), np.arange(200)
    net = TinyNeuralNet(n_neurons).fit(X, y % 4)
    assert net.predict_proba(new).max() < 0.5


def test_rows_that_take_turns_are_drawn_in_proportion():
    target = np.eye(10)[np.arange(100_000) % 10]
    rows = np.zeros((len(target), 1))
    objective = DataLoss(Linear(1, 10), MULTINOMIAL, rows, target, np.ones(len(target)))
    ((rest, held_out),) = _splits(objective)
    assert (rest.n_samples + held_out.n_samples) == 10_000
    assert (held_out.target.mean(axis=0) > 0.05).all()
