"""Curvature matrices, dense and of low rank, against NumPy's linear algebra."""

import numpy as np
import pytest

from skneuron._numerics.curvature import (
    DenseCurvature,
    LowRankCurvature,
    kron_gram,
    weighted_gram,
)

RNG = np.random.default_rng(0)
ROOT = RNG.normal(size=(6, 9)) * np.logspace(-3, 3, 6)[:, None]
H = ROOT.T @ ROOT
RIDGE = np.logspace(-2, 1, 9)
PRECISION = H + np.diag(RIDGE)


def _low_rank(root):
    """Return a curvature whose every parameter may have a ridge of its own."""
    grams = [np.outer(column, column) for column in root.T]
    parts = [(slice(p, p + 1), gram) for p, gram in enumerate(grams)]
    return LowRankCurvature(lambda: root, parts)


FORMS = {"dense": DenseCurvature(H), "low rank": _low_rank(ROOT)}

forms = pytest.mark.parametrize("curvature", FORMS.values(), ids=FORMS)


@forms
def test_solve(curvature):
    b = RNG.normal(size=9)
    expected = np.linalg.solve(PRECISION, b)
    solved = curvature.plus(RIDGE).solve(b)
    np.testing.assert_allclose(solved, expected, rtol=1e-6)


@forms
def test_log_det(curvature):
    expected = np.linalg.slogdet(PRECISION).logabsdet
    assert curvature.plus(RIDGE).log_det() == pytest.approx(expected, rel=1e-9)


@forms
@pytest.mark.parametrize("free", [range(9), [0, 3, 4, 7]], ids=["all", "some"])
def test_determined_parameters_are_those_of_the_dense_inverse(curvature, free):
    mask = np.isin(np.arange(9), free)
    expected = (1.0 - RIDGE * np.diag(np.linalg.inv(PRECISION)))[mask].sum()
    found = curvature.plus(RIDGE).determined(mask)
    assert found == pytest.approx(expected, rel=1e-6)


@forms
def test_variance_of_rows_is_the_posterior_one(curvature):
    rows = RNG.normal(size=(5, 9))
    variance = curvature.plus(RIDGE).variance(rows)
    expected = np.diag(rows @ np.linalg.inv(PRECISION) @ rows.T)
    np.testing.assert_allclose(variance, expected, rtol=1e-6)


@forms
def test_diagonal_is_that_of_the_curvature_alone(curvature):
    np.testing.assert_allclose(curvature.diagonal(), np.diag(H), rtol=1e-12)


@forms
def test_factorising_changes_nothing(curvature):
    before = curvature.diagonal().copy()
    curvature.plus(RIDGE).determined(np.ones(9, bool))
    np.testing.assert_array_equal(curvature.diagonal(), before)


NOTHING = {
    "dense": DenseCurvature(np.zeros((9, 9))),
    "low rank": _low_rank(np.zeros((6, 9))),
}


@pytest.mark.parametrize("curvature", NOTHING.values(), ids=NOTHING)
def test_no_curvature_leaves_the_penalty(curvature):
    factor = curvature.plus(RIDGE)
    np.testing.assert_allclose(factor.solve(np.ones(9)), 1 / RIDGE, rtol=1e-12)
    assert factor.determined(np.ones(9, bool)) == pytest.approx(0.0, abs=1e-12)
    assert factor.log_det() == pytest.approx(np.log(RIDGE).sum(), rel=1e-12)


def test_indefinite_matrix_is_refused():
    with pytest.raises(np.linalg.LinAlgError):
        DenseCurvature(np.diag([1.0, -1.0])).plus(np.zeros(2))


def test_weighted_gram_is_a_sum_of_outer_products():
    rows, weight = RNG.normal(size=(8, 3)), RNG.uniform(size=8)
    weight[2] = 0.0
    expected = sum(w * np.outer(row, row) for w, row in zip(weight, rows, strict=True))
    np.testing.assert_allclose(weighted_gram(rows, weight), expected, rtol=1e-12)


@pytest.mark.parametrize("n", [8, 12_000])
def test_kron_gram_is_a_sum_of_kronecker_products(n):
    X, M = RNG.normal(size=(n, 3)), RNG.normal(size=(n, 2, 2))
    M = M @ M.swapaxes(1, 2)
    expected = np.einsum("ir,is,ijl->rjsl", X, X, M).reshape(6, 6)
    np.testing.assert_allclose(kron_gram(X, M), expected, rtol=1e-10, atol=1e-8)
