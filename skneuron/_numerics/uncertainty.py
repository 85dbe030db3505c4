"""What the parameters' posterior says of a prediction."""

from functools import partial

import numpy as np

from skneuron._numerics.curvature import DenseFactor, factorised
from skneuron._numerics.spread import centred


def posterior(objective, solution):
    """Return the posterior precision of theta for predictions, factorised.

    Laplace's approximation takes the curvature at the mode. Where classes are well
    separated, p (1 - p) vanishes there, as if the data said next to nothing, and the
    prediction turns needlessly timid. A Gaussian that is to fit the posterior as a
    whole has the curvature's mean over itself instead (Opper & Archambeau 2009,
    doi:10.1162/neco.2008.08-07-592); here that mean is approximated by the curvature
    at the logits that Laplace's approximation, on a sample, corrects. More such rounds
    alternate around this one, and predict no better.
    """
    predictor, theta, ridge = objective.predictor, solution.theta, solution.ridge
    if predictor.n_outputs > 1:
        ridge = np.maximum(ridge, _INDIFFERENCE * objective.total)
    sample = (objective.sketch or objective).sample(_SAMPLE, 0)
    laplace = factorised(sample.curvature(theta), ridge)
    correct = partial(decision, predictor, theta, laplace)
    return factorised(objective.curvature(theta, correct), ridge)


_SAMPLE = 300

# Least precision per unit of weight of several outputs' parameters. A constant added to
# all outputs has hardly any other: it cancels in predictions, and digits with it.
_INDIFFERENCE = 1e-9


def decision(predictor, theta, factor, X):
    """Return scores (n, m), corrected for the parameters' uncertainty by a factor.

    A logit f of variance s^2 = j' factor^-1 j becomes f / sqrt(1 + pi s^2 / 8) (MacKay
    1992, doi:10.1162/neco.1992.4.5.720). With several outputs f and its Jacobian j are
    taken relative to their mean over the outputs, which a softmax does not see.

    Parameters
    ----------
    predictor : linear.Linear or network.Network
    theta : ndarray of shape (P,)
    factor : DenseFactor, LowRankFactor or None
        Posterior precision of theta; None for the plain raw prediction.
    X : ndarray of shape (n, d1)
    """
    if factor is None:
        return predictor.forward(theta, X)[0]
    return _by_blocks(_laplace, predictor, theta, factor, X)


def _laplace(predictor, theta, factor, X):
    if predictor.n_outputs == 1:
        raw, jacobian = predictor.linearised(theta, X)
        variance = factor.variance(jacobian[:, 0])[:, None]
    elif isinstance(factor, DenseFactor):
        raw, variance = predictor.spread(theta, X, factor.covariance)
    else:
        raw, jacobian = predictor.linearised(theta, X)
        raw, rows = centred(raw), jacobian - jacobian.mean(axis=1, keepdims=True)
        variance = factor.variance(rows.reshape(-1, rows.shape[2])).reshape(raw.shape)
    return raw / np.sqrt(1.0 + np.pi * variance / 8.0)


# Numbers in a block of the Jacobian of a prediction (8 MB).
_JACOBIAN = 2**20


def _by_blocks(function, predictor, theta, factor, X):
    step = max(1, _JACOBIAN // (predictor.n_parameters * predictor.n_outputs))
    blocks = (X[i : i + step] for i in range(0, len(X), step))
    return np.concatenate([function(predictor, theta, factor, rows) for rows in blocks])


def output_variance(predictor, theta, factor, X):
    """Return j(x)' factor^-1 j(x) for each row and output, (n, m).

    That is the variance of the raw prediction, linear in theta near the mode with
    the Jacobian j, where `factor` is the posterior precision of theta (Bishop 2006,
    section 5.7.1).
    """
    return _by_blocks(_variance, predictor, theta, factor, X)


def _variance(predictor, theta, factor, X):
    jacobian = predictor.linearised(theta, X)[1]
    return factor.variance(jacobian.reshape(-1, len(theta))).reshape(len(X), -1)
