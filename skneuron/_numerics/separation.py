"""Linear separability: where a neuron without penalty has no finite optimum."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.optimize import linprog

SEPARABLE = (
    "The classes are linearly separable: without a penalty (alpha=0) the loss has no "
    "minimum and the coefficients grow without bound. Use alpha > 0."
)

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
    """Return whether some direction lowers the loss forever; see `has_direction`."""
    raw = objective.raw(theta)
    if margins(raw, objective.target).min() > 0:
        return True
    middle = raw.mean(axis=1, keepdims=True) if raw.shape[1] > 1 else 0.0
    if np.abs(raw - middle).max() < _SUSPICIOUS:
        return False
    return has_direction(partial(edge, objective), theta)


@dataclass(frozen=True)
class Edge:
    """The rows that a direction serves worst, and the sum of all.

    A row here is the slope of its own class's score above that of a rival class.

    Attributes
    ----------
    total : ndarray of shape (P,)
    rows : ndarray of shape (k, P)
    products : ndarray of shape (k,)
        Of these rows with the direction.
    """

    total: np.ndarray
    rows: np.ndarray
    products: np.ndarray

    def plus(self, other):
        """Return that of the rows of both."""
        rows = np.vstack([self.rows, other.rows])
        products = np.concatenate([self.products, other.products])
        worst = _least(products, _ROWS * len(self.total))
        return Edge(self.total + other.total, rows[worst], products[worst])


# Rows kept, for each parameter: the program then takes milliseconds.
_ROWS = 20


def _least(values, count):
    if count >= len(values):
        return np.arange(len(values))
    return np.argpartition(values, count)[:count]


def edge(objective, direction):
    """Return the Edge of an objective's rows."""
    predictor, target = objective.predictor, objective.target
    worst = _least(margins(objective.raw(direction), target), _ROWS * len(direction))
    design = predictor.design(np.asarray(objective.X[worst], dtype=float))
    rows = _differences(design, target[worst])
    blocks = objective.blocks
    total = sum(_sum_of_differences(block, direction) for block in blocks)
    return Edge(total, rows, rows @ direction)


def _differences(X, target):
    """Return one row a sample and rival class: d (own - rival score) / d theta."""
    m = target.shape[1]
    if m == 1:
        return (2 * target - 1) * X
    pairs = target[:, None, :] - np.eye(m)
    rows = np.einsum("ir,ikl->ikrl", X, pairs).reshape(len(X) * m, -1)
    return rows[(1 - target).ravel() > 0]


def _sum_of_differences(block, theta):
    n_rivals = max(block.target.shape[1], 2)
    pulls = n_rivals * block.target - 1.0
    return block.predictor.pullback(theta, np.asarray(block.X), None, pulls)


def has_direction(edge_at, theta):
    """Return whether some direction lowers the loss forever, ties allowed.

    Such a direction beta has x_i (beta_own - beta_rival) >= 0 for every row and rival
    class, and > 0 for one: quasi-complete separation (Albert & Anderson 1984,
    doi:10.1093/biomet/71.1.1). It is sought by a linear program (Konis 2007,
    "Linear programming algorithms for detecting separated data in binary logistic
    regression models") on the rows that the last direction, to begin with theta, serves
    worst; `edge_at(beta)` returns their Edge.
    """
    beta, rows = theta / max(np.abs(theta).max(), 1e-300), []
    for _ in range(_ROUNDS):
        worst = edge_at(beta)
        least_gain = 1e-7 * np.abs(worst.total).max()
        if worst.products.min() >= -_FEASIBLE:
            return bool(worst.total @ beta > least_gain)
        rows.append(worst.rows)
        served = np.vstack(rows)
        zeros = np.zeros(len(served))
        result = linprog(-worst.total, A_ub=-served, b_ub=zeros, bounds=(-1, 1))
        if result.status != 0 or -result.fun <= least_gain:
            return False
        beta = result.x
    return False


# Most linear programs, and what is more than the rounding of one.
_ROUNDS, _FEASIBLE = 30, 1e-6


class SeparationWatch:
    """A monitor that ends training once separable data are fitted perfectly."""

    def __init__(self, objective):
        self.objective = objective

    def __call__(self, n_iter, point):
        """Return whether only the growth of the coefficients is left to be had."""
        if point.value > _PERFECT * self.objective.total:
            return False
        raw = self.objective.raw(point.theta)
        return separates(raw, self.objective.target)


# Mean log loss below which separable data count as fitted.
_PERFECT = 1e-6
