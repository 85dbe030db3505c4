"""ActivationDisplay: how a neuron responds to what it receives."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skneuron.plotting._curves import canonical, slope, value
from skneuron.plotting._estimators import activation_of
from skneuron.plotting._style import axes_or_new, enlarge, ink, line_colors, line_styles

_N_POINTS = 801  # odd: the kink of relu, at 0, is one of them
_COLUMN = 5  # names in a column of the key


class ActivationDisplay:
    """Curves of activations, with their derivatives on request.

    Use `from_estimator` or `from_names` to create one.

    Parameters
    ----------
    names : list of str
        Activations: "sigmoid" ("logistic"), "tanh", "relu", "leaky_relu", "elu",
        "softplus", "gelu", "silu", "identity", or "step", the all-or-none neuron's,
        which is 0 up to a sum of 0 and 1 above.

    Attributes
    ----------
    lines_ : list of Line2D
        The curve of each activation.

    derivative_lines_ : list of Line2D
        The dotted curve of each derivative, in the colour of its activation; empty
        without `derivative`.

    legend_ : Legend
        Key to the curves.

    ax_ : Axes
        Where it is drawn.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    NeuronDisplay : A neuron with its activation.

    Examples
    --------
    >>> from skneuron.plotting import ActivationDisplay
    >>> display = ActivationDisplay.from_names(["step", "sigmoid", "relu"])
    >>> [line.get_label() for line in display.lines_]
    ['step', 'sigmoid', 'relu']
    """

    def __init__(self, names):
        self.names = names

    @classmethod
    def from_estimator(
        cls, estimator, *, derivative=False, limits=(-4.0, 4.0), ax=None, **kwargs
    ):
        """Draw the activation of a fitted estimator's neurons.

        Parameters
        ----------
        estimator : object
            Fitted network; the hidden neurons' activation is drawn or, where there are
            none, the output's. An all-or-none neuron has a "step".

        derivative : bool, default=False
            Whether to draw the derivative, too.

        limits : tuple of float, default=(-4.0, 4.0)
            Range of the sum that the neuron receives.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the activations.

        Returns
        -------
        ActivationDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            Where the activation depends on other neurons, too: softmax.
        """
        check_is_fitted(estimator)
        names = [activation_of(estimator)]
        display = cls([canonical(name, cls.__name__) for name in names])
        return display.plot(derivative=derivative, limits=limits, ax=ax, **kwargs)

    @classmethod
    def from_names(
        cls, names, *, derivative=False, limits=(-4.0, 4.0), ax=None, **kwargs
    ):
        """Draw activations by name.

        Parameters
        ----------
        names : str or list of str
            Activations; the class names them.

        derivative : bool, default=False
            Whether to draw the derivatives, too.

        limits : tuple of float, default=(-4.0, 4.0)
            Range of the sum that a neuron receives.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the activations.

        Returns
        -------
        ActivationDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            For a name that is none of these.
        """
        names = [names] if isinstance(names, str) else names
        display = cls([canonical(name, cls.__name__) for name in names])
        return display.plot(derivative=derivative, limits=limits, ax=ax, **kwargs)

    def plot(self, *, derivative=False, limits=(-4.0, 4.0), ax=None, **kwargs):
        """Draw the curves.

        Parameters
        ----------
        derivative : bool, default=False
            Whether to draw the derivatives, too.

        limits : tuple of float, default=(-4.0, 4.0)
            Range of the sum that a neuron receives.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the activations.

        Returns
        -------
        ActivationDisplay
            The display itself.
        """
        self.ax_ = ax = axes_or_new(ax)
        self.figure_ = ax.figure
        _draw_zero_lines(ax)
        z = np.linspace(*limits, _N_POINTS)
        self.lines_ = self._draw(z, kwargs)
        self.derivative_lines_ = self._draw_derivatives(z) if derivative else []
        ax.set(xlim=limits, ylim=self._heights(z))
        ax.set(xlabel="sum that the neuron receives", ylabel="response")
        enlarge(ax)
        n_columns = 1 + (len(ax.get_legend_handles_labels()[0]) > _COLUMN)
        self.legend_ = ax.legend(fontsize="large", loc="upper left", ncols=n_columns)
        return self

    def _draw(self, z, kwargs):
        colors = line_colors(self.ax_, len(self.names))
        styles = line_styles(len(self.names))
        lines = [
            self.ax_.plot(z, value(name, z), color=color, ls=style, label=name, lw=3)[0]
            for name, color, style in zip(self.names, colors, styles, strict=True)
        ]
        for name, line in zip(self.names, lines, strict=True):
            line.set_drawstyle("steps-post" if name == "step" else "default")
            line.set(**kwargs)
        return lines

    def _draw_derivatives(self, z):
        return [
            self.ax_.plot(
                z,
                slope(name, z),
                color=line.get_color(),
                linestyle=":",
                lw=2.5,
                drawstyle="steps-post" if name.endswith("relu") else "default",
                label=f"{name}, derivative",
            )[0]
            for name, line in zip(self.names, self.lines_, strict=True)
        ]

    def _heights(self, z):
        """Return limits that show what is bounded well: relu need not be seen to 4."""
        values = np.concatenate([value(name, z) for name in self.names])
        low, high = max(values.min(), -1.5), min(values.max(), 2.5)
        return low - 0.15, high + 0.15


def _draw_zero_lines(ax):
    style = {"color": ink(ax), "lw": 0.8, "alpha": 0.5, "zorder": 0}
    ax.axhline(0.0, **style)
    ax.axvline(0.0, **style)
