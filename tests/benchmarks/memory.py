"""Memory of fits and predictions on a file larger than what is free: float32, mapped.

    python tests/benchmarks/memory.py [--rows 5000000] [--inputs 20] [--folder DIR]

The file holds made rows of two classes. Each fit has a fresh process, which maps it
(`np.load(..., mmap_mode="r")`) and polls what it holds itself, RssAnon of
/proc/self/status (Linux only): pages of the file, which the system takes back when it
needs them, are not among it. MB are how far the peak during `fit`, and then `predict`,
lies above what there was before it, in a fit y included (8 bytes a row).
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import numpy as np

from skneuron import LogisticNeuron, TinyNeuralNet, TinyNeuralNetRegressor

MODELS = {
    "LogisticNeuron()": LogisticNeuron(),
    "LogisticNeuron(alpha='auto')": LogisticNeuron(alpha="auto"),
    "TinyNeuralNet(0)": TinyNeuralNet(0),
    "TinyNeuralNet(8)": TinyNeuralNet(8, max_iter=10),
    "TinyNeuralNetRegressor(8)": TinyNeuralNetRegressor(8, max_iter=10),
}


LINE = "fit{:8.1f} s{:6.0f} MB   predict{:6.1f} s{:6.0f} MB"


def write(folder, n_rows, n_inputs):
    """Write X.npy and y.npy by blocks."""
    rng = np.random.default_rng(0)
    X = np.lib.format.open_memmap(
        folder / "X.npy", mode="w+", dtype=np.float32, shape=(n_rows, n_inputs)
    )
    y, coef = np.empty(n_rows, int), rng.normal(size=n_inputs) / np.sqrt(n_inputs)
    for first in range(0, n_rows, 10**5):
        rows = rng.normal(size=(min(10**5, n_rows - first), n_inputs))
        score = np.tanh(rows[:, 0] * rows[:, 1]) + rows @ coef
        X[first : first + len(rows)] = 3.0 + 2.0 * rows
        y[first : first + len(rows)] = score + rng.logistic(size=len(rows)) > 0
    X.flush()
    np.save(folder / "y.npy", y)


def anonymous():
    """Return this process's own resident memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024 / 1e6


def fit_here(name, folder):
    """Fit and predict in this process; print seconds and MB of both."""
    warnings.simplefilter("ignore", UserWarning)
    X, y = np.load(folder / "X.npy", mmap_mode="r"), np.load(folder / "y.npy")
    model = MODELS[name].fit(np.array(X[:300]), y[:300])
    print(json.dumps([*measured(lambda: model.fit(X, y)), *measured(model.predict, X)]))


def measured(function, *arguments):
    """Return the seconds and the MB that a call takes."""
    before, peak, done = anonymous(), [0.0], threading.Event()

    def watch():
        while not done.is_set():
            peak[0] = max(peak[0], anonymous())
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    function(*arguments)
    seconds = time.perf_counter() - start
    done.set()
    watcher.join()
    return seconds, peak[0] - before


def main():
    """Print a line a model."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5 * 10**6)
    parser.add_argument("--inputs", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="for the file; default: temporary")
    parser.add_argument("--fit", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fit:
        return fit_here(options.fit, options.folder)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        write(Path(folder), options.rows, options.inputs)
        print(f"X: {options.rows * options.inputs * 4e-6:.0f} MB")
        for name in MODELS:
            command = [sys.executable, __file__, "--folder", folder, "--fit", name]
            run = subprocess.run(command, stdout=subprocess.PIPE, check=True)
            figures = json.loads(run.stdout)
            print(f"{name:30s}" + LINE.format(*figures), flush=True)
    return None


if __name__ == "__main__":
    main()
