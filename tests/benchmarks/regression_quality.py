"""Regressors by default: R^2, root mean squared error, log density and fit time.

    python tests/benchmarks/regression_quality.py [--folds 5] [--rows 400]

Five-fold cross-validation on diabetes and samples of Friedman's three functions, with
a fifth of their deviation as noise. All models see standardised inputs, MLPRegressor
and GaussianProcessRegressor a standardised y, too; times are of `fit` alone, one BLAS
thread, models in turn. NLPD is the negative log predictive density in nats a row (lower
is better), where a model tells its standard deviation.
"""

import argparse
import time
import warnings

import numpy as np
from scipy.stats import norm, rankdata
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import (
    load_diabetes,
    make_friedman1,
    make_friedman2,
    make_friedman3,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import BayesianRidge
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.model_selection import KFold
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skneuron import TinyNeuralNetRegressor


def scaled_mlp(**parameters):
    """Return an MLPRegressor of standardised y."""
    net = MLPRegressor(random_state=0, **parameters)
    return TransformedTargetRegressor(net, transformer=StandardScaler())


def gaussian_process():
    """Return a GaussianProcessRegressor of one length scale and noise."""
    kernel = ConstantKernel() * RBF() + WhiteKernel()
    return GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)


MODELS = {
    "TinyNeuralNetRegressor": TinyNeuralNetRegressor,
    "TinyNeuralNetRegressor(8)": lambda: TinyNeuralNetRegressor(8),
    "BayesianRidge": BayesianRidge,
    "MLPRegressor": scaled_mlp,
    "MLPRegressor(lbfgs)": lambda: scaled_mlp(solver="lbfgs", max_iter=1000),
    "GaussianProcess": gaussian_process,
}


def tables(n_rows):
    """Return the data of each name."""
    made = {"n_samples": n_rows, "random_state": 0}
    return {
        "diabetes": load_diabetes(return_X_y=True),
        "friedman1": make_friedman1(noise=1.0, **made),
        "friedman2": make_friedman2(noise=75.0, **made),
        "friedman3": make_friedman3(noise=0.06, **made),
    }


def density(model, X, y, mean):
    """Return the negative log predictive density, NaN where there is none."""
    if isinstance(model, TransformedTargetRegressor):
        return np.nan
    return -norm.logpdf(y, mean, model.predict(X, return_std=True)[1]).mean()


def cross_validated(make, X, y, folds):
    """Return R^2, root mean squared error, NLPD and mean fit seconds."""
    mean, seconds, densities = np.empty(len(y)), [], []
    for train, test in KFold(folds, shuffle=True, random_state=0).split(X):
        scaler = StandardScaler().fit(X[train])
        model, started = make(), time.perf_counter()
        model.fit(scaler.transform(X[train]), y[train])
        seconds.append(time.perf_counter() - started)
        inputs = scaler.transform(X[test])
        mean[test] = model.predict(inputs)
        densities.append(density(model, inputs, y[test], mean[test]))
    error = root_mean_squared_error(y, mean)
    return r2_score(y, mean), error, np.mean(densities), np.mean(seconds)


def main():
    """Print a line a table and model, and the mean ranks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=400)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    errors = []
    print(f"{'':37s}{'R^2':>9s}{'RMSE':>11s}{'NLPD':>9s}{'seconds':>9s}")
    for name, (X, y) in tables(options.rows).items():
        with threadpool_limits(1):
            rows = [cross_validated(m, X, y, options.folds) for m in MODELS.values()]
        errors.append([row[1] for row in rows])
        for model, (r2, error, nlpd, seconds) in zip(MODELS, rows, strict=True):
            print(f"{name:11s}{model:26s}", end="")
            print(f"{r2:9.4f}{error:11.4f}{nlpd:9.4f}{seconds:9.4f}")
    print(f"\n{'':26s}rank of RMSE")
    for model, rank in zip(MODELS, rankdata(errors, axis=1).mean(axis=0), strict=True):
        print(f"{model:26s}{rank:12.2f}")


if __name__ == "__main__":
    main()
