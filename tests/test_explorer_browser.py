"""The explorer page in a real browser, headless Chromium: it computes what we do."""

import json
import os
import re
import shutil
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss

from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet
from skneuron._numerics.activations import ACTIVATIONS
from skneuron.datasets import load_lecture_incomes, make_votes

X, Y = make_votes(60, random_state=0)
THREE = np.array(["a", "b", "c"])[np.arange(60) % 3]
BROWSERS = "chromium", "chromium-browser", "google-chrome"


@pytest.fixture(name="browser", scope="module")
def _browser():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason='needs Playwright: pip install ".[browser]"'
    )
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"needs a browser: none of {', '.join(BROWSERS)} is installed")
    as_root = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=as_root)
        yield browser
        browser.close()


class _Tab:
    """A tab that remembers what went wrong in it and what it asked for."""

    def __init__(self, context):
        self.page = context.new_page()
        self.complaints, self.requests = [], []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def forget(self):
        self.complaints.clear()
        self.requests.clear()

    def assert_calm(self):
        _next_frame(self.page)
        assert self.complaints == []
        own = ("file:", "blob:")
        assert [url for url in self.requests if not url.startswith(own)] == []


@pytest.fixture(name="tab", scope="module")
def _tab(browser):
    return _Tab(browser.new_context())


@pytest.fixture(name="opened")
def _opened(browser, tab, tmp_path):
    """Return a function that opens an estimator's page; no page may complain."""
    tabs = [tab]
    tab.forget()

    def opened(estimator, rows=X, y=Y, **options):
        path = tmp_path / "page.html"
        estimator.to_html(path, rows, y)
        if options:
            tabs.append(_Tab(browser.new_context(**options)))
        page = tabs[-1].page
        page.goto(path.as_uri())
        page.wait_for_function("window.explorer")
        return page

    yield opened
    for used in tabs:
        used.assert_calm()
    for used in tabs[1:]:
        used.page.context.close()


def _next_frame(page):
    page.evaluate(
        "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
    )


def _fitted(n_neurons, y, **parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return TinyNeuralNet(n_neurons, max_iter=20, n_init=1, **parameters).fit(X, y)


def _probabilities(page):
    return np.array(page.evaluate("explorer.probabilities()"))


def _shown(page):
    """Return the log loss and the mistakes that the page shows."""
    loss, mistakes = page.inner_text("#loss"), page.inner_text("#mistakes")
    return loss, int(mistakes.split()[0])


def _cells(page):
    """Return the cells of a point's tables, with an ordinary minus."""
    cells = page.locator("#way tbody td").all_inner_texts()
    return [cell.replace("\N{MINUS SIGN}", "-") for cell in cells]


def _type(page, label, value):
    """Type an exact weight, as a user does."""
    field = page.get_by_label(f"{label}, exact", exact=True)
    field.fill(str(value))
    field.press("Enter")
    _next_frame(page)


def _downloaded(page, tmp_path):
    with page.expect_download() as download:
        page.click("#download")
    download.value.save_as(tmp_path / "weights.json")
    return (tmp_path / "weights.json").read_text("utf-8")


# What a page makes of other networks' numbers than its own.
COMPUTE = """(data) => {
    const network = new Network(data.coefs, data.intercepts, data.activation);
    const columns = data.features.map((_, r) => Float64Array.from(data.X, (x) => x[r]));
    const { scores } = new Batch(network, columns, data.X.length);
    const response = new Response(false, 1);
    return data.X.map((_, i) => response.probabilities(scores.map((s) => s[i])));
}"""


def test_probabilities_are_those_of_python_for_all_activations(opened, tmp_path):
    page = opened(NEURONS["logistic"])
    for activation in ACTIVATIONS:
        for y in (Y, THREE):
            network = _fitted(3, y, activation=activation, alpha=0.1)
            network.to_html(tmp_path / "other.html", X, y)
            html = (tmp_path / "other.html").read_text("utf-8")
            (facts,) = re.findall('id="data">(.*)</script>', html)
            np.testing.assert_allclose(
                page.evaluate(COMPUTE, json.loads(facts)),
                network.predict_proba(X),
                rtol=1e-9,
                err_msg=activation,
            )


@pytest.mark.parametrize(
    ("activation", "y"),
    [("gelu", Y), ("tanh", THREE), ("leaky_relu", Y), ("softplus", THREE)],
    ids=["gelu", "tanh", "leaky_relu", "softplus"],
)
def test_probabilities_and_loss_shown_are_those_of_python(activation, y, opened):
    network = _fitted(3, y, activation=activation, alpha=0.1)
    page = opened(network, X, y)
    expected = network.predict_proba(X)
    np.testing.assert_allclose(_probabilities(page), expected, rtol=1e-9)
    assert _shown(page) == (
        f"{log_loss(y, expected):.4f}",
        (network.predict(X) != y).sum(),
    )
    page.evaluate("explorer.follow(5)")
    shown = page.locator("#way table").first.locator("data")
    values = shown.evaluate_all("all => all.map((d) => +d.value)")
    for probability in expected[5, -1:] if len(expected[5]) == 2 else expected[5]:
        assert np.isclose(values, probability, rtol=1e-9).any()


NEURONS = {
    "logistic": LogisticNeuron().fit(X, Y),
    "three classes": LogisticNeuron().fit(X, THREE),
    "no hidden": TinyNeuralNet(0, alpha=1.0).fit(X, Y),
    "all or none": BiologicalNeuronClassifier().fit(X, Y),
    "noisy": BiologicalNeuronClassifier(noise=2.0).fit(X, Y),
    "all or none, three classes": BiologicalNeuronClassifier().fit(X, THREE),
    "noisy, three classes": BiologicalNeuronClassifier(noise=2.0).fit(X, THREE),
}


@pytest.mark.parametrize("name", NEURONS)
def test_neurons_without_hidden_ones_too(name, opened):
    neuron = NEURONS[name]
    y = THREE if len(neuron.classes_) == 3 else Y
    page = opened(neuron, X, y)
    expected = neuron.predict_proba(X)
    np.testing.assert_allclose(_probabilities(page), expected, atol=1e-9)
    assert _shown(page)[1] == (neuron.predict(X) != y).sum()


def test_the_plain_network_is_shown_and_the_page_says_so(opened):
    network = TinyNeuralNet(2).fit(X, Y)
    page = opened(network)
    plain = network.set_params(predictive="plain").fit(X, Y).predict_proba(X)
    np.testing.assert_allclose(_probabilities(page), plain, atol=1e-9)
    assert "plain network" in page.inner_text("#notes")
    page = opened(LogisticNeuron().fit(X, Y))
    assert page.inner_text("#notes") == ""


def test_L9_the_lecture_table(opened):
    X, votes = load_lecture_incomes(return_X_y=True, as_frame=True)
    neuron = LogisticNeuron.from_parameters([0.1], -8, [0, 1], X.columns)
    page = opened(neuron, X, votes)
    expected = neuron.score_table(X, votes)
    rows = []
    for point in range(3):
        page.fill("#point", str(point))
        page.press("#point", "Enter")
        rows.append(_cells(page))
    assert rows == [
        ["40", "-4", "0.018", "0", "0", "0.018"],
        ["70", "-1", "0.269", "0", "1", "1.313"],
        ["20", "-6", "0.002", "0", "0", "0.002"],
    ]
    exact = page.locator("#way data").evaluate_all("all => all.map((d) => +d.value)")
    np.testing.assert_allclose(
        exact, expected.loc[2, ["income", "score", "prediction", "cost"]], rtol=1e-12
    )


def test_L1_to_L5_the_biological_view(opened):
    neuron = BiologicalNeuronClassifier.from_parameters([10, 10], -15, [0, 1])
    page = opened(neuron, [[0, 0], [1, 0], [1, 1]], [0, 0, 1])
    for point, (graded, out) in enumerate(
        [("-70", "-70"), ("-60", "-70"), ("-50", "30")]
    ):
        page.evaluate(f"explorer.follow({point})")
        assert _cells(page)[2:4] == [graded, out]
    page.get_by_label("logistic (probability)").check()
    _next_frame(page)
    soft = _probabilities(page)
    assert ((soft > 0) & (soft < 1)).all()
    page.get_by_label("biological (mV, all or none)").check()
    _next_frame(page)
    np.testing.assert_array_equal(
        _probabilities(page), neuron.predict_proba([[0, 0], [1, 0], [1, 1]])
    )


def test_noise_that_was_moved_goes_back_to_python(opened, tmp_path):
    neuron = NEURONS["all or none"]
    page = opened(neuron)
    page.get_by_label("logistic (probability)").check()
    _type(page, "membrane noise in mV", 3)
    again = BiologicalNeuronClassifier.from_json(_downloaded(page, tmp_path))
    assert again.noise_ == 3
    np.testing.assert_allclose(again.predict_proba(X), _probabilities(page), atol=1e-9)
    page.get_by_label("biological (mV, all or none)").check()
    again = BiologicalNeuronClassifier.from_json(_downloaded(page, tmp_path))
    np.testing.assert_array_equal(again.predict_proba(X), neuron.predict_proba(X))


def test_a_logistic_neuron_in_millivolts(opened):
    """A row of zeros lies at rest, -15 mV below the threshold."""
    neuron = LogisticNeuron.from_parameters([0.1], -8, [0, 1])
    page = opened(neuron, [[0.0], [70.0], [90.0]], [0, 1, 1])
    page.get_by_label("biological (mV, all or none)").check()
    _next_frame(page)
    assert _cells(page)[1:3] == ["-70", "-70"]
    bias = page.get_by_label("bias to output neuron 1, exact")
    assert bias.input_value() == "-15"
    assert _shown(page) == ("∞", 1)


def test_a_moved_slider_moves_map_loss_and_the_numbers(opened):
    network = _fitted(3, Y, alpha=0.1, activation="sigmoid")
    page = opened(network)
    pixels = "byId('surface').toDataURL()"
    before = page.evaluate(pixels), _shown(page), page.inner_text("#way")
    slider = page.get_by_label("weight of x0 to hidden neuron h0", exact=True)
    slider.focus()
    for _ in range(12):
        slider.press("ArrowRight")
    _next_frame(page)
    after = page.evaluate(pixels), _shown(page), page.inner_text("#way")
    assert all(old != new for old, new in zip(before, after, strict=True))
    page.get_by_text("Reset to the trained weights").click()
    _next_frame(page)
    assert (page.evaluate(pixels), _shown(page), page.inner_text("#way")) == before


@pytest.mark.parametrize("n_neurons", [0, 3])
@pytest.mark.parametrize("labels", [Y, THREE], ids=["two", "three"])
def test_weights_go_back_to_python(n_neurons, labels, opened, tmp_path):
    network = _fitted(n_neurons, labels, alpha=0.1)
    page = opened(network, X, labels)
    target = page.evaluate("explorer.neuronName(0, 0)")
    _type(page, f"weight of x1 to {target}", 0.25)
    _type(page, f"bias to {target}", -1.5)
    again = TinyNeuralNet.from_json(_downloaded(page, tmp_path))
    assert again.coefs_[0][1, 0] == 0.25
    assert again.intercepts_[0][0] == -1.5
    np.testing.assert_array_equal(again.coefs_[0][0], network.coefs_[0][0])
    np.testing.assert_allclose(again.predict_proba(X), _probabilities(page), atol=1e-9)
    assert np.abs(again.predict_proba(X) - network.predict_proba(X)).max() > 1e-3


@pytest.mark.parametrize("name", ["logistic", "three classes", "all or none", "noisy"])
def test_weights_of_single_neurons_go_back_too(name, opened, tmp_path):
    neuron = NEURONS[name]
    y = THREE if len(neuron.classes_) == 3 else Y
    page = opened(neuron, X, y)
    target = page.evaluate("explorer.neuronName(0, 0)")
    _type(page, f"bias to {target}", -7)
    again = type(neuron).from_json(_downloaded(page, tmp_path))
    np.testing.assert_allclose(again.predict_proba(X), _probabilities(page), atol=1e-9)
    assert (again.predict_proba(X) != neuron.predict_proba(X)).any()
    np.testing.assert_array_equal(again.coef_, neuron.coef_)
    if hasattr(neuron, "drive_"):
        np.testing.assert_allclose(
            again.graded_potential(X), again.decision_function(X) - 55
        )
        np.testing.assert_allclose(again.drive_, again.intercept_ + 15)


def test_untouched_weights_come_back_to_the_last_bit(opened, tmp_path):
    labels = np.where(Y == "L", 1.0, 2.0)
    neuron = LogisticNeuron(alpha=0).fit(X * 1e-7, labels)
    again = LogisticNeuron.from_json(
        _downloaded(opened(neuron, X * 1e-7, labels), tmp_path)
    )
    assert json.loads(again.to_json())["fitted"]["classes_"] == {
        "dtype": "float64",
        "labels": [1.0, 2.0],
    }
    np.testing.assert_array_equal(again.coef_, neuron.coef_)
    np.testing.assert_array_equal(again.intercept_, neuron.intercept_)


HOSTILE = [
    "</script><script>window.harmed = true</script>",
    "\"'><img src=x onerror='window.harmed = true'>",
    "\N{GRINNING FACE} \N{GREEK SMALL LETTER ALPHA} {{data}} &amp;",
    "\N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}\N{HEBREW LETTER GIMEL}",
]


def test_hostile_names_and_labels_show_as_text(opened, tmp_path):
    table = np.random.default_rng(0).normal(size=(30, len(HOSTILE)))
    frame = pd.DataFrame(table, columns=HOSTILE)
    labels = np.array(HOSTILE, dtype=object)[np.arange(30) % 4]
    neuron = LogisticNeuron().fit(frame, labels)
    page = opened(neuron, frame, labels)
    for where in ("#legend .name", "#way tbody tr td:first-child .name"):
        found = page.locator(where).all_text_contents()
        assert sorted(found) == sorted(HOSTILE)
    assert page.locator("#across option").all_text_contents() == HOSTILE
    assert page.locator("#weights bdi").all_text_contents() == HOSTILE
    assert page.evaluate("window.harmed") is None
    assert page.locator("img, script[src], iframe").count() == 0
    again = LogisticNeuron.from_json(_downloaded(page, tmp_path))
    assert again.feature_names_in_.tolist() == HOSTILE
    assert again.classes_.tolist() == sorted(HOSTILE)


def test_other_axes_and_held_features(opened):
    rows = np.random.default_rng(0).normal(size=(50, 4))
    labels = rows[:, 3] > 0
    page = opened(TinyNeuralNet(2, alpha=0.1).fit(rows, labels), rows, labels)
    assert 3 in page.evaluate("explorer.axes"), "the input that matters most"
    page.select_option("#across", "0")
    page.select_option("#vertical", "1")
    pixels = "byId('surface').toDataURL()"
    first = page.evaluate(pixels)
    page.click("#held summary")
    _type(page, "x3, held", 2.0)
    held = page.evaluate(pixels)
    page.select_option("#across", "3")
    turned = page.evaluate(pixels)
    assert len({first, held, turned}) == 3
    assert page.get_by_label("x3, held, exact").is_hidden()
    page.select_option("#vertical", "3")
    assert page.evaluate("explorer.axes") == [1, 3], "an axis for each"


def test_points_are_followed_by_pointer_and_by_keys(opened):
    page = opened(NEURONS["logistic"])
    x, y = page.evaluate("explorer.map.place(7)")
    box = page.locator("#points").bounding_box()
    page.mouse.move(box["x"] + x, box["y"] + y)
    followed = page.evaluate("explorer.followed")
    places = page.evaluate("explorer.data.codes.map((_, i) => explorer.map.place(i))")
    np.testing.assert_allclose(places[followed], [x, y], atol=4)
    page.locator("#points").focus()
    page.keyboard.press("ArrowLeft")
    moved = page.evaluate("explorer.followed")
    assert places[moved][0] < places[followed][0]
    assert f"Point {moved}:" in page.inner_text("#status")


def test_everything_has_a_name_for_a_screen_reader(opened):
    page = opened(_fitted(3, THREE), X, THREE)
    nameless = """
        [...document.querySelectorAll("button, input, select, canvas[tabindex]")]
        .filter((e) => !(e.ariaLabel || e.labels?.length || e.textContent.trim()))
        .map((e) => e.outerHTML)"""
    assert page.evaluate(nameless) == []
    assert page.get_by_role("button", name="hidden neuron h1").count() == 1
    page.get_by_role("button", name="hidden neuron h1").press("Enter")
    assert page.get_by_label("Weights of", exact=True).input_value() == "0,1"
    assert page.get_by_label(
        "weight of x0 to hidden neuron h1", exact=True
    ).is_visible()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_fits_its_width_and_is_legible(width, scheme, opened):
    network = _fitted(20, Y, alpha=1.0)
    page = opened(
        network, viewport={"width": width, "height": 740}, color_scheme=scheme
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    channels = "(e, name) => getComputedStyle(e)[name].match(/[0-9]+/g).map(Number)"
    ink = sum(page.locator("h1").evaluate(channels, "color")[:3])
    paper = sum(page.locator("body").evaluate(channels, "backgroundColor")[:3])
    assert (ink > paper) == (scheme == "dark")
    assert abs(ink - paper) > 450
