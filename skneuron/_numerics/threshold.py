"""The half-space that makes the fewest weighted mistakes: the 0/1 loss itself.

Rows that agree in their inputs are one point; see `merge`. One and two dimensions are
solved exactly (`halfspace_exact`), more by search (`halfspace_search`). Both run in
whitened inputs, so that units and axes do not matter; margins are measured with every
input in units of its own standard deviation.
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
    order = _order(X)
    X, fires, weight = X[order], fires[order], weight[order]
    first = np.flatnonzero(np.append(True, _differ(X)))
    # The factor keeps round totals off the powers of two at which the grid changes.
    unit = 2.0 ** (np.frexp(1.1 * weight.sum())[1] - 42)
    excited = np.rint(np.add.reduceat(weight * fires, first) / unit)
    silent = np.rint(np.add.reduceat(weight * ~fires, first) / unit)
    return Points(X[first], excited - silent, excited + silent, excited.sum(), unit)


# Columns that tell most rows apart: each takes as long to sort by as the first.
_TELLING = 8


def _order(X):
    """Return an order of the rows that depends on nothing else, equal ones adjacent."""
    order = np.lexsort(X[:, :_TELLING].T[::-1])
    rows = X[order]
    if (_differ(rows) & ~_differ(rows[:, :_TELLING])).any():
        return np.lexsort(X.T[::-1])
    return order


def _differ(rows):
    return (rows[1:] != rows[:-1]).any(axis=1)


def fit_half_space(
    X, fires, weight, *, max_iter=1000, n_init=3, random_state=0, monitor=None
):
    """Return a HalfSpace of few mistakes; the fewest for one or two inputs.

    Among half-spaces with as many mistakes, and of those that the search compares, the
    border lies in the widest gap: its direction maximises the distance between the
    nearest points of the two sides (of either class, every input in units of its
    standard deviation), and it runs midway between them.

    Parameters
    ----------
    X : ndarray of shape (n, d)
        Inputs.
    fires : ndarray of shape (n,), bool
        Whether each row should fire, that is, lie inside.
    weight : ndarray of shape (n,)
        Weights, 0 or more, some positive.
    max_iter : int, default=1000
        Rounds of line searches from a start, at most (three inputs and more).
    n_init : int, default=3
        Starts (three inputs and more).
    random_state : int, default=0
        Seed of the directions.
    monitor : callable, default=None
        Called after each round; True ends the search.

    Returns
    -------
    HalfSpace

    References
    ----------
    L. Li and H.-T. Lin, "Optimizing 0/1 loss for perceptrons by random coordinate
    descent", IJCNN 2007, doi:10.1109/IJCNN.2007.4371051.
    """
    points = merge(X, fires, weight)
    frame = _frame(points)
    options = {"max_iter": max_iter, "n_init": n_init, "random_state": random_state}
    options["monitor"] = monitor
    plan = _plan(frame.standardised @ frame.rotation, points.gain, options)
    borders = [_place(points, frame, normal) for normal in plan.normals]
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
class HalfSpaces:
    """Several of them, trained side by side: rows of `coef` (m, d), `intercept` (m,).

    The other attributes are those of HalfSpace, `loss_curve` summed over all; `message`
    says what to do where the search has not converged.
    """

    coef: np.ndarray
    intercept: np.ndarray
    optimal: bool
    loss_curve: list
    n_iter: int
    converged: bool
    message: str


def fit_half_spaces(X, fires, weight, *, max_iter, **options):
    """Return the HalfSpaces of the columns of `fires` (n, m); see fit_half_space."""
    options["max_iter"] = max_iter
    each = [fit_half_space(X, column, weight, **options) for column in fires.T]
    n_iter = max(one.n_iter for one in each)
    curves = [
        np.pad(one.loss_curve, (0, n_iter - one.n_iter), mode="edge") for one in each
    ]
    return HalfSpaces(
        coef=np.array([one.coef for one in each]),
        intercept=np.array([one.intercept for one in each]),
        optimal=all(one.optimal for one in each),
        loss_curve=np.sum(curves, axis=0).tolist(),
        n_iter=n_iter,
        converged=all(one.converged for one in each),
        message=f"The neuron was still improving after max_iter={max_iter} line "
        "searches from a start; increase max_iter.",
    )


@dataclass(frozen=True)
class _Frame:
    """The inputs with variance 1 each, and what makes them uncorrelated as well."""

    standardised: np.ndarray  # (n, d)
    scale: np.ndarray  # (d,)
    rotation: np.ndarray  # (d, rank): standardised @ rotation is whitened


def _frame(points):
    scaling = standardising(points.X, points.mass)
    Z = scaling.inputs(points.X)[:, :-1]
    share = np.sqrt(points.mass / points.mass.sum())
    triangle = np.linalg.qr(share[:, None] * Z, mode="r")
    _, size, right = np.linalg.svd(triangle, full_matrices=False)
    # What the inputs' own rounding leaves of collinear ones is no direction.
    offset = (np.abs(scaling.mean) / scaling.scale)[Z.any(axis=0)].max(initial=0.0)
    rounding = np.finfo(float).eps * (max(Z.shape) + 10 * offset)
    kept = size > rounding * size.max(initial=0.0)
    return _Frame(Z, scaling.scale, right[kept].T / size[kept])


@dataclass(frozen=True)
class _Plan:
    """Normals worth a border, and the gain that proves a border optimal."""

    normals: list
    proved: float
    curve: list
    settled: bool


# A side that weighs less than this share of the other is not learnt: with class weights
# of 1000 and 0.0001 the neuron always gives the first answer.
_NEGLIGIBLE = 1e-6


def _plan(rows, gain, options):
    matter = gain != 0
    rows, gain = rows[matter], gain[matter]
    ceiling = gain[gain > 0].sum()
    if min(ceiling, ceiling - gain.sum()) <= _NEGLIGIBLE * np.abs(gain).sum():
        return _Plan([], ceiling, [], True)
    if rows.shape[1] == 1:
        cuts = [best_cut(sign * rows[:, 0], gain) for sign in (1, -1)]
        if None in cuts:  # rows that agree but for rounding
            return _Plan([], max(gain.sum(), 0.0), [], True)
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


def _place(points, frame, normal):
    """Return the best border across a whitened normal, turned into the widest gap."""
    normal = frame.rotation @ normal
    length = np.linalg.norm(normal)
    if length == 0:
        return _constant(points)
    normal = normal / length
    position = frame.standardised @ normal
    cut = best_cut(position, points.gain)
    if cut is None:
        return _constant(points)
    fires = position > cut.threshold
    normal, gap = widest_gap(frame.standardised, fires, normal)
    # Sides are counted in input units, as `predict` will: rounding shows here.
    coef = normal / frame.scale
    position = points.X @ coef
    cut = best_cut(position, points.gain)
    if cut is None:
        return _constant(points)
    spread = np.sqrt(np.cov(position, aweights=points.mass, ddof=0))
    return _Border(coef / spread, -cut.threshold / spread, cut.gain, max(gap, cut.gap))
