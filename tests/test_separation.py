"""Separability against brute force, and what it changes."""

import itertools
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning

from skneuron import LogisticNeuron
from skneuron._numerics.separation import separates
from skneuron.datasets import load_anes96


def _separable_by_brute_force(X, y):
    """Try every extreme ray of {b: rows b >= 0}: two rows are 0 on each, in 3D."""
    rows = np.column_stack([X, np.ones(len(X))]) * (2 * y - 1)[:, None]
    rays = (np.cross(a, b) for a, b in itertools.combinations(rows, 2))
    return any(
        (sign * rows @ ray >= -1e-9).all() and (sign * rows @ ray > 1e-9).any()
        for ray in rays
        for sign in (-1, 1)
    )


def _grid_problem(seed):
    """Return 7 points of a 4 x 4 grid, in a plane of three dimensions, and labels."""
    rng = np.random.default_rng(seed)
    while True:
        X, y = rng.integers(4, size=(7, 2)).astype(float), rng.integers(2, size=7)
        full = np.linalg.matrix_rank(np.column_stack([X, np.ones(7)])) == 3
        if full and 0 < y.sum() < 7:
            return X, y


def _fit(X, y, **parameters):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        neuron = LogisticNeuron(alpha=0, **parameters).fit(X, y)
    return neuron, [str(warning.message) for warning in caught]


@pytest.mark.parametrize("seed", range(60))
def test_separable_is_what_brute_force_says(seed):
    X, y = _grid_problem(seed)
    neuron, messages = _fit(X, y)
    assert neuron.separable_ == _separable_by_brute_force(X, y)
    assert len(messages) == neuron.separable_


def test_both_kinds_occur_among_the_random_problems():
    found = {_separable_by_brute_force(*_grid_problem(seed)) for seed in range(60)}
    assert found == {True, False}


PROBLEMS = {
    "apart": ([[0], [1], [2], [3]], [0, 0, 1, 1], True),
    "one shared point": ([[0], [1], [1], [2]], [0, 0, 1, 1], True),
    "overlapping": ([[0], [2], [1], [3]], [0, 0, 1, 1], False),
    "the same point": ([[1], [1], [1], [1]], [0, 1, 0, 1], False),
    "one class alone at an end": ([[0], [1], [2], [0.5], [1.5]], [0, 1, 2, 1, 1], True),
    "three classes mixed": ([[0], [1], [2], [0], [1], [2]], [0, 1, 2, 1, 2, 0], False),
}


@pytest.mark.parametrize(("X", "y", "expected"), PROBLEMS.values(), ids=PROBLEMS)
def test_separable_on_a_line(X, y, expected):
    neuron, messages = _fit(X, y)
    assert neuron.separable_ == expected
    assert neuron.converged_ != expected
    assert len(messages) == expected


TABLES = {
    "breast_cancer": (*load_breast_cancer(return_X_y=True), True),
    "wine": (*load_wine(return_X_y=True), True),
    "iris": (*load_iris(return_X_y=True), True),  # setosa stands apart
    "versicolor and virginica": (
        load_iris().data[50:],
        load_iris().target[50:],
        False,
    ),
    "votes": (load_anes96().data, load_anes96().target, False),
}


@pytest.mark.parametrize(("X", "y", "expected"), TABLES.values(), ids=TABLES)
def test_separable_on_real_tables(X, y, expected):
    neuron, messages = _fit(X, y)
    assert neuron.separable_ == expected
    assert len(messages) == expected


def test_separable_data_warn_once_and_say_what_to_do():
    with pytest.warns(ConvergenceWarning, match="separable.*Use alpha > 0") as caught:
        neuron = LogisticNeuron(alpha=0).fit([[0.0], [1], [2], [3]], [0, 0, 1, 1])
    assert len(caught) == 1
    assert neuron.score([[0.0], [1], [2], [3]], [0, 0, 1, 1]) == 1
    assert np.isfinite(neuron.coef_).all()


@pytest.mark.parametrize("alpha", [1e-3, 1.0, "auto"], ids=str)
def test_with_a_penalty_separable_data_are_no_trouble(alpha):
    neuron = LogisticNeuron(alpha=alpha).fit([[0.0], [1], [2], [3]], [0, 0, 1, 1])
    assert neuron.converged_
    assert not neuron.separable_


def test_ties_do_not_separate():
    assert separates(np.array([[-1.0], [2.0]]), np.array([[0.0], [1.0]]))
    assert not separates(np.array([[0.0], [2.0]]), np.array([[0.0], [1.0]]))
    one_hot = np.eye(3)
    assert separates(one_hot, one_hot)
    assert not separates(np.zeros((3, 3)), one_hot)
