"""The explorer page as text: what is in it, and what can never be."""

import json
import os
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._explorer import as_text_of_a_script
from skneuron.datasets import make_votes

X, Y = make_votes(60, random_state=0)
THREE = np.arange(60) % 3
ESTIMATORS = {
    "biological": BiologicalNeuronClassifier().fit(X, Y),
    "noisy": BiologicalNeuronClassifier(noise=2.0).fit(X, Y),
    "logistic": LogisticNeuron().fit(X, Y),
    "logistic laplace": LogisticNeuron(alpha="auto").fit(X, Y),
    "logistic, three classes": LogisticNeuron().fit(X, THREE),
    "no hidden": TinyNeuralNet(0).fit(X, Y),
    "network": TinyNeuralNet(3).fit(X, Y),
    "network, three classes": TinyNeuralNet(2, alpha=1.0).fit(X, THREE),
}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>&lt;{{data}}&",
    "\u2028\u2029\N{GRINNING FACE}",
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}\u202e",
    "nul\0bell\a lone\ud800 nonchar\uffff",
]


class _Elements(HTMLParser):
    """Collects the elements of a page and the text of its data."""

    def __init__(self, html):
        super().__init__()
        self.found, self.data, self._in_data = [], "", False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(attrs)))
        self._in_data = ("id", "data") in attrs

    def handle_data(self, data):
        if self._in_data:
            self.data += data
            self._in_data = False


@pytest.fixture(name="written")
def _written(tmp_path):
    """Return a function that writes a page and returns its elements."""

    def written(estimator, rows=X, y=Y):
        estimator.to_html(tmp_path / "page.html", rows, y)
        return _Elements((tmp_path / "page.html").read_text("utf-8"))

    return written


def _facts(elements):
    return json.loads(elements.data)


def _labels(estimator):
    return THREE if len(estimator.classes_) == 3 else Y


@pytest.mark.parametrize("name", ESTIMATORS)
def test_page_holds_the_model(name, written):
    estimator = ESTIMATORS[name]
    facts = _facts(written(estimator, y=_labels(estimator)))
    assert facts["estimator"] == type(estimator).__name__
    assert facts["classes"] == [str(label) for label in estimator.classes_]
    if hasattr(estimator, "coefs_"):
        for key, arrays in (
            ("coefs", estimator.coefs_),
            ("intercepts", estimator.intercepts_),
        ):
            for found, array in zip(facts[key], arrays, strict=True):
                np.testing.assert_array_equal(found, array)
    else:
        np.testing.assert_array_equal(facts["coefs"][0], estimator.coef_.T)
        np.testing.assert_array_equal(facts["intercepts"][0], estimator.intercept_)


def test_page_holds_the_rows_and_what_is_typical_of_them(written):
    facts = _facts(written(ESTIMATORS["network"]))
    np.testing.assert_array_equal(facts["X"], X)
    classes = ESTIMATORS["network"].classes_
    np.testing.assert_array_equal(classes[facts["codes"]], Y)
    np.testing.assert_array_equal(facts["median"], np.median(X, axis=0))
    np.testing.assert_array_equal(facts["low"], X.min(axis=0))
    np.testing.assert_array_equal(facts["high"], X.max(axis=0))


def test_page_says_where_predict_proba_is_corrected(written):
    corrected = {
        name: _facts(written(estimator, y=_labels(estimator)))["corrected"]
        for name, estimator in ESTIMATORS.items()
    }
    laplace = {"logistic laplace", "no hidden", "network"}
    assert corrected == {name: name in laplace for name in ESTIMATORS}


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_pieces_of_the_json_are_the_estimators_own(name, written):
    """The trained weights in their places give the plain estimator back."""
    estimator = ESTIMATORS[name]
    pieces = _facts(written(estimator, y=_labels(estimator)))["document"]
    own = json.loads(estimator.to_json())["fitted"]
    fitted = [
        f"{json.dumps(key)}: {json.dumps(own[key]) if text is None else text}"
        for key, text in pieces["fitted"]
    ]
    text = pieces["before"] + ", ".join(fitted) + "}}"
    again = type(estimator).from_json(text)
    plain = clone(estimator)
    if hasattr(plain, "predictive"):
        plain.set_params(predictive="plain")
    expected = plain.fit(X, _labels(estimator)).predict_proba(X)
    np.testing.assert_allclose(again.predict_proba(X), expected, rtol=1e-12)
    np.testing.assert_array_equal(again.classes_, estimator.classes_)


def test_estimator_is_not_changed(written):
    for name in ("logistic laplace", "network"):
        before = ESTIMATORS[name].to_json()
        written(ESTIMATORS[name])
        assert ESTIMATORS[name].to_json() == before


@pytest.fixture(name="hostile")
def _hostile():
    table = np.random.default_rng(0).normal(size=(30, len(HOSTILE)))
    frame = pd.DataFrame(table, columns=pd.Index(HOSTILE, dtype=object))
    labels = np.array(HOSTILE[:3], dtype=object)[np.arange(30) % 3]
    return LogisticNeuron().fit(frame, labels), frame, labels


def test_hostile_names_and_labels_are_data_and_nothing_else(hostile, written):
    found = written(*hostile)
    harmless = written(ESTIMATORS["logistic"])
    assert found.found == harmless.found
    facts = _facts(found)
    assert facts["features"] == HOSTILE
    assert sorted(facts["classes"]) == sorted(HOSTILE[:3])


def test_json_in_a_script_has_no_markup_and_is_the_same_json():
    text = as_text_of_a_script(json.dumps(HOSTILE))
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == HOSTILE


def test_page_is_small_and_asks_for_nothing(written, tmp_path):
    few, many = (written(ESTIMATORS["network"], X[:n], Y[:n]) for n in (1, 60))
    assert len(few.data) < len(many.data)
    html = (tmp_path / "page.html").read_text("utf-8")
    assert len(html) - len(many.data) < 100_000
    page = html.replace(many.data, "").replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"https?:|//cdn|@import|url\(|fetch\(|import\(", page)
    addressed = {"src", "href", "action", "data"}
    names = {name for _, attributes in many.found for name, _ in attributes}
    assert not addressed & names


def test_many_rows_are_sampled_and_the_same_every_time(written):
    many, votes = make_votes(5000, random_state=1)
    first, second = (_facts(written(ESTIMATORS["network"], many, votes)) for _ in "ab")
    assert first == second
    assert (first["n_rows"], len(first["X"]), len(first["codes"])) == (5000, 1000, 1000)
    assert {tuple(row) for row in first["X"]} <= set(map(tuple, many))
    np.testing.assert_array_equal(first["median"], np.median(many, axis=0))


def test_numbers_are_limited_too(written):
    rng = np.random.default_rng(0)
    wide, labels = rng.normal(size=(900, 1000)), np.arange(900) % 2
    neuron = LogisticNeuron.from_parameters(rng.normal(size=1000), 0.0, [0, 1])
    assert np.shape(_facts(written(neuron, wide, labels))["X"]) == (200, 1000)


def test_constant_and_single_feature(written):
    rows = np.column_stack([np.arange(6.0), np.full(6, 3.0)])
    net = TinyNeuralNet(1, alpha=1.0).fit(rows, rows[:, 0] > 2)
    assert _facts(written(net, rows, rows[:, 0] > 2))["spread"][1] == 1.0
    neuron = LogisticNeuron.from_parameters([0.1], -8, [0, 1], ["income"])
    rows = pd.DataFrame({"income": [40.0]})
    assert _facts(written(neuron, rows, [0]))["features"] == ["income"]


def test_before_fit_is_an_error(tmp_path):
    with pytest.raises(NotFittedError):
        TinyNeuralNet().to_html(tmp_path / "page.html", X, Y)


def test_the_regressor_has_no_page():
    assert not hasattr(TinyNeuralNetRegressor, "to_html")


BAD = {
    "features": (X[:, :1], Y, ValueError, "X has 1 features, but TinyNeuralNet"),
    "missing": (np.where(X > 40, np.nan, X), Y, ValueError, "X contains NaN"),
    "rows": (X, Y[:5], ValueError, "X has 60 rows but y has 5 labels"),
    "labels": (X, np.full(60, "?"), ValueError, r"y has labels that are not .*'\?'"),
    "no labels": (X, None, ValueError, "y should be a 1d array"),
}


@pytest.mark.parametrize(("rows", "y", "error", "message"), BAD.values(), ids=BAD)
def test_bad_data_are_named_and_leave_no_file(rows, y, error, message, tmp_path):
    with pytest.raises(error, match=message):
        ESTIMATORS["network"].to_html(tmp_path / "page.html", rows, y)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", [None, 3, b"page.html"])
def test_a_path_is_a_path(path):
    with pytest.raises(TypeError, match="path must be a str or a path"):
        ESTIMATORS["network"].to_html(path, X, Y)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere.page\.html.$"):
        ESTIMATORS["network"].to_html(tmp_path / "nowhere" / "page.html", X, Y)


def test_a_file_is_replaced_whole_or_stays(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    path.write_text("old")

    def full(*_):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(OSError, match="disk full"):
        ESTIMATORS["network"].to_html(str(path), X, Y)
    assert [found.name for found in tmp_path.iterdir()] == ["page.html"]
    assert path.read_text() == "old"
    monkeypatch.undo()
    ESTIMATORS["network"].to_html(str(path), X, Y)
    assert path.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_page_may_be_read_by_whom_a_file_may(tmp_path):
    (tmp_path / "file").touch()
    ESTIMATORS["network"].to_html(tmp_path / "page.html", X, Y)
    assert (tmp_path / "page.html").stat().st_mode == (tmp_path / "file").stat().st_mode


def test_too_many_neurons_or_inputs_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    classes = np.arange(201)
    neurons = LogisticNeuron.from_parameters(
        rng.normal(size=(201, 1)), np.zeros(201), classes
    )
    with pytest.raises(ValueError, match=r"up to 200 neurons a layer; .* has 201"):
        neurons.to_html(tmp_path / "page.html", [[0.0]], [0])
    wide = LogisticNeuron.from_parameters(np.ones(1001), 0.0, [0, 1])
    with pytest.raises(ValueError, match="up to 1000 inputs, X has 1001"):
        wide.to_html(tmp_path / "page.html", np.ones((2, 1001)), [0, 1])


def test_wide_data_keep_the_page_small(tmp_path):
    """A ridge in the space of the rows is not what the page needs."""
    rng = np.random.default_rng(0)
    wide, labels = rng.normal(size=(40, 600)), np.arange(40) % 2
    neuron = LogisticNeuron(alpha="auto").fit(wide, labels)
    neuron.to_html(tmp_path / "page.html", wide[:1], labels[:1])
    assert (tmp_path / "page.html").stat().st_size < 200_000
