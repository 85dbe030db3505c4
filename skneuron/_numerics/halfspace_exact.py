"""Exact minima of the 0/1 loss in one and two dimensions, and the widest empty gap.

Every distinct point carries a `gain`: the weight of its rows that should fire minus the
weight of those that should stay silent. The mistakes of a half-space are a constant
minus the gain of the points inside it, so the fewest mistakes is the largest gain.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

# Cells narrower than this (in radians) are rounding noise of points that were meant to
# be collinear, as 0.1, 0.2, 0.3 are: no border is put there.
RESOLUTION = 1e-10

# Entries of the largest temporaries of the sweep: 2 MB each, for the caches.
_BLOCK = 250_000


@dataclass(frozen=True)
class Cut:
    """Points with `position` > threshold fire.

    Attributes
    ----------
    gain : float
        Total gain of the points that fire.
    threshold : float
        Midway between the nearest points of the two sides.
    gap : float
        Distance between those two points.
    """

    gain: float
    threshold: float
    gap: float


def best_cut(position, gain):
    """Return the Cut of largest gain along a line; of several, the widest.

    Positions that agree but for rounding stay together; None if all of them do.
    """
    order = position.argsort(kind="stable")
    position, gain = position[order], gain[order]
    inside = gain.sum() - gain.cumsum()[:-1]
    gap = np.diff(position)
    inside[gap <= 8 * np.finfo(float).eps * np.abs(position).max()] = -np.inf
    if np.isneginf(inside.max(initial=-np.inf)):
        return None
    ties = np.flatnonzero(inside == inside.max())
    k = ties[gap[ties].argmax()]
    threshold = position[k] + gap[k] / 2
    return Cut(float(inside[k]), float(threshold), float(gap[k]))


def best_half_planes(points, gain, keep=32):
    """Return unit normals that carry half-planes of the largest gain in the plane.

    A border can be moved until it touches a point at which nothing but that point is
    free to fall on either side (an extreme point of one side), and turned about it
    until it would meet the next. So it is enough to turn a line once around every
    point: O(n log n) for each, exact, and no general position is needed.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Distinct points.
    gain : ndarray of shape (n,)
        Their gains; points of gain 0 do not matter.
    keep : int, default=32
        How many normals to return at most, those with the most room to turn first.

    Returns
    -------
    normals : ndarray of shape (m, 2)
        A best_cut of `points @ normal` reaches the largest gain for each of them.
    gain : float
        The largest gain of all half-planes.
    """
    points, gain = points[gain != 0], gain[gain != 0]
    n = len(gain)
    rows = max(1, _BLOCK // n)
    blocks = [np.arange(k, min(k + rows, n)) for k in range(0, n, rows)]
    best = np.concatenate([_largest_gain(points, gain, block) for block in blocks])
    normals = _normals(points, gain, np.flatnonzero(best == best.max()), rows)
    return normals[:keep], float(best.max())


def _largest_gain(points, gain, pivots):
    """Return the largest gain of the half-planes bordered by each pivot."""
    slope, inside = _turn(points, gain, pivots)
    wide = _wide(slope)
    own = gain[pivots]
    left = np.where(wide, inside, -np.inf).max(axis=1)
    right = gain.sum() - own - np.where(wide, inside, np.inf).min(axis=1)
    return np.maximum(left, right) + np.maximum(own, 0.0)


def _normals(points, gain, pivots, rows):
    """Return the normals at which the pivots reach the largest gain, roomiest first."""
    found, room = [], []
    for k in range(0, len(pivots), rows):
        block = pivots[k : k + rows]
        slope, inside = _turn(points, gain, block)
        own = gain[block, None]
        both = np.stack((inside, gain.sum() - own - inside)) + np.maximum(own, 0.0)
        both[:, ~_wide(slope)] = -np.inf
        angle = np.arctan(slope) + np.pi / 2
        width = np.diff(angle, axis=1, append=angle[:, :1] + np.pi)
        side, pivot, cell = np.nonzero(both == both.max())
        middle = angle[pivot, cell] + width[pivot, cell] / 2
        sign = 1 - 2 * side
        found.append(np.column_stack((-np.sin(middle), np.cos(middle))) * sign[:, None])
        room.append(width[pivot, cell])
    order = np.argsort(-np.concatenate(room), kind="stable")
    return np.concatenate(found)[order]


# Stands in for the slope of a level line, whose products must stay finite.
_LEVEL = -1e150


def _turn(points, gain, pivots):
    """Turn a line by half a turn about each pivot.

    Returns
    -------
    slope : ndarray of shape (len(pivots), n)
        -cot of the angles at which the line meets the other points, ascending: cell k
        holds the lines between slope k and the next.
    inside : ndarray of shape (len(pivots), n)
        Gain on the left of the line in each cell, without the pivot's own.
    """
    x, y = (points[:, k] - points[pivots, k, None] for k in (0, 1))
    level = y == 0
    # Left of the line before the first meeting: the half-open upper half-plane.
    left = (y > 0) | (level & (x > 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        np.divide(-x, y, out=x)
    x[level] = _LEVEL
    slope, order = sorted_with_order(x)
    change = np.where(left, -gain, gain)
    change[np.arange(len(pivots)), pivots] = 0.0
    inside = np.take_along_axis(change, order, axis=1).cumsum(axis=1)
    return slope, inside + (left @ gain)[:, None]


def _wide(slope):
    """Return which cells are wider than RESOLUTION, by the tangent of a difference."""
    wide = np.empty(slope.shape, dtype=bool)
    low, high = slope[:, :-1], slope[:, 1:]
    wide[:, :-1] = high - low > RESOLUTION * (1 + low * high)
    angle = np.arctan(slope[:, [0, -1]])
    wide[:, -1] = angle[:, 0] + np.pi - angle[:, 1] > RESOLUTION
    return wide


def sorted_with_order(values):
    """Return the values (m, n) sorted along rows, and their order.

    An index in the last bits of each number saves an argsort, which takes thrice as
    long as a sort. 1e5 columns cost 17 of the 52 bits; infinity becomes NaN, which
    sorts last.
    """
    mask = (1 << int(values.shape[1]).bit_length()) - 1
    bits = values.view(np.int64)
    bits &= ~mask
    bits |= np.arange(values.shape[1])
    values.sort(axis=1)
    return values, bits & mask


def widest_gap(points, fires, normal, rounds=12):
    """Return the unit normal of the widest empty slab between two sides.

    The hard-margin problem ``min |w| such that side * (points @ w + t) >= 1``, as least
    distance programming (Lawson and Hanson 1974, chapter 23) on the few points that
    matter: the nearest of both sides, then those that the last slab still contained.

    Parameters
    ----------
    points : ndarray of shape (n, p)
        Points, centred.
    fires : ndarray of shape (n,), bool
        Their sides, both present.
    normal : ndarray of shape (p,)
        Unit normal to start from; best if it separates the sides.
    rounds : int, default=12
        How often points are added before the best slab so far is taken.

    Returns
    -------
    normal : ndarray of shape (p,)
        Never worse than the one given.
    gap : float
        Width of its slab; negative where the sides could not be separated.
    """
    side = np.where(fires, 1.0, -1.0)
    more = 2 * points.shape[1] + 2
    gap, depth = _gap(points @ normal, side)
    active = np.argsort(depth, kind="stable")[:more]
    for _ in range(rounds):
        trial = _least_norm(points[active], side[active], gap)
        if trial is None:
            break
        width, depth = _gap(points @ trial, side)
        if width > gap:
            normal, gap = trial, width
        bound = _gap(points[active] @ trial, side[active])[0]
        # No slab between the few: there is none between all. No wider one: done.
        if bound <= 0 or width >= (1 - 1e-3) * bound:
            break
        active = np.union1d(active, np.argsort(depth, kind="stable")[:more])
    return normal, gap


def _gap(position, side):
    """Return the gap between the sides, and how deep inside its side each point is."""
    low = position[side > 0].min(initial=np.inf)
    high = position[side < 0].max(initial=-np.inf)
    return low - high, side * (position - (low + high) / 2)


def _least_norm(points, side, scale):
    """Solve the hard-margin problem for a few points; None if that fails.

    The free threshold is one more coordinate whose axis is stretched so far that its
    share of the norm does not count; `scale` keeps the numbers near 1.
    """
    stretch = 100.0
    rows = np.column_stack((points, np.full(len(points), stretch))) * side[:, None]
    system = np.vstack((rows.T, np.full(len(points), max(scale, 1e-3) / 2)))
    target = np.zeros(len(system))
    target[-1] = 1.0
    try:
        residual = system @ nnls(system, target)[0] - target
    except (RuntimeError, np.linalg.LinAlgError):  # the latter before SciPy 1.15
        return None
    # The solution is residual / -residual[-1]; all 0 where no slab separates the sides.
    length = np.linalg.norm(residual[:-2])
    return residual[:-2] / length if length > 0 else None
