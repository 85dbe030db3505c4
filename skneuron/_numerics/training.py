"""Training of one network: starts, a race between them, a solver, its evidence."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from skneuron._numerics.curvature import factorised
from skneuron._numerics.evidence import (
    PatientTuner,
    Penalty,
    RelativePenalty,
    Tuner,
    evidence_of,
)
from skneuron._numerics.lbfgs import lbfgs
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.solution import Solution, continued
from skneuron._numerics.solvers import adam, levenberg_marquardt
from skneuron._numerics.starts import race, warmed
from skneuron._numerics.turn import AS_IT_IS, Turn

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
_NOISE_SHARE = 0.2


@dataclass(frozen=True)
class Plan:
    """How to train: the user's parameters apart from data and architecture.

    Attributes
    ----------
    solver : {"gauss-newton", "lbfgs", "lbfgs, gauss-newton", "adam"}
    alpha : float or None
        Weight decay; None for maximum evidence.
    n_init : int or None
        Random starts; None for as many as the architecture is worth.
    max_iter : int
    tol : float
    seed : int
    from_above : bool
        Whether an alpha of maximum evidence is come to from its upper bound.
    """

    solver: str
    alpha: float | None
    n_init: int | None
    max_iter: int
    tol: float
    seed: int
    from_above: bool = False


@dataclass(frozen=True)
class Trained:
    """Trained parameters, and what they were trained on.

    Attributes
    ----------
    objective : DataLoss
    penalty : Penalty
    solution : Solution
    alpha : float
    turn : Turn
        What the inputs were turned by.
    unturned : DataLoss or None
        The objective of the inputs before that.
    held_out_loss : float or None
        Mean loss of the held-out rows that chose alpha, if there were any.
    """

    objective: DataLoss
    penalty: Penalty
    solution: Solution
    alpha: float
    turn: Turn = AS_IT_IS
    unturned: DataLoss | None = None
    held_out_loss: float | None = None

    @cached_property
    def evidence(self):
        """Return gamma and the log evidence."""
        solution, log_modes = self.solution, self.objective.predictor.log_modes
        curvature = self.objective.curvature(solution.theta)
        factor = factorised(curvature, solution.ridge)
        value, ridge = solution.loss_curve[-1], solution.ridge
        return evidence_of(factor, value, ridge, self.penalty, log_modes)

    def turned_back(self):
        """Return this for the inputs as they were before their turn."""
        if self.turn is AS_IT_IS:
            return self
        turn, solution, penalty = self.turn, self.solution, self.penalty
        predictor = self.unturned.predictor
        theta = turn.back(solution.theta, predictor)
        ridge, factor, fixed = (
            turn.shared(values, predictor)
            for values in (solution.ridge, penalty.factor, penalty.fixed)
        )
        return Trained(
            self.unturned.sketched(_AFFORDABLE, seed=0),
            replace(penalty, factor=factor, fixed=fixed),
            replace(solution, theta=theta, ridge=ridge),
            self.alpha,
            held_out_loss=self.held_out_loss,
        )

    def sampled(self, n_rows):
        """Return this with what a random sample of so many rows says of the rest."""
        sample = self.objective.sample(n_rows, 0)
        return replace(self, objective=sample, unturned=None)


def penalty_of(objective, alpha=None):
    """Return (penalty, alpha) with alpha on weights and weak priors on biases.

    `alpha` None is to be chosen by evidence; then the returned one is the first.
    """
    bias, n_samples = _BIAS_PRECISION, objective.total
    share, known_scale = 0.0, objective.loss.known_scale
    if alpha is None:
        alpha = np.clip(_FIRST_ALPHA * n_samples, *_FIRST_ALPHA_RANGE)
        bias = _BIAS_SHARE * alpha
        if not known_scale:
            # What counts is the ratio to the noise's variance, a small part of y's; and
            # what is fixed would be too strong where the noise turns out weak.
            alpha, bias, share = alpha * _NOISE_SHARE, 0.0, _BIAS_SHARE
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


def train(objective, plan, monitor, to_beat=-np.inf, start=None):
    """Train from `start`, or else the best of some, and return what came of it.

    Training ends early where its log evidence will not reach `to_beat`.
    """
    objective = objective.sketched(_AFFORDABLE, plan.seed)
    penalty, alpha = penalty_of(objective, plan.alpha)
    ridge = penalty.ridge(penalty.largest if plan.from_above else alpha)
    solver = _SOLVERS[plan.solver]
    if plan.solver == "adam":
        solver = partial(solver, random_state=plan.seed)
    watched = monitor.held_out is not None
    theta = start
    if start is None:
        theta = race(objective, ridge, plan, advance=not watched)
    if not watched:
        theta = warmed(objective, theta, ridge, plan)
    # Both can run past the highest evidence: with an unknown noise, and from above.
    plain = watched or (objective.loss.known_scale and not plan.from_above)
    tuner = Tuner if plain else PatientTuner
    tuner = tuner(penalty, to_beat, objective.predictor.log_modes)
    judged = plan.alpha is None and (to_beat > -np.inf or not plain)

    def watch(n_iter, point):
        return monitor(n_iter, point) or tuner.hopeless()

    solution = solver(
        objective,
        theta,
        ridge,
        max_iter=plan.max_iter,
        tol=_tolerance(objective, plan) if start is None else plan.tol,
        retune=tuner if plan.alpha is None else None,
        # To ask at each iteration takes a tenth of a small one's time.
        monitor=watch if judged or monitor.busy else None,
    )
    solution = tuner.chosen(monitor.chosen(solution))
    if plan.alpha is None:
        alpha = penalty.alpha(solution.ridge)
    return Trained(objective, penalty, solution, alpha)


def train_from_both_sides(objective, plan, monitor, to_beat=-np.inf):
    """Return the better of two networks by their evidence, as `train` returns one.

    The evidence has maxima of two kinds: wide awake ones (many parameters determined),
    which a strong penalty, whose optimum is all but linear, never finds, and sober
    ones, which a weak penalty runs past.
    """
    below = train(objective, plan, monitor, to_beat)
    convex = objective.predictor.n_neurons == 0
    if convex or plan.alpha is not None or monitor.held_out is not None:
        return below
    above = train(objective, replace(plan, from_above=True), monitor, to_beat)
    # The first is kept unless the other is clearly better: rounding must not choose.
    gain = above.evidence.log_evidence - below.evidence.log_evidence
    return above if gain > 1e-6 else below


# Damped from the start: far from a minimum the quadratic promises too much.
_newton = partial(levenberg_marquardt, damping=0.1)


def _lbfgs_then_newton(objective, theta, ridge, *, max_iter, **options):
    """Minimise by L-BFGS, and where that crawls, by Newton steps from there on."""
    first = lbfgs(objective, theta, ridge, max_iter=min(max_iter, _CRAWL), **options)
    return continued(first, _newton, objective, max_iter, **options)


_CRAWL = 600

_SOLVERS = {
    "gauss-newton": _newton,
    "lbfgs": lbfgs,
    "lbfgs, gauss-newton": _lbfgs_then_newton,
    "adam": adam,
}


# Operations that a curvature may cost: a third of a second on one core.
_AFFORDABLE = 4 * 10**9


def affordable_solver(objective, alpha):
    """Return the solver for an objective: Newton's where its steps are cheap.

    A convex objective takes it some 10 steps, more if alpha is to be chosen; that of a
    network some 30, which pay where one costs no more than a few gradients.
    """
    cost = _newton_operations(objective, objective.predictor)
    convex = objective.predictor.n_neurons == 0
    if cost <= (_CHEAP[alpha is None] if convex else _TINY):
        return "gauss-newton"
    return "lbfgs, gauss-newton" if cost <= _BEARABLE else "lbfgs"


_TINY = 10**5
_CHEAP = {True: 10**6, False: 10**8}
_BEARABLE = 10**9


def _tolerance(objective, plan):
    """Return when training ends, as a share of the objective that is left to gain.

    A given objective is taken further where that is quick, being convex, and where it
    has many rows: what is left, in nats, matters as much as with few.
    """
    if plan.alpha is None and plan.solver != "gauss-newton":
        return plan.tol
    if objective.predictor.n_neurons == 0:
        return 1e-2 * plan.tol
    crowd = max(objective.n_samples / _FEW_ROWS, 1.0)
    return max(plan.tol / crowd, min(plan.tol, 1e-5))


_FEW_ROWS = 2000


def grown(learn):
    """Return the best run of 0 hidden neurons, 8, and up to 32 while that helps.

    Fewer than 16 rows begin with half as many neurons as rows.
    `learn(n_neurons, to_beat)` returns (trained, monitor). Counts end at the first that
    is no better, or before one whose curvature would not be quick.
    """
    best = learn(0)
    n_neurons = min(_FIRST_COUNT, max(best[0].objective.n_samples // 2, 2))
    while True:
        run = learn(n_neurons, best[0].evidence.log_evidence)
        gain = run[1].merit(run[0]) - best[1].merit(best[0])
        best = run if gain > 0 else best
        n_neurons *= 2
        objective = run[0].objective
        wider = replace(objective.predictor, n_neurons=n_neurons)
        slow = _newton_operations(objective, wider) > _QUICK
        if gain <= 0 or n_neurons > _LAST_COUNT or slow:
            return best


# The operations of a quick curvature: 0.02 s.
_FIRST_COUNT, _LAST_COUNT = 8, 32
_QUICK = 2 * 10**8


def _newton_operations(objective, predictor):
    """Return a step's cost: of a matrix, or of a root with fewer rows than columns."""
    n_rows, size = objective.target.size, predictor.n_parameters
    return min(objective.n_samples * size**2 + size**3, n_rows**2 * size)
