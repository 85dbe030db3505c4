"""NeuronCountDisplay: a network grows more powerful with its neurons."""

import numpy as np
from sklearn.base import clone

from skneuron._diagram import wiring
from skneuron.plotting._decision_display import KEY_STYLE, DecisionDisplay
from skneuron.plotting._style import enlarge

_PANEL = (4.7, 4.7)  # inches
_KEY_COLUMNS = 6


class NeuronCountDisplay:
    """Decision maps of networks of several sizes, side by side.

    Titles count all neurons, the output neurons included: a network of 2 hidden neurons
    and two classes has 3.

    Use `from_estimator` or `from_estimators` to create one.

    Parameters
    ----------
    estimators : list of object
        Fitted networks, with `intercepts_` (or `intercept_`) and `coefs_` (`coef_`).

    X : array-like or DataFrame of shape (n_samples, n_features)
        Rows that set the range of the maps.

    y : array-like of shape (n_samples,), default=None
        Labels of the rows.

    features : pair of str or int, default=None
        The features of the two axes; None is the first two.

    fixed : dict, default=None
        Values at which other features are held; the default is their median.

    Attributes
    ----------
    displays_ : list of DecisionDisplay
        One a network.

    colorbar_ : Colorbar or None
        Key to all maps; None with more than two classes.

    legend_ : Legend or None
        Key to points and borders; None without `y`.

    axes_ : ndarray of Axes
        One a network.

    figure_ : Figure
        The figure of `axes_`.

    See Also
    --------
    DecisionDisplay : One map.

    Examples
    --------
    >>> from skneuron import TinyNeuralNet
    >>> from skneuron.datasets import make_votes
    >>> from skneuron.plotting import NeuronCountDisplay
    >>> X, y = make_votes(60, random_state=0)
    >>> display = NeuronCountDisplay.from_estimator(
    ...     TinyNeuralNet(), X, y, counts=[0, 2]
    ... )
    >>> [ax.get_title().splitlines() for ax in display.axes_]
    [['1 neuron', '3 parameters'], ['3 neurons', '9 parameters']]
    """

    def __init__(self, estimators, X, y=None, features=None, fixed=None):
        self.estimators = estimators
        self.X = X
        self.y = y
        self.features = features
        self.fixed = fixed

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        counts=(0, 2, 99),
        features=None,
        fixed=None,
        grid_resolution=200,
        axes=None,
    ):
        """Fit a network of each size and draw their maps.

        Parameters
        ----------
        estimator : object
            Network with a parameter `n_neurons`, fitted or not; clones are fitted.

        X : array-like or DataFrame of shape (n_samples, n_features)
            Training inputs.

        y : array-like of shape (n_samples,)
            Labels.

        counts : sequence of int, default=(0, 2, 99)
            Numbers of hidden neurons.

        features : pair of str or int, default=None
            The features of the two axes; None is the first two.

        fixed : dict, default=None
            Values at which other features are held; the default is their median.

        grid_resolution : int, default=200
            Number of points along each axis at which the networks are asked.

        axes : array of Axes, default=None
            Where to draw, one for each network; None makes a figure.

        Returns
        -------
        NeuronCountDisplay
            The display, drawn.
        """
        networks = [
            clone(estimator).set_params(n_neurons=count).fit(X, y) for count in counts
        ]
        display = cls(networks, X, y, features, fixed)
        return display.plot(grid_resolution=grid_resolution, axes=axes)

    @classmethod
    def from_estimators(
        cls,
        estimators,
        X,
        y=None,
        *,
        features=None,
        fixed=None,
        grid_resolution=200,
        axes=None,
    ):
        """Draw the maps of networks that are fitted already.

        Parameters
        ----------
        estimators : list of object
            Fitted networks.

        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows that set the range of the maps.

        y : array-like of shape (n_samples,), default=None
            Labels of the rows.

        features : pair of str or int, default=None
            The features of the two axes; None is the first two.

        fixed : dict, default=None
            Values at which other features are held; the default is their median.

        grid_resolution : int, default=200
            Number of points along each axis at which the networks are asked.

        axes : array of Axes, default=None
            Where to draw, one for each network; None makes a figure.

        Returns
        -------
        NeuronCountDisplay
            The display, drawn.
        """
        display = cls(estimators, X, y, features, fixed)
        return display.plot(grid_resolution=grid_resolution, axes=axes)

    def plot(self, *, grid_resolution=200, axes=None):
        """Draw the maps.

        Parameters
        ----------
        grid_resolution : int, default=200
            Number of points along each axis at which the networks are asked.

        axes : array of Axes, default=None
            Where to draw, one for each network; None makes a figure.

        Returns
        -------
        NeuronCountDisplay
            The display itself.
        """
        self.axes_ = _panels(len(self.estimators)) if axes is None else np.ravel(axes)
        self.figure_ = self.axes_[0].figure
        self.displays_ = [
            self._draw(estimator, ax, grid_resolution)
            for estimator, ax in zip(self.estimators, self.axes_, strict=True)
        ]
        for ax in self.axes_[1:]:
            ax.set_ylabel("")
        for ax in self.axes_:
            enlarge(ax)
        self._add_keys()
        return self

    def _draw(self, estimator, ax, grid_resolution):
        display = DecisionDisplay.from_estimator(
            estimator,
            self.X,
            self.y,
            features=self.features,
            fixed=self.fixed,
            grid_resolution=grid_resolution,
            colorbar=False,
            ax=ax,
        )
        if display.legend_ is not None:
            display.legend_.remove()
        ax.set_title(_size(estimator), fontweight="bold")
        return display

    def _add_keys(self):
        first = self.displays_[0]
        self.colorbar_ = self.legend_ = None
        if len(first.section.classes_) == 2:
            self.colorbar_ = first.add_colorbar(self.axes_)
        if self.y is not None:
            key = first.key()
            self.legend_ = self.figure_.legend(
                handles=key,
                loc="outside lower center",
                ncols=min(len(key), _KEY_COLUMNS),
                **KEY_STYLE | {"fontsize": "x-large"},
            )


def _panels(n_panels):
    import matplotlib.pyplot as plt

    width, height = _PANEL
    _, axes = plt.subplots(
        1,
        n_panels,
        figsize=(width * n_panels + 1, height + 1),
        sharex=True,
        sharey=True,
        squeeze=False,
        layout="constrained",
    )
    return axes[0]


def _size(estimator):
    """Return how many neurons and parameters a fitted network has, in words."""
    network = wiring(estimator)
    n_neurons = sum(network.sizes[1:])
    n_parameters = n_neurons + sum(coef.size for coef in network.coefs)
    plural = "s" if n_neurons > 1 else ""
    return f"{n_neurons} neuron{plural}\n{n_parameters} parameters"
