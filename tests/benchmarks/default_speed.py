"""Defaults against defaults: seconds to fit, TinyNeuralNet against MLPClassifier.

    python tests/benchmarks/default_speed.py [--folder DIR] [--repeats 3] [--only iris]

`TinyNeuralNet()` gets the table as it is, as it scales its inputs itself;
`MLPClassifier()` stands behind a StandardScaler, whose time (a millisecond) counts.
Both fit the same 80 % of the rows, in turn, a seed a round; the table has medians.
`ratio` is MLPClassifier's seconds over ours (10 is asked in the geometric mean).

Tables are those that scikit-learn and skneuron bundle and a few made ones, or DIR's:
*.csv or *.csv.gz, classes in the column `__y`, else in the last; at most --max-rows
rows of each. Columns of text are one-hot encoded and gaps imputed before, for both.
"""

import argparse
import warnings

import pandas as pd
from _tables import add_options, encoder, tables
from _timing import geometric_mean, in_turn, machine
from sklearn.datasets import (
    make_blobs,
    make_circles,
    make_classification,
    make_gaussian_quantiles,
    make_moons,
)
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skneuron import TinyNeuralNet

MADE = {
    "moons": lambda: make_moons(300, noise=0.2, random_state=0),
    "circles": lambda: make_circles(500, noise=0.1, factor=0.5, random_state=0),
    "blobs": lambda: make_blobs(500, 5, centers=4, cluster_std=4.0, random_state=0),
    "quantiles": lambda: make_gaussian_quantiles(
        n_samples=2000, n_features=8, n_classes=3, random_state=0
    ),
    "clusters": lambda: make_classification(
        4000, 20, n_informative=10, n_clusters_per_class=4, random_state=0
    ),
}


def fit_ours(X, y, seed):
    """Fit our default."""
    TinyNeuralNet(random_state=seed).fit(X, y)


def fit_peer(X, y, seed):
    """Fit the peer's default behind a scaler."""
    make_pipeline(StandardScaler(), MLPClassifier(random_state=seed)).fit(X, y)


def measure(X, y, repeats):
    """Return the shape of the training rows, and the seconds of both."""
    X, _, y, _ = train_test_split(X, y, train_size=0.8, stratify=y, random_state=0)
    X = encoder(scale=False).fit_transform(pd.DataFrame(X))
    fits = {
        "ours": lambda seed: fit_ours(X, y, seed),
        "peer": lambda seed: fit_peer(X, y, seed),
    }
    seconds = in_turn(fits, repeats)
    return X.shape, seconds["ours"], seconds["peer"]


def main():
    """Print a line a table, the worst five and the geometric mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of BLAS; 0: no limit")
    options = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)  # convergence, rare categories
    print(machine() + f", BLAS threads: {options.threads or 'no limit'}")
    print(f"{'table':22s}{'rows':>7s}{'inputs':>7s}{'classes':>8s}", end="")
    print(f"{'ours s':>10s}{'MLP s':>10s}{'ratio':>8s}")
    ratios = {}
    with threadpool_limits(options.threads or None):
        measure(*MADE["moons"](), 1)  # what is imported late, is by now
        for name, X, y in tables(options, MADE):
            (rows, inputs), ours, peer = measure(X, y, options.repeats)
            ratios[name] = peer / ours
            print(f"{name:22s}{rows:7d}{inputs:7d}{y.max() + 1:8d}", end="")
            print(f"{ours:10.4f}{peer:10.4f}{ratios[name]:8.2f}", flush=True)
    worst = sorted(ratios.items(), key=lambda item: item[1])[:5]
    print("worst five:", ", ".join(f"{name} {ratio:.2f}" for name, ratio in worst))
    mean = geometric_mean(list(ratios.values()))
    print(f"geometric mean of {len(ratios)}: {mean:.2f}")


if __name__ == "__main__":
    main()
