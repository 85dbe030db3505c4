"""Damped Newton steps, and Adam on mini-batches; for the signature see `solution`."""

from dataclasses import replace

import numpy as np

from skneuron._numerics.solution import (
    STOPPED,
    evaluate,
    finished,
    tune,
    unfinished,
)

# How nearly the parameters must have settled, as a share of the objective still to be
# gained, before the penalty is tuned: earlier, gamma describes a network in motion.
_SETTLED = 1e-2

# The relative change below which the penalty has settled.
_TUNED = 1e-2


def levenberg_marquardt(
    objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None, damping=0.0
):
    """Minimise by damped Newton steps on the objective's curvature.

    Each step solves (H + diag(ridge) + damping) step = -gradient. The damping follows
    Nielsen (1999), "Damping parameter in Marquardt's method", IMM-REP-1999-05: it
    falls as far as a step's gain agrees with what the quadratic promised, and grows
    ever faster while steps fail. From damping = 0 it is Newton's method until a step
    fails. Stops when what is left to be gained is below `tol` times the objective: the
    promise of the undamped quadratic or, since across the kinks of a rectifier no step
    can keep that, the gain of the last 10 steps.
    """
    point, curve, gains = evaluate(objective, theta, ridge), [], []
    damper, left = Damper(damping), np.inf
    while len(curve) < max_iter:
        curvature, settled = objective.hessian(point.theta), True
        if retune is not None:
            settled = False
            if left <= _SETTLED * abs(point.value):
                point, settled = tune(point, curvature, retune, _TUNED)
        start = point
        point, left = damper.step(objective, curvature, start)
        curve.append(float(point.value))
        gains.append(start.value - point.value)
        if len(gains) >= 10:
            left = min(left, sum(gains[-10:]))
        if monitor is not None and monitor(len(curve), point):
            return finished(point, curve, STOPPED)
        if settled and left <= tol * abs(point.value):
            return finished(point, curve)
    return unfinished(point, curve)


class Damper:
    """Levenberg's damping and Nielsen's rule for it."""

    def __init__(self, damping):
        self.damping = damping
        self.growth = 2.0

    def step(self, objective, curvature, point, max_tries=40):
        """Return the next Point and the gain that the undamped quadratic promised."""
        for _ in range(max_tries):
            factor = self._factor(curvature, point.ridge)
            step = -factor.solve(point.gradient)
            slope = -point.gradient @ step
            trial = evaluate(objective, point.theta + step, point.ridge)
            gain = point.value - trial.value
            if gain > 0:
                promise = self._undamped(curvature, point, slope)
                self._lower(gain / (0.5 * (slope + self.damping * step @ step)))
                return trial, promise
            # What the rounding of the objective hides cannot be gained, but the
            # gradient may still tell which of both is nearer to the minimum.
            if slope <= 1e-13 * abs(point.value):
                return _flatter(point, trial), 0.0
            self._raise(curvature)
        return point, 0.0

    def _factor(self, curvature, ridge):
        """Return the damped factor, of the exact Hessian where that is definite."""
        for factor in (curvature.newton, curvature.plus):
            try:
                return factor(ridge + self.damping)
            except np.linalg.LinAlgError:
                continue
        self._raise(curvature)
        if not np.isfinite(self.damping):
            raise ValueError("The curvature is infinite or far from positive.")
        return self._factor(curvature, ridge)

    def _undamped(self, curvature, point, slope):
        """Return g'(H + R)^-1 g / 2, only where the damped step could be the last."""
        if self.damping == 0 or slope > _SETTLED * abs(point.value):
            return 0.5 * slope
        factor = Damper(0.0)._factor(curvature, point.ridge)
        return 0.5 * point.gradient @ factor.solve(point.gradient)

    def _lower(self, ratio):
        self.damping *= max(1 / 3, 1 - (2 * min(ratio, 1.0) - 1) ** 3)
        self.growth = 2.0

    def _raise(self, curvature):
        floor = max(1e-6 * np.abs(curvature.diagonal()).max(), 1e-300)
        self.damping = max(self.damping * self.growth, floor)
        self.growth *= 2.0


def _flatter(point, trial):
    """Return the Point of the smaller gradient; their values are equal but rounding."""
    if np.linalg.norm(trial.gradient) < np.linalg.norm(point.gradient):
        return replace(trial, value=point.value)
    return point


# Rows of a mini-batch: a quarter of what there is within these bounds, so that a pass
# over few, such as a part of a stream, is more than a step. At lower rates, the most.
_FEWEST, _MOST = 25, 200
RATE = 1e-2

# A pass gains a small share of what is left to be gained, which `tol` speaks of.
_PASS = 1e-5


def adam(
    objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None, random_state=0
):
    """Minimise by Adam (Kingma & Ba 2015, arXiv:1412.6980) on mini-batches.

    An iteration is one pass over the rows. The best parameters met are kept: the loss
    curve is their objective. The learning rate is divided by 4 after 5 passes without
    a gain of `tol` or `_PASS`, and training ends at the third such division.
    """
    tol = min(tol, _PASS)
    best, curve = evaluate(objective, theta, ridge), []
    walk, rate, idle = AdamWalk.starting(theta), RATE, 0
    while len(curve) < max_iter:
        walk.epoch(objective, best.ridge, rate, [random_state, len(curve)])
        point = evaluate(objective, walk.theta.copy(), best.ridge)
        idle = 0 if best.value - point.value > tol * abs(best.value) else idle + 1
        best = point if point.value < best.value else best
        curve.append(float(best.value))
        if monitor is not None and monitor(len(curve), best):
            return finished(best, curve, STOPPED)
        if idle < 5:
            continue
        walk, rate = AdamWalk.starting(best.theta), rate / 4
        idle, settled = 0, True
        if retune is not None:
            best, settled = tune(best, objective.curvature(best.theta), retune, _TUNED)
        if rate < RATE / 40 and settled:
            return finished(best, curve)
    return unfinished(best, curve)


class AdamWalk:
    """Adam's parameters, and moving averages of the gradient and its square."""

    def __init__(self, theta, mean, square, n_steps):
        self.theta, self.mean, self.square = theta.copy(), mean.copy(), square.copy()
        self.n_steps = n_steps

    @classmethod
    def starting(cls, theta):
        """Return a walk that begins at theta."""
        return cls(theta, np.zeros_like(theta), np.zeros_like(theta), 0)

    def epoch(self, objective, ridge, rate, seed):
        """Pass once over the rows in random order."""
        order = np.random.default_rng(seed).permutation(objective.n_samples)
        size = int(np.clip(len(order) // 4, _FEWEST, _MOST)) if rate == RATE else _MOST
        for rows in np.array_split(order, -(-len(order) // size)):
            share = len(rows) / objective.n_samples
            gradient = objective.rows(rows).value_and_gradient(self.theta)[1] / share
            self._move(gradient + ridge * self.theta, rate)

    def _move(self, gradient, rate):
        self.n_steps += 1
        self.mean += 0.1 * (gradient - self.mean)
        self.square += 0.001 * (gradient**2 - self.square)
        mean = self.mean / (1 - 0.9**self.n_steps)
        square = self.square / (1 - 0.999**self.n_steps)
        self.theta -= rate * mean / (np.sqrt(square) + 1e-8)
