"""Neurons without hidden ones: raw = X W, theta = W.ravel()."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from skneuron._numerics.curvature import (
    DenseCurvature,
    LowRankCurvature,
    kron_gram,
    weighted_gram,
)
from skneuron._numerics.scaling import Scaling
from skneuron._numerics.spread import (
    centred,
    centred_diagonal,
    contracted,
    contracted_again,
)


@dataclass(frozen=True)
class Linear:
    """One layer of m neurons on d1 inputs (the column of ones among them)."""

    n_inputs: int
    n_outputs: int

    # The objective is convex: it is left from the origin.
    start_scales = (0.0,)

    n_neurons = 0

    @property
    def layer_shapes(self):
        """Return the shape of the only layer, its bias row included."""
        return [(self.n_inputs, self.n_outputs)]

    @property
    def n_parameters(self):
        """Return P = d1 m."""
        return self.n_inputs * self.n_outputs

    @property
    def width(self):
        """Return the numbers a row that a pass handles."""
        return max(self.n_inputs, self.n_outputs)

    @property
    def curvature_width(self):
        """Return the numbers a row that a curvature handles."""
        return self.n_inputs * self.n_outputs

    def log_modes(self, gamma):
        """Return 0: the optimum is the only one."""
        return 0.0

    def turned(self, n_inputs):
        """Return the predictor of so many inputs, a rotation of these."""
        return Linear(n_inputs, self.n_outputs)

    def layers(self, theta):
        """Return [W], a view of theta."""
        return [theta.reshape(self.layer_shapes[0])]

    def design(self, X):
        """Return the inputs (n, d1) that theta is about."""
        return X

    def forward(self, theta, X):
        """Return raw (n, m) and what the other methods ask for: nothing here."""
        # Column by column: what softmax does to few classes is fast along the rows.
        return (theta.reshape(-1, self.n_outputs).T @ X.T).T, None

    def pullback(self, theta, X, state, residual):
        """Return the gradient (P,) of a function whose slope in raw is residual."""
        return (X.T @ residual).ravel()

    def curvature(self, theta, X, state, slopes):
        """Return sum_i J_i' slopes_i J_i for slopes (n, m, m); it is exact here."""
        design = self.design(X)
        if self.n_outputs == 1:
            return DenseCurvature(weighted_gram(design, slopes[:, 0, 0]))
        return DenseCurvature(kron_gram(design, slopes))

    def second_order(self, theta, X, state, residual):
        """Return None: raw is linear in theta."""

    def linearised(self, theta, X):
        """Return raw (n, m) and its Jacobian (n, m, P)."""
        raw, design = self.forward(theta, X)[0], self.design(X)
        if self.n_outputs == 1:
            return raw, design[:, None, :]
        rows = np.einsum("ir,kl->ikrl", design, np.eye(self.n_outputs))
        return raw, rows.reshape(len(X), self.n_outputs, -1)

    def spread(self, theta, X, covariance):
        """Return raw (n, m) and its variance, both relative to their mean over outputs.

        Theta has a `covariance` (P, P).
        """
        raw, design = self.forward(theta, X)[0], self.design(X)
        matrices = contracted_again(contracted(design, covariance), design)
        return centred(raw), np.maximum(centred_diagonal(matrices), 0.0)


@dataclass(frozen=True)
class WideLinear(Linear):
    """One neuron of more inputs than rows, all penalised alike but the bias, the last.

    Its curvature is known by a root of few rows.
    """

    def curvature(self, theta, X, state, slopes):
        """Return sum_i J_i' slopes_i J_i for slopes (n, 1, 1)."""
        root = X * np.sqrt(slopes[:, 0])
        weights, bias = slice(0, self.n_inputs - 1), slice(self.n_inputs - 1, None)
        parts = [(part, root[:, part] @ root[:, part].T) for part in (weights, bias)]
        return LowRankCurvature(partial(np.asarray, root), parts)


@dataclass(frozen=True)
class FoldedLinear(Linear):
    """The same of scaled inputs, given the rows as they are.

    The scaling is folded into the parameters instead of being carried out on the rows:
    as if X was the design `scaling.inputs(X)`, which a large X has no room for. Where
    means are many orders of magnitude larger than deviations, it loses as many digits.
    """

    scaling: Scaling

    @property
    def width(self):
        """Return the numbers a row that a pass handles, rows themselves aside."""
        return 2 * self.n_outputs

    def design(self, X):
        """Return the inputs (n, d1) that theta is about."""
        return self.scaling.inputs(X)

    def forward(self, theta, X):
        """Return raw (n, m) and what the other methods ask for: nothing here."""
        coef, intercept = self.scaling.fold(self.layers(theta)[0])
        return (coef.T @ X.T).T + intercept, None

    def pullback(self, theta, X, state, residual):
        """Return the gradient (P,) of a function whose slope in raw is residual."""
        total = np.ones(len(X)) @ residual
        return self.scaling.unfold(X.T @ residual, total).ravel()
