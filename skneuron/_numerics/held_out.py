"""Weight decay and hidden neurons of classifiers by held-out rows, not by evidence.

With more than two classes the evidence of a network is slow, as its curvature grows
with the square of all outputs' weights, and Laplace's approximation of it far too low
for wide networks of well separated classes. Rows that a network has not seen judge
better, and training again costs little where each start is the last one's end. With two
classes that saves time where rows are many.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from skneuron._numerics.lbfgs import lbfgs
from skneuron._numerics.starts import race
from skneuron._numerics.training import penalty_of, train

# From so many rows on a part of them tells enough (of two classes, where the evidence
# is better, but slow with many rows), and the most that are looked at.
_MANY, _MANY_OF_TWO, _MOST = 1000, 5000, 10_000

# A part is a fifth; of few rows so many parts take turns that they are this many rows.
_PARTS, _ENOUGH = 5, 600


def suits(loss, target, n_inputs):
    """Return whether held-out rows choose better than the evidence.

    With more weights than rows linear models can separate the classes: no evidence.
    """
    n_samples, n_outputs = target.shape
    if not loss.known_scale or n_outputs == 1:
        return loss.known_scale and n_samples >= _MANY_OF_TWO
    enough = (target > 0).sum(axis=0).max() >= 2 * _PARTS
    return enough and (n_samples >= _MANY or n_samples <= n_inputs * n_outputs)


# The alphas to try for each row to learn from: strong ones, weaker ones that may follow
# structure found under them and, if not even those are clearly better, stronger ones.
# From those none would start: they might never leave the origin.
_ALPHAS = np.geomspace(1e-2, 1e-6, 9)
_STRONGER = np.geomspace(10**-1.5, 1, 4)

# After how many in a row without a clear gain the best is behind, and the iterations of
# each: the next makes up for the rest.
_PATIENCE, _ITERATIONS = 2, 60

# With many rows the rest of a given `tol` takes as many iterations again, or more than
# there are, for half a percent of the loss.
_LAX = 3.0


def train_by_held_out(objective, plan, monitor):
    """Return a network Trained on all rows with the alpha that suits held-out ones.

    From a strong penalty to weaker ones each network starts where the last one ended:
    it learns the plain structure first. Where that is too much already, it goes on to
    stronger ones. The best one goes on with all rows.
    """
    splits = list(_splits(objective))
    weight = splits[0][0].weight.sum()
    tried = partial(_tried, splits, plan, monitor)
    first = tried(_ALPHAS[0] * weight, [None] * len(splits))
    best = _best(tried, _ALPHAS[1:] * weight, first)
    if best is first:
        best = _best(tried, _STRONGER * weight, first)
    losses, alpha, (theta, *_) = best
    tol = plan.tol * (_LAX if objective.n_samples >= _MANY_OF_TWO else 1.0)
    plan = replace(plan, alpha=alpha, tol=tol)
    trained = train(objective, plan, monitor, start=theta)
    return replace(trained, held_out_loss=losses.mean())


def _best(tried, alphas, best):
    """Return what was tried last that was clearly better than all before, or `best`."""
    thetas, behind = best[2], 0
    for alpha in alphas:
        losses, _, thetas = last = tried(alpha, thetas)
        behind += 1
        if _clearly_lower(losses, best[0]):
            best, behind = last, 0
        if behind == _PATIENCE:
            break
    return best


def _tried(splits, plan, monitor, alpha, thetas):
    """Return (losses, alpha, thetas) of networks that go on from others with alpha."""
    thetas = [
        _trained(rest, plan, alpha, theta, monitor)
        for (rest, _), theta in zip(splits, thetas, strict=True)
    ]
    return _losses(splits, thetas), float(alpha), thetas


def _trained(objective, plan, alpha, theta, monitor):
    ridge = penalty_of(objective, alpha)[0].ridge(alpha)
    if theta is None:
        theta = race(objective, ridge, plan)
    options = {"max_iter": min(plan.max_iter, _ITERATIONS), "tol": plan.tol}
    options["monitor"] = monitor if monitor.busy else None
    return lbfgs(objective, theta, ridge, **options).theta


def _clearly_lower(losses, others):
    """Return whether losses are lower by more than their difference's standard error.

    Of penalties that are nearly as good the strongest is taken, as in Breiman et al.
    (1984, "Classification and Regression Trees", section 3.4.3).
    """
    gain = others - losses
    return gain.mean() > gain.std() / np.sqrt(len(gain))


def _splits(objective):
    """Yield (rest, held out): every fifth row of each class, in their order.

    The only row of a class is never held out. Some of many rows are drawn at random:
    every tenth can be all alike, as in a grid or where classes take turns.
    """
    order = np.random.default_rng(0).permutation(objective.n_samples)
    rows = np.sort(order[:_MOST])
    # Of two classes one has no column.
    codes = objective.target[rows] @ np.arange(1, objective.target.shape[1] + 1)
    turn = np.empty(len(rows), dtype=int)
    for code in np.unique(codes):
        members = np.flatnonzero(codes == code)
        turn[members] = np.arange(len(members)) % _PARTS if len(members) > 1 else -1
    for part in range(min(round(_PARTS * _ENOUGH / len(rows)), _PARTS) or 1):
        held_out = turn == part
        yield objective.rows(rows[~held_out]), objective.rows(rows[held_out])


def _losses(splits, thetas):
    """Return the loss of each held-out row."""
    pairs = zip(splits, thetas, strict=True)
    return np.concatenate([held_out.losses(theta) for (_, held_out), theta in pairs])


# Hidden neurons of the one network that is compared with none.
_COUNT = 32


def grown_by_held_out(learn):
    """Return the run of no hidden neuron or of 32, whichever suits held-out rows.

    `learn(n_neurons)` returns (trained, monitor), as for `training.grown`.
    """
    flat, wide = learn(0), learn(_COUNT)
    objective, solution = flat[0].objective, flat[0].solution
    splits = list(_splits(objective))
    # Near their ends already: a part of the rows is all that goes.
    thetas = [
        lbfgs(rest, solution.theta, solution.ridge, max_iter=200, tol=1e-4).theta
        for rest, _ in splits
    ]
    return wide if wide[0].held_out_loss < _losses(splits, thetas).mean() else flat
