"""The sum of the training data's losses as a function of theta."""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from skneuron._numerics.curvature import LowRankCurvature
from skneuron._numerics.losses import Loss

# Bytes in the largest array of a block of rows: a core's cache, and below the size from
# which memory is fetched from the system anew each time.
_BLOCK = 2**19


# The largest input that float32 is good for, and the lightest row.
_LARGEST = 1e6
_LIGHTEST = 1e-10


@dataclass(frozen=True)
class DataLoss:
    """sum_i weight_i loss(predictor(theta, x_i), target_i) and its derivatives.

    Attributes
    ----------
    predictor : linear.Linear or network.Network
    loss : losses.Loss
    X : ndarray of shape (n, d1) or ScaledRows
    target : ndarray of shape (n, m)
    weight : ndarray of shape (n,)
    sketch : DataLoss or None
        An objective of fewer rows whose curvature stands for this one's.
    double : bool
        Whether to stay in double precision: where there is no room to copy X.
    """

    predictor: object
    loss: Loss
    X: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    sketch: object = None
    double: bool = False

    @property
    def n_samples(self):
        """Return n."""
        return len(self.X)

    @property
    def total(self):
        """Return the total weight of the rows."""
        return float(self.weight.sum())

    @property
    def dtype(self):
        """Return the precision of the computation."""
        return np.dtype(np.float64) if self.double else self.X.dtype

    def rows(self, rows):
        """Return the objective of some of the rows."""
        return replace(
            self, X=self.X[rows], target=self.target[rows], weight=self.weight[rows]
        )

    def single(self):
        """Return this objective in single precision, unless its inputs are too large.

        Beyond, sums of products could overflow, and offsets drown what varies; weights,
        too, must be in range. Nor is there room for a copy of rows that are left as
        they are.
        """
        if self.double or any(block._is_large for block in self.blocks):
            return self
        if not _LIGHTEST < self.weight.max() < 1 / _LIGHTEST:
            return self
        arrays = {"X": self.X, "target": self.target, "weight": self.weight}
        single = {k: a.astype(np.float32, copy=False) for k, a in arrays.items()}
        return replace(self, **single)

    @property
    def _is_large(self):
        return np.abs(self.X).max() > _LARGEST

    @cached_property
    def blocks(self):
        """Return objectives of consecutive rows whose arrays stay within a cache."""
        width = self.predictor.width
        if self.dtype != self.X.dtype:
            # Products then convert the rows.
            width = max(width, self.predictor.n_inputs)
        return list(self._split(width))

    def _split(self, width, fewest=16):
        """Yield objectives of consecutive rows, `width` numbers each, `fewest` rows."""
        most = max(_BLOCK // (width * self.dtype.itemsize), 1)
        n_blocks = min(-(-self.n_samples // most), self.n_samples // fewest)
        if n_blocks <= 1:
            yield self
            return
        ends = np.arange(n_blocks + 1) * self.n_samples // n_blocks
        for first, last in pairwise(ends):
            yield self.rows(slice(first, last))

    def value_and_gradient(self, theta):
        """Return the sum and its gradient (P,)."""
        first, *others = self.blocks
        value, gradient = first._value_and_gradient(theta)
        for block in others:
            more, slope = block._value_and_gradient(theta)
            value += more
            gradient += slope
        return value, gradient

    def _value_and_gradient(self, theta):
        X, raw, state = self._forward(theta)
        value, residual = self.loss.value_and_gradient(raw, self.target)
        if not self._uniform:
            residual *= self.weight.reshape(-1, *(1,) * (residual.ndim - 1))
        gradient = self.predictor.pullback(theta, X, state, residual)
        return float((self.weight @ value).sum()), gradient

    @cached_property
    def _uniform(self):
        return bool((self.weight == 1.0).all())

    def _forward(self, theta):
        X = np.asarray(self.X)
        return X, *self.predictor.forward(theta, X)

    def raw(self, theta):
        """Return the raw predictions (n, m)."""
        return np.concatenate([block._forward(theta)[1] for block in self.blocks])

    def losses(self, theta):
        """Return the weighted loss of each row, (n,)."""
        loss, _ = self.loss.value_and_gradient(self.raw(theta), self.target)
        return self.weight * loss

    def value(self, theta):
        """Return the sum, of each network where the predictor is several."""
        return sum(block._value(theta) for block in self.blocks)

    def _value(self, theta):
        _, raw, _ = self._forward(theta)
        return self.weight @ self.loss.value_and_gradient(raw, self.target)[0]

    def curvature(self, theta, correct=None):
        """Return the sum's Gauss-Newton matrix; see the predictor's `curvature`.

        The losses' own curvature is taken at the raw prediction or, where it is given,
        at the scores `correct(X)` (n, m). A `sketch` answers for all rows.
        """
        if self.sketch is not None:
            return self.sketch.curvature(theta, correct)
        # Fewer rows than parameters would not pay for adding up a matrix.
        size = self.predictor.n_parameters
        blocks = self._split(self.predictor.curvature_width, fewest=size)
        total = next(blocks)._curvature(theta, correct)
        for block in blocks:
            total.hessian[:] += block._curvature(theta, correct).hessian
        return total

    def _curvature(self, theta, correct):
        X, raw, state = self._forward(theta)
        slopes = self.loss.hessian(raw if correct is None else correct(X))
        slopes *= self.weight[:, None, None]
        return self.predictor.curvature(theta, X, state, slopes)

    def hessian(self, theta):
        """Return the curvature, its `newton` exact where it is a dense matrix."""
        curvature, linear = self.curvature(theta), self.predictor.n_neurons == 0
        if linear or isinstance(curvature, LowRankCurvature):
            return curvature
        return replace(curvature, second_order=self._second_order(theta))

    def _second_order(self, theta):
        if self.sketch is not None:
            return self.sketch._second_order(theta)
        return sum(block._block_second_order(theta) for block in self.blocks)

    def _block_second_order(self, theta):
        X, raw, state = self._forward(theta)
        residual = self.loss.value_and_gradient(raw, self.target)[1]
        residual *= self.weight[:, None]
        return self.predictor.second_order(theta, X, state, residual)

    def sketched(self, operations, seed):
        """Return this objective with its curvature from as many rows as are affordable.

        The rows are drawn at random and their weights scaled up to the total. A dense
        curvature of P parameters costs rows * P**2 + P**3 operations; where the latter
        is too much already, one of low rank costs (rows * m)**3.
        """
        size = self.predictor.n_parameters
        left = operations - size**3
        if left > 0:
            n_rows = max(left // size**2, 1)
        else:
            n_rows = max(int(operations ** (1 / 3)) // self.target.shape[1], 1)
        if n_rows >= self.n_samples:
            return self
        return replace(self, sketch=self.sample(n_rows, seed))

    def sample(self, n_rows, seed):
        """Return the objective of so many random rows, weighted up to the total.

        Larger samples of the same seed contain the smaller ones.
        """
        if n_rows >= self.n_samples:
            return self
        order = np.random.default_rng(seed).permutation(self.n_samples)
        sample = self.rows(np.sort(order[:n_rows]))
        share = sample.weight.sum() / self.weight.sum()
        return replace(sample, weight=sample.weight / share, sketch=None)

    def base_rate(self):
        """Return the raw prediction (m,) of the weighted share of each class.

        Where a class has no rows, shares are not known: they are the same. Where there
        are no classes it is that of the mean target.
        """
        share = self.weight @ self.target / self.weight.sum()
        if not self.has_all_classes:
            share = np.full_like(share, 1.0 / max(len(share), 2))
        return self.loss.link(share)

    @property
    def has_all_classes(self):
        """Return whether there is a row of each class; True where there are none."""
        if not self.loss.known_scale:
            return True
        there = (self.target > 0).any(axis=0)
        return bool(there.all() and (len(there) > 1 or (self.target < 1).any()))
