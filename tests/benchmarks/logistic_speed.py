"""Time to the same coefficients: LogisticNeuron against LogisticRegression's solvers.

    python tests/benchmarks/logistic_speed.py [--repeats 5] [--only "150 ,600 "]

Every model minimises sum(log loss) + alpha / 2 * ||coef||^2, alpha = 1, in the inputs'
own units. `distance` is the Newton step still to be made, its largest coefficient as a
share of the largest, each per standard deviation of its input. A peer is given the
loosest `tol` out of 1e-4 (its default), 1e-6 and 1e-8 that brings it within 1e-3; it is
left out where none does, within 1,000 iterations. The neuron runs as it is. Models are
fitted in turn; the table has medians. `syrk` is how many of the symmetric products X'X
(one is needed for an exact Hessian) fit into our time. `peak MB` is what the fit
allocates beside X, in NumPy's arrays, ours and newton-cholesky's.
"""

import argparse
import tracemalloc
import warnings
from functools import partial

import numpy as np
from _timing import geometric_mean, in_turn, machine, timed
from scipy.linalg.blas import dsyrk
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from skneuron import LogisticNeuron

SHAPES = [
    (150, 3, 2),
    (600, 30, 2),
    (5000, 20, 2),
    (5000, 20, 5),
    (20000, 300, 2),
    (200000, 30, 2),
    (1000000, 50, 2),
    (300, 2000, 2),
]
# Seconds that the fits of a problem take together, at least.
_ENOUGH = 3.0

PEERS = ("lbfgs", "newton-cholesky", "newton-cg")
TOLERANCES = (1e-4, 1e-6, 1e-8)


def problem(n_samples, n_features, n_classes):
    """Return X, y whose classes overlap, a fifth of the columns informative."""
    n_informative = max(n_features // 5, 3)
    return make_classification(
        n_samples,
        n_features,
        n_informative=n_informative,
        n_redundant=0,
        n_classes=n_classes,
        n_clusters_per_class=2,
        class_sep=0.7,
        flip_y=0.1,
        random_state=0,
    )


def problems():
    """Yield the name, X and y of each problem."""
    for shape in SHAPES:
        yield " x ".join(map(str, shape)), *problem(*shape)
    X, y = problem(5000, 20, 2)
    yield (
        "5000 x 20 badly scaled",
        X * np.logspace(-4, 4, 20) + np.logspace(4, -4, 20),
        y,
    )


def distance(model, X, y):
    """Return how far the coefficients are from the optimum, as a share of them."""
    unit, n_outputs = X.std(axis=0), len(model.coef_)
    centred = (X - X.mean(axis=0)) / unit
    P = model.predict_proba(X)[:, -n_outputs:]
    design = np.column_stack([centred, np.ones(len(X))])
    # The softmax does not see a constant: a little ridge on everything settles it.
    ridge = np.append(1.0 / unit**2, 1e-9)
    scaled = np.column_stack([model.coef_ * unit, np.zeros(n_outputs)])
    target = np.eye(len(model.classes_))[:, -n_outputs:][y]
    gradient = (P - target).T @ design + ridge * scaled
    size, hessian = design.shape[1], np.diag(np.tile(ridge, n_outputs))
    for k in range(n_outputs):
        for j in range(n_outputs):
            slope = P[:, k] * ((j == k) - P[:, j])
            block = np.s_[k * size : (k + 1) * size, j * size : (j + 1) * size]
            hessian[block] += (design * slope[:, None]).T @ design
    step = np.linalg.solve(hessian, gradient.ravel()).reshape(gradient.shape)
    return np.abs(step[:, :-1]).max() / np.abs(scaled).max()


def contenders(X, y):
    """Return the peers that reach the optimum, each with its loosest tolerance."""
    found = {}
    for solver in PEERS:
        for tol in TOLERANCES:
            peer = LogisticRegression(solver=solver, tol=tol, max_iter=1000)
            if distance(peer.fit(X, y), X, y) <= 1e-3:
                found[f"{solver} {tol:g}"] = peer
                break
    return found


def peak(model, X, y):
    """Return the largest memory in MB that a fit has beside its data."""
    tracemalloc.start()
    model.fit(X, y)
    bytes_ = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return bytes_ / 1e6


def product(X):
    """Return the seconds of one X'X."""
    rows = np.asfortranarray(X[:20000].T)
    seconds = min(timed(dsyrk, 1.0, rows) for _ in range(5))
    return seconds * len(X) / rows.shape[1]


def measure(name, X, y, repeats):
    """Print a line of the table and return the speed-up."""
    ours = LogisticNeuron().fit(X, y)
    models = {"ours": ours, **contenders(X, y)}
    actions = {
        key: partial(lambda model, _: model.fit(X, y), model)
        for key, model in models.items()
    }
    once = in_turn(actions, 1)
    # Small fits are repeated until noise no longer counts.
    seconds = in_turn(actions, max(repeats, int(_ENOUGH / sum(once.values()))))
    best = min((s, key) for key, s in seconds.items() if key != "ours")
    speed_up = best[0] / seconds["ours"]
    newton = [m for key, m in models.items() if key.startswith("newton-cholesky")]
    memory = [peak(model, X, y) for model in (ours, *newton)] + [np.nan]
    products = seconds["ours"] / product(X)
    times = " ".join(f"{key} {s:.4g}" for key, s in seconds.items())
    print(
        f"{name:22s} {seconds['ours']:8.4f} {best[0]:8.4f} {best[1]:21s}"
        f"{speed_up:8.2f} {distance(ours, X, y):8.0e} {ours.n_iter_:3d} "
        f"{products:5.1f} {memory[0]:7.1f} {memory[1]:7.1f}   {times}",
        flush=True,
    )
    return speed_up


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="beginnings of names, by commas")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(machine())
    print(
        f"{'problem':22s} {'ours s':>8s} {'best s':>8s} {'of':21s}{'speed-up':>8s} "
        f"{'distance':>8s} its  syrk {'peak MB':>7s} {'newton':>7s}"
    )
    chosen = tuple(options.only.split(","))
    ratios = [
        measure(name, X, y, options.repeats)
        for name, X, y in problems()
        if name.startswith(chosen)
    ]
    print(f"geometric mean of the speed-ups: {geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
