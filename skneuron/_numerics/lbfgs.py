"""L-BFGS in single precision as far as that carries, then in double.

Nocedal (1980), "Updating quasi-Newton matrices with limited storage",
doi:10.1090/S0025-5718-1980-0572855-7. SciPy's L-BFGS-B finds the same minima; this one
spends a third of its time between two evaluations, evaluates most of them in float32
(where exponentials take a quarter of the time) and knows when the rest is not worth it.
"""

import math
from collections import deque

import numpy as np
from scipy.linalg import get_blas_funcs

from skneuron._numerics.curvature import factorised
from skneuron._numerics.solution import (
    STOPPED,
    Point,
    evaluate,
    finished,
    tune,
    unfinished,
)

# Pairs of steps and gradient changes that are remembered.
_MEMORY = 10

# The strongest penalty that float32 is good for: its squares stay in range.
_STRONG = 1e15

# Share of the objective that float32 can still tell apart, with a margin.
_SINGLE = 1e-5


def lbfgs(
    objective,
    theta,
    ridge,
    *,
    max_iter,
    tol,
    retune=None,
    monitor=None,
    guess=None,
    renew=None,
):
    """Minimise by L-BFGS; the penalty is tuned between runs of it.

    The curvature that tunes the penalty also stands at the start of the next run's
    quasi-Newton matrix, which then takes steps nearly as good as Newton's. `guess`
    solves with such a matrix for the first run; `renew(theta)` returns another such
    function where single precision ends.
    """
    run, settled = _Run(objective, monitor, max_iter, renew), retune is None
    first = tol if settled else max(tol, _SETTLED)
    point, done = run.minimise(theta, ridge, first, max_iter, guess)
    while not (settled or run.stopped) and run.left > 0:
        curvature = objective.curvature(point.theta)
        point, settled = tune(point, curvature, retune, _TUNED)
        guess = _solver_of(curvature, point.ridge)
        most = max_iter if settled else _ROUND
        point, done = run.minimise(point.theta, point.ridge, tol, most, guess)
    if run.stopped:
        return finished(point, run.curve, STOPPED)
    return (finished if settled and done else unfinished)(point, run.curve)


# How nearly the parameters must have settled, as a share of the objective still to be
# gained, before the penalty is tuned for the first time, and the iterations after which
# it is tuned again: not too early, when gamma describes a network in motion, nor late,
# when a network under a weak penalty does not leave what it has learnt too well.
_SETTLED = 1e-1
_ROUND = 20

# The relative change below which the penalty has settled: of g effective parameters it
# costs the evidence less than 0.15**2 g / 4 nats.
_TUNED = 0.15

# Parameters up to which solving with a dense factor costs less than a pass over data.
_DENSE = 1000


def _solver_of(curvature, ridge):
    return factorised(curvature, ridge).solve if len(ridge) <= _DENSE else None


class _Run:
    """Runs of L-BFGS that share an objective, a loss curve and a monitor."""

    def __init__(self, objective, monitor, max_iter, renew=None):
        self.renew = renew
        self.objectives = objective.single(), objective
        self.monitor = monitor
        self.max_iter = max_iter
        self.curve = []
        self.stopped = False

    @property
    def left(self):
        """Return how many iterations are left."""
        return self.max_iter - len(self.curve)

    def minimise(self, theta, ridge, tol, most, guess=None):
        """Return the Point where a run from theta ended and whether it converged."""
        first, most = len(self.curve), min(most, self.left)
        single, double = self.objectives
        if ridge.max() > _STRONG:
            single = double
        both = tol < _SINGLE and single is not double
        share = max(tol, _SINGLE) if both else tol
        point, done = self._descend(single, theta, ridge, share, guess, most)
        if done and both and not self.stopped:
            theta, most = point.theta.astype(float), self.left
            guess = guess if self.renew is None else self.renew(theta)
            point, done = self._descend(double, theta, ridge, tol, guess, most)
        elif single is not double:
            point = evaluate(double, point.theta.astype(float), ridge)
        self.curve[first:] = _falling([*self.curve[first:-1], point.value])
        return point, done

    def _descend(self, objective, theta, ridge, tol, guess, most):
        dtype = objective.dtype
        point = evaluate(objective, theta.astype(dtype), ridge.astype(dtype))
        memory, values = _Memory(dtype, guess), [point.value]
        for _ in range(most):
            direction = memory.direction(point.gradient)
            trial = _search(objective, point, direction)
            if trial is None:
                return point, True
            memory.remember(trial.theta - point.theta, trial.gradient - point.gradient)
            values.append(trial.value)
            left = still_to_gain(values)
            if guess is not None:
                left = -0.5 * float(point.gradient @ direction)
            point = trial
            self.curve.append(float(point.value))
            if self._stops(point, ridge) or left <= tol * abs(point.value):
                return point, True
        return point, False

    def _stops(self, point, ridge):
        if self.monitor is not None:
            theta = point.theta.astype(float)
            seen = Point(theta, ridge, point.value, point.gradient)
            self.stopped = bool(self.monitor(len(self.curve), seen))
        return self.stopped


def _falling(values):
    """Return a curve without single precision's rounding: down to the last value."""
    return np.minimum.accumulate(np.maximum(values, values[-1])).tolist()


# Gains are compared over so many iterations, and over more in long runs, which have
# long tails. Training often begins on a plateau, on which all neurons are alike; no run
# ends before it can be over.
_WINDOW = 5
_LEAST = 25


def still_to_gain(values):
    """Return what more iterations would gain if gains go on to fall as they did.

    Gains of two windows in a row, g1 and g2, extrapolate to g2 q / (1 - q), q = g2/g1.
    """
    if len(values) <= _LEAST:
        return np.inf
    window = max(_WINDOW, len(values) // 5 - 20)
    before, middle, last = values[-2 * window - 1], values[-window - 1], values[-1]
    gain = middle - last
    ratio = min(gain / max(before - middle, 1e-300), 0.95)
    return gain * ratio / (1.0 - ratio)


# Armijo's share of the decrease that the slope promises (Nocedal & Wright 2006,
# "Numerical Optimization", section 3.1).
_ARMIJO = 1e-4


def _search(objective, start, direction, max_tries=25):
    """Return the first Point along a direction that is low enough, or None."""
    slope, step = float(start.gradient @ direction), 1.0
    for _ in range(max_tries):
        trial = evaluate(objective, start.theta + step * direction, start.ridge)
        if trial.value <= start.value + _ARMIJO * step * slope:
            return trial if trial.value < start.value else None
        step *= _shortening(trial.value - start.value, step * slope)
    return None


def _shortening(rise, slope):
    """Return the step of the parabola through both values, as a share of the last."""
    if not math.isfinite(rise):
        return 0.1
    return min(max(-0.5 * slope / (rise - slope), 0.1), 0.5)


# A square below which float32 cannot divide.
_NOTHING = 1e-30


class _Memory:
    """The last steps and changes of the gradient, which stand for the Hessian."""

    def __init__(self, dtype, guess=None):
        self.guess = guess
        self.pairs = deque(maxlen=_MEMORY)
        self.scale = 1.0
        example = np.empty(0, dtype)
        self.dot, self.axpy = get_blas_funcs(("dot", "axpy"), (example,))

    def remember(self, step, change):
        """Keep a pair, unless its curvature is not clearly positive."""
        dot = self.dot
        curvature, square = dot(step, change), dot(change, change)
        if curvature > 1e-8 * square and square > _NOTHING:
            self.pairs.append((step, change, curvature))
            # So that the first matrix has the curvature of the last step.
            self.scale = curvature / dot(change, self._first(change))

    def _first(self, d):
        """Return the first matrix times d, which may be overwritten."""
        return d if self.guess is None else self.guess(d).astype(d.dtype)

    def direction(self, gradient):
        """Return minus the approximate inverse Hessian times the gradient."""
        dot, axpy = self.dot, self.axpy
        if not self.pairs and self.guess is None:
            return gradient * (-1.0 / max(1.0, math.sqrt(dot(gradient, gradient))))
        d, shares = -gradient, []
        for step, change, curvature in reversed(self.pairs):
            share = dot(step, d) / curvature
            shares.append(share)
            axpy(change, d, a=-share)
        d = self._first(d)
        d *= self.scale
        for step, change, curvature in self.pairs:
            axpy(step, d, a=shares.pop() - dot(change, d) / curvature)
        return d
