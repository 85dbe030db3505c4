"""The lecture's colours, dark red and dark blue, what is legible on dark, and names."""

import numpy as np

# ColorBrewer's RdBu, which is safe for colour-blind eyes, with pure white at 0.5.
_RED_WHITE_BLUE = [
    "#67001f", "#b2182b", "#d6604d", "#f4a582", "#fddbc7", "#ffffff",
    "#d1e5f0", "#92c5de", "#4393c3", "#2166ac", "#053061",
]  # fmt: skip
_POINTS = ["#b2182b", "#2166ac"]

# M. A. Petroff (2021), Accessible color sequences for data visualization,
# arXiv:2107.02270, in an order that puts the greys last.
_HUES = [
    "#bd1f01", "#3f90da", "#ffa90e", "#832db6", "#a96b59",
    "#92dadd", "#e76300", "#b9ac70", "#717581", "#94a4a2",
]  # fmt: skip

# For lines: a contrast of 3 or more to white, to black, and far from one another for
# eyes that lack a cone, too (tests/test_pictures.py says how far).
_LINES_ON_LIGHT = ["#bd1f01", "#3f90da", "#440033", "#8800ff", "#b0806a", "#00406e"]
_LINES_ON_DARK = ["#ff5a3c", "#3f90da", "#ffe14d", "#ff9fc0", "#9a3cff", "#aaff99"]
_DASHES = ["-", (0, (5, 1.2)), (0, (3, 1, 1, 1))]


def two_class_colormap():
    """Return the colormap of the second class's probability, white at 0.5."""
    from matplotlib.colors import LinearSegmentedColormap

    # An odd number of colours has one in the middle.
    return LinearSegmentedColormap.from_list("red_white_blue", _RED_WHITE_BLUE, N=257)


def class_colors(n_classes):
    """Return a colour for each class, those of the points."""
    import matplotlib as mpl

    if n_classes == 2:
        return _POINTS
    if n_classes <= len(_HUES):
        return _HUES[:n_classes]
    return list(mpl.colormaps["turbo"](np.linspace(0, 1, n_classes)))


def fading_colormap(color):
    """Return the colormap from nothing, where a class is a guess, to its hue.

    The hue stays lighter than the points, which would else vanish in it.
    """
    from matplotlib.colors import LinearSegmentedColormap, to_rgba

    red, green, blue, _ = to_rgba(color)
    ends = [(red, green, blue, 0.0), (red, green, blue, 0.7)]
    return LinearSegmentedColormap.from_list("fading", ends)


def ink(artist):
    """Return what is legible on the background of axes or a figure."""
    import matplotlib as mpl
    from matplotlib.colors import to_rgba

    *color, opacity = to_rgba(artist.get_facecolor())
    if opacity < 0.5:
        return mpl.rcParams["text.color"]
    luminance = np.dot([0.2126, 0.7152, 0.0722], color)
    return "#f2f2f2" if luminance < 0.4 else "#1a1a1a"


def line_colors(artist, n_lines):
    """Return colours for lines on axes or a figure; they repeat after six."""
    from matplotlib.colors import to_rgba

    is_dark = sum(to_rgba(ink(artist))[:3]) > 1.5
    colors = _LINES_ON_DARK if is_dark else _LINES_ON_LIGHT
    return [colors[k % len(colors)] for k in range(n_lines)]


def line_styles(n_lines):
    """Return styles for lines, in turn, others where the colours repeat."""
    n_colors = len(_LINES_ON_LIGHT)
    return [_DASHES[(k + k // n_colors) % len(_DASHES)] for k in range(n_lines)]


def axes_or_new(ax):
    """Return the axes, or those of a new figure where there are none."""
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1] if ax is None else ax


def enlarge(ax):
    """Make the text of axes legible from the back of a room."""
    ax.title.set_fontsize("x-large")
    ax.xaxis.label.set_fontsize("x-large")
    ax.yaxis.label.set_fontsize("x-large")
    ax.tick_params(labelsize="large")


def plain(name):
    """Return a name as text for matplotlib, which takes dollar signs for formulas."""
    return str(name).replace("$", r"\$")
