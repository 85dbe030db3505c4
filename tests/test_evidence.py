"""Maximum evidence: gamma, log evidence and its fixed point."""

import dataclasses
import pickle

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import multivariate_normal
from sklearn.datasets import load_breast_cancer, make_classification
from sklearn.preprocessing import scale

from skneuron import LogisticNeuron, TinyNeuralNet
from skneuron._numerics.curvature import DenseCurvature, LowRankCurvature
from skneuron._numerics.evidence import (
    Penalty,
    Tuner,
    effective_parameters,
)
from skneuron._numerics.solution import Point
from skneuron._numerics.training import Trained
from skneuron.datasets import load_anes96

RNG = np.random.default_rng(0)
DESIGN = RNG.normal(size=(12, 5))
ALPHA = 0.7
PENALTY = Penalty(
    factor=np.array([1.0, 1, 1, 1, 0]),
    fixed=np.array([0, 0, 0, 0, 0.01]),
    largest=np.inf,
)
RIDGE = PENALTY.ridge(ALPHA)
FORMS = {
    "dense": DenseCurvature(DESIGN.T @ DESIGN),
    "low rank": LowRankCurvature(
        lambda: DESIGN,
        [
            (slice(0, 4), DESIGN[:, :4] @ DESIGN[:, :4].T),
            (slice(4, 5), DESIGN[:, 4:] @ DESIGN[:, 4:].T),
        ],
    ),
}

forms = pytest.mark.parametrize("curvature", FORMS.values(), ids=FORMS)


def test_penalty_turns_alpha_into_a_ridge_and_back():
    np.testing.assert_allclose(RIDGE, [0.7, 0.7, 0.7, 0.7, 0.01])
    assert PENALTY.alpha(RIDGE) == pytest.approx(ALPHA, rel=1e-12)


@forms
def test_gamma_is_that_of_a_dense_inverse(curvature):
    inverse = np.linalg.inv(DESIGN.T @ DESIGN + np.diag(RIDGE))
    expected = sum(1 - ALPHA * inverse[p, p] for p in range(4))
    gamma = effective_parameters(curvature.plus(RIDGE), PENALTY)
    assert gamma == pytest.approx(expected, rel=1e-9)


@forms
@pytest.mark.parametrize(("alpha", "gamma"), [(1e-9, 4.0), (1e9, 0.0)], ids=str)
def test_gamma_runs_from_all_parameters_to_none(curvature, alpha, gamma):
    ridge = PENALTY.ridge(alpha)
    found = effective_parameters(curvature.plus(ridge), PENALTY)
    assert found == pytest.approx(gamma, abs=1e-6)


@forms
def test_log_evidence_of_a_gaussian_model_is_exact(curvature):
    """With loss ||y - X theta||^2 / 2 the marginal y ~ N(0, I + X R^-1 X') is known."""
    y = RNG.normal(size=12)
    factor = curvature.plus(RIDGE)
    theta = factor.solve(DESIGN.T @ y)
    loss = 0.5 * np.sum((y - DESIGN @ theta) ** 2)
    marginal = np.eye(12) + DESIGN / RIDGE @ DESIGN.T
    expected = multivariate_normal(np.zeros(12), marginal).logpdf(y)
    normaliser = 6 * np.log(2 * np.pi)  # the loss leaves it out
    value = loss + 0.5 * RIDGE @ theta**2
    found = PENALTY.log_evidence(value, factor, RIDGE)
    assert found == pytest.approx(expected + normaliser, rel=1e-9)


def _retune_to_the_end(curvature, moment):
    """Return the ridge where solving and retuning a Gaussian model have settled."""
    ridge = RIDGE
    for _ in range(500):
        factor = curvature.plus(ridge)
        gamma = effective_parameters(factor, PENALTY)
        ridge = PENALTY.retune(gamma, factor.solve(moment))
    return ridge


def test_retuning_ends_near_the_maximum_of_the_evidence():
    y = DESIGN @ [1.0, -2.0, 0.5, 1.5, 0.0] + 0.1 * RNG.normal(size=12)
    curvature, moment = FORMS["dense"], DESIGN.T @ y

    def evidence(alpha):
        factor = curvature.plus(PENALTY.ridge(alpha))
        theta = factor.solve(moment)
        loss = 0.5 * np.sum((y - DESIGN @ theta) ** 2)
        ridge = PENALTY.ridge(alpha)
        return PENALTY.log_evidence(loss + 0.5 * ridge @ theta**2, factor, ridge)

    alpha = PENALTY.alpha(_retune_to_the_end(curvature, moment))
    assert evidence(alpha) > max(evidence(1.3 * alpha), evidence(alpha / 1.3))


def _tables():
    X, y = load_breast_cancer(return_X_y=True)
    votes = load_anes96()
    return {"breast_cancer": (scale(X), y), "votes": (scale(votes.data), votes.target)}


TABLES = _tables()
tables = pytest.mark.parametrize(("X", "y"), TABLES.values(), ids=TABLES)


def _dense_posterior(net, X):
    """Return the weights, Hessian and penalised precision of a net without hidden."""
    weights = net.coefs_[0][:, 0]
    design = np.column_stack([X, np.ones(len(X))])
    p = expit(X @ weights + net.intercepts_[0])
    hessian = (design.T * (p * (1 - p))) @ design
    return weights, hessian + np.diag([net.alpha_] * X.shape[1] + [0.0])


@tables
def test_gamma_of_a_fitted_neuron_is_that_of_its_dense_posterior(X, y):
    net = TinyNeuralNet(0, alpha=3.0).fit(X, y)
    _, precision = _dense_posterior(net, X)
    expected = X.shape[1] - 3.0 * np.diag(np.linalg.inv(precision))[:-1].sum()
    assert net.effective_n_parameters_ == pytest.approx(expected, rel=1e-5)


@tables
def test_log_evidence_of_a_fitted_neuron_differs_as_its_dense_posterior_does(X, y):
    """The free bias has an improper prior: only differences between alphas count."""

    def dense(net):
        weights, precision = _dense_posterior(net, X)
        loss = -net.predict_log_proba(X)[np.arange(len(y)), y].sum()
        prior = X.shape[1] * np.log(net.alpha_) - net.alpha_ * weights @ weights
        return -loss + 0.5 * (prior - np.linalg.slogdet(precision).logabsdet)

    weak = TinyNeuralNet(0, alpha=0.3).fit(X, y)
    strong = TinyNeuralNet(0, alpha=30.0).fit(X, y)
    difference = weak.log_evidence_ - strong.log_evidence_
    assert difference == pytest.approx(dense(weak) - dense(strong), rel=1e-4)


@tables
def test_alpha_of_maximum_evidence_satisfies_mackays_equation(X, y):
    """The equation is alpha * ||w||^2 = gamma; a weak prior of alpha may shift it."""
    net = TinyNeuralNet(0).fit(X, y)
    size = net.alpha_ * np.sum(net.coefs_[0] ** 2)
    assert size == pytest.approx(net.effective_n_parameters_, rel=0.01, abs=0.15)


@tables
def test_evidence_is_about_as_high_as_any_fixed_alpha_gives(X, y):
    """MacKay's equation ignores how the optimum's slopes follow alpha: some slack."""
    best = TinyNeuralNet(0).fit(X, y)
    evidences = {
        factor: TinyNeuralNet(0, alpha=factor * best.alpha_).fit(X, y).log_evidence_
        for factor in (0.1, 0.3, 1.0, 3.0, 10.0)
    }
    assert evidences[1.0] == pytest.approx(best.log_evidence_, rel=1e-5)
    assert max(evidences.values()) - evidences[1.0] < 0.5
    assert evidences[0.1] < evidences[0.3] < evidences[1.0]
    assert evidences[10.0] < evidences[3.0] < evidences[1.0]


@pytest.mark.parametrize("n_neurons", [0, 3])
def test_evidence_of_a_given_alpha_waits_but_no_data_are_pickled(n_neurons):
    X, y = TABLES["breast_cancer"]
    net = TinyNeuralNet(n_neurons, alpha=2.0).fit(X, y)
    assert isinstance(net._weighed, Trained)
    copy = pickle.loads(pickle.dumps(net))
    assert not isinstance(copy._weighed, Trained)
    assert len(pickle.dumps(net)) < X.nbytes / 4
    assert copy.log_evidence_ == net.log_evidence_ < 0
    assert 0 < copy.effective_n_parameters_ < net.n_parameters_


def test_sampled_evidence_is_about_that_of_all_rows():
    X, y = make_classification(4000, 8, random_state=0)
    sampled = TinyNeuralNet(0, alpha=20.0).fit(X, y)
    tuned = TinyNeuralNet(0).fit(X, y)
    exact = TinyNeuralNet(0, alpha=tuned.alpha_).fit(X, y)
    assert exact.log_evidence_ == pytest.approx(tuned.log_evidence_, abs=0.5)
    gamma = sampled.effective_n_parameters_
    assert gamma == pytest.approx(tuned.effective_n_parameters_, rel=0.3)


def test_logistic_neuron_and_network_without_hidden_neurons_find_the_same_alpha():
    X, y = TABLES["breast_cancer"]
    neuron = LogisticNeuron(alpha="auto").fit(X, y)
    net = TinyNeuralNet(0).fit(X, y)
    assert neuron.alpha_ == pytest.approx(net.alpha_, rel=0.02)
    np.testing.assert_allclose(neuron.coef_, net.coefs_[0].T, rtol=0.05, atol=0.01)


def test_alpha_stays_below_its_bound():
    bounded = dataclasses.replace(PENALTY, largest=5.0)
    nothing = np.zeros(5)
    ridge = bounded.retune(2.0, nothing)
    assert bounded.alpha(ridge) == pytest.approx(5.0, rel=1e-12)
    assert PENALTY.alpha(PENALTY.retune(2.0, nothing)) > 1e6


@forms
def test_retuning_is_mackays_update_with_a_weak_prior(curvature):
    theta = np.array([1.0, -2.0, 0.5, 0.1, 9.0])
    gamma = effective_parameters(curvature.plus(RIDGE), PENALTY)
    alpha = PENALTY.alpha(PENALTY.retune(gamma, theta))
    # The prior of alpha adds at most a tenth of a parameter; the bias is left out.
    assert gamma <= alpha * np.sum(theta[:4] ** 2) <= gamma + 0.1 + 1e-9


def test_noise_gets_a_strong_penalty_and_signal_a_weak_one():
    X = RNG.normal(size=(200, 5))
    noise = RNG.integers(2, size=200)
    signal = (X @ [3, -2, 1, 0, 0] + RNG.logistic(size=200) > 0).astype(int)
    on_noise = TinyNeuralNet(0).fit(X, noise)
    on_signal = TinyNeuralNet(0).fit(X, signal)
    assert on_noise.alpha_ > 20 * on_signal.alpha_
    assert on_noise.effective_n_parameters_ < 2.5 < on_signal.effective_n_parameters_


def test_tuner_gives_up_only_far_behind_the_evidence_to_beat():
    tuner = Tuner(PENALTY, to_beat=-100.0)
    tuner.trace = [-500.0]
    assert not tuner.hopeless()
    tuner.trace = [-500.0, -250.0]
    assert not tuner.hopeless()
    tuner.trace = [-500.0, -150.0, -109.0]
    assert not tuner.hopeless()
    tuner.trace = [-200.0, -181.0, -180.0]
    assert tuner.hopeless()
    assert not Tuner(PENALTY, trace=[-3e9, -2e9, -1e9]).hopeless()


def _fixed_point(tuner, ridge, tol):
    """Return the ridge that MacKay's steps lead to, and their number."""
    hessian = DenseCurvature(np.diag(np.geomspace(1.0, 100.0, len(ridge))))
    slope = np.geomspace(1.0, 30.0, len(ridge))
    for n_steps in range(1, 200):
        theta = slope / (np.diagonal(hessian.hessian) + ridge)
        better = tuner(hessian, Point(theta, ridge, 0.0, np.zeros(len(ridge))))
        if np.allclose(better, ridge, rtol=tol, atol=0.0):
            return better, n_steps
        ridge = better
    raise AssertionError("no fixed point")


@pytest.mark.parametrize("first", [0.01, 100.0])
def test_extrapolated_steps_lead_to_the_fixed_point_sooner(first):
    class Plodding(Tuner):
        def _ahead(self, ridge, better):
            return better

    penalty = Penalty(np.ones(40), np.zeros(40))
    start = penalty.ridge(first)
    limit, n_plodding = _fixed_point(Plodding(penalty), start, 1e-9)
    ridge, n_steps = _fixed_point(Tuner(penalty), start, 1e-9)
    np.testing.assert_allclose(ridge, limit, rtol=1e-6)
    assert n_steps < 0.6 * n_plodding


def test_extrapolated_steps_stay_within_the_bound():
    penalty = Penalty(np.ones(3), np.zeros(3), largest=5.0)
    tuner = Tuner(penalty, steps=[(-1.0, 1.0)])
    ahead = tuner._ahead(penalty.ridge(np.e), penalty.ridge(4.9))
    assert penalty.alpha(ahead) <= 5.0
