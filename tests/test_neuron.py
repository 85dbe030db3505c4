"""Training of single layers: every short cut leads to the one optimum."""

import tracemalloc
import warnings

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from skneuron import LogisticNeuron
from skneuron._numerics import neuron
from skneuron._numerics.class_curvature import BlockCurvature, ClassByClass
from skneuron._numerics.curvature import factorised
from skneuron._numerics.linear import FoldedLinear, Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.row_space import row_space
from skneuron._numerics.scaling import roughly, standardising, unit_size

RNG = np.random.default_rng(0)


def _problem(n_samples, n_features, n_classes, seed=0):
    return make_classification(
        n_samples,
        n_features,
        n_informative=max(n_features // 4, 4),
        n_redundant=0,
        n_classes=n_classes,
        class_sep=0.7,
        flip_y=0.1,
        random_state=seed,
    )


@pytest.fixture
def newton(monkeypatch):
    """Fit by Newton's steps on kept inputs alone: the slow way, surely right."""
    monkeypatch.setattr(neuron, "_CHEAP", np.inf)
    monkeypatch.setattr(neuron, "_KEPT", np.inf)
    monkeypatch.setattr(neuron, "_RATIO", 0.0)


def _objective(predictor, X, n_outputs, weight=None):
    target = np.eye(3)[RNG.integers(0, 3, len(X))][:, :n_outputs]
    weight = np.ones(len(X)) if weight is None else weight
    return DataLoss(predictor, log_loss(n_outputs), X, target, weight)


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("scaling", [standardising, unit_size])
def test_folded_layer_equals_the_layer_on_scaled_inputs(n_outputs, scaling):
    X = RNG.normal(size=(500, 4)) * [1, 10, 1e-3, 5] + [0, 3, 1e-2, -20]
    scaling = scaling(X, np.ones(len(X)))
    shape = scaling.n_inputs, n_outputs
    folded = _objective(FoldedLinear(*shape, scaling), X, n_outputs)
    plain = DataLoss(
        Linear(*shape), folded.loss, scaling.inputs(X), folded.target, folded.weight
    )
    theta = RNG.normal(size=plain.predictor.n_parameters)
    value, gradient = folded.value_and_gradient(theta)
    expected, slope = plain.value_and_gradient(theta)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    np.testing.assert_allclose(gradient, slope, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        folded.curvature(theta).hessian, plain.curvature(theta).hessian, rtol=1e-9
    )
    for one, other in zip(
        folded.predictor.linearised(theta, X[:5]),
        plain.predictor.linearised(theta, plain.X[:5]),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_single_precision_is_declined_where_rows_are_left_in_place():
    X = RNG.normal(size=(50, 2))
    scaling = standardising(X, np.ones(50))
    folded = _objective(FoldedLinear(3, 1, scaling), X, 1)
    assert folded.single().dtype == np.float32
    in_place = DataLoss(*list(vars(folded).values())[:5], double=True)
    assert in_place.single() is in_place


@pytest.mark.parametrize("bias", [True, False])
def test_row_space_keeps_distances_and_scores(bias):
    X, new = RNG.normal(size=(12, 40)) + 1.0, RNG.normal(size=(7, 40))
    mean = X.mean(axis=0) if bias else np.zeros(40)
    space, design = row_space(X, mean, 2.0, bias)
    np.testing.assert_allclose(space.inputs(X), design, atol=1e-12)
    np.testing.assert_array_equal(design[:, space.n_axes], 0.0)
    # Nothing of a new row is lost: its length is that of its axes and what is beyond.
    inputs = space.inputs(new)[:, : space.n_axes + 1]
    np.testing.assert_allclose(
        (inputs**2).sum(axis=1) * space.size**2, ((new - mean) ** 2).sum(axis=1)
    )
    W = RNG.normal(size=(design.shape[1], 2))
    W[space.n_axes] = 0.0
    coef, intercept = space.fold(W)
    np.testing.assert_allclose(new @ coef + intercept, space.inputs(new) @ W)
    np.testing.assert_allclose(
        np.linalg.norm(coef), np.linalg.norm(W[: space.n_axes] / space.size)
    )


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
def test_more_columns_than_rows_have_scikit_learns_optimum(n_classes, alpha):
    X, y = _problem(60, 200, n_classes)
    ours = LogisticNeuron(alpha=alpha).fit(X, y)
    theirs = LogisticRegression(C=1 / alpha, tol=1e-12, solver="newton-cholesky")
    theirs.fit(X, y)
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-5)
    # Theirs leaves a constant in the intercepts of a softmax to its solver.
    theirs = theirs.intercept_ - (theirs.intercept_.mean() if n_classes > 2 else 0.0)
    np.testing.assert_allclose(ours.intercept_, theirs, atol=1e-5)


@pytest.mark.parametrize("fit_intercept", [True, False])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_rotation_changes_nothing_of_evidence_and_uncertainty(
    fit_intercept, n_classes, request
):
    X, y = _problem(50, 80, n_classes)
    new = RNG.normal(size=(20, 80)) * 3
    model = LogisticNeuron(
        alpha="auto", predictive="laplace", fit_intercept=fit_intercept
    )
    turned = model.fit(X, y)
    alpha, probability = turned.alpha_, turned.predict_proba(new)
    request.getfixturevalue("newton")
    plain = model.fit(X, y)
    np.testing.assert_allclose(alpha, plain.alpha_, rtol=0.02)
    np.testing.assert_allclose(probability, plain.predict_proba(new), atol=5e-3)


SHAPES = [(6000, 20, 2), (4000, 12, 5), (30000, 8, 2), (800, 90, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("alpha", [1e-3, 1.0, 1000.0])
def test_quasi_newton_ends_where_newton_does(shape, alpha, request):
    X, y = _problem(*shape)
    weight = RNG.integers(1, 5, len(X)).astype(float)
    quick = LogisticNeuron(alpha=alpha).fit(X, y, weight)
    coef, intercept = quick.coef_, quick.intercept_
    assert quick.converged_
    assert (np.diff(quick.loss_curve_) <= 0).all()
    request.getfixturevalue("newton")
    slow = LogisticNeuron(alpha=alpha).fit(X, y, weight)
    size = np.abs(slow.coef_).max()
    np.testing.assert_allclose(coef, slow.coef_, atol=1e-5 * size)
    np.testing.assert_allclose(intercept, slow.intercept_, atol=1e-5)


def test_softmax_takes_its_curvature_anew_where_single_precision_ends(monkeypatch):
    """A given penalty does; a tuned one ends on the curvature that tuned it."""
    asked, solver = [], neuron._solver
    monkeypatch.setattr(neuron, "_solver", lambda *a: asked.append(a) or solver(*a))
    X, y = _problem(3000, 20, 4)
    LogisticNeuron(alpha=1.0).fit(X, y)
    assert len(asked) == 1
    LogisticNeuron(alpha="auto").fit(X, y)
    assert len(asked) == 1


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_quasi_newton_tunes_the_penalty_as_newton_does(shape, request):
    X, y = _problem(*shape)
    quick = LogisticNeuron(alpha="auto").fit(X, y).alpha_
    request.getfixturevalue("newton")
    slow = LogisticNeuron(alpha="auto").fit(X, y).alpha_
    np.testing.assert_allclose(quick, slow, rtol=0.05)


@pytest.mark.parametrize("alpha", [1e-3, "auto"])
@pytest.mark.parametrize("max_iter", [1, 2, 3, 5, 7, 33])
@pytest.mark.parametrize("shape", [(6000, 20, 2), (3000, 20, 4), (60, 300, 2)], ids=str)
def test_max_iter_bounds_all_solvers_together(shape, max_iter, alpha):
    X, y = _problem(*shape)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        neuron = LogisticNeuron(alpha=alpha, max_iter=max_iter).fit(X, y)
    assert neuron.n_iter_ == len(neuron.loss_curve_) <= max_iter
    assert neuron.converged_ == (not caught)
    for warning in caught:
        assert f"after max_iter={max_iter} iterations" in str(warning.message)


def test_without_a_penalty_many_rows_have_the_maximum_likelihood():
    X, y = _problem(20000, 10, 2)
    neuron = LogisticNeuron(alpha=0).fit(X, y)
    theirs = LogisticRegression(C=1e12, tol=1e-10, solver="newton-cholesky")
    np.testing.assert_allclose(neuron.coef_, theirs.fit(X, y).coef_, atol=1e-6)
    assert not neuron.separable_


def test_offsets_of_many_rows_cost_no_precision():
    X, y = _problem(20000, 5, 2)
    far = X + np.array([1e9, -1e7, 1e5, 0, 1e3])
    near, far = (LogisticNeuron().fit(rows, y).coef_ for rows in (X, far))
    np.testing.assert_allclose(far, near, rtol=1e-5)


def test_columns_that_seem_constant_are_looked_at_in_all_rows():
    X = np.zeros((5000, 2))
    X[::5, 0] = 3.0  # every step-th row, so that the sample sees nothing else
    X[1::5, 0] = 1e12
    scaling = roughly(standardising, X, np.ones(len(X)))
    exact = standardising(X, np.ones(len(X)))
    np.testing.assert_allclose(scaling.scale, exact.scale, rtol=1e-12)
    np.testing.assert_allclose(scaling.mean, exact.mean, rtol=1e-12)


def test_many_rows_are_not_copied():
    X, y = _problem(200000, 20, 2)
    tracemalloc.start()
    LogisticNeuron().fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < X.nbytes / 2


@pytest.mark.parametrize("n_classes", [2, 3])
def test_heavy_tails_of_many_rows_are_not_taken_for_separation(n_classes):
    X = RNG.standard_t(2, size=(4000, 5))
    y = (X[:, 0] + RNG.logistic(size=len(X)) > 0).astype(int)
    y[X[:, 1] > 1] += RNG.integers(0, n_classes - 1, (X[:, 1] > 1).sum())
    assert not LogisticNeuron(alpha=0).fit(X, y).separable_


def test_one_column_that_separates_a_few_of_many_rows_is_found():
    X, y = _problem(4000, 5, 2)
    tell = (y == 1) & (RNG.random(len(y)) < 0.01)
    model = LogisticNeuron(alpha=0)
    with pytest.warns(match="linearly separable"):
        assert model.fit(np.column_stack([X, tell]), y).separable_


def test_equally_likely_classes_share_the_curvature_exactly():
    X = np.column_stack([RNG.normal(size=(100, 3)), np.ones(100)])
    objective = _objective(Linear(4, 3), X, 3, RNG.uniform(0.5, 2, 100))
    theta, ridge = np.zeros(12), np.tile(RNG.uniform(0.1, 2, 4)[:, None], 3).ravel()
    whole = factorised(objective.curvature(theta), ridge)
    shared = factorised(ClassByClass(objective).curvature(theta), ridge)
    free = np.ones(12, bool)
    np.testing.assert_allclose(shared.determined(free), whole.determined(free))
    b = RNG.normal(size=(4, 3))
    b = (b - b.mean(axis=1, keepdims=True)).ravel()
    np.testing.assert_allclose(shared.solve(b), whole.solve(b), atol=1e-12)


def test_share_of_a_block_curvature_counts():
    grams = np.stack([np.eye(3), 2 * np.eye(3), 3 * np.eye(3)])
    ridge, free = np.ones(9), np.ones(9, bool)
    whole = BlockCurvature(grams).plus(ridge).determined(free)
    half = BlockCurvature(grams, 0.5).plus(ridge).determined(free)
    np.testing.assert_allclose(half, whole / 2)
