"""Positive semi-definite curvature matrices and what is asked of them.

The curvature H of a predictor with P parameters and N = n_samples * n_outputs residuals
is kept as the P x P matrix itself, or, where N < P, as a root J (N, P) with H = J'J.
Both answer `plus(ridge)`: the factorised H + diag(ridge), from which determinants and
variances follow; the second never forms a P x P matrix (Woodbury's identity). And
`newton(ridge)` is the best matrix there is for a step: with the second-order term that
makes H the exact Hessian, where that is kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from scipy.linalg import lapack
from scipy.linalg.blas import daxpy


@dataclass(frozen=True)
class DenseCurvature:
    """H itself, (P, P), and what it lacks of the exact Hessian, (P, P) or None."""

    hessian: np.ndarray
    second_order: np.ndarray | None = None

    def plus(self, ridge):
        """Return the factor of H + diag(ridge); LinAlgError unless it is definite."""
        return DenseFactor(ridge, _cholesky(self.hessian, ridge))

    def newton(self, ridge):
        """Return the factor of the exact Hessian + diag(ridge), or LinAlgError."""
        if self.second_order is None:
            return self.plus(ridge)
        return DenseFactor(ridge, _cholesky(self.hessian + self.second_order, ridge))

    def diagonal(self):
        """Return the diagonal of H, (P,)."""
        return np.diagonal(self.hessian)

    def dense(self):
        """Return H, (P, P)."""
        return self.hessian


@dataclass(frozen=True)
class DenseFactor:
    """Lower Cholesky factor of H + diag(ridge)."""

    ridge: np.ndarray
    lower: np.ndarray

    def solve(self, b):
        """Return (H + diag(ridge))^-1 b."""
        return lapack.dpotrs(self.lower, b, lower=1)[0]

    def log_det(self):
        """Return log det(H + diag(ridge))."""
        return 2.0 * np.log(np.diagonal(self.lower)).sum()

    @cached_property
    def covariance(self):
        """Return (H + diag(ridge))^-1."""
        lower = np.tril(lapack.dpotri(self.lower, lower=1)[0])
        return lower + np.tril(lower, -1).T

    def determined(self, free):
        """Return how many of the free parameters (a mask) H determines.

        It is the sum of 1 - ridge_p [(H + diag(ridge))^-1]_pp over them.
        """
        variances = np.diagonal(lapack.dpotri(self.lower, lower=1)[0])
        return (1.0 - self.ridge * variances)[free].sum()

    def variance(self, rows):
        """Return the diagonal of rows (H + diag(ridge))^-1 rows', for rows (r, P)."""
        half = _solve_lower(self.lower, rows.T)
        return np.einsum("pr,pr->r", half, half)


@dataclass(frozen=True)
class LowRankCurvature:
    """H = root' root, root (N, P) with N < P.

    Attributes
    ----------
    make_root : callable
        Returns the root, which determinants and traces do not need.
    parts : sequence of (slice, ndarray of shape (N, N))
        Gram matrices of the root's columns, by slices of parameters that share one
        ridge. They add up to root diag(ridge)^-1 root' for any such ridge.
    """

    make_root: Callable
    parts: Sequence

    def __reduce__(self):
        # A copy needs the root, not the training rows that it is made from.
        return LowRankCurvature, (partial(np.asarray, self.root), ())

    @cached_property
    def root(self):
        """Return J (N, P)."""
        return self.make_root()

    def gram(self, ridge, free=None):
        """Return root diag(ridge)^-1 root', of the free parameters or of all."""
        total = np.zeros(self.parts[0][1].shape)
        for columns, gram in self.parts:
            if free is None or free[columns].any():
                # In place, where NumPy would first write the quotient.
                daxpy(gram.ravel(), total.ravel(), a=1.0 / ridge[columns.start])
        return total

    def plus(self, ridge):
        """Return the factor of H + diag(ridge); every entry of ridge is positive."""
        return LowRankFactor(self, ridge, _cholesky(self.gram(ridge), 1.0))

    newton = plus

    def diagonal(self):
        """Return the diagonal of H, (P,)."""
        return np.einsum("ip,ip->p", self.root, self.root)

    def dense(self):
        """Return H, (P, P)."""
        return self.root.T @ self.root


@dataclass(frozen=True)
class LowRankFactor:
    """Woodbury form of (H + R)^-1 = R^-1/2 (I - S' (I + S S')^-1 S) R^-1/2.

    R = diag(ridge), S = J R^-1/2 is `scaled`, and `lower` factors I + S S'.
    """

    curvature: LowRankCurvature
    ridge: np.ndarray
    lower: np.ndarray

    @cached_property
    def scaled(self):
        """Return S (N, P)."""
        return self.curvature.root / np.sqrt(self.ridge)

    def solve(self, b):
        """Return (H + diag(ridge))^-1 b."""
        root = np.sqrt(self.ridge)
        b = b / root
        inner = lapack.dpotrs(self.lower, self.scaled @ b, lower=1)[0]
        return (b - self.scaled.T @ inner) / root

    def log_det(self):
        """Return log det(H + diag(ridge))."""
        return 2.0 * np.log(np.diagonal(self.lower)).sum() + np.log(self.ridge).sum()

    def determined(self, free):
        """Return how many of the free parameters (a mask) H determines.

        It is the trace of (I + S S')^-1 S S', S S' restricted to the free columns.
        """
        inverse = lapack.dpotri(self.lower, lower=1)[0]
        gram = self.curvature.gram(self.ridge, free)
        # The upper triangle of the inverse is left 0.
        return 2.0 * np.vdot(inverse, gram) - np.diagonal(inverse) @ np.diagonal(gram)

    def variance(self, rows):
        """Return the diagonal of rows (H + diag(ridge))^-1 rows', for rows (r, P)."""
        rows = rows / np.sqrt(self.ridge)
        half = _solve_lower(self.lower, self.scaled @ rows.T)
        prior = np.einsum("rp,rp->r", rows, rows)
        # Rounding may leave a little less than nothing.
        return np.maximum(prior - np.einsum("nr,nr->r", half, half), 0.0)


def factorised(curvature, ridge):
    """Return the factor of curvature + diag(ridge), nudged until it is definite."""
    try:
        return curvature.plus(ridge)
    except np.linalg.LinAlgError:
        return _nudged(curvature, ridge)


def _nudged(curvature, ridge):
    largest = curvature.diagonal().max()
    for power in range(-13, -6):
        try:
            return curvature.plus(ridge + largest * 10.0**power)
        except np.linalg.LinAlgError:
            continue
    raise np.linalg.LinAlgError(
        "Training ran into numbers that are not finite: the units of the inputs differ "
        "by too many orders of magnitude. Scale X (StandardScaler) or give alpha."
    )


def weighted_gram(rows, weight):
    """Return rows' diag(weight) rows, one triangle computed (weight >= 0)."""
    root = rows * np.sqrt(weight)[:, None]
    return root.T @ root  # NumPy recognises A'A and calls syrk


def kron_gram(X, M):
    """Return sum_i (x_i x_i') kron M_i, (d k, d k), for X (n, d) and M (n, k, k)."""
    n, d = X.shape
    k = M.shape[1]
    step = max(_STACKED // (d * k), _FEWEST)
    lower = [np.zeros(((k - j) * d, d)) for j in range(k)]
    for rows in (slice(first, first + step) for first in range(0, n, step)):
        # Rows last: products entry by entry then run along them.
        x = np.ascontiguousarray(X[rows].T)
        m = np.ascontiguousarray(M[rows].transpose(1, 2, 0))
        for j, total in enumerate(lower):
            stacked = m[j, j:, None] * x
            total += stacked.reshape(-1, x.shape[1]) @ x.T
    return _mirrored([total.reshape(-1, d, d) for total in lower])


def _mirrored(lower):
    """Return the matrix (d k, d k) of blocks [j][l - j] (d, d) for classes l >= j."""
    k, d = len(lower), lower[0].shape[1]
    result = np.empty((d, k, d, k))
    for j, block in enumerate(lower):
        result[:, j, :, j:] = block.transpose(1, 2, 0)
        result[:, j:, :, j] = block.transpose(2, 0, 1)
    return result.reshape(d * k, d * k)


# Numbers in a block of stacked rows, which stays within a cache, and the fewest rows
# that are worth adding up a matrix for.
_STACKED = 2**16
_FEWEST = 64


def _solve_lower(lower, b):
    """Return lower^-1 b; SciPy's solve_triangular takes longer to check one row."""
    return lapack.dtrtrs(lower, b, lower=1)[0]


def _cholesky(matrix, ridge):
    matrix = matrix.copy()
    matrix.flat[:: len(matrix) + 1] += ridge
    lower, info = lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if info:
        raise np.linalg.LinAlgError("the curvature is not positive definite")
    return lower
