"""Few mistakes in three dimensions and more: annealing, then exact line searches.

The half-space of `coef` (p,) holds the rows of `design` (n, p) with design @ coef > 0.
As in `halfspace_exact`, fewest mistakes = largest total `gain` of the rows inside. The
columns of `design` are uncorrelated with variance 1, the last is 1: a unit `coef` then
gives scores of root mean square 1, and no step below knows the inputs' axes or units.
"""

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.special import expit

from skneuron._numerics.curvature import weighted_gram
from skneuron._numerics.halfspace_exact import sorted_with_order, widest_gap

# Cells narrower than this share of the scores' spread are not told from rounding.
RESOLUTION = 1e-10


@dataclass(frozen=True)
class Rows:
    """The rows (n, p) and their gains (n,)."""

    design: np.ndarray
    gain: np.ndarray

    @cached_property
    def turned(self):
        """Return the rows as columns, in C order."""
        return np.ascontiguousarray(self.design.T)

    @cached_property
    def ceiling(self):
        """Return the gain of a half-space without mistakes."""
        return self.gain[self.gain > 0].sum()

    def rounded(self):
        """Return the rows in single precision, the largest gain 1."""
        gain = self.gain / np.abs(self.gain).max()
        return Rows(self.design.astype(np.float32), gain.astype(np.float32))

    def place(self, coef):
        """Return the half-space of a direction of any length."""
        coef = coef / np.linalg.norm(coef)
        score = self.design @ coef
        return Place(coef, score, float(self.gain @ (score > 0)))


@dataclass(frozen=True)
class Place:
    """A half-space: unit `coef`, `score` of all rows, gain of the rows inside."""

    coef: np.ndarray
    score: np.ndarray
    gain: float


@dataclass(frozen=True)
class Search:
    """The best half-space found.

    Attributes
    ----------
    coef : ndarray of shape (p,)
    curve : list of float
        Best gain so far: of the starts, then after every round of line searches.
    settled : bool
        Whether each start was searched until it had stalled.
    """

    coef: np.ndarray
    curve: list
    settled: bool


def search(design, gain, *, max_iter, n_init, random_state, monitor=None):
    """Return the half-space of the largest gain that `n_init` starts lead to.

    The first start is the best of the logistic solution, the constant answers and a
    border without mistakes, where there is one; the next ones are thrown from the best
    half-space so far. Each is annealed, several times at once, and the best outcome is
    moved by line searches, round by round, after each of which `monitor()` may end all.
    """
    rng = np.random.default_rng(random_state)
    rows, frame, best = _prepare(design, gain)
    rounded, curve, settled, stopped = rows.rounded(), [best.gain], True, False
    for attempt in range(n_init):
        if best.gain >= rows.ceiling or stopped:
            break
        starts, slopes = _starts(rows, best, rng, thrown=attempt > 0)
        noise = rng.standard_exponential((len(starts), len(gain)), dtype=np.float32)
        noise[0] = 1.0
        annealed = rows.place(anneal(rounded, starts, slopes, noise))
        found, climbed, stopped = climb(
            rows, annealed, rng, max_iter, best.gain, monitor
        )
        best = found if found.gain >= best.gain else best
        curve += np.maximum(climbed, curve[-1]).tolist()
        settled = settled and (len(climbed) < max_iter or found.gain >= rows.ceiling)
    return Search(frame @ best.coef, curve, settled)


# Slopes of the sigmoid that stands in for the step, relative to the median score: from
# a nearly convex problem to one that is the 0/1 loss but for the closest rows.
_SLOPES = (2.0, 4.0, 8.0, 16.0, 32.0)
_SLOPES_ANEW = _SLOPES[1:]

# How many are annealed at once, and how far those after the first are thrown.
_CHAINS, _CHAINS_ANEW = 4, 8
_THROWS = np.geomspace(0.15, 1.2, _CHAINS_ANEW)[:, None]


def _starts(rows, best, rng, thrown):
    if not thrown:
        return np.repeat(best.coef[None], _CHAINS, axis=0), _SLOPES
    away = _of_length(_THROWS, _at_random(rows, best, rng, _CHAINS_ANEW))
    return best.coef + away, _SLOPES_ANEW


def _prepare(design, gain):
    """Return the rows in the frame of the logistic curvature, and the best start.

    Sorted by the size of the logistic score, the rows that the random draws pick are
    the same whatever the axes of the inputs and whichever class fires.
    """
    path, frame = logistic_path(design, gain)
    order = np.argsort(np.abs(design @ path[-1]), kind="stable")
    design, gain = design[order], gain[order]
    coef = _best_start(design, gain, path)
    rows = Rows(design @ frame, gain)
    return rows, frame, rows.place(np.linalg.solve(frame, coef))


def _best_start(design, gain, path):
    """Return the best of the logistic solutions, constants and a separating border."""
    constant = np.eye(design.shape[1])[-1]
    starts = np.array([*path, constant, -constant])
    reached = gain @ (design @ starts.T > 0)
    best = starts[reached.argmax()]
    wrong = (design @ best > 0) != (gain > 0)
    if wrong.sum() > 2 * len(best):
        return best
    return _separating(design, gain, path[-1], otherwise=best)


def _separating(design, gain, coef, otherwise):
    """Return the border of the widest gap, if that separates the sides."""
    length = np.linalg.norm(coef[:-1])
    normal, gap = widest_gap(design[:, :-1], gain > 0, coef[:-1] / max(length, 1e-300))
    position = design[:, :-1] @ normal
    border = np.append(normal, gap / 2 - position[gain > 0].min())
    return border if gap > 0 else otherwise


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
    while len(path) < steps and longest > 0.1:
        proba = expit(design @ coef)
        slope = design.T @ (weight * (proba - target)) + penalty * coef
        curvature = weighted_gram(design, weight * proba * (1 - proba))
        curvature[np.diag_indices_from(curvature)] += penalty
        step = cho_solve(cho_factor(curvature, lower=True), slope)
        longest = np.abs(design @ step).max()
        coef = coef - step * min(1.0, reach / longest) if longest > 0 else coef
        path.append(coef)
    return np.array(path), solve_triangular(
        np.linalg.cholesky(curvature), np.eye(len(coef)), lower=True, trans="T"
    )


# Steps under each slope; the share of a step that the next one keeps; the slope from
# which on every row has its own gain, and only rows this near to a border are used: the
# sigmoid of twice this distance is 0.9997.
_STEPS, _INERTIA, _STEEP, _FAR = 8, 0.8, 16.0, 4.0


def anneal(rows, starts, slopes, noise):
    """Return the best half-space met while maximising ``gain @ expit(slope * score)``.

    All `starts` (m, p) climb at once: along the gradient on the unit sphere, with
    inertia and steps of the sigmoid's width. The slope rises from one to the next of
    `slopes`; under the lower ones, the gains are multiplied by `noise` (m, n), which
    leads the climbers to different places.
    """
    coef = _of_length(1.0, starts.astype(rows.design.dtype))
    step, best_gain, best = np.zeros_like(coef), -np.inf, coef[0]
    for slope in slopes:
        score = coef @ rows.turned
        size = np.median(np.abs(score), axis=1, keepdims=True)
        steepness = slope / 2 / (size + 1e-12)
        if slope < _STEEP:
            some, pull, elsewhere = rows, rows.gain * noise, 0.0
        else:
            near = np.flatnonzero((np.abs(score) * steepness).min(axis=0) < _FAR)
            some = Rows(rows.design[near], rows.gain[near])
            score, pull = score[:, near], some.gain
            elsewhere = (coef @ rows.turned > 0) @ rows.gain - (score > 0) @ pull
        for _ in range(_STEPS):
            score *= steepness
            uphill = _bell(score, pull) @ some.design
            uphill -= _dot(uphill, coef) * coef
            step *= _INERTIA
            step += _of_length((1 - _INERTIA) / np.sqrt(slope), uphill)
            coef = _of_length(1.0, coef + step)
            score = coef @ some.turned
            reached = (score > 0) @ some.gain + elsewhere
            if reached.max() > best_gain:
                best_gain, best = reached.max(), coef[reached.argmax()]
    return best.astype(np.float64)


def _bell(score, pull):
    """Return pull times the slope of the sigmoid of 2 score, in place of the score."""
    np.tanh(score, out=score)
    score *= score
    np.subtract(1.0, score, out=score)
    score *= pull
    return score


def _dot(a, b):
    """Return the inner products of the rows of a and b, as a column."""
    return np.vecdot(a, b)[:, None]


def _of_length(length, rows):
    return rows * (length / (np.sqrt(_dot(rows, rows)) + 1e-30))


# Least rounds and line searches in a row without gain after which a start is left: one
# that is no better than those before, and one that is.
_BRIEF, _LONG = (4, 96), (8, 320)

# The fewest line searches of a round, and the numbers a round may sort for more: few
# rows take hardly longer together.
_LINES, _NUMBERS = 16, 8192


def climb(rows, here, rng, max_iter, to_beat, monitor=None):
    """Move along the best of a few lines, round by round, until that has stalled.

    Moves to half-spaces that are as good are made too: plateaus are wide, and their
    far ends lead on. A climb above the gain `to_beat` is given up later.

    Returns
    -------
    Place
    list of float
        Gain after each round.
    bool
        Whether the monitor ended it.
    """
    view, curve, stalled, draws = _near(rows, here), [], 0, itertools.cycle(_DRAWS)
    lines = int(np.clip(_NUMBERS // len(view.gain), _LINES, 4 * _LINES))
    brief, long = (max(least, most // lines) for least, most in (_BRIEF, _LONG))
    while len(curve) < max_iter and here.gain < rows.ceiling:
        if stalled >= (long if here.gain > to_beat else brief):
            break
        if curve and len(curve) % _ROUNDS_A_VIEW == 0:
            view = _near(rows, here)
        directions = _of_length(1.0, next(draws)(rows, here, rng, lines))
        moved = _move(rows, view, here, directions) if len(directions) else here
        stalled = 0 if moved.gain > here.gain else stalled + 1
        here = moved
        curve.append(here.gain)
        if monitor is not None and monitor():
            return here, curve, True
    return here, curve, False


@dataclass(frozen=True)
class _View:
    """The rows nearest to the border: nearly all that a good move may win or lose."""

    index: np.ndarray
    turned: np.ndarray
    gain: np.ndarray


# Rounds before the nearest rows are looked up again; their share, and least number.
_ROUNDS_A_VIEW, _SHARE, _LEAST = 6, 0.1, 64


def _near(rows, here):
    n, p = rows.design.shape
    index = _nearest(here.score, max(int(_SHARE * n), 4 * p, _LEAST))
    turned = np.ascontiguousarray(rows.design[index].T)
    return _View(index, turned, rows.gain[index])


def _nearest(score, count):
    """Return the indices of the `count` scores nearest to 0, in ascending order."""
    if count >= len(score):
        return np.arange(len(score))
    return np.sort(np.argpartition(np.abs(score), count)[:count])


def _move(rows, view, here, directions):
    """Return the best half-space along any of the lines, if it is no worse."""
    slopes = directions @ view.turned
    more, step = line_searches(here.score[view.index], slopes, view.gain)
    k = more.argmax()
    if not more[k] >= 0:
        return here
    moved = rows.place(here.coef + step[k] * directions[k])
    return moved if moved.gain >= here.gain else here


# Slopes of rows that a direction leaves where they are, up to rounding.
_STILL = 1e-14


def line_searches(score, slopes, gain):
    """Find the best t along each of several lines ``score + t * slope``.

    A row changes sides at t = -score / slope only: sort these, add up the gains, take
    the middle of the best interval that is wide enough to stand in.

    Parameters
    ----------
    score, gain : ndarray of shape (n,)
    slopes : ndarray of shape (m, n)

    Returns
    -------
    more : ndarray of shape (m,)
        How much more the rows inside gain than at t = 0; -inf where no interval is wide
        enough.
    step : ndarray of shape (m,)
        The t.
    """
    lines, still = np.arange(len(slopes)), np.abs(slopes) < _STILL
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = -score / slopes
        crossing[still] = np.inf
        crossing, order = sorted_with_order(crossing)
        width = crossing[:, 1:] - crossing[:, :-1]
        wide = width > RESOLUTION * (1 + np.abs(crossing[:, 1:]))
    order += lines[:, None] * slopes.shape[1]
    inside = np.where(slopes > 0, gain, -gain).take(order).cumsum(axis=1)[:, :-1]
    k = np.where(wide, inside, -np.inf).argmax(axis=1)
    now = gain * (score > 0)
    before = (~still & (slopes < 0)) @ gain - ~still @ now
    more = np.where(wide[lines, k], inside[lines, k] + before, -np.inf)
    return more, crossing[lines, k] + width[lines, k] / 2


def _towards_mistakes(rows, here, rng, count):
    """Return sums of a few rows on the wrong side, as in the perceptron's rule."""
    wrong = np.flatnonzero((here.score > 0) != (rows.gain > 0))
    sizes = (2.0 ** rng.uniform(0, 6, size=count)).astype(int)
    picks = wrong[rng.integers(len(wrong), size=sizes.sum())]
    pulls = np.sign(rows.gain[picks])[:, None] * rows.design[picks]
    return np.add.reduceat(pulls, sizes.cumsum() - sizes)


def _around_vertices(rows, here, rng, count):
    """Return directions that turn the border about all but one of p of its rows."""
    n, p = rows.design.shape
    if n < p:
        return np.empty((0, p))
    near = _nearest(here.score, 4 * p)
    corner = rows.design[rng.permutation(near)[:p]]
    try:
        # Rows in one plane make no vertex: lifted a little, they still give a line.
        return np.linalg.solve(corner + 1e-12 * np.eye(p), np.eye(p, count)).T[:count]
    except np.linalg.LinAlgError:
        return np.empty((0, p))


def _at_random(rows, here, rng, count, size=8):
    """Return random combinations of rows: no direction of the data is left out."""
    picks = rows.design[rng.integers(len(rows.design), size=count * size)]
    picks *= rng.standard_normal((count * size, 1))
    return picks.reshape(count, size, -1).sum(axis=1)


_DRAWS = (_towards_mistakes, _around_vertices, _at_random)
