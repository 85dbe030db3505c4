"""Validation of rows that come in parts: batches of a stream, blocks of a whole."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skneuron._validation import (
    TrainingSet,
    class_factors,
    get_feature_names,
    refuse_misleading,
    require_two_classes,
    validated,
    validation_codes,
    weights_of,
    weighty,
)


def batch_set(estimator, X, y, classes, sample_weight, stream):
    """Return one batch as a TrainingSet of all classes, and its weight by class.

    Sets what a first batch settles: `classes_`, names and number of the inputs.
    Balanced class weights are those of all rows so far.
    """
    reset = not hasattr(estimator, "n_features_in_")
    _settle_classes(estimator, classes)
    X, y = validated(estimator, X, y, reset=reset, dtype=np.float64)
    classes = estimator.classes_
    X, y, weight = weighty(X, y, weights_of(sample_weight, X))
    codes = validation_codes(estimator, y, len(X))
    counts = np.bincount(codes, weights=weight, minlength=len(classes))
    seen = counts if stream is None else counts + stream.counts
    factors = class_factors(estimator.class_weight, classes, seen)
    X, codes, weight = weighty(X, codes, weight * factors[codes])
    if not len(X):
        raise ValueError(
            f"class_weight={estimator.class_weight!r} leaves no row of this batch a "
            "positive weight: leave the batch out."
        )
    return TrainingSet(X, codes, weight, classes), counts


def _settle_classes(estimator, classes):
    known = getattr(estimator, "classes_", None)
    if classes is None and known is None:
        raise ValueError(
            "classes must be passed on the first call to partial_fit: all labels that "
            "will ever come, such as classes=[0, 1]."
        )
    if classes is None:
        return
    classes = np.unique(column_or_1d(classes))
    if known is None:
        require_two_classes(estimator, classes)
        estimator.classes_ = classes
    elif not np.array_equal(classes, known):
        raise ValueError(
            f"classes={classes.tolist()} is not the same as on the last call to "
            f"partial_fit or fit: {known.tolist()}. Leave it out or repeat it."
        )


def block_arrays(block):
    """Return names of columns or None, X, y and weights of a block's weighty rows."""
    if not isinstance(block, (tuple, list)) or len(block) not in (2, 3):
        raise ValueError(
            "each block must be (X, y) or (X, y, sample_weight), got "
            f"{type(block).__name__}."
        )
    X, y, weight = (*block, None)[:3]
    refuse_misleading(X)
    names = get_feature_names(X)
    X = check_array(X, dtype=np.float64, input_name="X")
    y = column_or_1d(y)
    check_consistent_length(X, y)
    check_classification_targets(y)
    arrays = weighty(X, y, weights_of(weight, X))
    return None if names is None else list(names), *arrays


def settle_blocks(estimator, summary, classes):
    """Return the weights of the classes and these; sets what `fit` would set of X."""
    if classes is None:
        classes = summary.labels
    else:
        classes = np.unique(column_or_1d(classes))
        unknown = np.setdiff1d(summary.labels, classes)
        if len(unknown):
            raise ValueError(
                f"blocks have labels that are not among classes: {unknown.tolist()}."
            )
        classes = classes[np.isin(classes, summary.labels)]
    require_two_classes(estimator, classes)
    estimator.classes_, estimator.n_features_in_ = classes, len(summary.moments.mean)
    if summary.names is not None:
        estimator.feature_names_in_ = np.asarray(summary.names, dtype=object)
    counts = summary.counted(classes)
    factors = class_factors(estimator.class_weight, classes, counts)
    if not factors.all():
        raise ValueError(
            f"class_weight={estimator.class_weight!r} gives no weight to "
            f"{classes[factors == 0].tolist()}: leave their rows out of the blocks."
        )
    return factors, classes
