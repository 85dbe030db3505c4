"""The lecture's colours, dark red and dark blue, and how names are written."""

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


def plain(name):
    """Return a name as text for matplotlib, which takes dollar signs for formulas."""
    return str(name).replace("$", r"\$")
