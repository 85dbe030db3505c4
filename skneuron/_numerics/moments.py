"""Means and deviations of rows, or of batches of them, and the scalings they give.

Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance: analysis
and recommendations", doi:10.1080/00031305.1983.10483115.
"""

from dataclasses import dataclass

import numpy as np

from skneuron._numerics.scaling import Scaling, blocks_of, standardising


@dataclass(frozen=True)
class Moments:
    """What is kept of rows to scale inputs by.

    Attributes
    ----------
    weight : float
        Total weight of the rows.
    mean, deviation, low, high : ndarray of shape (d,)
        Weighted mean and standard deviation, least and largest value.
    two : ndarray of bool of shape (d,)
        Whether all values are `low` or `high`.
    """

    weight: float
    mean: np.ndarray
    deviation: np.ndarray
    low: np.ndarray
    high: np.ndarray
    two: np.ndarray

    def merged(self, other):
        """Return the moments of the rows of both."""
        weight = self.weight + other.weight
        share, shift = other.weight / weight, other.mean - self.mean
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return Moments(
            weight,
            self.mean + share * shift,
            _joint_deviation(self.deviation, other.deviation, shift, share),
            low,
            high,
            self._among(low, high) & other._among(low, high),
        )

    def _among(self, low, high):
        """Return whether all values are one of these."""
        ends = (self.low, self.high)
        return self.two & np.all([(end == low) | (end == high) for end in ends], axis=0)

    def standardised(self, bias=True):
        """Return the Scaling to mean 0 and deviation 1 or, without bias, to size 1.

        The size is the root mean square about 0.
        """
        if bias:
            return Scaling(self.mean, _or_one(self.deviation))
        size = np.hypot(self.mean, self.deviation)
        return Scaling(np.zeros_like(size), _or_one(size), bias=False)

    def equalised(self):
        """Return the Scaling to mean 0 and deviation 1, or two values sqrt(2) apart.

        A rare value's standard deviation is small; dividing by it would turn one row in
        a hundred into a large input, whose weight no penalty then holds. Gelman (2008,
        doi:10.1002/sim.3107) gives indicators a distance of 2 for inputs of deviation
        1. Here most come in sets, one a category: two weights share a difference
        between categories, which counts as much at a distance of sqrt(2).
        """
        # Halves: the difference of two huge values may overflow.
        distance = (self.high / 2 - self.low / 2) * np.sqrt(2)
        two = self.two & (self.low < self.high)
        return Scaling(self.mean, np.where(two, distance, _or_one(self.deviation)))


def moments(X, weight):
    """Return the Moments of weighted rows."""
    scaling, low, high = standardising(X, weight), X.min(axis=0), X.max(axis=0)
    low, high = low.astype(np.float64), high.astype(np.float64)
    constant = high / 2 - low / 2 <= 1e-13 * np.maximum(np.abs(low), np.abs(high))
    two = [((rows == low) | (rows == high)).all(axis=0) for rows in blocks_of(X)]
    deviation = np.where(constant, 0.0, scaling.scale)
    total = float(weight.sum())
    return Moments(total, scaling.mean, deviation, low, high, np.all(two, axis=0))


def _joint_deviation(first, second, shift, share):
    # Dividing by the largest part keeps the squares of 1e-300 and 1e300 in range.
    largest = _or_one(np.max([first, second, np.abs(shift)], axis=0))
    within = (1 - share) * (first / largest) ** 2 + share * (second / largest) ** 2
    between = share * (1 - share) * (shift / largest) ** 2
    return largest * np.sqrt(within + between)


def _or_one(scale):
    return np.where(scale == 0.0, 1.0, scale)


def change(old, new):
    """Return S (d1, d1): a layer W on `old` inputs is S W on `new` ones.

    Scores are the same: parameters move with the scaling that they are about.
    """
    S = np.eye(old.n_inputs)
    d = len(old.scale)
    S.flat[: d * (len(S) + 1) : len(S) + 1] = new.scale / old.scale
    if old.bias:
        S[d, :d] = (new.mean - old.mean) / old.scale
    return S


def moved(S, theta, width):
    """Return parameters whose first layer, of `width` neurons, is replaced by S W."""
    size = len(S) * width
    first = (S @ theta[:size].reshape(len(S), -1)).reshape(size, *theta.shape[1:])
    return np.concatenate([first, theta[size:]])


def moved_matrix(S, matrix, width):
    """Return the matrix of a quadratic form of theta as one of the moved parameters."""
    inverse = np.linalg.inv(S).T
    half = moved(inverse, matrix, width)
    return moved(inverse, half.T, width)
