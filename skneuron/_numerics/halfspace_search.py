"""Few mistakes in three dimensions and more: exact line searches from good starts.

The half-space of `coef` (p,) holds the rows of `design` (n, p) with design @ coef > 0.
As in `halfspace_exact`, fewest mistakes = largest total `gain` of the rows inside. The
columns of `design` are uncorrelated with variance 1, the last is 1: a unit `coef` then
gives scores of root mean square 1, and no step below knows the inputs' axes or units.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit

from skneuron._numerics.halfspace_exact import widest_gap

# Cells narrower than this share of the scores' spread are not told from rounding.
RESOLUTION = 1e-12


@dataclass(frozen=True)
class Candidate:
    """A half-space and the gain of the rows inside it."""

    coef: np.ndarray
    gain: float


@dataclass(frozen=True)
class Search:
    """The best half-space found.

    Attributes
    ----------
    coef : ndarray of shape (p,)
    curve : list of float
        Best gain so far: of the starts, then after every line search.
    settled : bool
        Whether each start was searched until it had stalled.
    """

    coef: np.ndarray
    curve: list
    settled: bool


# Slopes of the sigmoid that stands in for the step, relative to the median score: from
# a nearly convex problem to one that is the 0/1 loss but for the closest rows.
_SLOPES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_RESTART_SLOPES = (2.0, 4.0, 16.0)
_STEPS_PER_SLOPE = 20


# Line searches in a row without gain after which a start is left.
_PATIENCE = 60


def search(design, gain, *, max_iter, n_init, random_state):
    """Return the half-space of the largest gain that `n_init` starts lead to.

    The first start is the best of the logistic solution, the constant answers and a
    border without mistakes, where there is one, and is annealed; the next ones are the
    best half-space so far, by turns annealed from reweighted rows and thrown at random.
    Each is searched along lines that the rows around the border propose.
    """
    rng = np.random.default_rng(random_state)
    ceiling = gain[gain > 0].sum()
    design, gain, frame, best = _prepare(design, gain)
    curve, settled = [best.gain], True
    for attempt in range(n_init):
        if best.gain >= ceiling:
            break
        begin = _first_start if attempt == 0 else (_thrown, _reweighted)[attempt % 2]
        start = begin(design, gain, best, rng)
        found, climb = descend(design, gain, start, rng, max_iter, _PATIENCE)
        best = found if found.gain > best.gain else best
        curve += np.maximum(climb, curve[-1]).tolist()
        settled = settled and (len(climb) < max_iter or found.gain >= ceiling)
    return Search(frame @ best.coef, curve, settled)


def _prepare(design, gain):
    """Return the rows in the frame of the logistic curvature, and the best start.

    Sorted by the logistic score, the rows that the random draws pick are the same
    whatever the axes of the inputs.
    """
    path, frame = logistic_path(design, gain)
    order = np.argsort(design @ path[-1], kind="stable")
    design, gain = design[order], gain[order]
    coef = _best_start(design, gain, path)
    design = design @ frame
    return design, gain, frame, _candidate(design, gain, np.linalg.solve(frame, coef))


def _first_start(design, gain, start, rng):
    # Where the logistic scores hardly differ in sign the sigmoid has no slope to
    # follow: a few line searches first put the border among the rows.
    start, _ = descend(design, gain, start, rng, max_iter=20, patience=20)
    annealed = anneal(design, gain, start, _SLOPES)
    return annealed if annealed.gain >= start.gain else start


def _reweighted(design, gain, best, rng):
    """Anneal the best half-space anew, towards rows of other weights at first."""
    noise = rng.exponential(size=len(gain))
    return anneal(design, gain, best, _RESTART_SLOPES, noise)


def _thrown(design, gain, best, rng):
    """Turn the best half-space half-way into a random direction."""
    (direction,) = _directions(_at_random, design, gain, best.coef, rng)[:1]
    return _candidate(design, gain, best.coef / np.linalg.norm(best.coef) + direction)


def _candidate(design, gain, coef):
    return Candidate(coef, float(gain[design @ coef > 0].sum()))


def _best_start(design, gain, path):
    """Return the best of the logistic solutions, constants and a separating border."""
    last = path[-1]
    length = np.linalg.norm(last[:-1])
    normal, gap = widest_gap(design[:, :-1], gain > 0, last[:-1] / max(length, 1e-300))
    position = design[:, :-1] @ normal
    border = np.append(normal, gap / 2 - position[gain > 0].min())
    constant = np.append(0.0 * normal, 1.0)
    starts = [*path, constant, -constant, border]
    return max(starts, key=lambda coef: gain[design @ coef > 0].sum())


def logistic_path(design, gain, penalty=1.0, steps=20, reach=20.0):
    """Fit logistic regression by Newton's method; rows weigh ``|gain|``, n in total.

    No step moves a score by more than `reach`, so that separable rows stay in range.

    Returns
    -------
    path : ndarray of shape (steps, p)
        Coefficients after each step.
    frame : ndarray of shape (p, p)
        Coordinates in which the curvature is the identity: ``design @ frame`` has equal
        spread in all directions *among the rows that the border may still win*.
    """
    weight = np.abs(gain) * (len(gain) / np.abs(gain).sum())
    target = (gain > 0).astype(np.float64)
    coef, path = np.zeros(design.shape[1]), []
    longest = np.inf
    while len(path) < steps and longest > 1e-3:
        proba = expit(design @ coef)
        slope = design.T @ (weight * (proba - target)) + penalty * coef
        curvature = (design.T * (weight * proba * (1 - proba))) @ design
        curvature[np.diag_indices_from(curvature)] += penalty
        step = cho_solve(cho_factor(curvature, lower=True), slope)
        longest = np.abs(design @ step).max()
        coef = coef - step * min(1.0, reach / longest) if longest > 0 else coef
        path.append(coef)
    return np.array(path), solve_triangular(
        np.linalg.cholesky(curvature), np.eye(len(coef)), lower=True, trans="T"
    )


def anneal(design, gain, start, slopes, noise=1.0):
    """Return the best half-space met while maximising ``gain @ expit(slope * score)``.

    The slope rises from one to the next of `slopes`; under the first, the gains are
    multiplied by `noise`. The score is in units of its median size.
    """
    met = []

    def objective(coef, slope, gain_now):
        score = design @ coef
        met.append((float(gain[score > 0].sum()), coef.copy()))
        proba = expit(slope * score)
        pull = gain_now * proba * (1 - proba)
        return -(gain_now @ proba), -slope * (pull @ design)

    coef = start.coef
    for k, slope in enumerate(slopes):
        size = np.median(np.abs(design @ coef))
        coef = minimize(
            objective,
            coef / max(size, RESOLUTION * np.linalg.norm(coef)),
            args=(slope, gain * noise if k == 0 else gain),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": _STEPS_PER_SLOPE},
        ).x
    best_gain, coef = max(met, key=lambda one: one[0])
    return Candidate(coef, best_gain)


def descend(design, gain, start, rng, max_iter, patience):
    """Follow exact line searches until `patience` of them in a row bring nothing.

    Moves to half-spaces that are as good are made too: plateaus are wide, and their
    far ends lead on.

    Returns
    -------
    Candidate
    list of float
        Gain after each line search.
    """
    here, curve, stalled = start, [], 0
    ceiling = gain[gain > 0].sum()
    queue, draws = [], itertools.cycle(_DRAWS)
    while len(curve) < max_iter and stalled < patience and here.gain < ceiling:
        while not queue:
            queue = _directions(next(draws), design, gain, here.coef, rng)
        moved = _move(design, gain, here.coef, queue.pop())
        stalled = 0 if moved.gain > here.gain else stalled + 1
        here = moved if moved.gain >= here.gain else here
        curve.append(here.gain)
    return here, curve


def _move(design, gain, coef, direction):
    """Return the best half-space along a line, scored as it really is."""
    step = line_search(design @ coef, design @ direction, gain)
    moved = coef + step * direction
    return _candidate(design, gain, moved / np.linalg.norm(moved))


# Slopes of rows that a direction leaves where they are, up to rounding.
_STILL = 1e-14


def line_search(score, slope, gain):
    """Return the t at which the half-space of score + t * slope has the largest gain.

    A row changes sides at t = -score / slope only: sort these, add up the gains, take
    the middle of the best interval; 0 where no interval is wide enough to stand in.
    """
    turning = np.flatnonzero(np.abs(slope) > _STILL)
    if turning.size < 2:
        return 0.0
    crossing = -score[turning] / slope[turning]
    order = crossing.argsort()
    crossing, turning = crossing[order], turning[order]
    inside = np.where(slope[turning] > 0, gain[turning], -gain[turning])
    inside = inside.cumsum()[:-1]
    width = np.diff(crossing)
    inside[width <= RESOLUTION * (1 + np.abs(crossing[1:]))] = -np.inf
    k = inside.argmax()
    if np.isneginf(inside[k]):
        return 0.0
    return crossing[k] + width[k] / 2


# Directions drawn before the rows near the border are looked up again.
_PER_DRAW = 8


def _directions(draw, design, gain, coef, rng):
    """Return the unit directions that one of _DRAWS proposes around a border."""
    directions = draw(design, gain, design @ coef, rng)
    lengths = np.linalg.norm(directions, axis=1)
    usable = np.isfinite(lengths) & (lengths > 0)
    return list(directions[usable] / lengths[usable, None])


def _towards_mistakes(design, gain, score, rng):
    """Return sums of a few rows on the wrong side, as in the perceptron's rule."""
    wrong = np.flatnonzero((score > 0) != (gain > 0))
    sizes = 2.0 ** rng.uniform(0, 6, size=_PER_DRAW // 2)
    picks = [rng.choice(wrong, size=int(size)) for size in sizes]
    return np.array([np.sign(gain[pick]) @ design[pick] for pick in picks])


def _around_vertices(design, gain, score, rng):
    """Return directions that turn the border about all but one of p of its rows."""
    n, p = design.shape
    near = np.argpartition(np.abs(score), min(n, 4 * p) - 1)[: min(n, 4 * p)]
    rows = design[rng.permutation(np.sort(near))[:p]]
    if len(rows) < p:
        return np.empty((0, p))
    # A vertex of repeated columns is singular: lifted a little, it still gives a line.
    return np.linalg.solve(rows + RESOLUTION * np.eye(p), np.eye(p, _PER_DRAW)).T


def _at_random(design, gain, score, rng):
    """Return random combinations of all rows: no direction of the data is left out."""
    return rng.standard_normal((_PER_DRAW // 2, len(design))) @ design


_DRAWS = (_towards_mistakes, _around_vertices, _at_random)
