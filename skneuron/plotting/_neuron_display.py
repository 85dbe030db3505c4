"""NeuronDisplay: one neuron, with its inputs weighted, summed, and answered."""

from dataclasses import replace

import numpy as np

from skneuron._diagram import FONT, LETTER, Wiring, diagram
from skneuron.plotting._curves import canonical, value
from skneuron.plotting._estimators import network_of, output_activation, potentials
from skneuron.plotting._page import (
    BOX,
    Frame,
    blank_page,
    draw_arrow,
    draw_box,
    draw_connections,
    draw_constants,
    draw_headings,
    draw_key,
    draw_labels,
    draw_nodes,
)
from skneuron.plotting._style import ink, plain

_SUM_RADIUS = 24.0
_ARROW = 78.0
_WIDEST = 6.0  # of the lines, in points
_REACH = 6.0  # sums drawn on either side of 0, at least


class NeuronDisplay:
    """Picture of one neuron: inputs times weights, their sum, activation and output.

    Without a row of inputs the lines to the sum are as wide as the weights are large;
    with one, as what arrives, the weight times the input, and the numbers are shown.
    What excites is blue, what inhibits orange. The node "1" is constant; its weight is
    the bias.

    Use `from_estimator` to create one, or give parameters and call `plot`.

    Parameters
    ----------
    coef : array-like of shape (n_inputs,)
        Weights.

    intercept : float, default=0.0
        Bias.

    activation : str, default="sigmoid"
        As `ActivationDisplay` knows them, or "softmax", which is named but not drawn:
        it depends on other neurons, too.

    input_names : list of str, default=None
        Names of the inputs; None is x0, x1, ...

    output_name : str, default="output"
        Name of what the neuron answers.

    x : array-like of shape (n_inputs,), default=None
        A row of inputs, whose way through the neuron is shown.

    potentials : tuple of three floats, default=None
        Resting potential, threshold and action potential, in mV, of an all-or-none
        neuron: the sum is then the graded potential and the answer a potential.

    Attributes
    ----------
    connections_ : LineCollection
        A line for each input and the bias, the strongest last.

    neurons_ : PatchCollection
        The circles: inputs, bias and sum.

    curve_ : Line2D or None
        The activation; None for a softmax.

    point_ : Line2D or None
        Sum and answer of the row on the curve; None without `x`.

    sum_ : float or None
        Weighted sum of the row, bias included; None without `x`.

    output_ : float or None
        Answer of the neuron to the row; None without `x` and for a softmax.

    labels_ : list of Text
        Names, weights and numbers.

    legend_ : Legend
        Key to the colours.

    ax_ : Axes
        Where it is drawn.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    NetworkDisplay : All neurons of a network.
    ActivationDisplay : Activations by themselves.

    Examples
    --------
    >>> from skneuron import LogisticNeuron
    >>> from skneuron.plotting import NeuronDisplay
    >>> neuron = LogisticNeuron.from_parameters([0.1], -8, ["L", "R"], ["income"])
    >>> display = NeuronDisplay.from_estimator(neuron, [70])
    >>> display.sum_, round(display.output_, 3)
    (-1.0, 0.269)
    """

    def __init__(
        self,
        coef,
        intercept=0.0,
        activation="sigmoid",
        input_names=None,
        output_name="output",
        x=None,
        potentials=None,
    ):
        self.coef = coef
        self.intercept = intercept
        self.activation = activation
        self.input_names = input_names
        self.output_name = output_name
        self.x = x
        self.potentials = potentials

    @classmethod
    def from_estimator(cls, estimator, x=None, *, layer=0, neuron=0, ax=None, **kwargs):
        """Draw a neuron of a fitted estimator.

        Parameters
        ----------
        estimator : object
            Fitted neuron or network, or scikit-learn's.

        x : array-like of shape (n_features,), default=None
            A row of the estimator's inputs.

        layer : int, default=0
            Which layer: 0 is the first that has neurons.

        neuron : int, default=0
            Which neuron of the layer.

        ax : Axes, default=None
            Where to draw; None makes a figure of the size that the neuron needs.

        **kwargs : dict
            Properties of the LineCollection of connections.

        Returns
        -------
        NeuronDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            Where the estimator has no weights.
        ValueError
            For a layer or neuron that the estimator has not, and a row of another
            number of inputs.
        """
        network = network_of(estimator, cls.__name__)
        _require_index("layer", layer, len(network.coefs))
        _require_index("neuron", neuron, network.sizes[layer + 1])
        is_output = layer == len(network.coefs) - 1
        hidden = getattr(estimator, "activation", None)
        display = cls(
            network.coefs[layer][:, neuron],
            float(network.intercepts[layer][neuron]),
            output_activation(estimator) if is_output else hidden,
            network.names[layer],
            network.names[layer + 1][neuron],
            None if x is None else _arriving(network, hidden, layer, x),
            potentials(estimator),
        )
        return display.plot(ax=ax, **kwargs)

    def plot(self, *, ax=None, **kwargs):
        """Draw the neuron.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure of the size that the neuron needs.

        **kwargs : dict
            Properties of the LineCollection of connections.

        Returns
        -------
        NeuronDisplay
            The display itself.
        """
        page, shift = self._page()
        lines = replace(page, centers=page.centers + np.array([shift, 0.0]))
        x_sum, y = lines.centers[-1]
        x_box = x_sum + _SUM_RADIUS + _ARROW
        room = max(FONT * LETTER * len(str(self.output_name)), 60.0) + 12.0
        width = x_box + BOX + _ARROW + room
        self.ax_, self._size = blank_page(ax, width, page.height)
        self.figure_ = self.ax_.figure
        self.sum_ = self.output_ = None
        if self.x is not None:
            self.sum_ = float(np.dot(self.coef, self.x) + self._bias())
            self.output_ = self._answer(self.sum_)
        self.connections_ = draw_connections(self.ax_, lines, self._size, **kwargs)
        nodes = replace(page, centers=np.vstack([page.centers[:-1], [x_sum, y]]))
        self.neurons_ = draw_nodes(self.ax_, nodes)
        self.labels_ = self._draw_inputs(page, x_sum, x_box)
        self._draw_box(x_box, y)
        self._draw_arrows(x_sum, x_box, y)
        self.legend_ = draw_key(self.ax_, self._size)
        return self

    def _page(self):
        """Return the Diagram of inputs and sum, and how far right the lines start."""
        strengths, names = np.asarray(self.coef, dtype=np.float64), self._names()
        if self.x is not None:
            strengths = strengths * self.x
        wiring = Wiring([strengths[:, None]], [[self._bias()]], names, [" "])
        page = diagram(wiring)
        radii = np.append(page.radii[:-1], _SUM_RADIUS)
        # A bias sets the scale, too: there is one, and its number stands beside it.
        strength = np.abs(page.weights)
        widths = _WIDEST * strength / strength.max(initial=1e-300)
        letters = max(map(len, self._weights()))
        shift = page.fonts[0] * LETTER * letters + 12.0
        return replace(page, radii=radii, line_widths=widths), shift

    def _names(self):
        names = self.input_names
        if names is None:
            names = [f"x{j}" for j in range(len(self.coef))]
        if self.x is None:
            return list(map(str, names))
        return [f"{name} = {_number(a)}" for name, a in zip(names, self.x, strict=True)]

    def _weights(self):
        """Return what stands at the start of each line, the bias's last."""
        bias = _number(self._bias()) + self._unit()
        if self.x is None:
            return [*map(_number, self.coef), bias]
        products = np.asarray(self.coef) * self.x
        return [
            *(
                f"\N{MULTIPLICATION SIGN} {_number(w)} = {_number(p)}"
                for w, p in zip(self.coef, products, strict=True)
            ),
            bias,
        ]

    def _bias(self):
        """Return the bias, or the graded potential of a row of zeros."""
        return self.intercept + (self.potentials[1] if self.potentials else 0.0)

    def _unit(self):
        return " mV" if self.potentials else ""

    def _answer(self, sums):
        """Return the activation at one or more sums, None for a softmax."""
        if self.potentials:
            rest, threshold, action = self.potentials
            answer = np.where(np.asarray(sums) > threshold, action, rest)
        elif self.activation == "softmax":
            return None
        else:
            name = canonical(self.activation, type(self).__name__)
            answer = value(name, np.atleast_1d(sums)).reshape(np.shape(sums))
        return float(answer) if np.ndim(sums) == 0 else answer

    def _draw_inputs(self, page, x_sum, x_box):
        ax, size = self.ax_, self._size
        sources = page.centers[:-1]
        texts = zip(sources, page.radii[:-1], self._weights(), strict=True)
        style = {"color": ink(self.figure_), "va": "center"}
        weights = [
            ax.text(x + radius + 6, y, text, size=size * page.fonts[0], **style)
            for (x, y), radius, text in texts
            if page.fonts[0]
        ]
        headings = ["inputs", "weighted sum", "activation", "output"]
        x_end = x_box + BOX + _ARROW
        places = [sources[0, 0], x_sum, x_box + BOX / 2, x_end + 24]
        return [
            *draw_labels(ax, page, size),
            *draw_constants(ax, page, size),
            *draw_headings(ax, zip(places, headings, strict=True), size),
            *weights,
        ]

    def _draw_box(self, x, y):
        """Draw the activation's curve in a box, and the row's point on it."""
        color, size = ink(self.figure_), self._size
        draw_box(self.ax_, x, y, size)
        name = self.activation
        if self.potentials:
            name = f"fires above {_number(self.potentials[1])} mV"
        style = {"color": color, "ha": "center", "size": FONT * size}
        self.curve_ = self.point_ = None
        if self.activation == "softmax" and not self.potentials:
            self.ax_.text(x + BOX / 2, y, name, va="center", **style)
            return
        self.ax_.text(x + BOX / 2, y + BOX / 2 + 16, name, **style)
        sums = self._sums()
        answers = self._answer(sums)
        to_page = Frame(sums, answers, (x, y))
        thick = {"color": color, "lw": 3 * size, "solid_capstyle": "round"}
        self.curve_ = self.ax_.plot(*to_page(sums, answers), **thick)[0]
        if self.x is not None:
            mark = {"color": color, "marker": "o", "ms": 8 * size, "zorder": 4}
            self.point_ = self.ax_.plot(*to_page(self.sum_, self.output_), **mark)[0]

    def _sums(self):
        """Return the sums that the curve covers, the row's among them."""
        middle = self.potentials[1] if self.potentials else 0.0
        reach = middle - self.potentials[0] if self.potentials else _REACH
        if self.sum_ is not None:
            reach = max(reach, 1.2 * abs(self.sum_ - middle))
        return middle + np.linspace(-reach, reach, 401)

    def _draw_arrows(self, x_sum, x_box, y):
        x_end = x_box + BOX + _ARROW
        self._draw_arrow(x_sum + _SUM_RADIUS, x_box, y, self.sum_)
        self._draw_arrow(x_box + BOX, x_end, y, self.output_)
        size, style = self._size, {"ha": "center", "va": "center"}
        self.labels_ += [
            self.ax_.text(x_sum, y, "\N{GREEK CAPITAL LETTER SIGMA}", color="black",
                          size=22 * size, zorder=3, **style),
            self.ax_.text(x_end + 6, y, plain(self.output_name), va="center",
                          size=FONT * size, color=ink(self.figure_)),
        ]  # fmt: skip

    def _draw_arrow(self, start, end, y, number):
        draw_arrow(self.ax_, start, end, y, self._size)
        if number is not None:
            style = {"ha": "center", "color": ink(self.figure_)}
            style["size"] = FONT * self._size
            text = _number(number) + self._unit()
            middle = (start + end) / 2 - 4
            self.labels_.append(self.ax_.text(middle, y - 8, text, **style))


def _arriving(network, activation, layer, x):
    """Return what a row of the network's inputs is when it arrives at a layer."""
    arriving = np.asarray(x, dtype=np.float64).ravel()
    if len(arriving) != network.sizes[0]:
        raise ValueError(
            "The 'x' parameter of NeuronDisplay must be a row with a value for each of "
            f"the {network.sizes[0]} inputs. Got {len(arriving)} values instead."
        )
    for coef, bias in list(zip(network.coefs, network.intercepts, strict=True))[:layer]:
        sums = arriving @ coef + bias
        arriving = value(canonical(activation, "NeuronDisplay"), sums)
    return arriving


def _require_index(name, index, size):
    if not 0 <= index < size:
        raise ValueError(
            f"The {name!r} parameter of NeuronDisplay must be from 0 to {size - 1}, of "
            f"{size} in this estimator. Got {index!r} instead."
        )


def _number(number):
    digits = ".0f" if 1e3 <= abs(number) < 1e6 else ".3g"
    return f"{number:{digits}}".replace("-", "\N{MINUS SIGN}")
