"""Files larger than memory, and what else has no room for copies."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._numerics.scaling import ScaledRows, standardising

N_ROWS, N_INPUTS = 200_000, 20


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """Return float32 rows in a file, and their classes."""
    path = tmp_path_factory.mktemp("large") / "X.npy"
    rng = np.random.default_rng(0)
    rows = rng.normal(3.0, 2.0, size=(N_ROWS, N_INPUTS)).astype(np.float32)
    np.save(path, rows)
    score = rows[:, 0] - rows[:, 1] + rng.logistic(size=N_ROWS)
    return np.load(path, mmap_mode="r"), (score > 0).astype(np.uint8)


def _measured(function, *arguments):
    """Return what a function returns and the bytes allocated at its worst moment."""
    tracemalloc.start()
    try:
        return function(*arguments), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("estimator", "share"),
    [
        (LogisticNeuron(), 0.7),
        (LogisticNeuron(alpha=0), 0.8),
        (LogisticNeuron(alpha="auto"), 0.7),
        (TinyNeuralNet(0), 0.8),
        (TinyNeuralNet(4, alpha=1.0, max_iter=2), 0.8),
        (TinyNeuralNetRegressor(4, alpha=1.0, max_iter=2), 0.8),
    ],
    ids=repr,
)
def test_a_fit_needs_less_than_the_file_takes(estimator, share, mapped):
    """Half of it is for labels and weights: 24 to 40 bytes a row, of 80."""
    X, y = mapped
    assert _measured(estimator.fit, X, y)[1] < share * X.nbytes


@pytest.mark.parametrize("alpha", [0, 1.0, "auto"])
def test_single_precision_of_the_rows_is_all_that_is_lost(alpha, mapped):
    X, y = mapped[0][:60_000], mapped[1][:60_000]
    neuron = LogisticNeuron(alpha=alpha).fit(X, y)
    double = LogisticNeuron(alpha=alpha).fit(X.astype(np.float64), y)
    np.testing.assert_allclose(neuron.coef_, double.coef_, atol=1e-6)
    assert neuron.alpha_ == pytest.approx(double.alpha_, rel=1e-3)


def test_a_network_of_rows_in_place_is_that_of_a_copy(mapped):
    X, y = mapped[0][:60_000], mapped[1][:60_000]
    net = TinyNeuralNet(2, alpha=1.0)
    proba = net.fit(X, y).predict_proba(X)
    copied = net.fit(X.astype(np.float64), y).predict_proba(X)
    np.testing.assert_allclose(proba, copied, atol=5e-3)


PREDICTORS = [
    (LogisticNeuron(), ["predict", "predict_proba", "decision_function"]),
    (LogisticNeuron(alpha="auto"), ["predict_proba"]),
    (BiologicalNeuronClassifier(noise=1.0, max_iter=1, n_init=1), ["fire"]),
    (TinyNeuralNet(4), ["predict", "predict_log_proba", "hidden_activations"]),
    (TinyNeuralNetRegressor(4), ["predict"]),
]
CALLS = [(e, method) for e, methods in PREDICTORS for method in methods]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("estimator", "method"), CALLS, ids=repr)
def test_rows_are_answered_in_place_and_as_in_parts(estimator, method, mapped):
    """Answers take 8 to 32 bytes a row, and twice; the file 80, its copy 160."""
    X, y = mapped
    answer = getattr(estimator.fit(X[:500], y[:500]), method)
    whole, peak = _measured(answer, X)
    assert peak < 0.9 * X.nbytes
    parts = [answer(X[i : i + 20_000]) for i in range(0, N_ROWS, 20_000)]
    np.testing.assert_allclose(whole, np.concatenate(parts), rtol=1e-12, atol=1e-12)


def test_standard_deviations_of_rows_in_place_are_those_in_parts(mapped):
    X, y = mapped
    net = TinyNeuralNetRegressor(2).fit(X[:500], y[:500])
    whole = np.array(net.predict(X, return_std=True))
    parts = [net.predict(rows, return_std=True) for rows in np.array_split(X, 10)]
    np.testing.assert_allclose(whole, np.hstack(parts), rtol=1e-12)


def test_rows_scaled_on_the_way_are_those_scaled_at_once(mapped):
    X = mapped[0][:5000]
    scaling = standardising(X, np.ones(len(X)))
    rows, expected = ScaledRows(scaling, X), scaling.inputs(X, np.float32)
    np.testing.assert_array_equal(np.asarray(rows), expected, strict=True)
    np.testing.assert_array_equal(rows[7:9], expected[7:9])
    assert rows.shape == expected.shape
    assert rows.astype(np.float32) is rows
    assert rows.astype(np.float64).dtype == np.float64


NEURONS = [
    BiologicalNeuronClassifier(max_iter=5, n_init=1),
    LogisticNeuron(),
    TinyNeuralNet(2),
    TinyNeuralNetRegressor(2),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("form", ["csr_array", "csc_matrix", "coo_array"])
@pytest.mark.parametrize("estimator", NEURONS, ids=lambda e: type(e).__name__)
def test_sparse_rows_are_refused_with_advice(estimator, form):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), np.arange(30) % 2
    sparse = getattr(scipy.sparse, form)(X)
    fitted = estimator.fit(X, y)
    calls = [lambda: estimator.fit(sparse, y), lambda: fitted.predict(sparse)]
    if hasattr(estimator, "partial_fit"):
        calls.append(lambda: estimator.partial_fit(sparse, y, [0, 1]))
    for call in calls:
        with pytest.raises(
            TypeError, match=r"X is sparse.*sparse_output=False.*toarray"
        ) as caught:
            call()
        knows_partial_fit = hasattr(estimator, "partial_fit")
        assert ("partial_fit" in str(caught.value)) == knows_partial_fit
