"""The space that a few rows of many columns span: all that a penalised layer needs."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack


@dataclass(frozen=True)
class RowSpace:
    """The rotation of X - mean into r axes that span some rows, and what lies beyond.

    A penalty on the sum of squares does not see a rotation, and the optimum of a layer
    is a combination of the rows it is trained on (Kimeldorf & Wahba 1971,
    doi:10.1016/0022-247X(71)90184-3): r + 1 parameters do where there were d + 1. The
    length of what a row has beyond the axes is one more input. It is 0 in training, so
    that its parameter stays 0; where the parameters' uncertainty counts, it stands for
    all that the training rows say nothing of.

    It offers what `scaling.Scaling` does, at the same scale for all inputs.

    Attributes
    ----------
    mean : ndarray of shape (d,)
    reflectors : ndarray of shape (d, r), with `factors` (r,) LAPACK's form of Q
    size : float, the common scale
    bias : bool
    """

    mean: np.ndarray
    reflectors: np.ndarray
    factors: np.ndarray
    size: float
    bias: bool

    @property
    def n_axes(self):
        """Return r."""
        return len(self.factors)

    @property
    def scale(self):
        """Return the scale of each column, (d,)."""
        return np.full(len(self.mean), self.size)

    @property
    def input_scale(self):
        """Return the scale of each input but the bias, (r + 1,)."""
        return np.full(self.n_axes + 1, self.size)

    def inputs(self, X):
        """Return [(X - mean) Q / size, length beyond / size, 1], (n, r + 1 + bias)."""
        turned = self._turn((X - self.mean).T, "T")
        beyond = np.linalg.norm(turned[self.n_axes :], axis=0)
        return self._design(turned[: self.n_axes], beyond)

    def _design(self, turned, beyond):
        design = np.ones((len(beyond), self.n_axes + 1 + self.bias))
        design[:, : self.n_axes] = turned.T / self.size
        design[:, self.n_axes] = beyond / self.size
        return design

    def fold(self, W):
        """Return (coef, intercept) for raw inputs of a layer W (r + 1 + bias, k)."""
        turned = np.zeros((len(self.mean), W.shape[1]))
        turned[: self.n_axes] = W[: self.n_axes] / self.size
        coef = self._turn(turned, "N")
        return coef, W[self.n_axes + 1 :].sum(axis=0) - self.mean @ coef

    def _turn(self, columns, transposed):
        lwork = _BLOCK * columns.shape[1]
        return lapack.dormqr(
            "L", transposed, self.reflectors, self.factors, columns, lwork
        )[0]


# Columns that LAPACK treats at once, where the work space allows.
_BLOCK = 64


def row_space(X, mean, size, bias):
    """Return the RowSpace of X (n, d), n < d, and its inputs for X itself."""
    centred = X - mean
    reflectors, factors, _, _ = lapack.dgeqrf(
        centred.T, lwork=_BLOCK * len(X), overwrite_a=1
    )
    space = RowSpace(mean, reflectors, factors, float(size), bias)
    triangle = np.triu(reflectors[: len(X)])
    return space, space._design(triangle, np.zeros(len(X)))
