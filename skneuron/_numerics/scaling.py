"""Inputs on a common scale inside, parameters in the user's units outside."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scaling:
    """The map X -> [(X - mean) / scale, 1] and its inverse for a layer's parameters.

    Without `bias` there is no column of ones, and the mean is 0.
    """

    mean: np.ndarray
    scale: np.ndarray
    bias: bool = True

    @property
    def n_inputs(self):
        """Return the width of `inputs`, d1 = d + 1 with a bias, else d."""
        return len(self.scale) + self.bias

    @property
    def input_scale(self):
        """Return the scale of each input but the bias."""
        return self.scale

    def inputs(self, X, dtype=np.float64):
        """Return [(X - mean) / scale, 1], (n, d1), in C order."""
        d = X.shape[1]
        design = np.ones((len(X), self.n_inputs), dtype)
        mean, scale = self.mean, self.scale
        if X.dtype == dtype == np.float32 and (np.abs(mean) <= _NEAR * scale).all():
            mean, scale = mean.astype(dtype), scale.astype(dtype)
        for rows, scaled in zip(blocks_of(X), blocks_of(design[:, :d]), strict=True):
            scaled[:] = (rows - mean) / scale
        return design

    def fold(self, W):
        """Return (coef, intercept) for raw inputs of a layer W (d1, k)."""
        d = len(self.scale)
        coef = W[:d] / self.scale[:, None]
        # The sum of one row, or of none.
        return coef, W[d:].sum(axis=0) - self.mean @ coef

    def scaled(self, coef, intercept):
        """Return the layer (d1, k) whose fold is (coef, intercept)."""
        layer = coef * self.scale[:, None]
        return np.vstack([layer, intercept + self.mean @ coef]) if self.bias else layer

    def unfold(self, gradient, total):
        """Return the gradient (d1, k) of a layer, given that of its fold.

        `gradient` (d, k) is the slope in coef, `total` (k,) in intercept.
        """
        slope = (gradient - self.mean[:, None] * total) / self.scale[:, None]
        return np.vstack([slope, total]) if self.bias else slope

    def outputs(self, scaled):
        """Return values in raw units of scaled ones: the inverse of the map."""
        return scaled * self.scale + self.mean

    def errors(self, covariance):
        """Return standard errors for raw inputs of a neuron's scaled covariance.

        `covariance` is (d + 1, d + 1), the bias last, or (d, d) without bias.
        """
        d = len(self.scale)
        errors = np.sqrt(np.diagonal(covariance)[:d]) / self.scale
        if len(covariance) == d:
            return errors
        of_intercept = np.append(-self.mean / self.scale, 1.0)
        variance = of_intercept @ covariance @ of_intercept
        return np.append(errors, np.sqrt(variance))


# Deviations away from 0 up to which a mean in single precision is good enough.
_NEAR = 100.0


@dataclass(frozen=True)
class ScaledRows:
    """`scaling.inputs(rows)` in single precision, worked out as rows are asked for.

    It stands for the array where there is no room for one: indexing gives another of
    fewer rows, `np.asarray` the numbers.
    """

    scaling: Scaling
    rows: np.ndarray

    dtype = np.dtype(np.float32)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, rows):
        return ScaledRows(self.scaling, self.rows[rows])

    def __array__(self, dtype=None, copy=None):
        return self.scaling.inputs(self.rows, self.dtype if dtype is None else dtype)

    @property
    def shape(self):
        """Return (n, d1)."""
        return len(self.rows), self.scaling.n_inputs

    def astype(self, dtype, copy=True):
        """Return this, if it is of that type anyway, or else the numbers."""
        return self if dtype == self.dtype else np.asarray(self, dtype)


def standardising(X, weight):
    """Return the Scaling to weighted mean 0 and standard deviation 1.

    A constant column keeps the scale 1; its input is then 0 everywhere.
    """
    share = weight / weight.sum()
    # Two passes: the first mean takes off an offset that would drown the second.
    mean = _mean(share, X, lambda rows: rows)
    mean = mean + _mean(share, X, lambda rows: rows - mean)
    return Scaling(mean, _spread(share, X, mean))


def roughly(scaling, X, weight):
    """Return scaling(X, weight), of some rows where there are many.

    Any scaling leaves the optimum where it is; a good one makes it easy to find. What
    is constant in the sample, and so has the scale 1, is looked at in all rows.
    """
    step = len(X) // _ROWS
    if step < 2:
        return scaling(X, weight)
    rough = scaling(X[::step], weight[::step])
    still = np.flatnonzero(rough.scale == 1.0)
    if len(still):
        exact = scaling(X[:, still], weight)
        rough.mean[still], rough.scale[still] = exact.mean, exact.scale
    return rough


_ROWS = 1000


def unit_size(X, weight):
    """Return the Scaling to root mean square 1 about 0, for fits without intercept."""
    zero = np.zeros(X.shape[1])
    return Scaling(zero, _spread(weight / weight.sum(), X, zero), bias=False)


def unscaled(n_features):
    """Return the Scaling that changes nothing."""
    return Scaling(np.zeros(n_features), np.ones(n_features))


def _spread(share, X, mean):
    # Dividing by the largest deviation keeps the squares of 1e-300 and 1e300 in range.
    low, high = _extremes(X)
    largest = np.maximum(high - mean, mean - low)
    noise = 1e-13 * np.maximum(high, -low)
    constant = largest <= noise
    largest = np.where(constant, 1.0, largest)
    square = _mean(share, X, lambda rows: ((rows - mean) / largest) ** 2)
    return np.where(constant, 1.0, largest * np.sqrt(square))


def _extremes(X):
    """Return the least and the largest number of each column."""
    each = [(rows.min(axis=0), rows.max(axis=0)) for rows in blocks_of(X)]
    return np.min(each, axis=0)[0], np.max(each, axis=0)[1]


# Numbers in a block of rows: what is computed from it stays in a core's cache.
_BLOCK = 2**15


def blocks_of(X):
    """Return consecutive rows, as views of 256 kB."""
    step = max(_BLOCK // X.shape[1], 1)
    return [X[i : i + step] for i in range(0, len(X), step)]


def _mean(share, X, function):
    """Return share @ function(X), by blocks."""
    blocks, first = blocks_of(X), 0
    total = 0.0
    for rows in blocks:
        total = total + share[first : first + len(rows)] @ function(rows)
        first += len(rows)
    return total
