"""The half-space that makes the fewest weighted mistakes: the 0/1 loss itself.

Rows that agree in their inputs are one point; see `merge`. One and two dimensions are
solved exactly (`halfspace_exact`), more by search (`halfspace_search`). All of it runs
in whitened inputs, so that it does not depend on their units or axes.
"""

from dataclasses import dataclass

import numpy as np

from skneuron._numerics.halfspace_exact import (
    best_cut,
    best_half_planes,
    widest_gap,
)
from skneuron._numerics.halfspace_search import search
from skneuron._numerics.scaling import standardising

# Distinct points up to which the plane is searched exactly: seconds.
EXACT_LIMIT = 5000


@dataclass(frozen=True)
class HalfSpace:
    """The rows with ``x @ coef + intercept > 0``; a row at 0 is outside.

    Attributes
    ----------
    coef : ndarray of shape (d,)
        Scaled so that ``x @ coef + intercept`` has standard deviation 1 on the training
        data; 0 where no input helps.
    intercept : float
    mistakes : float
        Total weight of the training rows on the wrong side.
    optimal : bool
        Whether no half-space makes fewer: proved by exact search, or no row is wrong
        but those that agree in all inputs with a heavier row of the other class.
    loss_curve : list of float
        Mistakes of the best half-space so far, after each iteration.
    n_iter : int
        Length of `loss_curve`.
    converged : bool
        Whether the search ended before `max_iter` cut it short.
    """

    coef: np.ndarray
    intercept: float
    mistakes: float
    optimal: bool
    loss_curve: list
    n_iter: int
    converged: bool


@dataclass(frozen=True)
class Points:
    """Distinct inputs; all that the 0/1 loss needs to know of the training data.

    Attributes
    ----------
    X : ndarray of shape (n, d)
    gain : ndarray of shape (n,)
        Weight of the rows that should fire minus weight of those that should not.
    mass : ndarray of shape (n,)
        Their sum.
    positive : float
        Weight of all rows that should fire: mistakes = positive - gain inside.
    unit : float
        What gains and `positive` have to be multiplied by.
    """

    X: np.ndarray
    gain: np.ndarray
    mass: np.ndarray
    positive: float
    unit: float

    def mistakes(self, gain_inside):
        """Return the weight of the mistakes of a half-space."""
        return (self.positive - gain_inside) * self.unit


def merge(X, fires, weight):
    """Return the Points of a training set, the same for any order and for repeats.

    Weights are rounded to multiples of 2**-42 of their sum (to a power of two). Sums of
    up to all of them are then exact in float64 whatever their order, so that gains can
    be compared with == and < and a tie is a tie.
    """
    X, fires, weight = X[weight > 0] + 0.0, fires[weight > 0], weight[weight > 0]
    order = np.lexsort(X.T[::-1])
    X, fires, weight = X[order], fires[order], weight[order]
    first = np.flatnonzero(np.append(True, (X[1:] != X[:-1]).any(axis=1)))
    # The factor keeps round totals off the powers of two at which the grid changes.
    unit = 2.0 ** (np.frexp(1.1 * weight.sum())[1] - 42)
    excited = np.rint(np.add.reduceat(weight * fires, first) / unit)
    silent = np.rint(np.add.reduceat(weight * ~fires, first) / unit)
    return Points(X[first], excited - silent, excited + silent, excited.sum(), unit)


def fit_half_space(X, fires, weight, *, max_iter=1000, n_init=4, random_state=0):
    """Return a HalfSpace of few mistakes; the fewest for one or two inputs.

    Among half-spaces with as many mistakes, and of those that the search compares, the
    border lies in the widest gap: its direction maximises the distance between the
    nearest points of the two sides (of either class, and in standard deviations of the
    data, so that units and axes do not matter), and it runs midway between them.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs.
    fires : ndarray of shape (n,), bool
        Whether each row should fire, that is, lie inside.
    weight : ndarray of shape (n,)
        Weights, 0 or more, some positive.
    max_iter : int, default=1000
        Line searches from a start, at most (three inputs and more).
    n_init : int, default=4
        Starts (three inputs and more).
    random_state : int, default=0
        Seed of the directions.

    Returns
    -------
    HalfSpace

    References
    ----------
    L. Li and H.-T. Lin, "Optimizing 0/1 loss for perceptrons by random coordinate
    descent", IJCNN 2007, doi:10.1109/IJCNN.2007.4371051.
    """
    points = merge(X, fires, weight)
    whitened = _whiten(points)
    options = {"max_iter": max_iter, "n_init": n_init, "random_state": random_state}
    plan = _plan(whitened.rows, points.gain, options)
    borders = [_place(points, whitened, normal) for normal in plan.normals]
    best = max([*borders, _constant(points)], key=lambda border: border.rank)
    curve = [points.mistakes(gain) for gain in [*plan.curve, best.gain]]
    optimal = best.gain >= plan.proved
    return HalfSpace(
        coef=best.coef,
        intercept=best.intercept,
        mistakes=curve[-1],
        optimal=optimal,
        loss_curve=curve,
        n_iter=len(curve),
        converged=optimal or plan.settled,
    )


@dataclass(frozen=True)
class _Whitened:
    """Uncorrelated combinations of the inputs, mean 0 and variance 1."""

    rows: np.ndarray  # (n, rank)
    to_input: np.ndarray  # (d, rank): rows = (X - mean) @ to_input


def _whiten(points):
    scaling = standardising(points.X, points.mass)
    Z = scaling.inputs(points.X)[:, :-1]
    share = np.sqrt(points.mass / points.mass.sum())
    triangle = np.linalg.qr(share[:, None] * Z, mode="r")
    _, size, right = np.linalg.svd(triangle, full_matrices=False)
    kept = size > max(Z.shape) * np.finfo(float).eps * size.max(initial=0.0)
    rotation = right[kept].T / size[kept]
    return _Whitened(Z @ rotation, rotation / scaling.scale[:, None])


@dataclass(frozen=True)
class _Plan:
    """Normals worth a border, and the gain that proves a border optimal."""

    normals: list
    proved: float
    curve: list
    settled: bool


def _plan(rows, gain, options):
    matter = gain != 0
    rows, gain = rows[matter], gain[matter]
    ceiling = gain[gain > 0].sum()
    if (gain > 0).all() or (gain < 0).all():
        return _Plan([], ceiling, [], True)
    if rows.shape[1] == 1:
        cuts = [best_cut(sign * rows[:, 0], gain) for sign in (1, -1)]
        return _Plan([[1.0], [-1.0]], max(cut.gain for cut in cuts), [], True)
    if rows.shape[1] == 2 and len(rows) <= EXACT_LIMIT:
        return _Plan(*best_half_planes(rows, gain), [], True)
    design = np.column_stack((rows, np.ones(len(rows))))
    found = search(design, gain, **options)
    return _Plan([found.coef[:-1]], ceiling, found.curve, found.settled)


@dataclass(frozen=True)
class _Border:
    coef: np.ndarray
    intercept: float
    gain: float
    gap: float

    @property
    def rank(self):
        """Return what the best border has most of: gain, then gap."""
        return self.gain, self.gap


def _constant(points):
    """Return the neuron without synapses: it always fires, or never does."""
    everything = points.gain.sum()
    sign = 1.0 if everything > 0 else -1.0
    return _Border(np.zeros(points.X.shape[1]), sign, max(everything, 0.0), -1.0)


def _place(points, whitened, normal):
    """Return the best border across a normal, turned into the widest gap."""
    if not np.any(normal):
        return _constant(points)
    normal = np.asarray(normal) / np.linalg.norm(normal)
    cut = best_cut(whitened.rows @ normal, points.gain)
    fires = whitened.rows @ normal > cut.threshold
    normal, gap = widest_gap(whitened.rows, fires, normal)
    coef = whitened.to_input @ normal
    # Sides are counted in input units, as `predict` will: rounding shows here.
    cut = best_cut(points.X @ coef, points.gain)
    if cut is None:
        return _constant(points)
    return _Border(coef, -cut.threshold, cut.gain, max(gap, cut.gap))
