"""Defaults against defaults: log loss, accuracy, calibration error and fit time.

    python tests/benchmarks/default_quality.py [--tables FOLDER] [--folds 5]

Five-fold cross-validation on scikit-learn's small tables and the votes of 1996, and on
every FOLDER/*.csv (numbers only, the last column is the class). All models see
standardised inputs; times are of `fit` alone, one BLAS thread, models in turn.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skneuron import LogisticNeuron, TinyNeuralNet
from skneuron.datasets import load_anes96

MODELS = {
    "TinyNeuralNet": TinyNeuralNet,
    "LogisticNeuron(auto)": lambda: LogisticNeuron(alpha="auto"),
    "LogisticRegression": LogisticRegression,
    "MLPClassifier": lambda: MLPClassifier(random_state=0),
    "random forest": lambda: RandomForestClassifier(random_state=0),
    "hist. boosting": lambda: HistGradientBoostingClassifier(random_state=0),
}
BUNDLED = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "anes96": load_anes96,
}


def calibration_error(hits, confidence, n_bins=10):
    """Return the mean gap between confidence and accuracy over equally filled bins."""
    bins = np.array_split(np.argsort(confidence), n_bins)
    gaps = [len(b) * abs(hits[b].mean() - confidence[b].mean()) for b in bins if len(b)]
    return sum(gaps) / len(hits)


def cross_validated(make, X, y, folds):
    """Return log loss, accuracy, calibration error and mean fit seconds."""
    proba, seconds = np.empty((len(y), y.max() + 1)), []
    splitter = StratifiedKFold(folds, shuffle=True, random_state=0)
    for train, test in splitter.split(X, y):
        scaler = StandardScaler().fit(X[train])
        model, started = make(), time.perf_counter()
        model.fit(scaler.transform(X[train]), y[train])
        seconds.append(time.perf_counter() - started)
        proba[test] = model.predict_proba(scaler.transform(X[test]))
    hits = proba.argmax(axis=1) == y
    error = calibration_error(hits, proba.max(axis=1))
    return log_loss(y, np.clip(proba, 1e-7, 1)), hits.mean(), error, np.mean(seconds)


def tables(folder):
    """Yield (name, X, y) with y coded 0, 1, ..."""
    for name, load in BUNDLED.items():
        yield name, *load(return_X_y=True)
    for path in sorted(Path(folder).glob("*.csv")) if folder else ():
        frame = pd.read_csv(path).dropna()
        codes = pd.factorize(frame.iloc[:, -1], sort=True)[0]
        yield path.stem, frame.iloc[:, :-1].to_numpy(float), codes


def main():
    """Print a line a table and model, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", default="")
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    results = []
    for name, X, y in tables(options.tables):
        with threadpool_limits(1):
            rows = [cross_validated(m, X, y, options.folds) for m in MODELS.values()]
        results.append(rows)
        for model, row in zip(MODELS, rows, strict=True):
            print(f"{name:16s} {model:22s}" + "".join(f"{v:10.4f}" for v in row))
    results = np.array(results)
    ranks = np.array([rankdata(losses) for losses in results[:, :, 0]]).mean(axis=0)
    ratios = np.exp(np.log(results[:, :, 3] / results[:, :1, 3]).mean(axis=0))
    print(f"\n{'':22s}{'log loss':>10s}{'rank':>10s}{'accuracy':>10s}", end="")
    print(f"{'calib. err':>11s}{'time ratio':>11s}")
    for i, model in enumerate(MODELS):
        loss, accuracy, error, _ = results[:, i].mean(axis=0)
        print(f"{model:22s}{loss:10.4f}{ranks[i]:10.2f}{accuracy:10.4f}", end="")
        print(f"{error:11.4f}{ratios[i]:11.2f}")


if __name__ == "__main__":
    main()
