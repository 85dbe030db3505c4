"""Training of a single layer: the cheapest way to its one optimum."""

from dataclasses import replace
from functools import partial

import numpy as np

from skneuron._numerics.class_curvature import ClassByClass
from skneuron._numerics.curvature import factorised
from skneuron._numerics.evidence import effective_parameters
from skneuron._numerics.lbfgs import lbfgs
from skneuron._numerics.linear import FoldedLinear, Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.row_space import row_space
from skneuron._numerics.scaling import roughly, standardising, unit_size
from skneuron._numerics.solution import (
    STOPPED,
    continued,
    evaluate,
    joined,
    tune,
    unfinished,
)
from skneuron._numerics.solvers import levenberg_marquardt

# Largest ratio of the columns' scales at which a rotation keeps all of them precise.
_RATIO = 1e4

# Numbers in X up to which its scaled inputs are kept, for one output: a copy in single
# precision pays where exponentials are many. And how many deviations away from 0 a mean
# may be for them not to be needed.
_KEPT = 2**15
_OFFSET = 1e4


def scaled_objective(X, target, weight, *, bias, penalised):
    """Return a scaling of X and the log loss of a layer on its inputs.

    With more columns than rows and a penalty the scaling is a rotation into the rows'
    space. Where X is large and its offsets are moderate, the inputs are not kept.
    """
    scaling = roughly(standardising if bias else unit_size, X, weight)
    n_outputs, target = target.shape[1], np.asfortranarray(target)
    loss, predictor = log_loss(n_outputs), Linear(scaling.n_inputs, n_outputs)
    even = scaling.scale.max() <= _RATIO * scaling.scale.min()
    if penalised and even and len(X) < X.shape[1]:
        # The mean of the columns' scales: the bounds of alpha stay where they are.
        size = np.exp(np.log(scaling.scale).mean())
        scaling, inputs = row_space(X, scaling.mean, size, bias)
        predictor = Linear(inputs.shape[1], n_outputs)
        return scaling, DataLoss(predictor, loss, inputs, target, weight)
    offset = np.abs(scaling.mean / scaling.scale).max()
    if X.size <= _KEPT * n_outputs**2 or offset > _OFFSET:
        return scaling, DataLoss(predictor, loss, scaling.inputs(X), target, weight)
    predictor = FoldedLinear(scaling.n_inputs, n_outputs, scaling)
    return scaling, DataLoss(predictor, loss, X, target, weight, double=True)


# Operations that a whole curvature may cost for Newton's steps to be the cheapest.
_CHEAP = 10**6


def minimise(objective, theta, ridge, *, max_iter, tol, retune=None, monitor=None):
    """Minimise the log loss of a linear predictor; for the signature see `solution`.

    Few rows and parameters take Newton's steps. Otherwise the curvature at the start,
    or at the optimum of a sample of rows, becomes the first matrix of L-BFGS, which
    then needs some 5 to 12 passes over the rows. Where it crawls, Newton takes over.
    """
    options = {"tol": tol, "retune": retune, "monitor": monitor}
    newton = levenberg_marquardt
    if objective.n_samples * len(theta) ** 2 <= _CHEAP:
        return newton(objective, theta, ridge, max_iter=max_iter, **options)
    first = _quasi_newton(objective, theta, ridge, max_iter, **options)
    return continued(first, newton, objective, max_iter, **options)


# Iterations of one run of L-BFGS, and how many for each parameter: a Newton step costs
# as many passes over the rows as there are parameters.
_LONGEST = 30
_PASSES = 0.1

# A step of Newton squares the error, one of L-BFGS only divides it: it ends later.
_STRICTER = 1e-2

# How nearly parameters must have settled, as a share of the objective still to be
# gained, before the penalty is tuned, and the change below which that has settled.
_SETTLED = 1e-2
_TUNED = 1e-2


def _quasi_newton(objective, theta, ridge, max_iter, tol, retune, monitor):
    """Minimise by L-BFGS, the penalty tuned between its runs until it has settled."""
    longest = max(_LONGEST, int(_PASSES * len(theta)))
    theta, sketch = _approach(objective, theta, ridge)
    curvature, tuner, solution = sketch(theta), _SketchTuner(objective, retune), None
    while True:
        run = lbfgs(
            objective,
            theta,
            ridge,
            max_iter=min(longest, max_iter),
            tol=_STRICTER * tol if tuner.settled else max(tol, _SETTLED),
            monitor=monitor,
            guess=factorised(curvature, ridge).solve,
            renew=partial(_solver, sketch, ridge) if retune is None else None,
        )
        solution, max_iter = joined(solution, run), max_iter - run.n_iter
        if tuner.settled or not run.converged or run.message == STOPPED:
            return solution
        point = evaluate(objective, run.theta, ridge)
        if max_iter <= 0:
            return unfinished(point, solution.loss_curve)
        point, curvature = tuner.tuned(point)
        theta, ridge = point.theta, point.ridge


def _solver(sketch, ridge, theta):
    return factorised(sketch(theta), ridge).solve


# A sample of rows to measure curvature has this share of all, or so many an input.
# Training begins on it, as accurately as its optimum is worth, where the share will do.
_SHARE = 1 / 16
_ROWS = 40
_ROUGH = 1e-3


def _approach(objective, theta, ridge):
    """Return where to start from and what tells a curvature that is right nearby."""
    n_inputs, n_samples = objective.predictor.n_inputs, objective.n_samples
    sample = objective.sample(max(_ROWS * n_inputs, int(_SHARE * n_samples)), 0)
    sample = replace(sample, target=np.asfortranarray(sample.target))
    if sample.n_samples <= _SHARE * n_samples:
        theta = minimise(sample, theta, ridge, max_iter=20, tol=_ROUGH).theta
    return theta, _sketched(sample).curvature


def _sketched(objective):
    """Return what gives a curvature in the time of one output's."""
    if objective.predictor.n_outputs == 1:
        return objective
    return ClassByClass(objective)


class _SketchTuner:
    """Tunes the penalty by a cheap curvature, which the whole one sets right once.

    Attributes
    ----------
    settled : bool
        Whether the penalty has, or needs no tuning.
    """

    def __init__(self, objective, retune):
        self.objective, self.sketch = objective, _sketched(objective)
        self.retune, self.settled = retune, retune is None
        self.share = 1.0 if self.sketch is objective else None

    def tuned(self, point):
        """Return the point under a better penalty, and the curvature there."""
        curvature = self._curvature(point.theta)
        better, settled = tune(point, curvature, self.retune, _TUNED)
        if settled and self.share is None:
            whole = self.objective.curvature(point.theta)
            self.share = self._count(whole, point) / self._count(curvature, point)
            return self.tuned(point)
        self.settled = settled
        return better, curvature

    def _curvature(self, theta):
        curvature = self.sketch.curvature(theta)
        if self.sketch is self.objective or self.share is None:
            return curvature
        return replace(curvature, share=self.share)

    def _count(self, curvature, point):
        factor = factorised(curvature, point.ridge)
        return max(effective_parameters(factor, self.retune.penalty), 1e-300)
