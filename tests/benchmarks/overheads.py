"""What one row and one import cost: predict_proba's latency, and `import skneuron`.

    python tests/benchmarks/overheads.py [--calls 2000] [--imports 15]

Latency: `predict_proba` on one row (an array) of breast_cancer by fitted models, 16
hidden neurons where there are any; one call of each model a round, medians over the
rounds. `ratio` is over MLPClassifier's (at most 1 is asked of ours). Input checking,
which all share, is most of it.

Imports: each in a fresh interpreter, which times the statement alone, in turn. All read
byte code from a folder of this run, which a first round, left out, has filled: the
environment (PYTHONDONTWRITEBYTECODE) would else compile skneuron anew every time, but
not scikit-learn, which pip has compiled. `adds` is what `import skneuron` takes where
scikit-learn's linear models are imported already (less than 10 % is asked).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from _timing import in_turn, machine
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from skneuron import LogisticNeuron, TinyNeuralNet

MODELS = {
    "MLPClassifier": MLPClassifier((16,), random_state=0),
    "LogisticRegression": LogisticRegression(),
    "TinyNeuralNet plain": TinyNeuralNet(16, predictive="plain"),
    "TinyNeuralNet laplace": TinyNeuralNet(16, predictive="laplace"),
    "LogisticNeuron plain": LogisticNeuron(),
    "LogisticNeuron laplace": LogisticNeuron(alpha="auto"),
}
PEER, ALONE, ADDED = IMPORTS = {
    "import sklearn.linear_model": "",
    "import skneuron": "",
    "import skneuron  # after it": "import sklearn.linear_model",
}


def latencies(calls):
    """Return the median seconds of one-row calls of each model."""
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    fitted = {name: model.fit(X, y) for name, model in MODELS.items()}
    actions = {
        name: lambda _, model=model: model.predict_proba(X[:1])
        for name, model in fitted.items()
    }
    in_turn(actions, 20)
    return in_turn(actions, calls)


def import_seconds(statement, before, cache):
    """Return the seconds of an import statement in a fresh interpreter."""
    code = (
        f"import time\n{before}\nstarted = time.perf_counter()\n{statement}\n"
        "print(time.perf_counter() - started)"
    )
    command = [sys.executable, "-c", code]
    env = os.environ | {"PYTHONPYCACHEPREFIX": cache, "PYTHONDONTWRITEBYTECODE": ""}
    run = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True)
    return float(run.stdout)


def imports(repeats):
    """Return the median seconds of each import."""
    with tempfile.TemporaryDirectory() as cache:
        rounds = [
            {name: import_seconds(name, IMPORTS[name], cache) for name in IMPORTS}
            for _ in range(repeats + 1)
        ]
    return {name: np.median([r[name] for r in rounds[1:]]) for name in IMPORTS}


def main():
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--imports", type=int, default=15)
    options = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)
    print(machine())
    print(f"\n{'predict_proba of one row':28s}{'µs':>8s}{'ratio':>8s}")
    seconds = latencies(options.calls)
    for name, value in seconds.items():
        print(f"{name:28s}{value * 1e6:8.1f}{value / seconds['MLPClassifier']:8.2f}")
    print(f"\n{'import':28s}{'ms':>8s}{'ratio':>8s}")
    seconds = imports(options.imports)
    for name, value in seconds.items():
        print(f"{name:28s}{value * 1e3:8.1f}{value / seconds[PEER]:8.2f}")
    print(f"alone: {(seconds[ALONE] - seconds[PEER]) * 1e3:+.1f} ms, ", end="")
    print(f"{seconds[ALONE] / seconds[PEER] - 1:+.1%}; adds ", end="")
    print(f"{seconds[ADDED] * 1e3:.1f} ms, {seconds[ADDED] / seconds[PEER]:.1%}")


if __name__ == "__main__":
    main()
