"""Where the neurons and connections of a network's picture go, in points.

What draws them is elsewhere: `plotting.NetworkDisplay` with matplotlib, `_svg` without.
"""

import unicodedata
from dataclasses import dataclass, replace

import numpy as np

# M. Okabe and K. Ito (2008), Color universal design: two hues that all eyes tell apart,
# with a contrast of 3 or more to white and to black.
EXCITATORY, INHIBITORY = "#0072b2", "#d55e00"
_NEUTRAL = "#8a8a8a"
FACES = {"input": _NEUTRAL, "neuron": "#c08a00", "bias": _NEUTRAL}

# Distances between columns and, at most, within; heights at least, at most, and where
# neurons are so many that they need more room.
_GAP, _SPACING = 175.0, 52.0
_LOW, _HIGH, _HIGHEST = 156.0, 430.0, 640.0
_CLOSEST = 9.0

# The largest radius, of neurons and of the constant 1, and their share of the spacing.
_RADIUS, _BIAS_RADIUS, _SHARE = 17.0, 11.0, 0.36
_BIAS_ROOM = 18.0

# Room for a heading above and a key below; margins; sizes of text.
HEADING, KEY, _MARGIN = 30.0, 30.0, 12.0
FONT, _SMALLEST_FONT = 13.0, 5.5
LETTER = 0.64  # width of a letter, as a share of the size
_LONGEST = 26  # letters of a name


@dataclass(frozen=True)
class Wiring:
    """What a picture shows of a fitted network.

    Attributes
    ----------
    coefs : list of ndarray, one a layer, (n_from, n_to)
    intercepts : list of ndarray, one a layer, (n_to,)
    inputs : list of str
    outputs : list of str
    """

    coefs: list
    intercepts: list
    inputs: list
    outputs: list

    @property
    def sizes(self):
        """Return the number of inputs and of the neurons of each layer."""
        return [len(self.coefs[0]), *(len(bias) for bias in self.intercepts)]

    @property
    def names(self):
        """Return the names of the inputs and of the neurons of each layer."""
        hidden = [[f"h{j}" for j in range(size)] for size in self.sizes[1:-1]]
        return [self.inputs, *hidden, self.outputs]


@dataclass(frozen=True)
class Diagram:
    """A network laid out on a page of width x height points, y downwards.

    Attributes
    ----------
    width, height : float
    centers : ndarray of shape (n_nodes, 2)
    radii : ndarray of shape (n_nodes,)
    kinds : ndarray of str: "input", "neuron" (hidden or output) or "bias"
    columns : ndarray of int: 0 the inputs, 1 what they feed, ...
    names : list of str, one a node
    source, target : ndarrays of shape (n_connections,), indices of nodes
    weights : ndarray of shape (n_connections,), without zeros, strongest last
    line_widths : ndarray of shape (n_connections,), in points, proportional to strength
    opacities : ndarray of shape (n_connections,)
    headings : list of (x, text), one a column
    fonts : sizes of the inputs' and of the outputs' names; 0 where there is no room
    """

    width: float
    height: float
    centers: np.ndarray
    radii: np.ndarray
    kinds: np.ndarray
    columns: np.ndarray
    names: list
    source: np.ndarray
    target: np.ndarray
    weights: np.ndarray
    line_widths: np.ndarray
    opacities: np.ndarray
    headings: list
    fonts: tuple

    @property
    def segments(self):
        """Return the ends of each connection, (n_connections, 2, 2)."""
        reach = np.array([1.0, 0.0])
        start = self.centers[self.source] + reach * self.radii[self.source, None]
        end = self.centers[self.target] - reach * self.radii[self.target, None]
        return np.stack([start, end], axis=1)

    @property
    def colors(self):
        """Return the colour of each connection, by its sign."""
        return np.where(self.weights > 0, EXCITATORY, INHIBITORY)

    def labels(self):
        """Yield (x, y, text, anchor, size) of the names of inputs and outputs."""
        sides = (0, -1, "end"), (self.columns.max(), 1, "start")
        for (column, side, anchor), font in zip(sides, self.fonts, strict=True):
            nodes = (self.columns == column) & (self.kinds != "bias")
            for node in np.flatnonzero(nodes & (font > 0)):
                (x, y), gap = self.centers[node], self.radii[node] + 6.0
                yield x + side * gap, y, shortened(self.names[node]), anchor, font


def wiring(estimator):
    """Return the Wiring of anything with `coefs_` and `intercepts_`, or one neuron's.

    Attributes missing are an AttributeError's business: of the caller.
    """
    if hasattr(estimator, "coefs_"):
        coefs, intercepts = list(estimator.coefs_), list(estimator.intercepts_)
    else:
        coefs = [np.atleast_2d(estimator.coef_).T]
        intercepts = [np.broadcast_to(estimator.intercept_, coefs[0].shape[1])]
    numbered = [f"x{j}" for j in range(len(coefs[0]))]
    inputs = list(map(str, getattr(estimator, "feature_names_in_", numbered)))
    return Wiring(coefs, intercepts, inputs, _outputs(estimator, coefs[-1].shape[1]))


def _outputs(estimator, n_outputs):
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return ["y"] if n_outputs == 1 else [f"y{k}" for k in range(n_outputs)]
    return [str(label) for label in classes[-n_outputs:]]


def standardised(network, mean, scale):
    """Return the same Wiring for inputs (x - mean) / scale.

    Its weights say what a usual change of an input does, whatever its unit, and its
    biases what the neurons receive from average inputs.
    """
    coef, *coefs = network.coefs
    bias, *biases = network.intercepts
    coef_of_scaled = coef * np.reshape(scale, (-1, 1))
    return replace(
        network,
        coefs=[coef_of_scaled, *coefs],
        intercepts=[bias + mean @ coef, *biases],
    )


def diagram(network):
    """Return the Diagram of a Wiring."""
    sizes = network.sizes
    height = _inner_height(max(sizes))
    fonts = _font(sizes[0], True, height), _font(sizes[-1], False, height)
    margins = [
        max(font * LETTER * max(map(_letters, names)), 50.0) + _MARGIN
        for names, font in zip((network.inputs, network.outputs), fonts, strict=True)
    ]
    x = margins[0] + _RADIUS + _GAP * np.arange(len(sizes))
    centers, radii, kinds, columns = _nodes(sizes, x, height)
    source, target, weights, widths, opacities = _connections(network)
    return Diagram(
        width=x[-1] + _RADIUS + margins[1],
        height=HEADING + height + KEY,
        centers=centers + np.array([0.0, HEADING + height / 2]),
        radii=radii,
        kinds=kinds,
        columns=columns,
        names=_names(network),
        source=source,
        target=target,
        weights=weights,
        line_widths=widths,
        opacities=opacities,
        headings=list(zip(x, _headings(sizes), strict=True)),
        fonts=fonts,
    )


def shortened(name):
    """Return a long name without its middle: one-hot columns differ at the end."""
    if len(name) <= _LONGEST:
        return name
    half = (_LONGEST - 1) // 2
    return f"{name[:half]}\N{HORIZONTAL ELLIPSIS}{name[-half:]}"


def _inner_height(largest):
    crowded = min(_CLOSEST * (largest + 1), _HIGHEST)
    return float(np.clip(_SPACING * (largest + 1), _LOW, max(_HIGH, crowded)))


def _spacing(size, has_bias, height):
    even = height / (size + has_bias)
    if has_bias and even < _BIAS_ROOM:
        even = (height - _BIAS_ROOM) / size
    return min(_SPACING, even)


def _font(size, has_bias, height):
    font = min(FONT, 0.9 * _spacing(size, has_bias, height))
    return font if font >= _SMALLEST_FONT else 0.0


def _letters(name):
    """Return the width of a name in letters; Chinese ones and emoji are two wide."""
    wide = [unicodedata.east_asian_width(letter) in "WF" for letter in shortened(name)]
    return len(wide) + sum(wide)


def _nodes(sizes, x, height):
    """Return what `Diagram` says of nodes: the neurons by column, each then its bias.

    The bias of a layer stands below what feeds the layer; the outputs feed none.
    """
    parts = [
        _column(size, k < len(sizes) - 1, x[k], height) for k, size in enumerate(sizes)
    ]
    centers, radii, is_bias = map(np.concatenate, zip(*parts, strict=True))
    columns = np.repeat(np.arange(len(sizes)), [len(part[1]) for part in parts])
    kinds = np.where(is_bias, "bias", np.where(columns == 0, "input", "neuron"))
    return centers, radii, kinds, columns


def _column(size, has_bias, x, height):
    """Return centres about y = 0, radii, and which node is the bias (the last)."""
    spacing = _spacing(size, has_bias, height)
    rooms = np.full(size, spacing)
    radii = np.full(size, min(_RADIUS, _SHARE * spacing))
    if has_bias:
        room = max(spacing, _BIAS_ROOM)
        rooms = np.append(rooms, room)
        radii = np.append(radii, min(_BIAS_RADIUS, _SHARE * room))
    y = np.cumsum(rooms) - rooms / 2 - rooms.sum() / 2
    is_bias = np.arange(len(rooms)) == size
    return np.column_stack([np.full(len(y), x), y]), radii, is_bias


def _connections(network):
    """Return source, target, weight, line width and opacity, weak ones first.

    A weight of 0 is no connection.
    """
    parts, first = [], 0
    for coef, bias in zip(network.coefs, network.intercepts, strict=True):
        weights = np.vstack([coef, bias])
        source, target = np.indices(weights.shape).reshape(2, -1) + first
        first += len(weights)
        share = _shares(np.abs(weights)).ravel()
        target += len(weights)
        parts.append((share, source, target, weights.ravel(), *_looks(share)))
    share, *columns = map(np.concatenate, zip(*parts, strict=True))
    order = np.argsort(share, kind="stable")
    order = order[share[order] > 0]
    return [column[order] for column in columns]


def _shares(strength):
    """Return strengths as shares of the layer's strongest connection, at most 1.

    A bias, in the last row, is on the same scale but does not set it: where zero is far
    from all inputs it can be so large that everything else would vanish.
    """
    largest = strength[:-1].max() or strength.max() or 1.0
    return np.minimum(strength / largest, 1.0)


def _looks(share):
    """Return line widths and opacities; the more lines, the thinner and the paler."""
    n_lines = np.count_nonzero(share)
    widest = 6.0 * min(1.0, 24 / max(n_lines, 1)) ** 0.25
    pale = np.clip((n_lines - 20) / 200, 0.1, 0.75)
    return widest * share, 1.0 - pale * (1.0 - share)


def _names(network):
    """Return the names of the nodes, in the order of `_nodes`."""
    *feeding, outputs = network.names
    return [name for names in feeding for name in (*names, "bias")] + outputs


def _headings(sizes):
    kinds = ["input", *["hidden neuron"] * (len(sizes) - 2), "output neuron"]
    return [
        f"{size} {kind}{'s' if size > 1 else ''}"
        for size, kind in zip(sizes, kinds, strict=True)
    ]
