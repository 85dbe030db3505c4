"""The layout of a network's picture, which matplotlib and SVG share."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier

from skneuron import LogisticNeuron, TinyNeuralNet, TinyNeuralNetRegressor
from skneuron._diagram import (
    EXCITATORY,
    FACES,
    INHIBITORY,
    Wiring,
    diagram,
    shortened,
    standardised,
    wiring,
)
from skneuron.datasets import make_votes

SIZES = [
    (2, 1),
    (2, 1, 1),
    (2, 3, 1),
    (30, 8, 3),
    (2, 30, 1),
    (30, 100, 3),
    (700, 4, 2),
]


def _network(sizes, seed=0):
    rng = np.random.default_rng(seed)
    shapes = list(pairwise(sizes))
    return Wiring(
        [rng.normal(size=shape) for shape in shapes],
        [rng.normal(scale=3, size=n) for _, n in shapes],
        [f"input {j}" for j in range(sizes[0])],
        [f"output {k}" for k in range(sizes[-1])],
    )


def _between(page, column):
    """Return which connections leave a column, and which of these are biases."""
    leave = page.columns[page.source] == column
    return leave, page.kinds[page.source] == "bias"


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_nodes_are_those_of_the_network_and_do_not_overlap(sizes):
    page = diagram(_network(sizes))
    for column, size in enumerate(sizes):
        here = page.columns == column
        kinds = page.kinds[here].tolist()
        n_biases = int(column < len(sizes) - 1)
        kind = "input" if column == 0 else "neuron"
        assert kinds == [kind] * size + ["bias"] * n_biases
        assert len(set(page.centers[here, 0])) == 1
        room = np.diff(page.centers[here, 1])
        assert (room >= page.radii[here][:-1] + page.radii[here][1:]).all()
    assert page.centers.shape == (len(page.names), 2)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_everything_is_on_a_page_that_fits_a_screen(sizes):
    page = diagram(_network(sizes))
    assert page.height < 720
    low, high = page.centers - page.radii[:, None], page.centers + page.radii[:, None]
    assert (low >= [0, 30]).all()
    assert (high <= [page.width, page.height - 25]).all()


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_names_stand_beside_their_nodes_and_do_not_overlap(sizes):
    page = diagram(_network(sizes))
    labels = list(page.labels())
    texts = [text for _, _, text, _, _ in labels]
    legible = sizes[0] <= 100
    inputs = [f"input {j}" for j in range(sizes[0])] if legible else []
    assert texts == inputs + [f"output {k}" for k in range(sizes[-1])]
    for anchor in ("start", "end") if legible else ("start",):
        y, fonts = np.array([[y, s] for _, y, _, a, s in labels if a == anchor]).T
        assert (np.diff(y) >= 0.999 * fonts[1:]).all()


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_line_widths_are_proportional_to_weights_within_a_layer(sizes):
    network = _network(sizes)
    page = diagram(network)
    for column, coef in enumerate(network.coefs):
        leave, bias = _between(page, column)
        width, strength = page.line_widths[leave], np.abs(page.weights[leave])
        unit = width.max() / np.abs(coef).max()
        np.testing.assert_allclose(width, unit * np.minimum(strength, abs(coef).max()))
        np.testing.assert_allclose(
            np.sort(page.weights[leave & ~bias]), np.sort(coef.ravel())
        )


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_connections_join_what_they_say(sizes):
    network = _network(sizes)
    page = diagram(network)
    first = np.cumsum([0, *(size + 1 for size in sizes[:-1])])
    for column, (coef, bias) in enumerate(
        zip(network.coefs, network.intercepts, strict=True)
    ):
        leave, _ = _between(page, column)
        source = page.source[leave] - first[column]
        target = page.target[leave] - first[column + 1]
        expected = np.vstack([coef, bias])[source, target]
        np.testing.assert_array_equal(page.weights[leave], expected)
        assert len(set(zip(source, target, strict=True))) == coef.size + bias.size


def test_color_is_the_sign_and_zero_is_no_connection():
    page = diagram(Wiring([np.array([[2.0], [-1.0], [0.0]])], [[0.0]], "abc", ["y"]))
    assert page.weights.tolist() == [-1.0, 2.0]
    assert page.colors.tolist() == [INHIBITORY, EXCITATORY]
    np.testing.assert_array_equal(page.segments[1, 0], page.centers[0] + [17, 0])
    np.testing.assert_array_equal(page.segments[1, 1], page.centers[-1] - [17, 0])


def test_a_network_of_zeros_has_a_picture():
    assert len(diagram(Wiring([np.zeros((2, 1))], [[0.0]], "ab", ["y"])).weights) == 0


@pytest.mark.parametrize("n_hidden", [8, 30, 100])
def test_strong_connections_are_on_top_and_less_transparent(n_hidden):
    page = diagram(_network((5, n_hidden, 1)))
    for column in (0, 1):
        leave, _ = _between(page, column)
        assert (np.diff(page.line_widths[leave]) >= 0).all()
        assert (np.diff(page.opacities[leave]) >= 0).all()
        assert 0.2 < page.opacities[leave].min() < page.opacities[leave].max() == 1


def test_more_lines_are_thinner_and_paler():
    few, many = (diagram(_network((20, n, 1))) for n in (2, 100))
    assert many.line_widths[-1] < few.line_widths[-1]
    assert many.opacities.min() < few.opacities.min()


def test_a_huge_bias_leaves_the_weights_visible():
    network = Wiring([np.array([[0.1], [0.2]])], [[-80.0]], "ab", ["y"])
    assert diagram(network).line_widths.tolist() == [3.0, 6.0, 6.0]


def test_units_of_inputs_do_not_change_a_standardised_picture():
    X, y = make_votes(60, random_state=0)
    pictures = []
    for unit in (np.array([1.0, 1.0]), np.array([1e3, 1e-2])):
        scaled = X * unit
        network = wiring(TinyNeuralNet(3, alpha=0.1).fit(scaled, y))
        page = diagram(standardised(network, scaled.mean(axis=0), scaled.std(axis=0)))
        pictures.append(page.line_widths)
    np.testing.assert_allclose(*pictures, rtol=1e-3, atol=1e-3)


def test_standardised_network_answers_the_same():
    rng = np.random.default_rng(0)
    network = _network((4, 3, 2))
    X, mean, scale = rng.normal(size=(5, 4)), rng.normal(size=4), np.arange(1.0, 5.0)
    inner = standardised(network, mean, scale)
    sums = X @ network.coefs[0] + network.intercepts[0]
    same = (X - mean) / scale @ inner.coefs[0] + inner.intercepts[0]
    np.testing.assert_allclose(same, sums)


X, Y = make_votes(60, random_state=0)
THREE = np.arange(60) % 3
MODELS = {
    "neuron": (LogisticNeuron().fit(X, Y), [2, 1], ["R"]),
    "three neurons": (LogisticNeuron().fit(X, THREE), [2, 3], ["0", "1", "2"]),
    "network": (TinyNeuralNet(4).fit(X, Y), [2, 4, 1], ["R"]),
    "no hidden": (TinyNeuralNet(0).fit(X, THREE), [2, 3], ["0", "1", "2"]),
    "regressor": (TinyNeuralNetRegressor(2).fit(X, X[:, 0]), [2, 2, 1], ["y"]),
    "linear": (LinearRegression().fit(X, X[:, 0]), [2, 1], ["y"]),
    "two outputs": (LinearRegression().fit(X, X), [2, 2], ["y0", "y1"]),
    "logistic": (LogisticRegression().fit(X, Y), [2, 1], ["R"]),
    "deep": (
        MLPClassifier((3, 2), solver="lbfgs", max_iter=2000, alpha=10).fit(X / 50, Y),
        [2, 3, 2, 1],
        ["R"],
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_wiring_of_any_network(name):
    model, sizes, outputs = MODELS[name]
    network = wiring(model)
    assert network.sizes == sizes
    assert network.outputs == outputs
    assert network.inputs == ["x0", "x1"]


def test_long_names_lose_their_middle():
    assert shortened("short") == "short"
    name = "native_country_United_States_of_America"
    assert len(shortened(name)) == 25
    assert shortened(name).startswith("native_count")
    assert shortened(name).endswith("of_America")


def _luminance(color):
    channels = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    low = channels <= 0.04045
    linear = np.where(low, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize(
    "color", [EXCITATORY, INHIBITORY, FACES["input"], FACES["neuron"]]
)
def test_colors_stand_out_from_white_and_from_black(color):
    luminance = _luminance(color)
    assert 1.05 / (luminance + 0.05) >= 3
    assert (luminance + 0.05) / 0.05 >= 3
