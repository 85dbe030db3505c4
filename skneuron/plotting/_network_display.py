"""NetworkDisplay: inputs, neurons, and what connects them."""

import numpy as np

from skneuron._diagram import Wiring, diagram, standardised
from skneuron.plotting._estimators import network_of
from skneuron.plotting._page import (
    blank_page,
    draw_connections,
    draw_constants,
    draw_headings,
    draw_key,
    draw_labels,
    draw_nodes,
)


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
        self.neurons_ = draw_nodes(self.ax_, page)
        self.labels_ = [
            *draw_labels(self.ax_, page, size),
            *draw_headings(self.ax_, page.headings, size),
            *draw_constants(self.ax_, page, size),
        ]
        self.legend_ = draw_key(self.ax_, size)
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


def _checked_rows(X, network):
    X = np.asarray(X, dtype=np.float64)
    if X.ndim != 2 or X.shape[1] != len(network.inputs):
        raise ValueError(
            "X must have a column for each input of the network: expected shape "
            f"(n_samples, {len(network.inputs)}), got {X.shape}."
        )
    return X
