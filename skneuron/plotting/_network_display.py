"""NetworkDisplay: inputs, neurons, and what connects them."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skneuron._diagram import (
    EXCITATORY,
    INHIBITORY,
    NEURON,
    NEUTRAL,
    Wiring,
    diagram,
    standardised,
    wiring,
)
from skneuron.plotting._style import ink, plain

_POINTS_PER_INCH = 72
_FACES = {"input": NEUTRAL, "neuron": NEURON, "bias": NEUTRAL}


class NetworkDisplay:
    """Picture of a network: excitatory and inhibitory connections, width by strength.

    Inputs stand on the left, the neurons of each layer to the right of what feeds them.
    A node "1" is constant; its connections are the biases of the next layer.
    Connections of positive weight, which excite, are blue; those of negative weight,
    which inhibit, orange. A line is as wide as the connection is strong in comparison
    with the strongest weight of its layer; biases are on the same scale, cut off at the
    widest. Weights of 0 are not drawn.

    Use `from_estimator` to create one.

    Parameters
    ----------
    coefs : list of ndarray
        Weights of each layer, (n_inputs, n_neurons), (n_neurons, n_outputs).

    intercepts : list of ndarray
        Biases of each layer, (n_neurons,), (n_outputs,).

    input_names : list of str, default=None
        Names of the inputs; None is x0, x1, ...

    output_names : list of str, default=None
        Names of the outputs; None is y0, y1, ...

    Attributes
    ----------
    connections_ : LineCollection
        A line for each connection, the strongest last.

    neurons_ : PatchCollection
        A circle for each input, neuron and bias.

    labels_ : list of Text
        The names and headings.

    legend_ : Legend
        Key to the colours.

    ax_ : Axes
        Where it is drawn.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    NeuronDisplay : One neuron, with its numbers.

    Examples
    --------
    >>> from skneuron import TinyNeuralNet
    >>> from skneuron.datasets import load_lecture_votes
    >>> from skneuron.plotting import NetworkDisplay
    >>> X, y = load_lecture_votes(return_X_y=True, as_frame=True)
    >>> net = TinyNeuralNet(n_neurons=2).fit(X, y)
    >>> display = NetworkDisplay.from_estimator(net, X)
    >>> len(display.connections_.get_linewidths())
    9
    """

    def __init__(self, coefs, intercepts, input_names=None, output_names=None):
        self.coefs = coefs
        self.intercepts = intercepts
        self.input_names = input_names
        self.output_names = output_names

    @classmethod
    def from_estimator(cls, estimator, X=None, *, ax=None, **kwargs):
        """Draw a fitted network.

        Parameters
        ----------
        estimator : object
            Fitted network with `coefs_` and `intercepts_`, as of this package or
            scikit-learn's, or linear model with `coef_` and `intercept_`.

        X : array-like or DataFrame of shape (n_samples, n_features), default=None
            Rows by which inputs are standardised, to make them comparable: a weight is
            then that of one standard deviation of the input, a bias that of average
            inputs. None takes both as they are, in the inputs' units.

        ax : Axes, default=None
            Where to draw; None makes a figure of the size that the network needs.

        **kwargs : dict
            Properties of the LineCollection of connections.

        Returns
        -------
        NetworkDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            Where the estimator has no weights.
        ValueError
            Where X has another number of features than the network has inputs.
        """
        network = network_of(estimator, cls.__name__)
        if X is not None:
            X = _checked_rows(X, network)
            network = standardised(network, np.mean(X, axis=0), np.std(X, axis=0))
        display = cls(
            network.coefs, network.intercepts, network.inputs, network.outputs
        )
        return display.plot(ax=ax, **kwargs)

    def plot(self, *, ax=None, **kwargs):
        """Draw the network.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure of the size that the network needs.

        **kwargs : dict
            Properties of the LineCollection of connections.

        Returns
        -------
        NetworkDisplay
            The display itself.
        """
        page = diagram(self._wiring())
        self.ax_, size = blank_page(ax, page.width, page.height)
        self.figure_ = self.ax_.figure
        self.connections_ = draw_connections(self.ax_, page, size, **kwargs)
        self.neurons_ = draw_nodes(self.ax_, page, size)
        self.labels_ = [
            *draw_labels(self.ax_, page, size),
            *self._draw_headings(page, size),
            *_draw_constants(self.ax_, page, size),
        ]
        self.legend_ = _draw_key(self.ax_, size)
        return self

    def _wiring(self):
        coefs = [np.asarray(coef) for coef in self.coefs]
        intercepts = [np.asarray(intercept) for intercept in self.intercepts]
        inputs, outputs = self.input_names, self.output_names
        if inputs is None:
            inputs = [f"x{j}" for j in range(len(coefs[0]))]
        if outputs is None:
            outputs = [f"y{k}" for k in range(len(intercepts[-1]))]
        return Wiring(
            coefs, intercepts, list(map(str, inputs)), list(map(str, outputs))
        )

    def _draw_headings(self, page, size):
        style = {"ha": "center", "va": "center", "fontweight": "bold"}
        return [
            self.ax_.text(x, 13, text, size=12 * size, color=ink(self.figure_), **style)
            for x, text in page.headings
        ]


def network_of(estimator, display):
    """Return the Wiring of a fitted estimator; raise TypeError where it has none."""
    check_is_fitted(estimator)
    try:
        return wiring(estimator)
    except AttributeError as error:
        raise TypeError(
            f"{display} needs a network with coefs_ and intercepts_ or a linear model "
            f"with coef_ and intercept_. Got {estimator!r}, which has neither. Of a "
            "pipeline, give the last step."
        ) from error


def _checked_rows(X, network):
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2 or X.shape[1] != len(network.inputs):
        raise ValueError(
            "X must have a column for each input of the network: expected shape "
            f"(n_samples, {len(network.inputs)}), got {X.shape}."
        )
    return X


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
    lines = LineCollection(page.segments, **(style | kwargs))
    return ax.add_collection(lines, autolim=False)


def draw_nodes(ax, page, size):
    """Draw the inputs, neurons and biases of a Diagram."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle

    circles = [
        Circle(center, radius)
        for center, radius in zip(page.centers, page.radii, strict=True)
    ]
    faces = [_FACES[kind] for kind in page.kinds]
    nodes = PatchCollection(circles, facecolors=faces, edgecolors="none", zorder=2)
    return ax.add_collection(nodes, autolim=False)


def draw_labels(ax, page, size):
    """Write the names of a Diagram's inputs and outputs."""
    if not page.font:
        return []
    align = {"end": "right", "start": "left"}
    return [
        ax.text(
            x, y, plain(text), ha=align[anchor], va="center",
            size=size * page.font, color=ink(ax.figure),
        )
        for x, y, text, anchor in page.labels()
    ]  # fmt: skip


def _draw_constants(ax, page, size):
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


def _draw_key(ax, size):
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=EXCITATORY, lw=4 * size, label="excitatory"),
        Line2D([], [], color=INHIBITORY, lw=4 * size, label="inhibitory"),
    ]
    return ax.legend(
        handles=handles, loc="lower center", ncols=2, frameon=False, borderpad=0,
        fontsize=12 * size, labelcolor=ink(ax.figure),
    )  # fmt: skip
