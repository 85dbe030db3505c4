"""The sum of the training data's losses as a function of theta."""

from dataclasses import dataclass, replace

import numpy as np

from skneuron._numerics.losses import Loss


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

    def curvature(self, theta, scores=None):
        """Return the sum's curvature; see the predictor's `curvature`.

        The losses' own curvature is taken at `scores` (n, m) instead of the raw
        prediction where they are given. A `sketch` answers for all rows.
        """
        if self.sketch is not None:
            return self.sketch.curvature(theta, scores)
        raw, state = self.predictor.forward(theta, self.X)
        slopes = self.loss.hessian(raw if scores is None else scores)
        slopes *= self.weight[:, None, None]
        residual = self.loss.value_and_gradient(raw, self.target)[1]
        residual *= self.weight[:, None]
        return self.predictor.curvature(theta, self.X, state, slopes, residual)

    def sketched(self, operations, seed):
        """Return this objective with its curvature from as many rows as are affordable.

        The rows are drawn at random and their weights scaled up to the total. A dense
        curvature of P parameters costs rows * P**2 + P**3 operations; where the latter
        is too much already, one of low rank costs (rows * m)**2 * P.
        """
        size = self.predictor.n_parameters
        left = operations - size**3
        if left > 0:
            n_rows = max(left // size**2, 1)
        else:
            n_rows = max(int((operations / size) ** 0.5) // self.target.shape[1], 1)
        if n_rows >= self.n_samples:
            return self
        rng = np.random.default_rng(seed)
        sample = self.rows(rng.choice(self.n_samples, n_rows, replace=False))
        share = sample.weight.sum() / self.weight.sum()
        return replace(self, sketch=replace(sample, weight=sample.weight / share))

    def base_rate(self):
        """Return the raw prediction (m,) of the weighted share of each class.

        Or that of the mean target, where there are no classes.
        """
        return self.loss.link(self.weight @ self.target / self.weight.sum())
