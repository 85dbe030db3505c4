"""Time to train the same objective: TinyNeuralNet against MLPClassifier.

    python tests/benchmarks/training_speed.py [--repeats 5] [--only moons,iris]

Every model minimises sum(log loss) + alpha / 2 * ||W||^2 with tanh, alpha = 1, on
standardised inputs; the objective is computed from `coefs_` and `intercepts_`. Models
are fitted in turn, a seed a round, with one BLAS thread; the table has medians. `ours /
best` compares objectives (at most 1.01 is asked), `speed-up` is the time of the faster
peer that comes within 1 % of the better one, over ours. `products` is the share of our
time that the matrix products of our iterations alone take, in single precision.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_iris,
    load_wine,
    make_classification,
    make_moons,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skneuron import TinyNeuralNet

ALPHA = 1.0


def _classification(n_samples):
    return make_classification(
        n_samples, 20, n_informative=10, n_clusters_per_class=4, random_state=0
    )


PROBLEMS = {
    "moons x 3": (lambda: make_moons(300, noise=0.2, random_state=0), 3),
    "moons x 30": (lambda: make_moons(300, noise=0.2, random_state=0), 30),
    "iris x 8": (lambda: load_iris(return_X_y=True), 8),
    "wine x 16": (lambda: load_wine(return_X_y=True), 16),
    "breast_cancer x 8": (lambda: load_breast_cancer(return_X_y=True), 8),
    "breast_cancer x 100": (lambda: load_breast_cancer(return_X_y=True), 100),
    "digits x 20": (lambda: load_digits(return_X_y=True), 20),
    "5000 x 20 x 16": (lambda: _classification(5000), 16),
    "50000 x 20 x 16": (lambda: _classification(50000), 16),
}


def _models(n_neurons, seed):
    common = {"activation": "tanh", "alpha": ALPHA, "random_state": seed}
    layers = {"hidden_layer_sizes": (n_neurons,)}
    return {
        "ours": TinyNeuralNet(n_neurons, standardize=False, **common),
        "lbfgs": MLPClassifier(solver="lbfgs", max_iter=5000, **layers, **common),
        "adam": MLPClassifier(max_iter=1000, **layers, **common),
    }


def objective(model, X, y):
    """Return the objective at the model's weights, whoever trained them."""
    A = np.tanh(X @ model.coefs_[0] + model.intercepts_[0])
    raw = A @ model.coefs_[1] + model.intercepts_[1]
    raw = np.hstack([np.zeros_like(raw), raw]) if raw.shape[1] == 1 else raw
    p = np.exp(raw - raw.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    size = sum((coef**2).sum() for coef in model.coefs_)
    return log_loss(y, p, normalize=False) + 0.5 * ALPHA * size


def products(model, X, repeats=20):
    """Return seconds of the matrix products of the model's iterations alone."""
    X = X.astype(np.float32)
    W1, W2 = (coef.astype(np.float32) for coef in model.coefs_)
    A, raw = X @ W1, X @ W1 @ W2
    started = time.perf_counter()
    for _ in range(repeats):
        X @ W1, A @ W2, raw @ W2.T, A.T @ raw, X.T @ A
    return (time.perf_counter() - started) / repeats * model.n_iter_


def measure(load, n_neurons, repeats):
    """Return medians of each model: seconds, objective, seconds of its products."""
    X, y = load()
    X = StandardScaler().fit_transform(X)
    results = {}
    for seed in range(repeats):
        for name, model in _models(n_neurons, seed).items():
            if name == "adam" and len(X) > 10000 and seed:
                continue  # minutes a fit
            started = time.perf_counter()
            model.fit(X, y)
            seconds = time.perf_counter() - started
            found = seconds, objective(model, X, y), products(model, X)
            results.setdefault(name, []).append(found)
    return {name: np.median(values, axis=0) for name, values in results.items()}


def _report(name, found):
    """Print a line of the table and return the speed-up."""
    (ours, value, share), (lbfgs, best, _), (adam, other, _) = (
        found[key] for key in ("ours", "lbfgs", "adam")
    )
    lowest = min(best, other)
    peers = [t for t, v in ((lbfgs, best), (adam, other)) if v <= 1.01 * lowest]
    speed_up = min(peers) / ours
    print(
        f"{name:20s} {ours:8.4f} {lbfgs:8.4f} {adam:8.3f} {value:10.3f} "
        f"{value / lowest:11.4f} {speed_up:8.2f} {share / ours:8.2f}",
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
    print(f"{'problem':20s} {'ours s':>8s} {'lbfgs s':>8s} {'adam s':>8s}", end="")
    print(f" {'objective':>10s} {'ours / best':>11s} {'speed-up':>8s} products")
    ratios = []
    for name, (load, n_neurons) in PROBLEMS.items():
        if not name.startswith(tuple(options.only.split(","))):
            continue
        with threadpool_limits(1):
            found = measure(load, n_neurons, options.repeats)
        ratios.append(_report(name, found))
    print(f"geometric mean of the speed-ups: {np.exp(np.mean(np.log(ratios))):.2f}")


if __name__ == "__main__":
    main()
