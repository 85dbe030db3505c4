"""Positive semi-definite curvature matrices and what is asked of them.

The curvature H of a predictor with P parameters and N = n_samples * n_outputs residuals
is kept as the P x P matrix itself, or, where N < P, as a root J (N, P) with H = J'J.
Both answer `plus(ridge)`: the factorised H + diag(ridge), from which determinants and
variances follow; the second never forms a P x P matrix (Woodbury's identity). And
`newton(ridge)` is the best matrix there is for a step: with the second-order term that
makes H the exact Hessian, where that is kept.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack, solve_triangular


@dataclass(frozen=True)
class DenseCurvature:
    """H itself, (P, P), and what it lacks of the exact Hessian, (P, P) or None."""

    hessian: np.ndarray
    second_order: np.ndarray | None = None

    def plus(self, ridge):
        """Return the factor of H + diag(ridge); LinAlgError unless it is definite."""
        return DenseFactor(_cholesky(self.hessian, ridge))

    def newton(self, ridge):
        """Return the factor of the exact Hessian + diag(ridge), or LinAlgError."""
        if self.second_order is None:
            return self.plus(ridge)
        return DenseFactor(_cholesky(self.hessian + self.second_order, ridge))

    def diagonal(self):
        """Return the diagonal of H, (P,)."""
        return np.diagonal(self.hessian)


@dataclass(frozen=True)
class DenseFactor:
    """Lower Cholesky factor of H + diag(ridge)."""

    lower: np.ndarray

    def solve(self, b):
        """Return (H + diag(ridge))^-1 b."""
        return lapack.dpotrs(self.lower, b, lower=1)[0]

    def log_det(self):
        """Return log det(H + diag(ridge))."""
        return 2.0 * np.log(np.diagonal(self.lower)).sum()

    def inverse_diagonal(self):
        """Return the diagonal of (H + diag(ridge))^-1, (P,)."""
        return np.diagonal(lapack.dpotri(self.lower, lower=1)[0])

    def variance(self, rows):
        """Return the diagonal of rows (H + diag(ridge))^-1 rows', for rows (r, P)."""
        half = solve_triangular(self.lower, rows.T, lower=True, check_finite=False)
        return np.einsum("pr,pr->r", half, half)


@dataclass(frozen=True)
class LowRankCurvature:
    """H = root' root, root (N, P) with N < P."""

    root: np.ndarray

    def plus(self, ridge):
        """Return the factor of H + diag(ridge); every entry of ridge is positive."""
        scaled = self.root / np.sqrt(ridge)
        return LowRankFactor(scaled, ridge, _cholesky(scaled @ scaled.T, 1.0))

    newton = plus

    def diagonal(self):
        """Return the diagonal of H, (P,)."""
        return np.einsum("ip,ip->p", self.root, self.root)


@dataclass(frozen=True)
class LowRankFactor:
    """Woodbury form of (H + R)^-1 = R^-1/2 (I - S' (I + S S')^-1 S) R^-1/2.

    R = diag(ridge), S = J R^-1/2 is `scaled`, and `lower` factors I + S S'.
    """

    scaled: np.ndarray
    ridge: np.ndarray
    lower: np.ndarray

    def solve(self, b):
        """Return (H + diag(ridge))^-1 b."""
        root = np.sqrt(self.ridge)
        b = b / root
        inner = lapack.dpotrs(self.lower, self.scaled @ b, lower=1)[0]
        return (b - self.scaled.T @ inner) / root

    def log_det(self):
        """Return log det(H + diag(ridge))."""
        return 2.0 * np.log(np.diagonal(self.lower)).sum() + np.log(self.ridge).sum()

    def inverse_diagonal(self):
        """Return the diagonal of (H + diag(ridge))^-1, (P,)."""
        half = solve_triangular(self.lower, self.scaled, lower=True, check_finite=False)
        return (1.0 - np.einsum("ip,ip->p", half, half)) / self.ridge

    def variance(self, rows):
        """Return the diagonal of rows (H + diag(ridge))^-1 rows', for rows (r, P)."""
        rows = rows / np.sqrt(self.ridge)
        seen = self.scaled @ rows.T
        half = solve_triangular(self.lower, seen, lower=True, check_finite=False)
        prior = np.einsum("rp,rp->r", rows, rows)
        # Rounding may leave a little less than nothing.
        return np.maximum(prior - np.einsum("nr,nr->r", half, half), 0.0)


def weighted_gram(rows, weight):
    """Return rows' diag(weight) rows, one triangle computed (weight >= 0)."""
    root = rows * np.sqrt(weight)[:, None]
    return root.T @ root  # NumPy recognises A'A and calls syrk


def kron_gram(X, M):
    """Return sum_i (x_i x_i') kron M_i, (d k, d k), for X (n, d) and M (n, k, k)."""
    n, d = X.shape
    k = M.shape[1]
    result = np.empty((d, k, d, k))
    for j in range(k):
        stacked = (X[:, None, :] * M[:, j, j:, None]).reshape(n, -1)
        block = (X.T @ stacked).reshape(d, k - j, d)
        result[:, j, :, j:] = block.transpose(0, 2, 1)
        result[:, j:, :, j] = block.transpose(2, 1, 0)
    return result.reshape(d * k, d * k)


def _cholesky(matrix, ridge):
    matrix = matrix.copy()
    matrix.flat[:: len(matrix) + 1] += ridge
    lower, info = lapack.dpotrf(matrix, lower=1, clean=1, overwrite_a=1)
    if info:
        raise np.linalg.LinAlgError("the curvature is not positive definite")
    return lower
