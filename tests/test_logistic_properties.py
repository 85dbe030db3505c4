"""What must not change the logistic neuron, on tables that Hypothesis makes up."""

import warnings

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning

from skneuron import LogisticNeuron

# The same examples on every machine.
PROPERTY = settings(max_examples=25, deadline=None, derandomize=True, database=None)
ALPHAS = [0.0, 0.3, 10.0, "auto"]


@st.composite
def tables(draw):
    """Return X, y, weight: fewer columns than rows or more, two classes or three."""
    n, d = draw(st.integers(12, 60)), draw(st.sampled_from([1, 2, 4, 15, 80]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.normal(size=(n, d))
    score = X[:, 0] + draw(st.sampled_from([0.5, 2.0])) * rng.normal(size=n)
    edges = draw(st.sampled_from([[0.5], [0.3, 0.7]]))
    y = np.digitize(score, np.quantile(score, edges))
    return X, y, rng.integers(1, 4, n).astype(float)


def _fit(X, y, weight=None, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticNeuron(**options).fit(X, y, weight)


def _finite(neuron):
    """Skip tables without an optimum: their coefficients only grow."""
    assume(not neuron.separable_ and neuron.converged_)
    return neuron


@PROPERTY
@given(tables(), st.sampled_from(ALPHAS), st.randoms(use_true_random=False))
def test_order_of_rows_and_columns(table, alpha, random):
    X, y, weight = table
    rows = random.sample(range(len(y)), len(y))
    columns = random.sample(range(X.shape[1]), X.shape[1])
    neuron = _finite(_fit(X, y, weight, alpha=alpha))
    turned = _fit(X[np.ix_(rows, columns)], y[rows], weight[rows], alpha=alpha)
    np.testing.assert_allclose(turned.coef_, neuron.coef_[:, columns], atol=1e-6)
    np.testing.assert_allclose(turned.intercept_, neuron.intercept_, atol=1e-6)


@PROPERTY
@given(tables(), st.sampled_from(ALPHAS))
def test_weights_are_repeats(table, alpha):
    X, y, weight = table
    rows = np.repeat(np.arange(len(y)), weight.astype(int))
    neuron = _finite(_fit(X, y, weight, alpha=alpha))
    repeated = _fit(X[rows], y[rows], alpha=alpha)
    np.testing.assert_allclose(repeated.coef_, neuron.coef_, atol=1e-5)


@PROPERTY
@given(tables(), st.sampled_from([0.3, 10.0]), st.floats(-6, 6))
def test_weights_and_penalty_scaled_together(table, alpha, power):
    X, y, weight = table
    neuron = _fit(X, y, weight, alpha=alpha)
    scaled = _fit(X, y, weight * 10**power, alpha=alpha * 10**power)
    np.testing.assert_allclose(scaled.coef_, neuron.coef_, atol=1e-6)


@PROPERTY
@given(tables(), st.integers(0, 2**32 - 1))
def test_affine_maps_without_a_penalty(table, seed):
    X, y, weight = table
    neuron, rng = _finite(_fit(X, y, weight, alpha=0)), np.random.default_rng(seed)
    # Well conditioned: a rotation times scales within a factor of 4.
    turn, _ = np.linalg.qr(rng.normal(size=(X.shape[1],) * 2))
    turn = turn * rng.uniform(0.5, 2, X.shape[1])
    mapped = _fit(X @ turn + rng.normal(size=X.shape[1]), y, weight, alpha=0)
    np.testing.assert_allclose(mapped.coef_ @ turn.T, neuron.coef_, atol=1e-4)


@PROPERTY
@given(tables(), st.sampled_from(ALPHAS), st.floats(-1e3, 1e3), st.integers(-8, 8))
def test_units_and_offset(table, alpha, offset, power):
    X, y, weight = table
    neuron = _finite(_fit(X, y, weight, alpha=alpha))
    unit = 2.0**power
    alpha = alpha if alpha == "auto" else alpha * unit**2
    moved = _fit(X * unit + offset, y, weight, alpha=alpha)
    np.testing.assert_allclose(moved.coef_ * unit, neuron.coef_, atol=1e-5)


@PROPERTY
@given(tables(), st.sampled_from(ALPHAS))
def test_labels_swapped(table, alpha):
    X, y, weight = table
    neuron = _finite(_fit(X, y, weight, alpha=alpha))
    swapped = _fit(X, y.max() - y, weight, alpha=alpha)
    sign = -1 if len(neuron.coef_) == 1 else 1
    np.testing.assert_allclose(sign * swapped.coef_[::-1], neuron.coef_, atol=1e-6)
    np.testing.assert_allclose(
        swapped.predict_proba(X)[:, ::-1], neuron.predict_proba(X), atol=1e-6
    )


@PROPERTY
@given(tables(), st.sampled_from([0.0, 0.3, "auto"]), st.floats(-1, 1))
def test_a_column_twice_shares_its_coefficient(table, alpha, power):
    X, y, weight = table
    neuron = _fit(X, y, weight, alpha=alpha)
    doubled = _fit(np.column_stack([X, X[:, 0] * 10**power]), y, weight, alpha=alpha)
    assert np.isfinite(doubled.coef_).all()
    if alpha == 0.3:
        # More ways to the same score cost less: the loss can only fall.
        assert doubled.loss_curve_[-1] <= neuron.loss_curve_[-1] * (1 + 1e-9)
