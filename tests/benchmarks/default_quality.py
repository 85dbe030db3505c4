"""Defaults against defaults: log loss, accuracy, calibration error and fit time.

    python tests/benchmarks/default_quality.py [--folder DIR] [--folds 5] [--only iris]

Cross-validation on scikit-learn's small tables and the votes of 1996, or on DIR's *.csv
and *.csv.gz: classes in the column `__y`, else in the last; at most --max-rows rows of
each, and no more folds than its rarest class has rows. All models see standardised
numbers, with gaps imputed and text one-hot encoded from the training rows; times are of
`fit` alone, one BLAS thread, models in turn.

A line a table and model: log loss, accuracy, calibration error and seconds a fit. The
calibration error (ECE) is the mean gap between the probability of the predicted class
and how often it is right, over ten bins of as many held-out rows. Then the means, the
mean rank in log loss, and the geometric mean of the seconds over TinyNeuralNet's.
"""

import argparse
import warnings

import numpy as np
from _tables import add_options, encoder, tables
from _timing import machine, timed
from scipy.stats import rankdata
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from skneuron import LogisticNeuron, TinyNeuralNet

MODELS = {
    "TinyNeuralNet": TinyNeuralNet,
    "LogisticNeuron(auto)": lambda: LogisticNeuron(alpha="auto"),
    "LogisticRegression": LogisticRegression,
    "MLPClassifier": lambda: MLPClassifier(random_state=0),
    "random forest": lambda: RandomForestClassifier(random_state=0),
    "hist. boosting": lambda: HistGradientBoostingClassifier(random_state=0),
}


def calibration_error(hits, confidence, n_bins=10):
    """Return the mean gap between confidence and accuracy over equally filled bins."""
    bins = np.array_split(np.argsort(confidence), n_bins)
    gaps = [len(b) * abs(hits[b].mean() - confidence[b].mean()) for b in bins if len(b)]
    return sum(gaps) / len(hits)


def cross_validated(make, X, y, folds):
    """Return log loss, accuracy, calibration error and mean fit seconds."""
    proba, seconds = np.empty((len(y), y.max() + 1)), []
    folds = min(folds, np.bincount(y).min())
    splitter = StratifiedKFold(folds, shuffle=True, random_state=0)
    for train, test in splitter.split(X, y):
        prepare, model = encoder(scale=True), make()
        inputs = prepare.fit_transform(X.iloc[train])
        seconds.append(timed(model.fit, inputs, y[train]))
        proba[test] = model.predict_proba(prepare.transform(X.iloc[test]))
    hits = proba.argmax(axis=1) == y
    error = calibration_error(hits, proba.max(axis=1))
    return log_loss(y, np.clip(proba, 1e-7, 1)), hits.mean(), error, np.mean(seconds)


def main():
    """Print a line a table and model, and the means."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_options(parser)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore", UserWarning)  # convergence, rare categories
    print(machine() + ", BLAS threads: 1")
    print(f"{'table':22s} {'model':22s}{'log loss':>10s}{'accuracy':>10s}", end="")
    print(f"{'calib. err':>11s}{'fit s':>10s}")
    results = []
    for name, X, y in tables(options):
        with threadpool_limits(1):
            rows = [cross_validated(m, X, y, options.folds) for m in MODELS.values()]
        results.append(rows)
        for model, row in zip(MODELS, rows, strict=True):
            loss, accuracy, error, seconds = row
            print(f"{name:22s} {model:22s}{loss:10.4f}{accuracy:10.4f}", end="")
            print(f"{error:11.4f}{seconds:10.4f}", flush=True)
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
