"""Minimisers of an objective plus a quadratic penalty; they know nothing of neurons.

An objective offers `value_and_gradient(theta)` and `curvature(theta)`; the penalty is
the vector `ridge` of its Hessian's diagonal. Every solver has the same signature:

``solver(objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None)``

``retune(curvature, point)`` returns a better ridge once the parameters have
nearly settled, and is asked until it has settled too (a relative 1e-2).
``monitor(n_iter, point)`` is called after each iteration; True ends training.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize


@dataclass(frozen=True)
class Solution:
    """What a solver found.

    Attributes
    ----------
    theta : ndarray of shape (P,)
        Parameters of the lowest objective met at the last ridge.
    ridge : ndarray of shape (P,)
        Penalty they were found with.
    loss_curve : list of float
        Objective after each iteration.
    n_iter : int
        Iterations used.
    converged : bool
        Whether the stopping rule was met before the iterations ran out.
    message : str
        Why it stopped, and what to do if it had not converged.
    """

    theta: np.ndarray
    ridge: np.ndarray
    loss_curve: list
    n_iter: int
    converged: bool
    message: str


@dataclass(frozen=True)
class Point:
    """The penalised objective and its gradient at theta."""

    theta: np.ndarray
    ridge: np.ndarray
    value: float
    gradient: np.ndarray

    def repenalised(self, ridge):
        """Return the same point under another penalty."""
        pull = (ridge - self.ridge) * self.theta
        value = self.value + 0.5 * pull @ self.theta
        return Point(self.theta, ridge, value, self.gradient + pull)


def evaluate(objective, theta, ridge):
    """Return the Point of objective + penalty at theta."""
    value, gradient = objective.value_and_gradient(theta)
    pull = ridge * theta
    return Point(theta, ridge, value + 0.5 * pull @ theta, gradient + pull)


# How nearly the parameters must have settled, as a share of the objective still to be
# gained, before the penalty is tuned: earlier, gamma describes a network in motion.
_SETTLED = 1e-2


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
    damper, left = _Damper(damping), np.inf
    while len(curve) < max_iter:
        curvature, settled = objective.curvature(point.theta), True
        if retune is not None:
            settled = False
            if left <= _SETTLED * abs(point.value):
                point, settled = _retuned(point, curvature, retune)
        start = point
        point, left = damper.step(objective, curvature, start)
        curve.append(float(point.value))
        gains.append(start.value - point.value)
        if len(gains) >= 10:
            left = min(left, sum(gains[-10:]))
        if monitor is not None and monitor(len(curve), point):
            return _solution(point, curve, _STOPPED)
        if settled and left <= tol * abs(point.value):
            return _solution(point, curve, "converged")
    return _unfinished(point, curve)


def _retuned(point, curvature, retune):
    ridge = retune(curvature, point)
    settled = np.allclose(ridge, point.ridge, rtol=1e-2, atol=0.0)
    return point.repenalised(ridge), settled


def _solution(point, curve, message, converged=True):
    return Solution(point.theta, point.ridge, curve, len(curve), converged, message)


_STOPPED = "stopped by its monitor"


def _unfinished(point, curve):
    message = (
        f"Training stopped after max_iter={len(curve)} iterations, before it converged "
        f"(norm of the gradient: {np.linalg.norm(point.gradient):.2g}). Increase "
        "max_iter, alpha or tol."
    )
    return _solution(point, curve, message, converged=False)


class _Damper:
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
            # What the rounding of the objective hides cannot be gained.
            if slope <= 1e-13 * abs(point.value):
                break
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
        return self._factor(curvature, ridge)

    def _undamped(self, curvature, point, slope):
        """Return g'(H + R)^-1 g / 2, only where the damped step could be the last."""
        if self.damping == 0 or slope > _SETTLED * abs(point.value):
            return 0.5 * slope
        factor = _Damper(0.0)._factor(curvature, point.ridge)
        return 0.5 * point.gradient @ factor.solve(point.gradient)

    def _lower(self, ratio):
        self.damping *= max(1 / 3, 1 - (2 * min(ratio, 1.0) - 1) ** 3)
        self.growth = 2.0

    def _raise(self, curvature):
        floor = 1e-6 * curvature.diagonal().max()
        self.damping = max(self.damping * self.growth, floor)
        self.growth *= 2.0


def lbfgs(objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None):
    """Minimise by SciPy's L-BFGS-B; the penalty is tuned between runs of it."""
    run = _LbfgsRun(objective, monitor)
    point, settled = evaluate(objective, theta, ridge), False
    while not settled and len(run.curve) < max_iter:
        # While the penalty still moves, the last digits of its minimum are wasted.
        share = 0.1 if retune is None else 1.0
        point, finished = run.minimise(point, max_iter - len(run.curve), share * tol)
        if run.stopped:
            return _solution(point, run.curve, _STOPPED)
        if not finished:
            break
        settled = retune is None
        if not settled:
            curvature = objective.curvature(point.theta)
            point, settled = _retuned(point, curvature, retune)
    if settled:
        return _solution(point, run.curve, "converged")
    return _unfinished(point, run.curve)


class _LbfgsRun:
    """Runs of L-BFGS-B that share a loss curve and a monitor."""

    def __init__(self, objective, monitor):
        self.objective = objective
        self.monitor = monitor
        self.curve = []
        self.stopped = False

    def minimise(self, start, max_iter, tol):
        """Return where a run from start ended and whether it converged."""
        self.ridge = start.ridge
        # SciPy compares the gain of one iteration, a tenth to a hundredth of what is
        # left to be gained; its test of the gradient would depend on units.
        options = {"maxiter": max_iter, "maxls": 50, "ftol": tol, "gtol": 0.0}
        result = minimize(
            self._penalised,
            start.theta,
            jac=True,
            method="L-BFGS-B",
            callback=self._record,
            options=options | {"maxfun": 20 * max_iter},
        )
        end = evaluate(self.objective, result.x, self.ridge)
        if not self.curve or end.value < self.curve[-1]:
            self.curve.append(float(end.value))
        return end, result.status != 1

    def _penalised(self, theta):
        point = evaluate(self.objective, theta, self.ridge)
        return point.value, point.gradient

    def _record(self, intermediate_result):
        theta, value = intermediate_result.x.copy(), float(intermediate_result.fun)
        self.curve.append(value)
        if self.monitor is None:
            return
        point = Point(theta, self.ridge, value, intermediate_result.get("jac"))
        if self.monitor(len(self.curve), point):
            self.stopped = True
            raise StopIteration


_BATCH = 200
_RATE = 1e-2


def adam(
    objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None, random_state=0
):
    """Minimise by Adam (Kingma & Ba 2015, arXiv:1412.6980) on mini-batches.

    An iteration is one pass over the rows. The best parameters met are kept: the loss
    curve is their objective. The learning rate is divided by 4 after 5 passes without
    a gain of `tol`, and training ends at the third such division.
    """
    rng = np.random.default_rng(random_state)
    best, curve = evaluate(objective, theta, ridge), []
    walk, rate, idle = _AdamWalk(theta), _RATE, 0
    while len(curve) < max_iter:
        walk.epoch(objective, best.ridge, rate, rng)
        point = evaluate(objective, walk.theta.copy(), best.ridge)
        idle = 0 if best.value - point.value > tol * abs(best.value) else idle + 1
        best = point if point.value < best.value else best
        curve.append(float(best.value))
        if monitor is not None and monitor(len(curve), best):
            return _solution(best, curve, _STOPPED)
        if idle < 5:
            continue
        walk, rate, idle, settled = _AdamWalk(best.theta), rate / 4, 0, True
        if retune is not None:
            best, settled = _retuned(best, objective.curvature(best.theta), retune)
        if rate < _RATE / 40 and settled:
            return _solution(best, curve, "converged")
    return _unfinished(best, curve)


class _AdamWalk:
    """Adam's moving averages of the gradient and its square."""

    def __init__(self, theta):
        self.theta = theta.copy()
        self.mean = np.zeros_like(theta)
        self.square = np.zeros_like(theta)
        self.n_steps = 0

    def epoch(self, objective, ridge, rate, rng):
        """Pass once over the rows in random order."""
        order = rng.permutation(objective.n_samples)
        for rows in np.array_split(order, -(-objective.n_samples // _BATCH)):
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
