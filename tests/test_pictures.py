"""Pictures as they were when somebody looked at them, legible on light and dark.

`python tests/test_pictures.py` draws the pictures in tests/baselines anew: look at
them before they are committed. They hold no text and no keys, which differ from font
to font.
"""

from itertools import combinations, pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.text import Text
from PIL import Image

from skneuron import BiologicalNeuronClassifier, LogisticNeuron
from skneuron._diagram import EXCITATORY, INHIBITORY
from skneuron.brain import membrane_trace
from skneuron.plotting import (
    ActivationDisplay,
    DecisionDisplay,
    LossCurveDisplay,
    MembraneTraceDisplay,
    NetworkDisplay,
    NeuronCountDisplay,
    NeuronDisplay,
)

BASELINES = Path(__file__).parent / "baselines"
STYLES = {"light": "default", "dark": "dark_background"}
DPI = 25
# Root mean square of what may differ, of 255: lines are rendered a little differently
# from version to version. A missing line or another colour is a multiple of that.
TOLERANCE = 5.0

PLANE = np.array([[x, y] for x in range(5) for y in range(4)], dtype=float)
TWO = np.array(["L", "R"])[(PLANE[:, 0] > 2).astype(int)]
THREE = np.repeat(list("abc"), [6, 7, 7])
TWO_CLASSES = LogisticNeuron.from_parameters([1.5, -0.5], -2.0, ["L", "R"], list("ab"))
THREE_CLASSES = LogisticNeuron.from_parameters(
    [[-1.0, 0.5], [0.2, -1.0], [0.8, 0.5]], [2.0, 1.0, -3.0], ["a", "b", "c"]
)
ALL_OR_NONE = BiologicalNeuronClassifier.from_parameters([12.0, 8.0], -15, [0, 1])


def _network(*sizes):
    """Draw a network whose weights are waves, the same on every machine."""
    shapes = list(pairwise(sizes))
    coefs = [np.sin(np.arange(a * b) ** 1.5).reshape(a, b) for a, b in shapes]
    return NetworkDisplay(coefs, [np.cos(np.arange(b)) for _, b in shapes]).plot()


def _decision(neuron, y):
    return DecisionDisplay.from_estimator(neuron, PLANE, y, grid_resolution=50)


PICTURES = {
    "network 2-1": lambda: _network(2, 1),
    "network 2-1-1": lambda: _network(2, 1, 1),
    "network 2-8-3": lambda: _network(2, 8, 3),
    "network 30-30-1": lambda: _network(30, 30, 1),
    "network 2-100-1": lambda: _network(2, 100, 1),
    "neuron": lambda: NeuronDisplay([1.5, -0.7], -1, "relu", x=[2.0, 1.0]).plot(),
    "all or none": lambda: NeuronDisplay.from_estimator(ALL_OR_NONE, [1, 1]),
    "activations": lambda: ActivationDisplay.from_names(
        ["step", "sigmoid", "relu", "tanh"], derivative=True
    ),
    "losses": lambda: LossCurveDisplay([9, 5, 3, 2], [0.9, 0.6, 0.5, 0.6], 3).plot(),
    "membrane": lambda: MembraneTraceDisplay.from_trace(
        membrane_trace(np.repeat([0.0, 1.2, 2.2], 200), 0.1), names=["neuron"]
    ),
    "two classes": lambda: _decision(TWO_CLASSES, TWO),
    "three classes": lambda: _decision(THREE_CLASSES, THREE),
    "counts": lambda: NeuronCountDisplay.from_estimators(
        [TWO_CLASSES, ALL_OR_NONE], PLANE, grid_resolution=50
    ),
}
# Each display in the dark; one network is enough.
DARK = [name for name in PICTURES if not name.startswith("network") or "-8-" in name]
CASES = [(name, "light") for name in PICTURES] + [(name, "dark") for name in DARK]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _draw(name, style):
    with plt.style.context([STYLES[style], {"figure.dpi": DPI}]):
        return PICTURES[name]().figure_


def _pixels(figure, *hidden):
    """Return the picture without hidden kinds of artists, (height, width, 3)."""
    for kind in hidden:
        for artist in figure.findobj(kind):
            artist.set_visible(False)
    figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba())[..., :3].astype(float)


def _baseline(name, style):
    return BASELINES / f"{name.replace(' ', '_')}_{style}.png"


def _difference(pixels, other):
    return np.sqrt(np.mean((pixels - other) ** 2))


@pytest.mark.parametrize(("name", "style"), CASES)
def test_picture_looks_as_it_did(name, style):
    pixels = _pixels(_draw(name, style), Text, Legend)
    with Image.open(_baseline(name, style)) as image:
        expected = np.asarray(image.convert("RGB"), dtype=float)
    assert pixels.shape == expected.shape
    assert _difference(pixels, expected) < TOLERANCE


def test_tolerance_sees_a_sign_and_a_missing_line():
    coefs, intercepts = [np.array([[1.0], [-0.5]])], [np.zeros(1)]
    right = _pixels(NetworkDisplay(coefs, intercepts).plot().figure_)
    for wrong in ([[1.0], [0.5]], [[1.0], [0.0]], [[-0.5], [1.0]]):
        drawn = _pixels(NetworkDisplay([np.array(wrong)], intercepts).plot().figure_)
        assert _difference(right, drawn) > TOLERANCE


def _linear(color):
    channels = np.asarray(color)
    low = channels <= 0.04045
    return np.where(low, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _luminance(color):
    return _linear(color) @ [0.2126, 0.7152, 0.0722]


def _contrast(color, background):
    """Return the contrast of the Web Content Accessibility Guidelines, 1 to 21."""
    light, dark = sorted([_luminance(color), _luminance(background)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _shown(figure, monkeypatch):
    """Return the texts that are drawn: ticks beyond the axes exist, but are not."""
    texts, draw = [], Text.draw

    def record(text, renderer):
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        return draw(text, renderer)

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", record)
        figure.canvas.draw()
    return [(t.get_text(), t.get_color(), t.get_window_extent()) for t in texts]


@pytest.mark.parametrize(("name", "style"), CASES)
def test_text_is_legible(name, style, monkeypatch):
    """Large text needs a contrast of 3 to what is behind it."""
    figure = _draw(name, style)
    shown = _shown(figure, monkeypatch)
    # Without text, everything stays where it is, and keys keep their frames.
    figure.set_layout_engine("none")
    pixels = _pixels(figure, Text)[::-1]
    assert len(shown) > 4
    for text, color, box in shown:
        rows = slice(max(int(box.y0), 0), int(box.y1) + 1)
        columns = slice(max(int(box.x0), 0), int(box.x1) + 1)
        behind = np.median(pixels[rows, columns], axis=(0, 1)) / 255
        assert _contrast(to_rgb(color), behind) >= 3, text


# What is left of colours without one of the three cones: Machado, Oliveira & Fernandes
# (2009), doi:10.1109/TVCG.2009.113, severity 1, of linear RGB.
EYES = {
    "three cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def _seen(color, eye):
    """Return a colour in CIELAB, where 2 is a difference that is just noticed."""
    linear = np.clip(EYES[eye] @ _linear(to_rgb(color)), 0, 1)
    ratios = TO_XYZ @ linear / [0.9505, 1.0, 1.089]
    x, y, z = np.where(ratios > 0.008856, np.cbrt(ratios), 7.787 * ratios + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _nearest(colors, eye):
    seen = [_seen(color, eye) for color in colors]
    return min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))


@pytest.mark.parametrize("eye", EYES)
def test_L21_all_eyes_tell_excitatory_from_inhibitory(eye):
    assert _nearest([EXCITATORY, INHIBITORY], eye) > 90


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("eye", EYES)
def test_lines_stand_out_from_the_background_and_each_other(style, eye):
    with plt.style.context(STYLES[style]):
        names = ["sigmoid", "tanh", "relu", "elu", "softplus", "step"]
        display = ActivationDisplay.from_names(names)
    colors = [line.get_color() for line in display.lines_]
    assert _nearest(colors, eye) > 20
    for color in colors:
        assert _contrast(to_rgb(color), display.ax_.get_facecolor()[:3]) >= 3


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["two classes", "three classes"])
def test_L13_uncertain_is_white_on_any_background(name, style):
    figure = _draw(name, style)
    assert figure.axes[0].get_facecolor() == (1, 1, 1, 1)
    (key,) = (ax.get_legend() for ax in figure.axes if ax.get_legend())
    assert key.get_frame().get_facecolor()[:3] == (1, 1, 1)


if __name__ == "__main__":
    plt.switch_backend("Agg")
    BASELINES.mkdir(exist_ok=True)
    for case in CASES:
        picture = Image.fromarray(_pixels(_draw(*case), Text, Legend).astype(np.uint8))
        picture.quantize(128).save(_baseline(*case), optimize=True)
        plt.close("all")
