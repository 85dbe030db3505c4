"""The all-or-none neuron: the lecture's millivolts, fewest mistakes, probabilities."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, softmax
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.preprocessing import scale

from skneuron import BiologicalNeuronClassifier, LogisticNeuron
from skneuron.datasets import load_anes96

IRIS = load_iris(return_X_y=True)
LECTURE = BiologicalNeuronClassifier.from_parameters([10, 5], -15, classes=[0, 1])


def _noisy(seed=0, n=150, d=3, n_classes=2):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + 1
    score = X @ rng.normal(size=(d, n_classes)) + rng.normal(size=(n, n_classes))
    return X, score.argmax(axis=1)


# The lecture's rows beyond tests/test_lecture.py.


def test_L5_a_learnt_neuron_compares_with_15_mV():
    X = [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    neuron = BiologicalNeuronClassifier().fit(X, [0, 0, 0, 1])
    assert neuron.intercept_ == -55 - -70 - 30 == -15
    assert neuron.drive_ == 0
    np.testing.assert_allclose(neuron.coef_, [[10, 10]])


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("noise", [4.0, "auto"])
def test_L7_the_noisy_neuron_is_a_logistic_neuron(noise, n_classes):
    X, y = _noisy(n_classes=n_classes)
    neuron = BiologicalNeuronClassifier(noise=noise).fit(X, y)
    logistic = neuron.to_logistic()
    assert isinstance(logistic, LogisticNeuron)
    expected = neuron.predict_proba(X)
    np.testing.assert_allclose(logistic.predict_proba(X), expected, rtol=1e-9)
    score = neuron.decision_function(X) / neuron.noise_
    binary = n_classes == 2
    proba = expit(score) if binary else softmax(score, axis=1)
    np.testing.assert_allclose(expected[:, 1] if binary else expected, proba)


# The fewest mistakes.


def _binary_tables():
    X, y = IRIS
    for pair in itertools.combinations(range(3), 2):
        rows = np.isin(y, pair)
        yield f"iris {pair}", X[rows], y[rows]
    X, y = load_wine(return_X_y=True)
    for k in range(3):
        yield f"wine {k}", X, y == k
    yield "breast_cancer", *load_breast_cancer(return_X_y=True)
    yield "anes96", *load_anes96(return_X_y=True)


BINARY_TABLES = {name: (X, y) for name, X, y in _binary_tables()}
RIVALS = {
    "logistic": LogisticRegression(max_iter=10_000),
    "perceptron": Perceptron(random_state=0),
}


@pytest.mark.parametrize("table", BINARY_TABLES)
@pytest.mark.parametrize("scaled", [False, True], ids=["raw", "scaled"])
@pytest.mark.parametrize("rival", RIVALS)
def test_never_more_mistakes_than_its_rivals(table, scaled, rival):
    X, y = BINARY_TABLES[table]
    X = scale(X) if scaled else X
    neuron = BiologicalNeuronClassifier().fit(X, y)
    assert neuron.score(X, y) >= RIVALS[rival].fit(X, y).score(X, y)


def test_two_inputs_are_solved_exactly():
    X, y = load_anes96(return_X_y=True)
    neuron = BiologicalNeuronClassifier().fit(X, y)
    assert neuron.optimal_
    assert neuron.loss_curve_ == [361]
    assert (neuron.predict(X) != y).sum() == 361


def test_breast_cancer_is_separable():
    X, y = load_breast_cancer(return_X_y=True)
    neuron = BiologicalNeuronClassifier().fit(X, y)
    assert neuron.score(X, y) == 1
    assert neuron.optimal_


@pytest.mark.parametrize("load", [load_iris, load_wine, load_digits])
def test_several_classes_are_no_worse_than_a_perceptron(load):
    X, y = load(return_X_y=True)
    ours, theirs = (
        cross_val_score(model, X, y, cv=3).mean()
        for model in (BiologicalNeuronClassifier(n_init=1), Perceptron())
    )
    assert ours >= theirs


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("weighted", [False, True])
def test_loss_curve_counts_the_mistakes_of_every_neuron(n_classes, weighted):
    X, y = _noisy(n_classes=n_classes)
    weight = np.random.default_rng(0).uniform(size=len(y)) if weighted else None
    neuron = BiologicalNeuronClassifier().fit(X, y, weight)
    assert (np.diff(neuron.loss_curve_) <= 0).all()
    assert len(neuron.loss_curve_) == neuron.n_iter_
    scores = neuron.decision_function(X).reshape(len(y), -1)
    targets = np.column_stack([y == k for k in range(n_classes)])
    wrong = (scores > 0) != (targets if n_classes > 2 else targets[:, 1:])
    expected = (wrong.sum(axis=1) * (1 if weight is None else weight)).sum()
    assert neuron.loss_curve_[-1] == pytest.approx(expected, rel=1e-9)


def test_same_data_same_neuron_without_a_seed():
    X, y = _noisy(d=5)
    first, second = (BiologicalNeuronClassifier().fit(X, y).coef_ for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("seed", [7, np.random.RandomState(7)], ids=["int", "state"])
def test_other_seeds_search_elsewhere_but_as_well(seed):
    X, y = _noisy(d=5)
    mistakes = BiologicalNeuronClassifier().fit(X, y).loss_curve_[-1]
    other = BiologicalNeuronClassifier(random_state=seed).fit(X, y)
    assert other.loss_curve_[-1] == pytest.approx(mistakes, abs=2)


def test_search_cut_short_warns():
    X, y = _noisy(d=8, n=300)
    with pytest.warns(ConvergenceWarning, match="increase max_iter"):
        neuron = BiologicalNeuronClassifier(max_iter=1).fit(X, y)
    assert not neuron.converged_


# Millivolts.


@pytest.mark.parametrize(
    "potentials", [(-70.0, -55.0, 30.0), (-80, -40, 0), (1.0, 2.0, 3.0)], ids=str
)
def test_potentials_only_set_the_scale(potentials):
    rest, threshold, action = potentials
    X, y = _noisy()
    default = BiologicalNeuronClassifier().fit(X, y)
    neuron = BiologicalNeuronClassifier(
        resting_potential=rest, threshold=threshold, action_potential=action
    ).fit(X, y)
    np.testing.assert_array_equal(neuron.predict(X), default.predict(X))
    assert set(neuron.fire(X)) == {rest, action}
    assert neuron.intercept_[0] == pytest.approx(neuron.drive_[0] + rest - threshold)
    expected = rest + neuron.drive_ + X @ neuron.coef_[0]
    np.testing.assert_allclose(neuron.graded_potential(X), expected)


def test_a_neuron_that_fires_at_rest_needs_a_drive():
    X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    neuron = BiologicalNeuronClassifier().fit(X, [0, 1, 1, 1])
    assert neuron.predict([[0.0]]) == 1
    assert neuron.drive_ > 15
    np.testing.assert_allclose(neuron.intercept_, neuron.drive_ - 15)


def test_a_neuron_with_nothing_to_learn_rests():
    neuron = BiologicalNeuronClassifier().fit(np.ones((5, 2)), [0, 0, 0, 1, 1])
    np.testing.assert_array_equal(neuron.coef_, 0)
    assert neuron.drive_ == 0
    np.testing.assert_array_equal(neuron.fire([[1, 1]]), [-70])


@pytest.mark.parametrize("columns", [[1.0], [1.0, -2.0], [1.0, 2.0, 3.0]])
def test_rows_that_differ_by_rounding_alone_are_not_told_apart(columns):
    X = np.outer([0.0, 0.0, 1.0, 1.0 + 4e-16], columns)
    neuron = BiologicalNeuronClassifier().fit(X, [0, 1, 0, 1])
    assert (neuron.predict(X) != [0, 1, 0, 1]).sum() == 2
    assert np.isfinite(neuron.decision_function(X)).all()


def test_several_neurons_share_one_scale_and_the_strongest_wins():
    X, y = IRIS
    neuron = BiologicalNeuronClassifier().fit(X, y)
    potential = neuron.graded_potential(X)
    assert potential.shape == neuron.fire(X).shape == (150, 3)
    np.testing.assert_array_equal(neuron.predict(X), potential.argmax(axis=1))
    np.testing.assert_allclose(neuron.intercept_, neuron.drive_ - 15)
    table = neuron.synapses()
    assert table["class"].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    np.testing.assert_array_equal(table.strength, neuron.coef_.ravel())


def test_synapses_carry_the_names_of_a_data_frame():
    X, y = _noisy()
    frame = pd.DataFrame(X, columns=["income", "age", "height"])
    neuron = BiologicalNeuronClassifier().fit(frame, y)
    assert neuron.synapses().feature.tolist() == ["income", "age", "height"]


# Noise.


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_noise_probabilities_are_all_or_none(n_classes):
    X, y = _noisy(n_classes=n_classes)
    neuron = BiologicalNeuronClassifier().fit(X, y)
    proba = neuron.predict_proba(X)
    assert set(np.unique(proba)) == {0, 1}
    np.testing.assert_array_equal(neuron.classes_[proba.argmax(1)], neuron.predict(X))
    expected = np.where(proba == 1, 0, -np.inf)
    np.testing.assert_array_equal(neuron.predict_log_proba(X), expected)


def test_noise_does_not_change_what_is_learnt():
    X, y = _noisy()
    silent, noisy = (BiologicalNeuronClassifier(noise=s).fit(X, y) for s in (0, "auto"))
    np.testing.assert_array_equal(silent.coef_, noisy.coef_)
    assert silent.noise_ == 0 < noisy.noise_


@pytest.mark.parametrize(("n_classes", "factor"), [(2, 1.05), (3, 1.1)])
def test_estimated_noise_predicts_nearly_as_well_as_logistic(n_classes, factor):
    X, y = _noisy(n=600, n_classes=n_classes)
    ours, theirs = (
        log_loss(y, cross_val_predict(model, X, y, cv=3, method="predict_proba"))
        for model in (BiologicalNeuronClassifier(noise="auto"), LogisticNeuron())
    )
    assert ours <= factor * theirs


def test_estimated_noise_stays_finite_where_no_row_is_wrong():
    X, y = IRIS
    neuron = BiologicalNeuronClassifier(noise="auto").fit(X, y == 0)
    assert neuron.score(X, y == 0) == 1
    assert 0 < neuron.noise_ < np.inf
    assert neuron.predict_proba(X).max() < 1


def test_noise_is_estimated_from_one_row_a_class():
    neuron = BiologicalNeuronClassifier(noise="auto").fit([[0.0], [1.0]], ["a", "b"])
    assert neuron.predict([[0.0], [1.0]]).tolist() == ["a", "b"]
    assert 0 < neuron.noise_ < np.inf


# Bad input.


def test_logistic_equal_needs_noise():
    with pytest.raises(ValueError, match=r"needs a noise above 0 mV, got noise=0\.0"):
        LECTURE.to_logistic()


@pytest.mark.parametrize(
    "potentials",
    [{"threshold": -70.0}, {"action_potential": -60.0}, {"resting_potential": 0.0}],
    ids=str,
)
def test_potentials_must_rise(potentials):
    with pytest.raises(ValueError, match="resting_potential < threshold < action"):
        BiologicalNeuronClassifier(**potentials).fit([[0], [1]], [0, 1])
