"""DecisionDisplay: where a classifier is certain, and of what."""

import warnings

import numpy as np

from skneuron.plotting._section import section
from skneuron.plotting._style import (
    axes_or_new,
    class_colors,
    enlarge,
    fading_colormap,
    plain,
    two_class_colormap,
)

# Room around the outermost points, as a share of their range.
_MARGIN = 0.05

# The key is a part of the map, which is white, with black borders, on any background.
KEY_STYLE = {
    "facecolor": "white",
    "labelcolor": "black",
    "framealpha": 0.9,
    "fontsize": "large",
}

# Where the key may be, and about how large it is, as a share of the map.
_CORNERS = {
    "upper right": (1, 1),
    "upper left": (0, 1),
    "lower left": (0, 0),
    "lower right": (1, 0),
}
_KEY_SIZE = 0.35

# How far points are spread where some coincide, in steps of the feature: less than
# half, so that each stays nearest to where it belongs.
_SPREAD = 0.4


class DecisionDisplay:
    """Map of a classifier's decision: white where it is uncertain.

    With two classes, dark red is certain of the first, dark blue of the second, and
    white is a probability of exactly 0.5. With more, each class has a hue that fades to
    white towards 1 / n_classes. Black lines are the borders between the classes; points
    are the training rows, in the colour of their class.

    Use `from_estimator` to create one.

    Parameters
    ----------
    section : object
        Classifier of two features, with `classes_`, `predict_proba` and
        `decision_function`.

    points : ndarray of shape (n_samples, 2)
        The two features of each row.

    y : ndarray of shape (n_samples,), default=None
        Labels of the points, which are not drawn without.

    labels : tuple of str, default=("x0", "x1")
        Names of the two features.

    Attributes
    ----------
    surface_ : QuadMesh or list of QuadMesh
        The coloured map; with more than two classes one for each.

    border_ : QuadContourSet or list of QuadContourSet
        Lines of probability 0.5; with more than two classes, where each class begins
        to be the most probable one.

    points_ : list of PathCollection
        The points of each class; empty without `y`.

    legend_ : Legend or None
        Key to points and border; None without `y`.

    colorbar_ : Colorbar or None
        Key to the map; None with more than two classes or ``colorbar=False``.

    ax_ : Axes
        Where it is drawn.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    NeuronCountDisplay : The maps of networks of several sizes, side by side.
    sklearn.inspection.DecisionBoundaryDisplay : Draws the map.

    Examples
    --------
    >>> from skneuron import LogisticNeuron
    >>> from skneuron.datasets import load_lecture_votes
    >>> from skneuron.plotting import DecisionDisplay
    >>> X, y = load_lecture_votes(return_X_y=True, as_frame=True)
    >>> neuron = LogisticNeuron().fit(X, y)
    >>> display = DecisionDisplay.from_estimator(neuron, X, y)
    >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
    ('income', 'age')
    """

    def __init__(self, section, points, y=None, labels=("x0", "x1")):
        self.section = section
        self.points = points
        self.y = y
        self.labels = labels

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y=None,
        *,
        features=None,
        fixed=None,
        grid_resolution=200,
        colorbar=True,
        ax=None,
    ):
        """Draw the map of a fitted classifier.

        Parameters
        ----------
        estimator : object
            Fitted classifier with `predict_proba`, of any number of features.

        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows that set the range of the map and the medians of what is fixed.

        y : array-like of shape (n_samples,), default=None
            Labels of the rows; with them, the rows are drawn.

        features : pair of str or int, default=None
            The features of the two axes, by name or position; None is the first two. A
            classifier of a single feature has it on the first axis; the second means
            nothing.

        fixed : dict, default=None
            Values, feature -> value, at which other features are held. What is not
            named is held at its median (its most frequent value if not a number).

        grid_resolution : int, default=200
            Number of points along each axis at which the classifier is asked.

        colorbar : bool, default=True
            Whether to draw the key to the colours of two classes.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DecisionDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            Before `fit`.
        TypeError
            Where the estimator has no `classes_` or no `predict_proba`.
        ValueError
            For features that X has not, and labels the estimator has not learnt.
        """
        plane, points = section(estimator, X, features, fixed)
        labels = tuple("" if name is None else plain(name) for name in plane.axes)
        display = cls(plane, points, _checked_labels(plane, points, y), labels)
        return display.plot(grid_resolution=grid_resolution, colorbar=colorbar, ax=ax)

    def plot(self, *, grid_resolution=200, colorbar=True, ax=None):
        """Draw the map.

        Parameters
        ----------
        grid_resolution : int, default=200
            Number of points along each axis at which the classifier is asked.

        colorbar : bool, default=True
            Whether to draw the key to the colours of two classes.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        Returns
        -------
        DecisionDisplay
            The display itself.
        """
        self.ax_ = ax = axes_or_new(ax)
        self.figure_ = ax.figure
        two_classes = len(self.section.classes_) == 2
        draw = self._draw_two_classes if two_classes else self._draw_more_classes
        # Uncertain is white, whatever the background of other pictures.
        ax.set_facecolor("white")
        draw(grid_resolution)
        enlarge(ax)
        # The outermost cells would stick out by one half.
        left_and_right, bottom_and_top = self._limits().T
        ax.set(xlim=left_and_right, ylim=bottom_and_top)
        if not self.labels[1]:
            ax.set_yticks([])
        self.points_ = [] if self.y is None else self._draw_points()
        self.legend_ = None
        if self.y is not None:
            place = self._emptiest_corner()
            self.legend_ = ax.legend(handles=self.key(), loc=place, **KEY_STYLE)
        self.colorbar_ = None
        if colorbar and two_classes:
            self.colorbar_ = self.add_colorbar(ax)
        return self

    def key(self):
        """Return what a legend of this display shows.

        Returns
        -------
        list of Artist
            A point of each class and a piece of the border.
        """
        from matplotlib.lines import Line2D

        dots = [_dot(color, plain(label)) for label, color in self._classes()]
        border = "P = 0.5" if len(dots) == 2 else "border"
        return [*dots, Line2D([], [], color="black", lw=2, label=border)]

    def add_colorbar(self, ax):
        """Draw the key to the colours of two classes beside one or more axes.

        Parameters
        ----------
        ax : Axes or array of Axes
            The axes that give room.

        Returns
        -------
        Colorbar
            The key, from certain of the first class to certain of the second.
        """
        second = self.section.classes_[1]
        colorbar = self.figure_.colorbar(self.surface_, ax=ax, pad=0.02)
        colorbar.set_ticks([0, 0.25, 0.5, 0.75, 1])
        colorbar.set_label(f"probability of {plain(second)}")
        enlarge(colorbar.ax)
        return colorbar

    def _draw_two_classes(self, grid_resolution):
        style = {"cmap": two_class_colormap(), "vmin": 0.0, "vmax": 1.0}
        self.surface_ = self._surface(grid_resolution, style)
        self.border_ = self._border(grid_resolution)

    def _draw_more_classes(self, grid_resolution):
        classes = self._classes()
        self.surface_, self.border_ = [], []
        for label, color in classes:
            style = {"vmin": 1.0 / len(classes), "vmax": 1.0}
            style["cmap"] = fading_colormap(color)
            self.surface_.append(self._surface(grid_resolution, style, label))
            self.border_.append(self._border(grid_resolution, label))

    def _surface(self, grid_resolution, style, label=None):
        return self._boundary_display(
            grid_resolution=grid_resolution,
            response_method="predict_proba",
            class_of_interest=label,
            plot_method="pcolormesh",
            rasterized=True,
            zorder=-1,
            **style,
        )

    def _border(self, grid_resolution, label=None):
        with warnings.catch_warnings():
            # The border may lie outside the map.
            warnings.filterwarnings("ignore", "No contour levels", UserWarning)
            return self._boundary_display(
                grid_resolution=grid_resolution,
                response_method="decision_function",
                class_of_interest=label,
                plot_method="contour",
                levels=[0.0],
                colors="black",
                linewidths=2,
            )

    def _boundary_display(self, **settings):
        """Return what scikit-learn draws; its `eps` is too blunt for small units."""
        from sklearn.inspection import DecisionBoundaryDisplay

        display = DecisionBoundaryDisplay.from_estimator(
            self.section,
            self._limits(),
            eps=0.0,
            xlabel=self.labels[0],
            ylabel=self.labels[1],
            ax=self.ax_,
            **settings,
        )
        return display.surface_

    def _limits(self):
        """Return the lower left and the upper right corner of the map."""
        low, high = np.nanmin(self.points, axis=0), np.nanmax(self.points, axis=0)
        margin = _MARGIN * np.where(high > low, high - low, 1.0)
        return np.array([low - margin, high + margin])

    def _draw_points(self):
        points = _spread(self.points)
        size = float(np.clip(16000 / len(points), 4, 50))
        return [
            self.ax_.scatter(
                *points[self.y == label].T,
                s=size,
                color=color,
                edgecolors="white",
                linewidths=0.5,
                alpha=0.85,
            )
            for label, color in self._classes()
        ]

    def _emptiest_corner(self):
        """Return the place of the key that hides the fewest points.

        Matplotlib's "best" looks at every cell of the map, too, each time it draws.
        """
        low, high = self._limits()
        places = (self.points - low) / (high - low)
        return min(
            _CORNERS,
            key=lambda name: (abs(places - _CORNERS[name]) < _KEY_SIZE).all(1).sum(),
        )

    def _classes(self):
        """Return each class with its colour."""
        classes = self.section.classes_
        return list(zip(classes, class_colors(len(classes)), strict=True))


def _checked_labels(plane, points, y):
    if y is None:
        return None
    y = np.asarray(y)
    if y.shape != (len(points),):
        raise ValueError(
            f"y must hold a label for each row of X: expected shape ({len(points)},), "
            f"got {y.shape}."
        )
    unknown = np.setdiff1d(y, plane.classes_)
    if len(unknown):
        raise ValueError(
            f"y has labels that the estimator has not learnt: {unknown.tolist()}. "
            f"Expected labels out of {np.asarray(plane.classes_).tolist()}."
        )
    return y


def _spread(points):
    """Return the points, spread by chance (but the same each time) if any coincide."""
    if len(np.unique(points, axis=0)) == len(points):
        return points
    steps = [np.diff(np.unique(column)) for column in points.T]
    step = [differences.min() if len(differences) else 0.0 for differences in steps]
    offsets = np.random.default_rng(0).uniform(-_SPREAD, _SPREAD, points.shape)
    return points + step * offsets


def _dot(color, label):
    from matplotlib.lines import Line2D

    return Line2D(
        [], [], marker="o", linestyle="", color=color, markeredgecolor="white",
        markersize=9, label=label,
    )  # fmt: skip
