"""Validation: the only file that touches scikit-learn's private or changing names."""

from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import issparse

# Some names are only handed on, so that no other file takes what may change.
from sklearn.utils._param_validation import (  # noqa: F401
    Interval,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.parallel import (  # noqa: F401
    _get_threadpool_controller as threadpool_controller,
)
from sklearn.utils.validation import (
    _check_feature_names_in,
    _check_sample_weight,
    assert_all_finite,
    column_or_1d,
    validate_data,
)
from sklearn.utils.validation import (
    _get_feature_names as get_feature_names,
)

from skneuron._numerics.scaling import blocks_of


@dataclass(frozen=True)
class TrainingSet:
    """What every neuron learns from: rows of zero weight are gone.

    Attributes
    ----------
    X : ndarray of shape (n, d), float64, or float32 where it is large
    codes : ndarray of shape (n,), the index of each row's class in `classes`
    weight : ndarray of shape (n,), sample weight times class weight, positive
    classes : ndarray of shape (n_classes,), sorted labels
    """

    X: np.ndarray
    codes: np.ndarray
    weight: np.ndarray
    classes: np.ndarray

    @property
    def target(self):
        """Return 0/1 of shape (n, 1) for two classes, else one column per class."""
        if len(self.classes) == 2:
            return self.codes[:, None].astype(np.float64)
        return np.eye(len(self.classes))[self.codes]

    def merged(self):
        """Return the set sorted, with equal rows of a class merged into one.

        Training on it does not see the order of rows, nor whether a row was repeated
        or weighted: what follows is equal to the last bit.
        """
        rows, weight = _merged(self.codes, self.X, self.weight)
        return replace(self, X=self.X[rows], codes=self.codes[rows], weight=weight)


@dataclass(frozen=True)
class MeasuredSet:
    """What a regressor learns from: rows of zero weight are gone.

    Attributes
    ----------
    X : ndarray of shape (n, d), float64, or float32 where it is large
    y : ndarray of shape (n,), float64
    weight : ndarray of shape (n,), positive
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray

    def merged(self):
        """Return the set sorted, with rows of equal X and y merged into one."""
        rows, weight = _merged(self.y, self.X, self.weight)
        return replace(self, X=self.X[rows], y=self.y[rows], weight=weight)


def _merged(y, X, weight):
    """Return which rows stand for all, in sorted order, and their total weights."""
    keys = np.column_stack([y, X])
    order = _order(keys)
    keys = keys[order]
    first = np.append(True, (keys[1:] != keys[:-1]).any(axis=1)).nonzero()[0]
    return order[first], np.add.reduceat(weight[order], first)


# Columns that tell most rows apart: each takes as long to sort by as the first.
_TELLING = 16


def _order(keys):
    """Return the order of rows by their columns, equal rows adjacent."""
    order = np.lexsort(keys[:, :_TELLING].T)
    rows = keys[order]
    alike = (rows[1:, :_TELLING] == rows[:-1, :_TELLING]).all(axis=1)
    if (rows[1:][alike] != rows[:-1][alike]).any():
        return np.lexsort(keys.T)
    return order


@contextmanager
def all_or_nothing(estimator):
    """Put the estimator back as it was if the block fails or is interrupted."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def validate_parameters(estimator):
    """Raise scikit-learn's InvalidParameterError for a parameter out of its domain."""
    validate_parameter_constraints(
        estimator._parameter_constraints,
        estimator.get_params(deep=False),
        caller_name=type(estimator).__name__,
    )


def validated(estimator, X, *y, **options):
    if issparse(X):
        streams = "give partial_fit some rows at a time, "
        raise TypeError(
            f"X is sparse, but {type(estimator).__name__} needs dense data: inputs are "
            "standardised, which leaves no zeros. In a pipeline use "
            "OneHotEncoder(sparse_output=False) or ColumnTransformer("
            "sparse_threshold=0); else X.toarray() where that fits into memory, "
            f"{streams if hasattr(estimator, 'partial_fit') else ''}or reduce the "
            "columns (sklearn.decomposition.TruncatedSVD)."
        )
    refuse_misleading(X)
    X = _with_names(X)
    if not getattr(estimator, "loss_curve_", [""]) and not options.get("reset", True):
        X = _named_as(estimator, X)
    try:
        return validate_data(estimator, X, *y, **options)
    except ValueError as error:
        if "could not convert string" not in str(error):
            raise
        raise ValueError(
            f"{error}. Neurons add up numbers: turn text into numbers, categories with "
            "OneHotEncoder(sparse_output=False) in a ColumnTransformer."
        ) from error


def refuse_misleading(X):
    """Raise ValueError for what becomes numbers or names that are not meant."""
    if np.ma.is_masked(X):
        raise ValueError(
            "X is a masked array with masked entries, whose mask would be ignored. Use "
            "X.filled(np.nan) and SimpleImputer, or leave those rows out."
        )
    names = list(getattr(X, "columns", [None]))
    if len(set(names)) != len(names) or not names:
        twice = [name for name in set(names) if names.count(name) > 1]
        raise ValueError(
            "X must have one or more columns, all of different names; got "
            f"{f'duplicates of {twice}' if twice else '0 features'}."
        )
    types = X.dtypes if hasattr(X, "columns") else [getattr(X, "dtype", None)]
    dates = [str(kind) for kind in types if getattr(kind, "kind", "") in ("m", "M")]
    if dates:
        raise ValueError(
            f"X has dates or times ({dates[0]}), whose numbers depend on a hidden unit "
            "and origin. Turn them into numbers that mean something: days since an "
            "event, the month, the hour."
        )


def _with_names(X):
    """Return X, as a pandas data frame if scikit-learn would not see its names.

    scikit-learn before 1.9 reads those of other libraries by `__dataframe__`, which
    polars 2 does not have.
    """
    names = list(getattr(X, "columns", []))
    unseen = names and all(isinstance(name, str) for name in names)
    if not unseen or get_feature_names(X) is not None:
        return X
    import pandas as pd

    return pd.DataFrame(np.asarray(X), columns=names)


def _named_as(estimator, X):
    """Return X with the names of a neuron that saw no data, or with none as it has.

    scikit-learn would warn that the neuron "was fitted" with names, or without.
    """
    names, own = get_feature_names(X), getattr(estimator, "feature_names_in_", None)
    if own is None:
        return X if names is None else np.asarray(X)
    rows = np.asarray(X)
    if names is not None or rows.shape[1:] != own.shape:
        return X
    import pandas as pd

    return pd.DataFrame(rows, columns=own)


def validate_rows(estimator, X):
    """Return X as float64, checked against the rows the estimator was fitted on."""
    return validated(estimator, X, reset=False, dtype=np.float64)


def by_blocks(function, estimator, X):
    """Return function(X) of X checked as by `validate_rows`, in blocks if it is large.

    Neither a large X of single precision nor what is computed on the way is ever there
    as a whole in double precision.
    """
    if not _is_plain(estimator, X):
        X = validated(estimator, X, reset=False, dtype=_precisions(X))
    blocks = blocks_of(X) if X.size > _LARGE else [X]
    return np.concatenate([function(np.asarray(rows, float)) for rows in blocks])


def _is_plain(estimator, X):
    """Return whether X is just what validation would hand back as it is.

    For a single row it takes scikit-learn longer to find that out than the neurons to
    answer.
    """
    if type(X) is not np.ndarray or X.dtype != np.float64:
        return False
    if X.shape[1:] != (estimator.n_features_in_,) or not X.size:
        return False
    with np.errstate(all="ignore"):
        finite = np.isfinite(X.sum())
    return finite and not hasattr(estimator, "feature_names_in_")


# Numbers in X from which on single precision is left as it is.
_LARGE = 10**6


def _precisions(X):
    """Return the types of X that are not converted, the first one preferred."""
    single = getattr(X, "dtype", None) == np.float32 and X.size > _LARGE
    return [np.float64, np.float32] if single else np.float64


# Kinds of arrays that can hold labels only: scikit-learn's look into them is slow.
_LABELS = "iubU"


def training_set(estimator, X, y, sample_weight, class_weight):
    """Validate and encode training data; sets n_features_in_ and feature_names_in_."""
    precisions = _precisions(X) if estimator._takes_single else np.float64
    X, y = validated(estimator, X, y, dtype=precisions)
    if y.dtype.kind not in _LABELS:
        _require_labels(y)
    X, y, weight = weighty(X, y, weights_of(sample_weight, X))
    classes, codes = np.unique(y, return_inverse=True)
    require_two_classes(estimator, classes)
    mass = np.bincount(codes, weights=weight)
    weight = weight * class_factors(class_weight, classes, mass)[codes]
    if not weight.all():  # class_weight may leave out classes
        X, codes, weight = weighty(X, codes, weight)
        present, codes = np.unique(codes, return_inverse=True)
        classes = classes[present]
        require_two_classes(estimator, classes)
    return TrainingSet(X, codes, weight, classes)


def _require_labels(y):
    if odd := y.dtype == object and [x for x in y if not isinstance(x, str)]:
        raise ValueError(
            f"Unknown label type: y holds {odd[0]!r} among its objects. Leave rows "
            "without a label out, or convert: y.astype(int) or y.astype(str)."
        )
    check_classification_targets(y)


def validation_set(estimator, X, y, sample_weight):
    """Return held-out rows as a TrainingSet of the estimator's classes, or None."""
    if _none_held_out(X, y, sample_weight):
        return None
    X, y = validated(estimator, X, y, reset=False, dtype=np.float64)
    weight = weights_of(sample_weight, X)
    codes = validation_codes(estimator, y, len(X))
    return TrainingSet(X, codes, weight, estimator.classes_)


def measured_set(estimator, X, y, sample_weight):
    """Validate training data of a regressor; sets names and number of the inputs."""
    X, y = _measured(estimator, X, y, dtype=_precisions(X))
    return MeasuredSet(*weighty(X, y, weights_of(sample_weight, X)))


def measured_validation_set(estimator, X, y, sample_weight):
    """Return held-out rows as a MeasuredSet, or None."""
    if _none_held_out(X, y, sample_weight):
        return None
    X, y = _measured(estimator, X, y, reset=False, dtype=np.float64)
    return MeasuredSet(X, y, weights_of(sample_weight, X))


def _measured(estimator, X, y, **options):
    X, y = validated(estimator, X, y, **options)
    try:
        y = np.asarray(y, dtype=np.float64)
    except (TypeError, ValueError) as error:
        message = f"y must be numbers: {error}. Labels are for TinyNeuralNet."
        raise ValueError(message) from error
    # scikit-learn looks for NaN before it turns None into NaN.
    assert_all_finite(y, input_name="y")
    return X, y


def _none_held_out(X, y, sample_weight):
    if X is None and y is None and sample_weight is None:
        return True
    if X is None or y is None:
        raise ValueError("X_val and y_val must be given together; got only one.")
    return False


def weighty(X, y, weight):
    """Return the rows of positive weight."""
    if weight.all():
        return X, y, weight
    kept = weight > 0
    return X[kept], y[kept], weight[kept]


def validation_codes(estimator, y, n_samples):
    """Return the index in `classes_` of each of n_samples labels."""
    y = column_or_1d(y)
    if len(y) != n_samples:
        raise ValueError(f"X has {n_samples} rows but y has {len(y)} labels.")
    unknown = np.setdiff1d(y, estimator.classes_)
    if len(unknown):
        raise ValueError(
            f"y has labels that are not among the classes: {unknown.tolist()}. "
            f"Expected labels out of {estimator.classes_.tolist()}."
        )
    return np.searchsorted(estimator.classes_, y)


def feature_names(estimator):
    """Return the names of the inputs seen in fit, x0, x1, ... where there were none."""
    return _check_feature_names_in(estimator)


def weights_of(sample_weight, X):
    weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weight < 0).any():
        raise ValueError(
            "Negative values in data passed to `sample_weight`: got "
            f"{weight.min()}, but a weight must be 0 or more."
        )
    if not weight.any():
        raise ValueError("All `sample_weight` are zero: give rows a positive weight.")
    return weight


def class_factors(class_weight, classes, mass):
    """Return what each class's weights are multiplied by, given their sums."""
    if class_weight is None:
        return np.ones(len(classes))
    if class_weight == "balanced":
        # scikit-learn counts rows here before 1.9; weights must count as repeats.
        present = mass > 0
        return mass.sum() / (present.sum() * np.where(present, mass, 1.0))
    given = compute_class_weight(class_weight, classes=classes, y=classes)
    if not ((given >= 0) & np.isfinite(given)).all():
        raise ValueError(
            "The weights in 'class_weight' must be finite numbers of 0 or more. Got "
            f"{class_weight!r} instead."
        )
    return given


def require_two_classes(estimator, classes):
    if len(classes) < 2:
        raise ValueError(
            f"{type(estimator).__name__} needs rows of positive weight from at least "
            f"two classes, got one class: {classes.tolist()}. Check y, sample_weight "
            "and class_weight."
        )
