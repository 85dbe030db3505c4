"""What every solver starts from and returns; solvers know nothing of neurons.

An objective offers `value_and_gradient(theta)`, `curvature(theta)` and, for Newton,
`hessian(theta)`; for L-BFGS its `dtype` and `single()`, itself in single precision. The
penalty is the vector `ridge` of its Hessian's diagonal.
Every solver has the same signature:

``solver(objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None)``

``retune(curvature, point)`` returns a better ridge once the parameters have
nearly settled, and is asked until it has settled, too.
``monitor(n_iter, point)`` is called after each iteration; True ends training.
"""

from dataclasses import dataclass, replace

import numpy as np

STOPPED = "stopped by its monitor"


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

    def cut_back(self, point, n_iter):
        """Return this as if it had ended at an earlier Point, after n_iter."""
        return replace(
            self,
            theta=point.theta,
            ridge=point.ridge,
            loss_curve=self.loss_curve[:n_iter],
            n_iter=n_iter,
        )


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
    value = float(value) + 0.5 * float(pull @ theta)
    return Point(theta, ridge, value, gradient + pull)


def tune(point, curvature, retune, tol):
    """Return the point under a better penalty, and whether that hardly changed."""
    ridge = retune(curvature, point)
    settled = bool((np.abs(ridge - point.ridge) <= tol * point.ridge).all())
    return point.repenalised(ridge), settled


def finished(point, curve, message="converged"):
    """Return the Solution at a point where a stopping rule was met."""
    return Solution(point.theta, point.ridge, curve, len(curve), True, message)


def unfinished(point, curve):
    """Return the Solution at a point where the iterations ran out."""
    message = (
        f"Training stopped after max_iter={len(curve)} iterations, before it converged "
        f"(norm of the gradient: {np.linalg.norm(point.gradient):.2g}). Increase "
        "max_iter, alpha or tol."
    )
    return Solution(point.theta, point.ridge, curve, len(curve), False, message)


def continued(first, solver, objective, max_iter, **options):
    """Return what another solver makes of a Solution that has not converged."""
    left = max_iter - first.n_iter
    if first.converged or left <= 0:
        return first
    second = solver(objective, first.theta, first.ridge, max_iter=left, **options)
    return joined(first, second)


def joined(first, second):
    """Return what two solvers came to, one after the other; `first` may be None."""
    if first is None:
        return second
    curve = first.loss_curve + second.loss_curve
    # An unfinished one tells its iterations, of which there are more now.
    message = second.message.replace(
        f"max_iter={second.n_iter} ", f"max_iter={len(curve)} "
    )
    return replace(second, loss_curve=curve, n_iter=len(curve), message=message)
