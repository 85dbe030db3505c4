"""Sums over the covariance of parameters, an input at a time.

Parameters (j, r), of input r and neuron or output j, are in the order of their layer's
matrix: all of the first input come first.
"""

import numpy as np


def contracted(X, covariance):
    """Return sum_r x_ir covariance_(rj)q, (n, j, q), X (n, d), covariance (d j, q)."""
    n_columns = covariance.shape[1]
    product = X @ covariance.reshape(X.shape[1], -1)
    return product.reshape(len(X), -1, n_columns)


def contracted_again(rows, A):
    """Return sum_s rows_ij(sl) a_is, (n, j, l), for rows (n, j, a l) and A (n, a)."""
    rows = rows.reshape(*rows.shape[:2], A.shape[1], -1)
    return (A[:, None, None, :] @ rows)[:, :, 0]


def centred(array):
    """Return an array relative to its mean over the last axis."""
    total = np.add.reduce(array, axis=-1, keepdims=True)  # a method takes longer
    return array - total / array.shape[-1]


def centred_diagonal(matrices):
    """Return the variances (n, m) of what has covariances (n, m, m), once centred."""
    return np.einsum("ikk->ik", centred(centred(matrices).swapaxes(1, 2)))
