"""Grid search over the number of hidden neurons: TinyNeuralNet against MLPClassifier.

    python tests/benchmarks/grid_search.py [--repeats 3] [--jobs 1 2] [--tables anes96]

`GridSearchCV` over 0, 1, 2, 4, 8, 16, 32 and 64 hidden neurons, five shuffled folds,
refit, by log loss; all else is default but MLPClassifier's solver, its best for small
tables, "lbfgs". It stops after scikit-learn's default of 200 iterations or --max-iter:
several limits are several peers. Its network without hidden neurons is
`hidden_layer_sizes=()`: the same logistic neuron as ours, by the same solver and with
the same penalty as its larger ones. Inputs are standardised before, for both.

Searches take turns; the table has medians. `ratio` is the peer's seconds over ours (10
is asked). The script sets no limit on BLAS threads: they are those a user gets. Worker
processes are started, and have imported all, before the clock starts. `CPU / s` is the
CPU time of all processes over the seconds: above `jobs`, threads of BLAS were at work
or waited in a loop beyond the jobs asked for (oversubscription where it is above the
number of CPUs, or where a limit to one thread makes it faster). `threads` is how many
these processes have in the end, asleep or not. Both from Linux's /proc.
"""

import argparse
import os
import time
import warnings
from pathlib import Path

import numpy as np
from _tables import BUNDLED
from _timing import machine
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info

from skneuron import TinyNeuralNet

COUNTS = [0, 1, 2, 4, 8, 16, 32, 64]
SIZES = [(count,) if count else () for count in COUNTS]


def searches(max_iters, n_jobs, counts=None):
    """Return ours and the peers, by name."""
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    common = {"scoring": "neg_log_loss", "cv": folds, "n_jobs": n_jobs}
    grid = {"n_neurons": COUNTS[:counts]}
    found = {"TinyNeuralNet": GridSearchCV(TinyNeuralNet(), grid, **common)}
    grid = {"hidden_layer_sizes": SIZES[:counts]}
    for limit in max_iters:
        model = MLPClassifier(solver="lbfgs", max_iter=limit, random_state=0)
        found[f"MLPClassifier {limit}"] = GridSearchCV(model, grid, **common)
    return found


def _processes():
    """Return the /proc folders of this process and its children."""
    me, found = str(os.getpid()), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:  # it has just ended
            continue
        if me in (folder.name, parent):
            found.append(folder)
    return found


def usage():
    """Return CPU seconds and number of threads, workers included."""
    stats = [(p / "stat").read_text().rsplit(")", 1)[1].split() for p in _processes()]
    ticks = sum(int(fields[11]) + int(fields[12]) for fields in stats)
    return ticks / os.sysconf("SC_CLK_TCK"), sum(int(fields[17]) for fields in stats)


def run(search, X, y):
    """Return seconds, CPU seconds a second, threads and log loss of one search."""
    before, started = usage()[0], time.perf_counter()
    search.fit(X, y)
    seconds = time.perf_counter() - started
    after, threads = usage()
    return seconds, (after - before) / seconds, threads, -search.best_score_


def measure(table, n_jobs, options):
    """Return medians of what `run` returns, by name."""
    X, y = BUNDLED[table](return_X_y=True)
    X = StandardScaler().fit_transform(X)
    for search in searches(options.max_iter, n_jobs, counts=2).values():
        search.fit(X[:200], y[:200])  # workers start and import
    found, chosen = {}, {}
    for _ in range(options.repeats):
        for name, search in searches(options.max_iter, n_jobs).items():
            found.setdefault(name, []).append(run(search, X, y))
            (chosen[name],) = search.best_params_.values()
    return {name: (*np.median(found[name], axis=0), chosen[name]) for name in found}


def main():
    """Print a line a table, number of jobs and model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--tables", nargs="+", default=["breast_cancer", "anes96"])
    parser.add_argument("--max-iter", type=int, nargs="+", default=[200])
    options = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    os.environ["PYTHONWARNINGS"] = "ignore::UserWarning"  # in the workers
    pools = {pool["internal_api"]: pool["num_threads"] for pool in threadpool_info()}
    print(machine() + f", default threads: {pools}")
    print(
        f"{'table':14s}{'jobs':>5s}  {'model':20s}{'seconds':>9s}{'ratio':>8s}", end=""
    )
    print(f"{'CPU / s':>9s}{'threads':>9s}{'log loss':>10s}  best")
    for table in options.tables:
        for n_jobs in options.jobs:
            found = measure(table, n_jobs, options)
            ours = found["TinyNeuralNet"][0]
            for name, (seconds, share, threads, loss, best) in found.items():
                print(f"{table:14s}{n_jobs:5d}  {name:20s}{seconds:9.3f}", end="")
                print(f"{seconds / ours:8.2f}{share:9.2f}{threads:9.0f}", end="")
                print(f"{loss:10.4f}  {best}", flush=True)


if __name__ == "__main__":
    main()
