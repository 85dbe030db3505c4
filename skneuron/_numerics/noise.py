"""Firing with membrane noise: probabilities, and how large the noise must be."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from skneuron._numerics.losses import probability

# No sigmoid is flatter or steeper than this, relative to the spread of the scores.
_FLATTEST, _STEEPEST = 1e-4, 1e4


def firing_probability(scores, noise):
    """Return class probabilities of scores (n,) or (n, m); all or none at noise 0."""
    if noise > 0:
        return probability(scores / noise)
    if scores.ndim == 1:
        return np.column_stack((scores <= 0, scores > 0)).astype(np.float64)
    return np.eye(scores.shape[1])[scores.argmax(axis=1)]


def best_slope(scores, codes, weight):
    """Return the slope b > 0 at which softmax(b * scores) predicts the codes best.

    Maximum likelihood; the targets are those of Platt (1999, "Probabilistic outputs for
    support vector machines"), (N + 1) / (N + 2) for a class of weight N instead of 1,
    so that the slope stays finite where no row is wrong.

    Parameters
    ----------
    scores : ndarray of shape (n, m)
        Scores of m classes; [0, f] for a single neuron with score f.
    codes : ndarray of shape (n,)
        Index of each row's class.
    weight : ndarray of shape (n,)
        Weights.
    """
    mass = np.bincount(codes, weights=weight, minlength=scores.shape[1])[codes]
    share = np.full(scores.shape, (1 / (mass + 2) / (scores.shape[1] - 1))[:, None])
    share[np.arange(len(codes)), codes] = (mass + 1) / (mass + 2)
    pull = weight @ (share * scores)

    def shortfall(log_slope):
        proba = softmax(np.exp(log_slope) * scores, axis=1)
        return (pull - weight @ (proba * scores)).sum()

    spread = np.abs(scores - scores.mean(axis=1, keepdims=True)).mean()
    low, high = np.log([_FLATTEST, _STEEPEST]) - np.log(spread or 1.0)
    if shortfall(low) <= 0:
        return float(np.exp(low))
    if shortfall(high) >= 0:
        return float(np.exp(high))
    return float(np.exp(brentq(shortfall, low, high, xtol=1e-9)))


def own_slopes(scores, fires, weight):
    """Return the best slope of each neuron: scores (n, m) of which fires (n, m)."""
    return np.array(
        [
            best_slope(as_classes(score), fired.astype(int), weight)
            for score, fired in zip(scores.T, fires.T, strict=True)
        ]
    )


def as_classes(score):
    """Return the scores (n, 2) of silence and firing of one neuron."""
    return np.column_stack((np.zeros(len(score)), score))


def folds(codes, n_folds=5):
    """Return a fold number a row: turn by turn within each class.

    Classes take turns to begin, so that no fold is all there is of tiny data.
    """
    fold = np.empty(len(codes), dtype=int)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        fold[rows] = (code + np.arange(len(rows))) % n_folds
    return fold
