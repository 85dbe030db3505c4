"""Growth with the number of rows: seconds and memory of a fit, a race to a log loss.

    python tests/benchmarks/growth.py [--rows 1000 10000 100000 1000000]
        [--out growth.png] [--repeats 3] [--peer-limit 100000] [--threads 0]
    python tests/benchmarks/growth.py --only-race [--race-rows 1000000] [--repeats 3]

Made rows of 20 inputs, two classes of four clusters, standardised, float64, in memory
before the clock starts. 16 hidden neurons; all else is default.

Growth. Every fit has a fresh process, which first fits 300 rows, so that all is
imported. Seconds are medians; MB are how far the peak of resident memory during `fit`
lies above what is resident before it, X and y included: the working set, to be read
beside the size of X (less than 300 MB is asked). The peak is VmHWM of /proc/self/status
after a reset (Linux only); what fits into memory freed before does not show, so that
small fits read 0. Slow peers stop at --peer-limit rows.

Race to the same log loss on 100,000 held-out rows. Rivals minimise different objectives
(ours chooses its weight decay), so only what both are for can be compared. Both are
curves: ours has a point after each iteration on all rows (scikit-learn 1.9's callbacks
tell of it; the first includes the samples it begins on), Adam (MLPClassifier's
defaults, 200 rows a step) one after each pass over the rows, by `partial_fit`. Judging
a point is free, and so is knowing when to stop, which favours Adam: `fit` would go on
until ten passes in a row gain nothing. It runs until a pass has gained less than 1e-4
of its best loss, twice in a row as single passes are noisy, or --passes. The first
ratio is Adam's seconds to its best loss over our seconds to one as low; the second is
Adam's seconds to the loss of our whole fit over those of the fit, starts, choice of the
weight decay and curvature for its predictions included: where Adam never comes as low,
all of its seconds make it a lower bound.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from _timing import machine, timed
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skneuron import TinyNeuralNet

N_NEURONS = 16
HELD_OUT = 100_000
OURS, ADAM, LBFGS, LINEAR = MODELS = {
    f"TinyNeuralNet({N_NEURONS})": TinyNeuralNet(N_NEURONS),
    "MLPClassifier, adam": MLPClassifier((N_NEURONS,)),
    "MLPClassifier, lbfgs": MLPClassifier((N_NEURONS,), solver="lbfgs"),
    "LogisticRegression": LogisticRegression(),
}
SLOW = ADAM, LBFGS
# Okabe and Ito's colours, told apart by all.
STYLES = {
    OURS: ("#D55E00", "o"),
    ADAM: ("#0072B2", "s"),
    LBFGS: ("#009E73", "^"),
    LINEAR: ("#CC79A7", "D"),
}


def made_rows(n_rows):
    """Return n_rows of a problem that 16 neurons can learn but for its noise."""
    X, y = make_classification(
        n_rows, 20, n_informative=10, n_clusters_per_class=4, random_state=0
    )
    return StandardScaler().fit_transform(X), y


def memory(field):
    """Return a field of this process's memory (VmRSS or VmHWM) in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(field))
    return int(line.split()[1]) * 1024 / 1e6


def fit_here(name, seed, folder):
    """Fit the rows in a folder in this process; print seconds and MB."""
    warnings.simplefilter("ignore", UserWarning)
    X, y = np.load(folder / "X.npy"), np.load(folder / "y.npy")
    model = MODELS[name].set_params(random_state=seed)
    model.fit(X[:300], y[:300])
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM starts anew
    before = memory("VmRSS")
    seconds = timed(model.fit, X, y)
    print(json.dumps([seconds, memory("VmHWM") - before]))


def fit_in_process(name, seed, folder, threads):
    """Return seconds and MB of one fit in a fresh process."""
    limits = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = os.environ | (dict.fromkeys(limits, str(threads)) if threads else {})
    command = [sys.executable, __file__, "--fit", name, str(seed), str(folder)]
    run = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def growth(options):
    """Print the table; return {name: [(rows, seconds, MB), ...]}."""
    print(f"{'rows':>9s}{'X, MB':>8s}  {'model':22s}{'seconds':>10s}{'MB':>9s}")
    found = {name: [] for name in MODELS}
    for n_rows in options.rows:
        names = [n for n in MODELS if n not in SLOW or n_rows <= options.peer_limit]
        with tempfile.TemporaryDirectory() as folder:
            for key, array in zip("Xy", made_rows(n_rows), strict=True):
                np.save(Path(folder) / f"{key}.npy", array)
            runs = [
                [fit_in_process(name, seed, folder, options.threads) for name in names]
                for seed in range(options.repeats)
            ]
        for name, (seconds, extra) in zip(names, np.median(runs, axis=0), strict=True):
            found[name].append((n_rows, seconds, extra))
            print(f"{n_rows:9d}{n_rows * 160e-6:8.1f}  {name:22s}", end="")
            print(f"{seconds:10.3f}{extra:9.1f}", flush=True)
    return found


def draw(found, out):
    """Draw seconds and MB against rows, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
    titles = "Seconds to fit", "Working set, MB beside X and y"
    for k, (panel, title, lowest) in enumerate(
        zip(panels, titles, (1e-4, 0.1), strict=True)
    ):
        ends = {}
        for name, points in found.items():
            if points:
                rows, values = np.array(points)[:, [0, 1 + k]].T
                ends[name] = _line(panel, rows, np.maximum(values, lowest), name)
        panel.set(xscale="log", yscale="log", xlabel="rows", title=title)
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_xlim(right=panel.get_xlim()[1] * 30)  # room for the names
        _name_lines(figure, panel, ends)
    rows = np.array([point[0] for point in found[OURS]])
    panels[1].plot(rows, rows * 160e-6, color="0.6", linestyle="--", zorder=1)
    at = rows[-1] / 100
    panels[1].annotate("  X itself", (at, at * 160e-6), va="top", color="0.4")
    panels[1].axhline(300, color="0.6", linestyle=":", zorder=1)
    panels[1].annotate("300 MB", (rows[0], 300), va="bottom", color="0.4")
    figure.savefig(out, dpi=150)
    print("drawn:", out)


def _line(panel, rows, values, name):
    colour, marker = STYLES[name]
    panel.plot(rows, values, color=colour, marker=marker)
    return rows[-1], values[-1]


def _name_lines(figure, panel, ends):
    """Write names at the ends of lines, 12 points apart at least."""
    figure.canvas.draw()
    height = -np.inf
    for name, end in sorted(ends.items(), key=lambda item: item[1][1]):
        at = panel.transData.transform(end)[1] * 72 / figure.dpi
        height = max(at, height + 12)
        panel.annotate(
            name,
            end,
            (8, height - at),
            textcoords="offset points",
            va="center",
            color=STYLES[name][0],
        )


def adam_curve(X, y, X_held, y_held, seed, passes):
    """Return seconds and held-out log losses after each pass of Adam."""
    # A RandomState, as a number would shuffle every pass alike.
    model = MLPClassifier((N_NEURONS,), random_state=np.random.RandomState(seed))
    seconds, losses, idle = [0.0], [np.inf], 0
    while len(losses) <= passes and idle < 2:
        seconds.append(seconds[-1] + timed(model.partial_fit, X, y, classes=[0, 1]))
        loss, best = log_loss(y_held, model.predict_proba(X_held)), min(losses)
        losses.append(loss)
        idle = idle + 1 if loss > best * (1 - 1e-4) else 0
    return np.array(seconds[1:]), np.array(losses[1:])


class Stopwatch:
    """A callback of scikit-learn that keeps each iteration's network and its time."""

    def __init__(self):
        self.began, self.seconds, self.networks = time.perf_counter(), [], []

    def setup(self, estimator, context):
        """Begin."""

    def teardown(self, estimator, context):
        """End."""

    def on_fit_task_begin(self, estimator, context):
        """Begin an iteration."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        """Keep what an iteration came to."""
        if context.task_name == "iteration":
            self.seconds.append(time.perf_counter() - self.began)
            self.networks.append(fitted_estimator)


def our_curve(X, y, X_held, y_held, seed):
    """Return our seconds and held-out log losses, the whole fit's last."""
    watch = Stopwatch()
    net = TinyNeuralNet(N_NEURONS, random_state=seed).set_callbacks(watch)
    whole = timed(net.fit, X, y)
    losses = [log_loss(y_held, n.predict_proba(X_held)) for n in [*watch.networks, net]]
    return np.array([*watch.seconds, whole]), np.array(losses)


def first(curve, loss):
    """Return the seconds after which a curve is as low as a loss, or None."""
    seconds, losses = curve
    reached = losses <= loss
    return seconds[reached.argmax()] if reached.any() else None


def race(n_rows, repeats, passes):
    """Print what each of both reached when."""
    X, y = made_rows(n_rows + HELD_OUT)
    X, X_held, y, y_held = X[HELD_OUT:], X[:HELD_OUT], y[HELD_OUT:], y[:HELD_OUT]
    print(f"\nRace to a log loss on {HELD_OUT} held-out rows, {n_rows} rows to learn")
    to_adams, to_ours = [], []
    for seed in range(repeats):
        ours = our_curve(X, y, X_held, y_held, seed)
        adam = adam_curve(X, y, X_held, y_held, seed, passes)
        for name, (seconds, losses) in {"ours": ours, "adam": adam}.items():
            for point in sorted(
                {0, 1, 3, 9, 19, len(losses) - 1} & {*range(len(losses))}
            ):
                print(f"seed {seed}, {name}, point {point + 1}: ", end="")
                print(f"{losses[point]:.5f} after {seconds[point]:.2f} s", flush=True)
        best = adam[1].argmin()
        as_low = first(ours, adam[1][best]) or np.inf
        to_adams.append(adam[0][best] / as_low)
        print(
            f"  adam's best: {adam[1][best]:.5f} after {adam[0][best]:.2f} s;", end=""
        )
        print(f" ours as low after {as_low:.2f} s: {to_adams[-1]:.2f} times")
        as_low = first(adam, ours[1][-1])
        to_ours.append((as_low or adam[0][-1]) / ours[0][-1])
        never = " or more, since adam never came as low" if as_low is None else ""
        print(f"  adam to the loss of our whole fit: {to_ours[-1]:.2f} times{never}")
    print(f"medians: {np.median(to_adams):.2f}, {np.median(to_ours):.2f}")


def main():
    """Print the table, draw it, and print the race."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    sizes = [10**3, 10**4, 10**5, 10**6]
    parser.add_argument("--rows", type=int, nargs="+", default=sizes)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer-limit", type=int, default=10**5, help="rows")
    parser.add_argument("--threads", type=int, default=0, help="of BLAS; 0: no limit")
    parser.add_argument("--out", default="growth.png")
    parser.add_argument("--race-rows", type=int, default=10**6, help="0: no race")
    parser.add_argument("--passes", type=int, default=30, help="of Adam, at most")
    parser.add_argument("--only-race", action="store_true")
    parser.add_argument("--fit", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        name, seed, folder = options.fit
        return fit_here(name, int(seed), Path(folder))
    warnings.simplefilter("ignore", UserWarning)
    print(machine() + f", BLAS threads: {options.threads or 'no limit'}", flush=True)
    if not options.only_race:
        draw(growth(options), options.out)
    if options.race_rows:
        race(options.race_rows, options.repeats, options.passes)
    return None


if __name__ == "__main__":
    main()
