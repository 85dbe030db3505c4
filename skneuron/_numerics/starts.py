"""Where training starts: random parameters, a race between them, samples of rows."""

from dataclasses import replace

import numpy as np

from skneuron._numerics.lbfgs import lbfgs
from skneuron._numerics.network import SideBySide

# Rows on which starts race, and for how many iterations. Longer races on more rows were
# no better at telling which start ends lowest.
_RACE_ROWS = 1000
_RACE_ITERATIONS = 30


def start(objective, rng):
    """Return a random theta whose output is near the base rate of each class."""
    predictor = objective.predictor
    layers = [
        rng.normal(size=shape) * scale
        for shape, scale in zip(
            predictor.layer_shapes, predictor.start_scales, strict=True
        )
    ]
    if len(layers) == 2:
        layers[0][-1] = 0.5 * rng.normal(size=layers[0].shape[1])
    layers[-1][-1] = objective.base_rate()
    return np.concatenate([layer.ravel() for layer in layers])


def race(objective, ridge, plan, *, advance=True):
    """Return the best of some starts after a short training of all, side by side.

    With `advance` it is returned as trained in the race, else as it started. An earlier
    start is kept unless a later one is clearly better, so that rounding (repeated rows
    instead of weights) does not change the choice.
    """
    n_starts = _n_starts(objective.predictor, plan.n_init)
    seeds = np.random.SeedSequence(plan.seed).spawn(n_starts)
    thetas = [start(objective, np.random.default_rng(seed)) for seed in seeds]
    if n_starts == 1:
        return thetas[0]
    trained, values = _side_by_side(objective, np.array(thetas), ridge, plan)
    winner = int(np.flatnonzero(values <= values.min() * (1 + 1e-6))[0])
    # What was learnt from a sample alone is a worse start than none.
    advance = advance and objective.n_samples <= _RACE_ROWS
    return trained[winner] if advance else thetas[winner]


# Few neurons may end where they are of no use to each other; many have some to spare.
_FEW, _STARTS = 4, 6


def _n_starts(predictor, n_init):
    """Return how many starts are worth their time: a convex objective needs one."""
    if predictor.n_neurons == 0:
        return 1
    return n_init or (_STARTS if predictor.n_neurons <= _FEW else 1)


def _side_by_side(objective, thetas, ridge, plan):
    """Return the starts (n_init, P) after the race, and their objectives."""
    sample = objective.sample(_RACE_ROWS, plan.seed)
    lanes = replace(
        sample,
        predictor=SideBySide(objective.predictor, len(thetas)),
        target=sample.target[:, None, :],
    )
    n_iter = min(_RACE_ITERATIONS, plan.max_iter)
    ridges = np.tile(ridge, len(thetas))
    theta = lbfgs(lanes, thetas.ravel(), ridges, max_iter=n_iter, tol=1e-4).theta
    thetas = theta.reshape(thetas.shape)
    return thetas, lanes.value(theta) + 0.5 * thetas**2 @ ridge


# Rows a parameter in the smallest sample to train on, so that it is not overfitted, and
# how many times more rows each sample has than the last.
_ROWS_A_PARAMETER = 50
_GROWTH = 4


def warmed(objective, theta, ridge, plan):
    """Return theta trained on growing samples: most of the way at a share of the cost.

    See Byrd et al. (2012), "Sample size selection in optimization methods for machine
    learning", doi:10.1007/s10107-012-0572-5. The last sample has a quarter of the rows
    at most; where that is too few, theta is returned as it is.
    """
    n_rows = max(_ROWS_A_PARAMETER * len(theta), 10 * _RACE_ROWS)
    while n_rows * _GROWTH <= objective.n_samples:
        sample = objective.sample(n_rows, plan.seed)
        options = {"max_iter": plan.max_iter, "tol": plan.tol}
        theta = lbfgs(sample, theta, ridge, **options).theta
        n_rows *= _GROWTH
    return theta
