"""Linear separability: where a neuron without penalty has no finite optimum."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

# Scores beyond this are probabilities within 3e-7 of 0 or 1: worth a proof.
_SUSPICIOUS = 15.0


def separates(raw, target):
    """Return whether every row's own class has strictly the highest score.

    Parameters
    ----------
    raw : ndarray of shape (n, m)
    target : ndarray of shape (n, m)
        0/1 for m = 1, one-hot otherwise.
    """
    if raw.shape[1] == 1:
        return bool(((2 * target - 1) * raw).min() > 0)
    own = np.einsum("ik,ik->i", raw, target)
    rival = np.where(target > 0, -np.inf, raw).max(axis=1)
    return bool((own - rival).min() > 0)


def is_separable(X, raw, target):
    """Return whether some direction lowers the loss forever, ties allowed.

    Such a direction beta has x_i (beta_own - beta_rival) >= 0 for every row and rival
    class, and > 0 for one: quasi-complete separation (Albert & Anderson 1984,
    doi:10.1093/biomet/71.1.1). It is sought by a linear program (Konis 2007,
    "Linear programming algorithms for detecting separated data in binary logistic
    regression models"), but only where scores are large already.
    """
    if separates(raw, target):
        return True
    if np.abs(raw - raw.mean(axis=1, keepdims=raw.shape[1] > 1)).max() < _SUSPICIOUS:
        return False
    rows = _differences(X, target)
    gain = np.asarray(rows.sum(axis=0)).ravel()
    result = linprog(-gain, A_ub=-rows, b_ub=np.zeros(rows.shape[0]), bounds=(-1, 1))
    return bool(result.status == 0 and -result.fun > 1e-7 * np.abs(gain).max())


class SeparationWatch:
    """A monitor that ends training once separable data are fitted perfectly."""

    def __init__(self, objective):
        self.objective = objective

    def __call__(self, n_iter, point):
        """Return whether only the growth of the coefficients is left to be had."""
        if point.value > _PERFECT * self.objective.weight.sum():
            return False
        raw, _ = self.objective.predictor.forward(point.theta, self.objective.X)
        return separates(raw, self.objective.target)


# Mean log loss below which separable data count as fitted.
_PERFECT = 1e-6


def _differences(X, target):
    """Return one row a sample and rival class: d (own - rival score) / d theta."""
    m = target.shape[1]
    if m == 1:
        return csr_array((2 * target - 1) * X)
    pairs = target[:, None, :] - np.eye(m)
    rows = np.einsum("ir,ikl->ikrl", X, pairs).reshape(len(X) * m, -1)
    return csr_array(rows[(1 - target).ravel() > 0])
