"""Training of one network: starts, a race between them, a solver, its evidence."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from skneuron._numerics.evidence import (
    PatientTuner,
    Penalty,
    RelativePenalty,
    Tuner,
    effective_parameters,
)
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.solvers import Solution, adam, lbfgs, levenberg_marquardt

# Precision of the hidden biases' fixed prior, which alpha does not reach, where alpha
# is given: a standard deviation of 10 on inputs of standard deviation 1, so that the
# objective is the user's. Where the evidence decides it is this share of the first
# alpha, up to a standard deviation of 2: the evidence would otherwise count each
# neuron's unlikely biases against it.
_BIAS_PRECISION = 1e-2
_BIAS_SHARE = 0.3

# The largest alpha of maximum evidence for each row of data, by the number of layers. A
# linear model then still shows a fifth of its effects; a network, whose two layers
# shrink each other, is kept from vanishing.
_LARGEST_ALPHA = {1: 1.0, 2: 0.05}

# Precision of every parameter's prior per unit of weight, whatever alpha: it settles
# directions that the data do not see, such as a constant added to all outputs of a
# softmax, and moves the others by a share of 1e-9 at most.
FLOOR = 1e-9

# The first alpha of maximum evidence for each row of data, and its bounds. It is weak,
# so that a start can find the structure that the evidence then prunes: under a strong
# one it may never leave the origin, a saddle point of every network. But it is not so
# weak that noise is learnt first: the way back from it is long and may end elsewhere.
_FIRST_ALPHA = 1 / 400
_FIRST_ALPHA_RANGE = (1e-2, 1.0)

# How far the starts of a race are trained before the best goes on alone: by Newton
# steps where those are cheap (a millisecond), else by more steps of L-BFGS, some more
# of which then bring the winner near its minimum.
_CHEAP = 10**7
_RACE = {
    False: {"max_iter": 10, "tol": 1e-2},
    True: {"max_iter": 30, "tol": 1e-3},
}
_WARM_UP = {"max_iter": 150, "tol": 1e-3}


@dataclass(frozen=True)
class Plan:
    """How to train: the user's parameters apart from data and architecture.

    Attributes
    ----------
    solver : {"gauss-newton", "lbfgs", "lbfgs, gauss-newton", "adam"}
    alpha : float or None
        Weight decay; None for maximum evidence.
    n_init : int
        Random starts.
    max_iter : int
    tol : float
    seed : int
    from_above : bool
        Whether an alpha of maximum evidence is come to from its upper bound.
    """

    solver: str
    alpha: float | None
    n_init: int
    max_iter: int
    tol: float
    seed: int
    from_above: bool = False


@dataclass(frozen=True)
class Trained:
    """Trained parameters and what the curvature there says of them.

    Attributes
    ----------
    objective : DataLoss
    solution : Solution
    alpha : float
    gamma : float
        Effective number of penalised parameters.
    log_evidence : float
    """

    objective: DataLoss
    solution: Solution
    alpha: float
    gamma: float
    log_evidence: float


def penalty_of(objective, alpha=None):
    """Return (penalty, alpha) with alpha on weights and weak priors on biases.

    `alpha` None is to be chosen by evidence; then the returned one is the first.
    """
    bias, n_samples = _BIAS_PRECISION, float(objective.weight.sum())
    share, known_scale = 0.0, objective.loss.known_scale
    if alpha is None:
        alpha = np.clip(_FIRST_ALPHA * n_samples, *_FIRST_ALPHA_RANGE)
        bias = _BIAS_SHARE * alpha
        if not known_scale:
            # What is fixed would be too strong where the noise turns out weak.
            bias, share = 0.0, _BIAS_SHARE
    shapes = objective.predictor.layer_shapes
    biases = [share] * (len(shapes) - 1) + [0.0]
    factor = np.concatenate(
        [_layer(shape, 1.0, b) for shape, b in zip(shapes, biases, strict=True)]
    )
    fixed = np.full(len(factor), FLOOR * n_samples)
    for shape in shapes[:-1]:
        fixed[: shape[0] * shape[1]] += _layer(shape, 0.0, bias)
    largest = _LARGEST_ALPHA[len(shapes)] * n_samples
    if known_scale:
        return Penalty(factor, fixed, largest), alpha
    return RelativePenalty(factor, fixed, largest, n_samples), alpha


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


def train(objective, plan, monitor, to_beat=-np.inf):
    """Train from `plan.n_init` starts and return the best of them, weighed.

    Training ends early where its log evidence will not reach `to_beat`.
    """
    affordable = _AFFORDABLE if plan.alpha is None else _AFFORDABLE // 10
    objective = objective.sketched(affordable, plan.seed)
    penalty, alpha = penalty_of(objective, plan.alpha)
    ridge = penalty.ridge(penalty.largest if plan.from_above else alpha)
    solver = _SOLVERS[plan.solver]
    if plan.solver == "adam":
        solver = partial(solver, random_state=plan.seed)
    theta = _race(objective, ridge, plan, monitor.held_out is not None)
    plain = objective.loss.known_scale or monitor.held_out is not None
    tuner = (Tuner if plain else PatientTuner)(penalty, to_beat)
    solution = solver(
        objective,
        theta,
        ridge,
        max_iter=plan.max_iter,
        tol=plan.tol,
        retune=tuner if plan.alpha is None else None,
        monitor=lambda n_iter, point: monitor(n_iter, point) or tuner.hopeless(),
    )
    solution = tuner.chosen(monitor.chosen(solution))
    return weigh(objective, penalty, solution, plan)


# Damped from the start: far from a minimum the quadratic promises too much.
_newton = partial(levenberg_marquardt, damping=0.1)


def _lbfgs_then_newton(objective, theta, ridge, *, max_iter, **options):
    """Minimise by L-BFGS, and where that crawls, by Newton steps from there on."""
    first = lbfgs(objective, theta, ridge, max_iter=min(max_iter, 300), **options)
    left = max_iter - first.n_iter
    if first.converged or left <= 0:
        return first
    rest = _newton(objective, first.theta, first.ridge, max_iter=left, **options)
    curve = first.loss_curve + rest.loss_curve
    return replace(rest, loss_curve=curve, n_iter=len(curve))


_SOLVERS = {
    "gauss-newton": _newton,
    "lbfgs": lbfgs,
    "lbfgs, gauss-newton": _lbfgs_then_newton,
    "adam": adam,
}


def _race(objective, ridge, plan, watched):
    """Return where to train on: the start that is ahead after a short training of each.

    An earlier start is kept unless a later one is clearly better, so that rounding
    (repeated rows instead of weights) does not change the choice. Where training is
    `watched` by held-out rows it begins again at the winner's start.
    """
    seeds = np.random.SeedSequence(plan.seed).spawn(plan.n_init)
    thetas = [start(objective, np.random.default_rng(seed)) for seed in seeds]
    costly = _newton_operations(objective, objective.predictor) > _CHEAP
    best = thetas[0]
    if len(thetas) > 1 and len(objective.predictor.layer_shapes) > 1:
        best = _fastest(objective, thetas, ridge, plan, costly, watched)
    if costly and not watched:
        best = _short(lbfgs, objective, best, ridge, plan, _WARM_UP).theta
    return best


def _fastest(objective, thetas, ridge, plan, costly, watched):
    solver, ahead, lowest = lbfgs if costly else _newton, None, np.inf
    for theta in thetas:
        solution = _short(solver, objective, theta, ridge, plan, _RACE[costly])
        if ahead is None or solution.loss_curve[-1] < lowest * (1 - 1e-6):
            ahead = theta if watched else solution.theta
            lowest = solution.loss_curve[-1]
    return ahead


def _short(solver, objective, theta, ridge, plan, options):
    max_iter = min(options["max_iter"], plan.max_iter)
    return solver(objective, theta, ridge, **options | {"max_iter": max_iter})


def weigh(objective, penalty, solution, plan):
    """Return the Trained parameters: their curvature, gamma and evidence."""
    theta, ridge = solution.theta, solution.ridge
    factor = factorised(objective.curvature(theta), ridge)
    value = float(objective.value(theta)) + 0.5 * ridge @ theta**2
    return Trained(
        objective,
        solution,
        penalty.alpha(ridge) if plan.alpha is None else plan.alpha,
        effective_parameters(factor, ridge, penalty),
        penalty.log_evidence(value, factor, ridge) + _log_modes(objective.predictor),
    )


def _log_modes(predictor):
    """Return the log of how many equal optima hidden neurons make by symmetry.

    Exchanging two neurons, or the signs around one, changes nothing, so that h neurons
    have h! 2^h equal modes (Bishop 2006, section 5.7.3). At most three are counted:
    more may be idle, and their modes then coincide.
    """
    if len(predictor.layer_shapes) == 1:
        return 0.0
    counted = min(predictor.n_neurons, 3)
    return math.log(math.factorial(counted) * 2**counted)


def factorised(curvature, ridge):
    """Return the factor of curvature + diag(ridge), nudged until it is definite."""
    nudge = 1e-14 * curvature.diagonal().max()
    for power in range(8):
        try:
            return curvature.plus(ridge + nudge * (10**power if power else 0))
        except np.linalg.LinAlgError:
            continue
    raise np.linalg.LinAlgError("the curvature has entries that are not finite")


def posterior(objective, solution, n_rounds=3):
    """Return the posterior precision of theta for predictions, factorised.

    Laplace's approximation takes the curvature at the mode. Where classes are well
    separated, p (1 - p) vanishes there, as if the data said next to nothing, and the
    prediction turns needlessly timid. A Gaussian that is to fit the posterior as a
    whole has the curvature's mean over itself instead (Opper & Archambeau 2009,
    doi:10.1162/neco.2008.08-07-592); here that mean is approximated by the curvature
    at the corrected logits, which settle in a few rounds.
    """
    predictor, theta = objective.predictor, solution.theta
    rows = objective.sketch or objective
    factor = factorised(objective.curvature(theta), solution.ridge)
    for _ in range(n_rounds):
        scores = decision(predictor, theta, factor, rows.X)
        factor = factorised(objective.curvature(theta, scores), solution.ridge)
    return factor


# Operations that a curvature may cost: a third of a second on one core. Where alpha is
# given it only serves to weigh the result, and should not cost more than training.
_AFFORDABLE = 4 * 10**9


def affordable_solver(objective, alpha):
    """Return the solver for an objective: Newton's where its steps are cheap.

    A Gauss-Newton fit needs some 30 curvatures, an L-BFGS fit some 150 gradients; but
    where alpha is None, to be chosen by evidence, that needs curvatures anyway.
    """
    cost = _newton_operations(objective, objective.predictor)
    if cost <= (_NEWTON_OPERATIONS if alpha is None else _NEWTON_OPERATIONS // 100):
        return "gauss-newton"
    if cost <= _NEWTON_OPERATIONS:
        return "lbfgs, gauss-newton"
    return "lbfgs" if objective.n_samples <= _FULL_BATCH else "adam"


def grown(learn):
    """Return the best run of 0 hidden neurons, 8, and up to 32 while that helps.

    `learn(n_neurons, to_beat)` returns (trained, monitor). Counts end at the first that
    is not clearly better, or before one whose steps would not be quick.
    """
    best, n_neurons = learn(0), _FIRST_COUNT
    while True:
        run = learn(n_neurons, best[0].log_evidence)
        gain = run[1].merit(run[0]) - best[1].merit(best[0])
        best = run if gain > 0 else best
        n_neurons *= 2
        objective = run[0].objective
        wider = replace(objective.predictor, n_neurons=n_neurons)
        slow = _newton_operations(objective, wider) > _QUICK
        if gain < _CLEAR or n_neurons > _LAST_COUNT or slow:
            return best


# The gain in log evidence that makes twice the neurons worth a try, and the operations
# of a quick step (0.02 s).
_FIRST_COUNT, _LAST_COUNT = 8, 32
_CLEAR = 2.0
_QUICK = 2 * 10**8


def _newton_operations(objective, predictor):
    """Return a step's cost, in the primal form or in the dual one."""
    n_rows, size = objective.target.size, predictor.n_parameters
    return min(objective.n_samples * size**2 + size**3, n_rows**2 * size)


# About a fifth of a second a step on one core; and the rows from which on passes over
# all of them cost more than they teach.
_NEWTON_OPERATIONS = 2 * 10**9
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
    rows = jacobian.reshape(-1, jacobian.shape[2])
    variance = factor.variance(rows).reshape(raw.shape)
    return raw / np.sqrt(1.0 + np.pi * variance / 8.0)
