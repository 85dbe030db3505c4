"""What `partial_fit` has learnt after 1, 3 and 10 passes in batches of 100 rows.

    python tests/benchmarks/streams.py [--seeds 3]

Log loss and accuracy on 30 % of the rows, held out at random; means over the seeds.
The peers, scikit-learn's, are given standardised inputs; ours have them as they are.
Seconds are the processor's, for 10 passes. At the end of a table, what `fit` reaches.
"""

import argparse
import time
import warnings

import numpy as np
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    make_classification,
    make_moons,
)
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skneuron import LogisticNeuron, TinyNeuralNet

MADE = {"n_features": 10, "n_informative": 6, "flip_y": 0.05, "random_state": 0}
DATA = {
    "breast_cancer": load_breast_cancer(return_X_y=True),
    "digits": load_digits(return_X_y=True),
    "two classes": make_classification(3000, **MADE),
    "four classes": make_classification(3000, n_classes=4, **MADE),
    "moons": make_moons(2000, noise=0.25, random_state=0),
}
OURS = {
    "TinyNeuralNet(8)": TinyNeuralNet(8),
    "TinyNeuralNet(8, alpha=1)": TinyNeuralNet(8, alpha=1.0),
    "LogisticNeuron": LogisticNeuron(alpha="auto"),
}
FASTER = {"learning_rate_init": 0.01, "random_state": 0}
MODELS = OURS | {
    "MLPClassifier(8)": MLPClassifier(8, random_state=0),
    "  learning_rate_init=0.01": MLPClassifier(8, **FASTER),
    "MLPClassifier(100)": MLPClassifier(random_state=0),
    "SGDClassifier": SGDClassifier(loss="log_loss", random_state=0),
}
PASSES = (1, 3, 10)


def judged(model, X, y):
    """Return log loss and accuracy."""
    return [log_loss(y, model.predict_proba(X)), model.score(X, y)]


def streamed(model, rows, held_out, y, labels):
    """Return both after each of PASSES, and the seconds taken."""
    figures, seconds = [], 0.0
    for n_passes in range(1, max(PASSES) + 1):
        start = time.process_time()
        for part in np.array_split(np.arange(len(y)), -(-len(y) // 100)):
            model.partial_fit(rows[part], y[part], classes=np.unique(y))
        seconds += time.process_time() - start
        if n_passes in PASSES:
            figures += judged(model, held_out, labels)
    return [*figures, seconds]


def compare(X, y, seeds):
    """Print a line a model."""
    splits = [
        train_test_split(X, y, test_size=0.3, random_state=seed, stratify=y)
        for seed in range(seeds)
    ]
    for name, model in MODELS.items():
        found = []
        for rows, held_out, labels, asked in splits:
            if name not in OURS:
                scaler = StandardScaler().fit(rows)
                rows, held_out = scaler.transform(rows), scaler.transform(held_out)
            fresh = type(model)(**model.get_params())
            found.append(streamed(fresh, rows, held_out, labels, asked))
        line = "{:8.3f}{:6.3f}" * len(PASSES) + "{:8.2f} s"
        print(f"{name:28s}" + line.format(*np.mean(found, axis=0)), flush=True)
    fits = [
        judged(TinyNeuralNet(8).fit(rows, labels), held_out, asked)
        for rows, held_out, labels, asked in splits
    ]
    line = "{:8.3f}{:6.3f}".format(*np.mean(fits, axis=0))
    print(f"{'TinyNeuralNet(8).fit':28s}{'':28s}{line}", flush=True)


def main():
    """Print a table a data set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    seeds = parser.parse_args().seeds
    warnings.simplefilter("ignore")
    for name, data in DATA.items():
        print(f"\n{name}: log loss and accuracy after {PASSES} passes")
        compare(*data, seeds)


if __name__ == "__main__":
    main()
