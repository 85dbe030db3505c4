"""The picture in a notebook: beside scikit-learn's table, and harmless."""

import inspect
import re
import sys
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import BaseEstimator, clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._diagram import diagram
from skneuron.datasets import make_votes

SVG = "{http://www.w3.org/2000/svg}"
HINT = "<p>explore: <code>.to_html(path, X, y)</code></p>"
X, Y = make_votes(60, random_state=0)
ESTIMATORS = {
    "biological": BiologicalNeuronClassifier().fit(X, Y),
    "logistic": LogisticNeuron().fit(X, Y),
    "three classes": LogisticNeuron().fit(X, np.arange(60) % 3),
    "given": LogisticNeuron.from_parameters([0.1], -8, [0, 1], ["income"]),
    "given biological": BiologicalNeuronClassifier.from_parameters([1], -15, [0, 1]),
    "no hidden": TinyNeuralNet(0).fit(X, Y),
    "network": TinyNeuralNet(3).fit(X, Y),
    "regressor": TinyNeuralNetRegressor(2).fit(X, X[:, 0]),
}
HOSTILE = [
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</title></svg><iframe src=//x>",
    "]]>&lt;&#x3c;script>&",
    "\N{GRINNING FACE} \N{GREEK SMALL LETTER ALPHA}",
    "nul\0bell\a lone\ud800 nonchar\uffff",
]


def _svg(estimator):
    (svg,) = re.findall("<svg xmlns.*</svg>", estimator._repr_html_(), re.DOTALL)
    return ElementTree.fromstring(svg)


def _without_ids(html):
    return re.sub(r"sk-\w+-id-\d+", "", html)


class _Elements(HTMLParser):
    """Collects the elements and the attributes of a page."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, frozenset(name for name, _ in attrs)))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_picture_follows_scikit_learns_table(name):
    estimator = ESTIMATORS[name]
    html = estimator._repr_html_()
    own, _, rest = html.partition("<svg xmlns")
    assert _without_ids(own) == _without_ids(BaseEstimator._repr_html_inner(estimator))
    has_a_page = hasattr(estimator, "to_html")
    assert rest.endswith("</svg>" + HINT if has_a_page else "</svg>")


@pytest.mark.parametrize("name", ESTIMATORS)
def test_picture_has_a_title_and_a_description(name):
    svg = _svg(ESTIMATORS[name])
    assert svg.get("role") == "img"
    assert [child.tag for child in svg[:2]] == [f"{SVG}title", f"{SVG}desc"]
    assert svg[0].text == type(ESTIMATORS[name]).__name__
    assert "Strongest of each layer" in svg[1].text


def test_description_names_sizes_inputs_and_outputs():
    text = _svg(ESTIMATORS["network"])[1].text
    assert text.startswith("2 inputs, 3 hidden neurons, 1 output neuron.")
    assert "Inputs: x0, x1. Outputs: R." in text
    assert "13 of 13 connections are drawn" in text


@pytest.mark.parametrize("name", ESTIMATORS)
def test_picture_is_the_layout(name):
    estimator = ESTIMATORS[name]
    page, svg = diagram(estimator._wiring()), _svg(estimator)
    lines = [path for path in svg.iter(f"{SVG}path") if "L" in path.get("d")]
    ends = [re.findall(r"[\d.]+", line.get("d")) for line in lines]
    np.testing.assert_allclose(
        np.array(ends, float).reshape(-1, 2, 2), page.segments, atol=0.051
    )
    assert [line.get("stroke") for line in lines] == page.colors.tolist()
    widths = [float(line.get("stroke-width")) for line in lines]
    np.testing.assert_allclose(widths, page.line_widths, atol=0.0051)
    assert len(list(svg.iter(f"{SVG}circle"))) == len(page.names)


def test_biases_of_an_all_or_none_neuron_stay_millivolts():
    network = ESTIMATORS["biological"]._wiring()
    np.testing.assert_array_equal(
        network.intercepts[0], ESTIMATORS["biological"].intercept_
    )


def test_jupyter_gets_the_picture_too():
    bundle = ESTIMATORS["network"]._repr_mimebundle_()
    assert bundle["text/html"].endswith("</svg>" + HINT)
    assert bundle["text/html"].count("<svg xmlns") == 1
    assert bundle["text/plain"] == repr(ESTIMATORS["network"])


def test_links_lead_to_a_page_only_where_there_is_one(monkeypatch):
    # No site is published; the documentation's build knows where its own pages are.
    neuron = LogisticNeuron()
    assert neuron._get_doc_link() == ""
    template = "../generated/{estimator_module}.{estimator_name}.html"
    monkeypatch.setattr(LogisticNeuron, "_doc_link_template", template)
    page = "../generated/skneuron.LogisticNeuron.html"
    assert f'href="{page}"' in neuron._repr_html_()


def test_text_display_has_no_html():
    with sklearn.config_context(display="text"):
        assert not hasattr(ESTIMATORS["network"], "_repr_html_")
        assert list(ESTIMATORS["network"]._repr_mimebundle_()) == ["text/plain"]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_unfitted_is_scikit_learns_own(name):
    unfitted = clone(ESTIMATORS[name])
    html = _without_ids(BaseEstimator._repr_html_inner(unfitted))
    assert _without_ids(unfitted._repr_html_()) == html


def test_more_than_100_neurons_are_scikit_learns_own():
    rng = np.random.default_rng(0)
    classes = np.arange(101)
    for n_classes, pictures in ((100, 1), (101, 0)):
        coef, intercept = rng.normal(size=(n_classes, 2)), np.zeros(n_classes)
        many = LogisticNeuron.from_parameters(coef, intercept, classes[:n_classes])
        assert many._repr_html_().count("<svg xmlns") == pictures


def test_a_pipeline_is_scikit_learns_own():
    pipeline = make_pipeline(StandardScaler(), TinyNeuralNet(2)).fit(X, Y)
    html = pipeline._repr_html_()
    assert "TinyNeuralNet" in html
    assert "<svg xmlns" not in html


@pytest.fixture(name="hostile", scope="module")
def _hostile():
    table = np.random.default_rng(0).normal(size=(30, len(HOSTILE)))
    labels = np.array([HOSTILE[0], HOSTILE[1]])[np.arange(30) % 2]
    frame = pd.DataFrame(table, columns=pd.Index(HOSTILE, dtype=object))
    return TinyNeuralNet(2).fit(frame, labels)._picture()


def test_hostile_names_are_text_and_nothing_else(hostile):
    harmless = ESTIMATORS["network"]._picture()
    assert set(_Elements(hostile).found) == set(_Elements(harmless).found)
    assert ElementTree.fromstring(hostile).tag == f"{SVG}svg"
    hostile.encode("utf-8")


def test_hostile_names_are_shown_as_they_are(hostile):
    description = ElementTree.fromstring(hostile)[1].text
    for name in HOSTILE[:-1]:
        assert name in description
    replaced = "nul\ufffdbell\ufffd lone\ufffd nonchar\ufffd"
    assert replaced in description


def test_no_matplotlib_is_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "<svg xmlns" in ESTIMATORS["network"]._repr_html_()


def test_a_large_network_is_a_small_page():
    rng = np.random.default_rng(0)
    coef, names = rng.normal(size=(100, 300)), [f"pixel {j}" for j in range(300)]
    many = LogisticNeuron.from_parameters(coef, np.zeros(100), np.arange(100), names)
    picture = many._picture()
    assert len(picture) < 250_000
    lines = re.findall(r'd="M[^"]*L[^"]*"', picture)
    assert len(lines) == 1000
    assert "1000 of 30000 connections are drawn" in picture


@pytest.mark.parametrize("name", ESTIMATORS)
def test_the_table_of_fitted_attributes_has_those_documented(name):
    estimator = ESTIMATORS[name]
    html = estimator._repr_html_()
    if "Fitted attributes" not in html:
        pytest.skip("scikit-learn before 1.9 has no such table")
    lines = inspect.getdoc(type(estimator)).splitlines()
    documented = {line.split(" : ")[0] for line in lines if "_ : " in line}
    missing = {name for name in documented if f">{name}<" not in html}
    assert missing == {name for name in documented if not hasattr(estimator, name)}
