"""Drawing a Diagram on axes that are a page in points."""

import numpy as np

from skneuron._diagram import EXCITATORY, FACES, HEADING, INHIBITORY
from skneuron.plotting._style import ink, plain

BOX = 92.0  # side of the box that holds a curve

_POINTS_PER_INCH = 72


def blank_page(ax, width, height):
    """Return axes in points, y downwards, and how large a point is drawn on them."""
    import matplotlib.pyplot as plt

    if ax is None:
        inches = width / _POINTS_PER_INCH, height / _POINTS_PER_INCH
        figure = plt.figure(figsize=inches)
        ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    room = ax.get_window_extent()
    points = _POINTS_PER_INCH / ax.figure.dpi
    return ax, points * min(room.width / width, room.height / height)


def draw_connections(ax, page, size, **kwargs):
    """Draw the connections of a Diagram."""
    from matplotlib.collections import LineCollection
    from matplotlib.colors import to_rgba_array

    colors = to_rgba_array(page.colors)
    colors[:, 3] = page.opacities
    style = {"linewidths": size * page.line_widths, "colors": colors, "zorder": 1}
    style["capstyle"] = "butt"
    lines = LineCollection(page.segments, **style)
    # Set afterwards, a property may have any of its names.
    lines.set(**kwargs)
    return ax.add_collection(lines, autolim=False)


def draw_nodes(ax, page):
    """Draw the inputs, neurons and biases of a Diagram."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle

    circles = [
        Circle(center, radius)
        for center, radius in zip(page.centers, page.radii, strict=True)
    ]
    faces = [FACES[kind] for kind in page.kinds]
    nodes = PatchCollection(circles, facecolors=faces, edgecolors="none", zorder=2)
    return ax.add_collection(nodes, autolim=False)


def draw_labels(ax, page, size):
    """Write the names of a Diagram's inputs and outputs."""
    align = {"end": "right", "start": "left"}
    return [
        ax.text(
            x, y, plain(text), ha=align[anchor], va="center",
            size=size * font, color=ink(ax.figure),
        )
        for x, y, text, anchor, font in page.labels()
    ]  # fmt: skip


def draw_headings(ax, headings, size):
    """Write (x, text) above columns."""
    style = {"ha": "center", "va": "center", "fontweight": "bold"}
    return [
        ax.text(x, HEADING / 2, text, size=12 * size, color=ink(ax.figure), **style)
        for x, text in headings
    ]


def draw_constants(ax, page, size):
    """Write the 1 of each bias."""
    return [
        ax.text(
            x, y, "1", ha="center", va="center_baseline",
            size=size * 1.1 * radius, color="white", zorder=3,
        )
        for (x, y), radius in zip(
            page.centers[page.kinds == "bias"],
            page.radii[page.kinds == "bias"],
            strict=True,
        )
    ]  # fmt: skip


def draw_key(ax, size):
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=EXCITATORY, lw=4 * size, label="excitatory"),
        Line2D([], [], color=INHIBITORY, lw=4 * size, label="inhibitory"),
    ]
    return ax.legend(
        handles=handles, loc="lower center", ncols=2, frameon=False, borderpad=0,
        fontsize=12 * size, labelcolor=ink(ax.figure),
    )  # fmt: skip


def draw_arrow(ax, start, end, y, size):
    """Draw an arrow from left to right."""
    style = {"arrowstyle": "-|>", "lw": 2 * size, "color": ink(ax.figure)}
    style |= {"mutation_scale": 16 * size, "shrinkA": 0, "shrinkB": 0}
    return ax.annotate("", (end, y), (start, y), arrowprops=style)


def draw_box(ax, x, y, size):
    """Draw a square that begins at x and is centred about y."""
    from matplotlib.patches import Rectangle

    style = {"fc": "none", "ec": ink(ax.figure), "lw": 1.5 * size}
    return ax.add_patch(Rectangle((x, y - BOX / 2), BOX, BOX, **style))


class Frame:
    """The map from sums and answers to the page, into the box."""

    def __init__(self, sums, answers, place):
        self.x = sums[0], np.ptp(sums)
        self.y = answers.min(), np.ptp(answers) or 1.0
        self.place = place

    def __call__(self, sums, answers):
        left, middle = self.place
        inner = 0.84 * BOX
        across = (np.asarray(sums) - self.x[0]) / self.x[1]
        up = (np.asarray(answers) - self.y[0]) / self.y[1] - 0.5
        return left + 0.08 * BOX + inner * across, middle - inner * up
