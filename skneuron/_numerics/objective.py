"""The sum of the training data's losses as a function of theta."""

from dataclasses import dataclass, replace

import numpy as np

from skneuron._numerics.losses import Loss

# A curvature may cost about a third of a second on one core, and be at most this large
# as a dense matrix (32 MB), or have at most this rank otherwise.
_OPERATIONS = 4 * 10**9
_DENSE = 2000
_RANK = 1000


@dataclass(frozen=True)
class DataLoss:
    """sum_i weight_i loss(predictor(theta, x_i), target_i) and its derivatives.

    Attributes
    ----------
    predictor : linear.Linear or network.Network
    loss : losses.Loss
    X : ndarray of shape (n, d1)
    target : ndarray of shape (n, m)
    weight : ndarray of shape (n,)
    sketch : DataLoss or None
        An objective of fewer rows whose curvature stands for this one's.
    """

    predictor: object
    loss: Loss
    X: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    sketch: object = None

    @property
    def n_samples(self):
        """Return n."""
        return len(self.X)

    def rows(self, rows):
        """Return the objective of some of the rows."""
        return replace(
            self, X=self.X[rows], target=self.target[rows], weight=self.weight[rows]
        )

    def value_and_gradient(self, theta):
        """Return the sum and its gradient (P,)."""
        raw, state = self.predictor.forward(theta, self.X)
        value, residual = self.loss.value_and_gradient(raw, self.target)
        residual *= self.weight[:, None]
        gradient = self.predictor.pullback(theta, self.X, state, residual)
        return self.weight @ value, gradient

    def value(self, theta):
        """Return the sum."""
        raw, _ = self.predictor.forward(theta, self.X)
        return self.weight @ self.loss.value_and_gradient(raw, self.target)[0]

    def curvature(self, theta):
        """Return the sum's Hessian, in Gauss-Newton's approximation for a network."""
        if self.sketch is not None:
            return self.sketch.curvature(theta)
        raw, state = self.predictor.forward(theta, self.X)
        slopes = self.loss.hessian(raw) * self.weight[:, None, None]
        return self.predictor.curvature(theta, self.X, state, slopes)

    def sketched(self, seed):
        """Return this objective with its curvature from as many rows as are affordable.

        The rows are drawn at random and their weights scaled up to the total. With few
        parameters P the cost is rows * P**2; with many, the curvature is of low rank
        and its cost (rows * m)**2 * P.
        """
        predictor = self.predictor
        size = predictor.n_parameters
        if size <= _DENSE:
            n_rows = max(_OPERATIONS // size**2, 1)
        else:
            n_rows = max(_RANK // predictor.n_outputs, 1)
        if n_rows >= self.n_samples:
            return self
        rng = np.random.default_rng(seed)
        sample = self.rows(rng.choice(self.n_samples, n_rows, replace=False))
        share = sample.weight.sum() / self.weight.sum()
        return replace(self, sketch=replace(sample, weight=sample.weight / share))

    def base_rate(self):
        """Return the raw prediction (m,) of the weighted share of each class."""
        share = self.weight @ self.target / self.weight.sum()
        if len(share) == 1:
            return np.log(share / (1 - share))
        return np.log(share) - np.log(share).mean()
