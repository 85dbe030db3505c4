"""What 99 hidden neurons cost on few rows, alpha by evidence: log loss by count.

    python tests/benchmarks/overfitting.py [--folder DIR] [--only anes96,phoneme]
        [--rows 200] [--draws 3]

Every table is split into so many stratified rows to learn from and all others to judge
by, several times. `cost` is the mean log loss of 99 neurons over that of the best count
of 0 to 32, chosen by hindsight on the judging rows, less 1 (below 5 % is asked).
"""

import argparse

import numpy as np
from _tables import add_options, encoder, tables
from _timing import machine
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from skneuron import TinyNeuralNet

COUNTS = 0, 2, 4, 8, 16, 32, 99


def losses(X, y, n_rows, seed):
    """Return the held-out log loss of each count of neurons after one draw."""
    X, new, y, truth = train_test_split(
        X, y, train_size=n_rows, stratify=y, random_state=seed
    )
    prepare = encoder(scale=True)
    X, new = prepare.fit_transform(X), prepare.transform(new)
    probas = [TinyNeuralNet(count).fit(X, y).predict_proba(new) for count in COUNTS]
    return [log_loss(truth, proba, labels=np.unique(y)) for proba in probas]


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--rows", type=int, default=200)
    parser.add_argument("--draws", type=int, default=3)
    options = parser.parse_args()
    print(machine())
    costs = []
    for name, X, y in tables(options):
        if len(y) < 1.5 * options.rows:
            continue
        draws = [losses(X, y, options.rows, seed) for seed in range(options.draws)]
        *few, many = np.mean(draws, axis=0)
        costs.append(many / min(few) - 1.0)
        best = COUNTS[int(np.argmin(few))]
        print(f"{name:16s} best {best:2d}: {min(few):.4f}  99: {many:.4f}", end="")
        print(f"  cost {costs[-1]:+.1%}", flush=True)
    over = sum(cost > 0.05 for cost in costs)
    print(f"mean {np.mean(costs):+.1%}, largest {max(costs):+.1%}, over 5 %: {over}")


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
