"""Odd data, extreme numbers, threads, processes: right, or a clear error."""

import multiprocessing
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_info, threadpool_limits

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._threads import one_thread

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2))
Y = (X[:, 0] + 0.5 * RNG.normal(size=40) > 0).astype(int)

NEURONS = {
    "biological": BiologicalNeuronClassifier(noise="auto"),
    "logistic": LogisticNeuron(),
    "evidence": LogisticNeuron(alpha="auto"),
    "net": TinyNeuralNet(2),
    "regressor": TinyNeuralNetRegressor(2),
}
neurons = pytest.mark.parametrize("neuron", NEURONS.values(), ids=NEURONS)

# The same examples on every machine.
PROPERTY = settings(max_examples=15, deadline=None, derandomize=True, database=None)

PLAIN = {
    "object": X.astype(object),
    "masked nowhere": np.ma.masked_array(X, False),
    "lists": X.tolist(),
    "long double": X.astype(np.longdouble),
    "columns first": np.asfortranarray(X),
    "every other": np.repeat(X, 2, axis=0)[::2],
    "read only": np.broadcast_to(X, X.shape),
}


@neurons
@pytest.mark.parametrize("data", PLAIN.values(), ids=PLAIN)
def test_the_same_numbers_in_another_array_are_the_same(neuron, data):
    expected = clone(neuron).fit(X, Y).predict(X)
    np.testing.assert_array_equal(clone(neuron).fit(data, Y).predict(data), expected)


@neurons
@PROPERTY
@given(
    powers=st.tuples(st.integers(-300, 300), st.integers(-300, 300)),
    offset=st.sampled_from([0.0, 1.0, -1e6]),
    weight=st.sampled_from([1e-300, 1e-9, 1.0, 1e9]),
)
def test_any_unit_is_learnt_or_refused(neuron, powers, offset, weight):
    data = (X + offset) * 10.0 ** np.array(powers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = clone(neuron).fit(data, Y, np.full(40, weight))
    answer = getattr(fitted, "predict_proba", fitted.predict)(data)
    assert np.isfinite(answer).all()
    assert np.isfinite(fitted.predict(np.zeros((1, 2)))).all()


@neurons
def test_predictions_in_eight_threads_are_those_of_one(neuron):
    fitted = clone(neuron).fit(X, Y)
    answer = getattr(fitted, "predict_proba", fitted.predict)
    rows = [RNG.normal(size=(50, 2)) for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        for found, asked in zip(pool.map(answer, rows), rows, strict=True):
            np.testing.assert_array_equal(found, answer(asked))


def _refitted(neuron):
    return clone(neuron).fit(X, Y).predict(X)


def _blas_threads():
    return {
        pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"
    }


def test_limits_that_overlap_hold_for_all_and_end_with_the_last():
    with threadpool_limits(2, "blas"):
        before = _blas_threads()
        with ExitStack() as first, ExitStack() as second:
            first.enter_context(one_thread())
            second.enter_context(one_thread())
            first.close()
            assert _blas_threads() <= {1}
        assert _blas_threads() == before


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_fits_in_other_processes_are_those_of_this_one(method):
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    context = multiprocessing.get_context(method)
    some = [NEURONS["evidence"], NEURONS["net"]]
    with warnings.catch_warnings():
        # Forking beside threads is what some users do.
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            found = list(pool.map(_refitted, some))
    np.testing.assert_array_equal(found, [_refitted(neuron) for neuron in some])


@neurons
def test_warnings_filters_are_left_alone(neuron):
    before = list(warnings.filters)
    clone(neuron).fit(X, Y).predict(X)
    assert warnings.filters == before
