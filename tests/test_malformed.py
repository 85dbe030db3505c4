"""Every public method that takes X, on every malformed X: a clear error, no change."""

import inspect
import re
import warnings

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from sklearn.base import clone

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

RNG = np.random.default_rng(0)
GOOD = X = RNG.normal(size=(30, 2))
Y = (X[:, 0] + RNG.normal(size=30) > 0).astype(int)
ESTIMATORS = [
    BiologicalNeuronClassifier(),
    LogisticNeuron(),
    TinyNeuralNet(2, alpha=1.0, n_init=1),
    TinyNeuralNetRegressor(2, alpha=1.0, n_init=1),
]


def _with(value, **options):
    spoilt = X.astype(**options) if options else X.copy()
    spoilt[3, 1] = value
    return spoilt


def _frame(**columns):
    return pd.DataFrame({"a": X[:, 0]} | columns)


# Each with what the error's message must name.
MALFORMED = {
    "None": (None, r"scalar array|given together"),
    "a number": (3.0, r"2D array|scalar"),
    "text": ("rich", r"string|2D array"),
    "a dictionary": ({"a": [1.0], "b": [2.0]}, r"dict|2D array"),
    "one dimension": (X[:, 0], r"2D array"),
    "three dimensions": (X[:, :, None], r"dim 3|dimension"),
    "no rows": (X[:0], r"0 sample"),
    "no columns": (X[:, :0], r"0 feature"),
    "no rows of a frame": (pd.DataFrame(X[:0]), r"0 sample"),
    "no columns of a frame": (pd.DataFrame(index=range(30)), r"0 feature"),
    "ragged rows": ([[1.0, 2.0], [3.0]], r"inhomogeneous|sequence"),
    "NaN": (_with(np.nan), r"NaN"),
    "infinity": (_with(np.inf), r"infinity"),
    "minus infinity": (_with(-np.inf), r"infinity"),
    "NaN in float32": (_with(np.nan, dtype=np.float32), r"NaN"),
    "missing in objects": (_with(None, dtype=object), r"NaN|None"),
    "words in objects": (_with("rich", dtype=object), r"convert|rich"),
    "lists in objects": (_with([1.0], dtype=object), r"sequence|setting|list|real"),
    "dictionaries in objects": (_with({}, dtype=object), r"dict"),
    "words": (np.where(X > 0, "rich", "poor"), r"convert|string|numeric"),
    "bytes": (np.where(X > 0, b"rich", b"poor"), r"bytes|convert|numeric"),
    "complex": (X + 1j, r"[Cc]omplex"),
    "complex objects": ((X + 1j).astype(object), r"[Cc]omplex"),
    "masked": (np.ma.masked_array(X, X > 1), r"masked"),
    "dates": (X.astype("datetime64[s]"), r"datetime64"),
    "times": (X.astype("timedelta64[s]"), r"timedelta64"),
    "records": (
        np.zeros(30, [("a", float), ("b", float)]),
        r"Cannot cast|2D array|void",
    ),
    "sparse": (scipy.sparse.csr_array(X), r"sparse"),
    "sparse columns": (scipy.sparse.csc_matrix(X), r"sparse"),
    "missing in a frame": (_frame(b=_with(np.nan)[:, 1]), r"NaN"),
    "NA in a frame": (_frame(b=pd.array([1, None] * 15, dtype="Int64")), r"NaN|NA"),
    "words in a frame": (_frame(b=["rich", "poor"] * 15), r"convert|rich|poor"),
    "categories": (_frame(b=pd.Categorical(["rich", "poor"] * 15)), r"convert|rich"),
    "dates in a frame": (_frame(b=pd.date_range("2026", periods=30)), r"datetime64"),
    "names of two kinds": (pd.DataFrame(X, columns=["a", 1]), r"only supported if all"),
    "words in polars": (pl.DataFrame({"a": X[:, 0], "b": ["rich"] * 30}), r"rich|conv"),
    "names twice": (pd.DataFrame(X, columns=["a", "a"]), r"duplicates of \['a'\]"),
    "null in polars": (pl.DataFrame({"a": X[:, 0], "b": [1.0, None] * 15}), r"NaN"),
}


TAKES_X = ("X", "X_val", "blocks")


def _inputs(estimator):
    """Return the public methods that take rows, inherited ones too, and where."""
    for method, function in inspect.getmembers(type(estimator), inspect.isfunction):
        if not method.startswith(("_", "set_")):
            names = inspect.signature(function).parameters
            yield from ((method, name) for name in TAKES_X if name in names)


CALLS = [
    pytest.param(estimator, *where, id=".".join([type(estimator).__name__, *where]))
    for estimator in ESTIMATORS
    for where in _inputs(estimator)
]


def _call(estimator, method, name, X, folder):
    """Call a method with X where its parameter `name` is, all else in order."""
    y = Y[: len(X)] if hasattr(X, "__len__") else Y
    given = {"X": X, "y": y, "classes": [0, 1], "path": folder / "page.html"}
    if name == "X_val":
        given |= {"X": GOOD, "y": Y, "X_val": X, "y_val": y}
    if name == "blocks":
        given = {"blocks": [(GOOD, Y), (X, y)]}
    function = getattr(estimator, method)
    names = inspect.signature(function).parameters
    return function(**{key: value for key, value in given.items() if key in names})


@pytest.mark.parametrize(("estimator", "method", "name"), CALLS)
def test_malformed_rows_are_refused_and_change_nothing(
    estimator, method, name, tmp_path
):
    fitted = clone(estimator).fit(GOOD, Y)
    before, wrong = joblib.hash(fitted), {}
    for kind, (X, message) in MALFORMED.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of names unknown to fit
            try:
                _call(fitted, method, name, X, tmp_path)
                wrong[kind] = "accepted"
            except (ValueError, TypeError) as error:
                if not re.search(message, str(error)):
                    wrong[kind] = str(error)
            except Exception as error:
                wrong[kind] = repr(error)
        if joblib.hash(fitted) != before:
            wrong[kind] = "changed"
    assert wrong == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("estimator", "method", "name"), CALLS)
def test_wellformed_rows_are_taken(estimator, method, name, tmp_path):
    """What the calls above have in common is not what is wrong with them."""
    _call(clone(estimator).fit(GOOD, Y), method, name, GOOD, tmp_path)


FORMS = [np.asfortranarray, np.ndarray.tolist, lambda rows: rows.astype(object)]


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("form", FORMS, ids=["columns", "lists", "objects"])
def test_rows_are_answered_alike_in_any_form(estimator, form):
    """An array of float64 takes a shorter way than the rest."""
    fitted = clone(estimator).fit(GOOD, Y)
    np.testing.assert_array_equal(fitted.predict(form(GOOD)), fitted.predict(GOOD))


@pytest.mark.filterwarnings("error")
def test_rows_whose_sum_is_infinite_are_answered():
    neuron = LogisticNeuron().fit(GOOD, Y)
    largest = 0.9 * np.finfo(float).max
    away = np.array([[largest, 1.0], [largest, 1.0]])
    assert (neuron.predict(away) == (neuron.coef_[0, 0] > 0)).all()
