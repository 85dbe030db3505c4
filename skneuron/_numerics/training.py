"""Training of one network: starts, a race between them, a solver, its evidence."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skneuron._numerics.evidence import Penalty, effective_parameters, log_evidence
from skneuron._numerics.solvers import Solution, adam, lbfgs, levenberg_marquardt

# Precision of the hidden biases' fixed prior: a standard deviation of 10 on inputs of
# standard deviation 1. It only bounds them; alpha does not reach biases.
_BIAS_PRECISION = 1e-2

# Precision of every parameter's prior per unit of weight, whatever alpha: it settles
# directions that the data do not see, such as a constant added to all outputs of a
# softmax, and moves the others by a share of 1e-9 at most.
FLOOR = 1e-9

# The first alpha of maximum evidence: weak, so that a start can find the structure that
# the evidence then prunes. Under a strong one it may never leave the origin, which is a
# saddle point of every network.
_FIRST_ALPHA = 1e-2

# How far the starts of a race are trained before the best goes on alone.
_RACE = {"max_iter": 30, "tol": 1e-2}


@dataclass(frozen=True)
class Plan:
    """How to train: the user's parameters apart from data and architecture.

    Attributes
    ----------
    solver : {"gauss-newton", "lbfgs", "adam"}
    alpha : float or None
        Weight decay; None for maximum evidence.
    n_init : int
        Random starts.
    max_iter : int
    tol : float
    seed : int
    """

    solver: str
    alpha: float | None
    n_init: int
    max_iter: int
    tol: float
    seed: int


@dataclass(frozen=True)
class Trained:
    """Trained parameters and what the curvature there says of them.

    Attributes
    ----------
    predictor : linear.Linear or network.Network
    solution : Solution
    loss : float
        Sum of the data's losses, without penalty.
    factor : DenseFactor or LowRankFactor
        Posterior precision of theta: curvature plus penalty, factorised.
    alpha : float
    gamma : float
        Effective number of penalised parameters.
    log_evidence : float
    """

    predictor: object
    solution: Solution
    loss: float
    factor: object
    alpha: float
    gamma: float
    log_evidence: float


def penalty_of(objective):
    """Return the Penalty with alpha on weights and weak priors on biases."""
    shapes = objective.predictor.layer_shapes
    factor = np.concatenate([_layer(shape, 1.0, 0.0) for shape in shapes])
    fixed = np.full(len(factor), FLOOR * objective.weight.sum())
    if len(shapes) == 2:
        n_inputs, n_neurons = shapes[0]
        fixed[(n_inputs - 1) * n_neurons : n_inputs * n_neurons] += _BIAS_PRECISION
    return Penalty(factor, fixed)


def _layer(shape, weights, biases):
    layer = np.full(shape, weights)
    layer[-1] = biases
    return layer.ravel()


def start(objective, rng):
    """Return a random theta whose output is near the base rate of each class.

    Weights have variance 1 over the number of inputs (times the squares of
    `start_scales`), so that inputs of unit variance give sums of unit variance (LeCun
    et al. 1998, "Efficient BackProp", doi:10.1007/3-540-49430-8_2).
    """
    predictor = objective.predictor
    layers = [
        rng.normal(size=shape) * scale / np.sqrt(max(shape[0] - 1, 1))
        for shape, scale in zip(
            predictor.layer_shapes, predictor.start_scales, strict=True
        )
    ]
    if len(layers) == 2:
        layers[0][-1] = 0.5 * rng.normal(size=layers[0].shape[1])
    layers[-1][-1] = objective.base_rate()
    return np.concatenate([layer.ravel() for layer in layers])


def train(objective, plan, monitor=None):
    """Train from `plan.n_init` starts and return the best of them, weighed."""
    objective = objective.sketched(plan.seed)
    penalty = penalty_of(objective)
    ridge = penalty.ridge(_FIRST_ALPHA if plan.alpha is None else plan.alpha)
    solver = _SOLVERS[plan.solver]
    if plan.solver == "adam":
        solver = partial(solver, random_state=plan.seed)
    theta = _race(objective, ridge, plan, solver)
    solution = solver(
        objective,
        theta,
        ridge,
        max_iter=plan.max_iter,
        tol=plan.tol,
        retune=penalty.retune if plan.alpha is None else None,
        monitor=monitor,
    )
    if monitor is not None:
        solution = monitor.chosen(solution)
    return weigh(objective, penalty, solution)


_SOLVERS = {
    # Damped from the start: far from a minimum the quadratic promises too much.
    "gauss-newton": partial(levenberg_marquardt, damping=0.1),
    "lbfgs": lbfgs,
    "adam": adam,
}


def _race(objective, ridge, plan, solver):
    """Return the start that is ahead after a short training of each.

    An earlier start is kept unless a later one is clearly better, so that rounding
    (repeated rows instead of weights) does not change the choice.
    """
    seeds = np.random.SeedSequence(plan.seed).spawn(plan.n_init)
    thetas = [start(objective, np.random.default_rng(seed)) for seed in seeds]
    if len(thetas) == 1 or len(objective.predictor.layer_shapes) == 1:
        return thetas[0]
    best = None
    for theta in thetas:
        solution = solver(objective, theta, ridge, **_RACE)
        if best is None or solution.loss_curve[-1] < best.loss_curve[-1] * (1 - 1e-6):
            best = solution
    return best.theta


def weigh(objective, penalty, solution):
    """Return the Trained parameters: their curvature, gamma and evidence."""
    theta, ridge = solution.theta, solution.ridge
    factor = factorised(objective.curvature(theta), ridge)
    loss = float(objective.value(theta))
    return Trained(
        objective.predictor,
        solution,
        loss,
        factor,
        penalty.alpha(ridge),
        effective_parameters(factor, ridge, penalty),
        log_evidence(loss, theta, factor, ridge),
    )


def factorised(curvature, ridge):
    """Return the factor of curvature + diag(ridge), nudged until it is definite."""
    nudge = 1e-14 * curvature.diagonal().max()
    for power in range(8):
        try:
            return curvature.plus(ridge + nudge * (10**power if power else 0))
        except np.linalg.LinAlgError:
            continue
    raise np.linalg.LinAlgError("the curvature has entries that are not finite")


def affordable_solver(objective):
    """Return "gauss-newton" where its steps are cheap, else "lbfgs", else "adam"."""
    n_rows, size = objective.target.size, objective.predictor.n_parameters
    # A step's cost in the primal form and in the dual one.
    if min(objective.n_samples * size**2, n_rows**2 * size) <= _NEWTON_OPERATIONS:
        return "gauss-newton"
    return "lbfgs" if objective.n_samples <= _FULL_BATCH else "adam"


# About a third of a second a step on one core; and the rows from which on passes over
# all of them cost more than they teach.
_NEWTON_OPERATIONS = 4 * 10**9
_FULL_BATCH = 10**5


def decision(predictor, theta, factor, X):
    """Return scores (n, m), corrected for the parameters' uncertainty by a factor.

    A logit f of variance s^2 = j' factor^-1 j becomes f / sqrt(1 + pi s^2 / 8) (MacKay
    1992, doi:10.1162/neco.1992.4.5.720). With several outputs f and its Jacobian j are
    taken relative to their mean over the outputs, which a softmax does not see.

    Parameters
    ----------
    predictor : linear.Linear or network.Network
    theta : ndarray of shape (P,)
    factor : DenseFactor, LowRankFactor or None
        Posterior precision of theta; None for the plain raw prediction.
    X : ndarray of shape (n, d1)
    """
    if factor is None:
        return predictor.forward(theta, X)[0]
    step = max(1, _JACOBIAN // (predictor.n_parameters * predictor.n_outputs))
    blocks = [
        _laplace(predictor, theta, factor, X[i : i + step])
        for i in range(0, len(X), step)
    ]
    return np.concatenate(blocks)


# Numbers in a block of the Jacobian of a prediction (8 MB).
_JACOBIAN = 2**20


def _laplace(predictor, theta, factor, X):
    raw, _ = predictor.forward(theta, X)
    jacobian = predictor.jacobian(theta, X)
    if raw.shape[1] > 1:
        raw = raw - raw.mean(axis=1, keepdims=True)
        jacobian = jacobian - jacobian.mean(axis=1, keepdims=True)
    whitened = factor.whiten(jacobian.reshape(-1, jacobian.shape[2]))
    variance = np.einsum("rp,rp->r", whitened, whitened).reshape(raw.shape)
    return raw / np.sqrt(1.0 + np.pi * variance / 8.0)
