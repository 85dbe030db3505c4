"""A plane through the inputs of a classifier: two features vary, the rest is fixed."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted


class Section(ClassifierMixin, BaseEstimator):
    """The classifier of two features that a fitted one is in a plane.

    Parameters
    ----------
    classifier : object
        Fitted, with `classes_` and `predict_proba`.
    make_rows : callable
        Makes what `classifier` takes from a dict, feature -> column.
    fixed : dict
        Value of every feature of `classifier`, in its order.
    axes : tuple
        The two features that vary instead; the second is None where there is only one,
        and then means nothing.
    """

    def __init__(self, classifier, make_rows, fixed, axes):
        self.classifier = classifier
        self.make_rows = make_rows
        self.fixed = fixed
        self.axes = axes
        self._asked = self._answer = None

    def fit(self, X, y=None):
        """Learn nothing: scikit-learn takes no object without `fit` for fitted."""
        return self

    def __sklearn_is_fitted__(self):
        return True

    @property
    def classes_(self):
        """Labels, in the order of the classifier."""
        return self.classifier.classes_

    def predict_proba(self, X):
        """Return the classifier's probabilities at points (n, 2) of the plane."""
        # Each layer of a map, two a class, asks about the same points.
        if self._asked is None or not np.array_equal(X, self._asked):
            self._answer, self._asked = self._probabilities(X), np.array(X)
        return self._answer

    def _probabilities(self, X):
        columns = {name: np.full(len(X), value) for name, value in self.fixed.items()}
        columns.update(zip(self.axes, np.transpose(X), strict=True))
        columns.pop(None, None)
        return np.asarray(self.classifier.predict_proba(self.make_rows(columns)))

    def decision_function(self, X):
        """Return each class's lead over the best of the others: 0 on its border."""
        proba = self.predict_proba(X)
        if proba.shape[1] == 2:
            return proba[:, 1] - proba[:, 0]
        second, first = np.sort(proba, axis=1)[:, -2:].T[:, :, None]
        return np.where(proba == first, proba - second, proba - first)


def section(classifier, X, features, fixed):
    """Return the Section of a classifier and the two columns of X along its axes."""
    _require_probabilities(classifier)
    columns, make_rows = _columns(classifier, X)
    axes = _axes(list(columns), features)
    values = {name: _typical(column) for name, column in columns.items()}
    for feature, value in (fixed or {}).items():
        values[_named(list(columns), feature, "fixed")] = value
    # Without a second feature, points are strewn so that they do not hide each other.
    strewn = np.random.default_rng(0).uniform(-1, 1, len(columns[axes[0]]))
    points = np.column_stack([columns.get(name, strewn) for name in axes])
    return Section(classifier, make_rows, values, axes), points.astype(np.float64)


def _require_probabilities(classifier):
    check_is_fitted(classifier)
    for attribute in ("classes_", "predict_proba"):
        if not hasattr(classifier, attribute):
            raise TypeError(
                "DecisionDisplay needs a fitted classifier with predict_proba. Got "
                f"{classifier!r}, which has no {attribute}."
            )


def _columns(classifier, X):
    """Return X as a dict of columns, and what turns such a dict into rows again."""
    named = hasattr(classifier, "feature_names_in_")
    if named and not hasattr(X, "columns"):
        import pandas as pd

        X = pd.DataFrame(np.asarray(X), columns=classifier.feature_names_in_)
    if hasattr(X, "columns"):
        # Only a classifier fitted on names wants them back.
        columns = {name: np.asarray(X[name]) for name in X.columns}
        return columns, type(X) if named else _matrix
    X = np.asarray(X)
    if X.ndim != 2:
        raise ValueError(
            "X must be a table of shape (n_samples, n_features). Got an array of "
            f"shape {X.shape} instead."
        )
    return {f"x{j}": X[:, j] for j in range(X.shape[1])}, _matrix


def _matrix(columns):
    return np.column_stack(list(columns.values()))


def _axes(names, features):
    if features is None and len(names) == 1:
        return names[0], None
    if features is None:
        features = names[:2]
    axes = tuple(_named(names, feature, "features") for feature in features)
    if len(set(axes)) != 2 or len(axes) != 2:
        raise ValueError(
            "The 'features' parameter of DecisionDisplay must be two different "
            f"features of X. Got {axes} instead."
        )
    return axes


def _named(names, feature, parameter):
    """Return the name of a feature given by name or position."""
    if feature in names:
        return feature
    if isinstance(feature, Integral) and 0 <= feature < len(names):
        return names[feature]
    raise ValueError(
        f"The {parameter!r} parameter of DecisionDisplay must hold features of X, by "
        f"name or position: {', '.join(map(str, names))}. Got {feature!r} instead."
    )


def _typical(column):
    """Return the median of numbers, the most frequent value of anything else."""
    if np.issubdtype(column.dtype, np.number):
        return np.nanmedian(column)
    values, counts = np.unique(column, return_counts=True)
    return values[counts.argmax()]
