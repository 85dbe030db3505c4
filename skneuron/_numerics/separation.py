"""Linear separability: where a neuron without penalty has no finite optimum."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

# Scores beyond this are probabilities within 3e-7 of 0 or 1: worth a proof.
_SUSPICIOUS = 15.0


def margins(raw, target):
    """Return the score of each row's own class above the best of the others, (n,).

    Parameters
    ----------
    raw : ndarray of shape (n, m)
    target : ndarray of shape (n, m)
        0/1 for m = 1, one-hot otherwise.
    """
    if raw.shape[1] == 1:
        return ((2 * target - 1) * raw)[:, 0]
    own = np.einsum("ik,ik->i", raw, target)
    return own - np.where(target > 0, -np.inf, raw).max(axis=1)


def separates(raw, target):
    """Return whether every row's own class has strictly the highest score."""
    return bool(margins(raw, target).min() > 0)


def is_separable(objective, theta):
    """Return whether some direction lowers the loss forever, ties allowed.

    Such a direction beta has x_i (beta_own - beta_rival) >= 0 for every row and rival
    class, and > 0 for one: quasi-complete separation (Albert & Anderson 1984,
    doi:10.1093/biomet/71.1.1). It is sought by a linear program (Konis 2007,
    "Linear programming algorithms for detecting separated data in binary logistic
    regression models"), but only where scores are large already. Of many rows those
    nearest to theta's border are asked first: no direction for these, none for all.
    """
    raw = objective.raw(theta)
    margin = margins(raw, objective.target)
    if margin.min() > 0:
        return True
    middle = raw.mean(axis=1, keepdims=True) if raw.shape[1] > 1 else 0.0
    if np.abs(raw - middle).max() < _SUSPICIOUS:
        return False
    nearest, n_rows = np.argsort(np.abs(margin)), _ROWS * len(theta)
    if n_rows < len(nearest) and _is_mixed(objective, nearest[:n_rows]):
        return False
    rows = _differences(objective.predictor.design(objective.X), objective.target)
    return _has_direction(rows)


# Rows, for each parameter, that are asked first.
_ROWS = 20


def _is_mixed(objective, rows):
    """Return whether some rows, which span as much as all, are not separable."""
    design = objective.predictor.design(objective.X[rows])
    whole = np.linalg.matrix_rank(_gram(objective), hermitian=True, rtol=1e-12)
    if np.linalg.matrix_rank(design.T @ design, hermitian=True, rtol=1e-12) < whole:
        return False
    return not _has_direction(_differences(design, objective.target[rows]))


def _gram(objective):
    designs = (block.predictor.design(block.X) for block in objective.blocks)
    return sum(design.T @ design for design in designs)


def _has_direction(rows):
    """Return whether a direction has no negative product with a row, and a positive."""
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
        raw = self.objective.raw(point.theta)
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
