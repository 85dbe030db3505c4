"""How well the parameters' posterior determines a prediction."""

import numpy as np

# Numbers in a block of the Jacobian of a prediction (8 MB).
_JACOBIAN = 2**20


def output_variance(predictor, theta, factor, X):
    """Return j(x)' factor^-1 j(x) for each row and output, (n, m).

    That is the variance of the raw prediction, linear in theta near the mode with
    the Jacobian j, where `factor` is the posterior precision of theta (Bishop 2006,
    section 5.7.1).
    """
    size = predictor.n_parameters
    step = max(1, _JACOBIAN // (size * predictor.n_outputs))
    blocks = (X[i : i + step] for i in range(0, len(X), step))
    jacobians = (predictor.jacobian(theta, block).reshape(-1, size) for block in blocks)
    variance = np.concatenate([factor.variance(rows) for rows in jacobians])
    return variance.reshape(len(X), -1)
