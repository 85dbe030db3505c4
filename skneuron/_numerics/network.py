"""One hidden layer: raw = [A, 1] W2, A = activation(X W1), theta = [W1, W2]."""

from dataclasses import dataclass

import numpy as np

from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.curvature import DenseCurvature, LowRankCurvature, kron_gram

# Parameters up to which a dense matrix is cheap whatever the number of rows.
_SMALL = 1000

# Numbers in a block of the Jacobian: 1 MB stays within a core's cache.
_BLOCK = 2**17


@dataclass(frozen=True)
class Network:
    """h hidden neurons on d1 inputs (the column of ones among them), m outputs."""

    n_inputs: int
    n_neurons: int
    n_outputs: int
    activation: str

    # Output weights start small, so that the first output is near the base rate.
    start_scales = (1.0, 0.5)

    @property
    def layer_shapes(self):
        """Return the shapes of the hidden and output layers, bias rows included."""
        return [(self.n_inputs, self.n_neurons), (self.n_neurons + 1, self.n_outputs)]

    @property
    def n_parameters(self):
        """Return P = d1 h + (h + 1) m."""
        return sum(inputs * outputs for inputs, outputs in self.layer_shapes)

    def layers(self, theta):
        """Return W1 (d1, h) and W2 (h + 1, m), views of theta."""
        first, second = self.layer_shapes
        split = self.n_inputs * self.n_neurons
        return theta[:split].reshape(first), theta[split:].reshape(second)

    def forward(self, theta, X):
        """Return raw (n, m) and the hidden neurons' (inputs, activations), (n, h)."""
        W1, W2 = self.layers(theta)
        Z = X @ W1
        A = ACTIVATIONS[self.activation].value(Z)
        return A @ W2[:-1] + W2[-1], (Z, A)

    def slope(self, state):
        """Return the derivative of each activation at its input, (n, h)."""
        return ACTIVATIONS[self.activation].derivative(*state)

    def pullback(self, theta, X, state, residual):
        """Return the gradient (P,) of a function whose slope in raw is residual."""
        _, W2 = self.layers(theta)
        back = residual @ W2[:-1].T
        back *= self.slope(state)
        hidden = X.T @ back
        output = state[1].T @ residual
        return np.concatenate([hidden.ravel(), output.ravel(), residual.sum(axis=0)])

    def curvature(self, theta, X, state, slopes, residual):
        """Return the generalised Gauss-Newton matrix sum_i J_i' slopes_i J_i.

        Slopes (n, m, m) are the loss's curvature in raw, residual (n, m) its gradient
        (Schraudolph 2002, doi:10.1162/08997660260028683).
        """
        if max(len(X) * self.n_outputs, _SMALL) < self.n_parameters:
            return LowRankCurvature(self._root(theta, X, state, slopes))
        part = self._gram_of_root if self.n_outputs == 1 else self._gram_of_blocks
        hessian = np.zeros((self.n_parameters, self.n_parameters))
        step = max(16, _BLOCK // self.n_parameters)
        for first in range(0, len(X), step):
            rows = slice(first, first + step)
            block = tuple(array[rows] for array in state)
            hessian += part(theta, X[rows], block, slopes[rows])
        return DenseCurvature(hessian, self._second_order(theta, X, state, residual))

    def _second_order(self, theta, X, state, residual):
        """Return sum_ik residual_ik d^2 raw_ik / d theta^2, (P, P).

        Near a minimum with large residuals (noisy labels) it makes the difference
        between Newton's convergence and Gauss-Newton's, for the price of h Gram
        matrices of X: raw is linear in W2, so only each hidden neuron's own weights,
        and they with its output weights, have second derivatives.
        """
        n_inputs, h, m = self.n_inputs, self.n_neurons, self.n_outputs
        own = residual @ self.layers(theta)[1][:-1].T
        own *= ACTIVATIONS[self.activation].second(*state)
        second = np.zeros((self.n_parameters, self.n_parameters))
        split = n_inputs * h
        hidden = second[:split, :split].reshape(n_inputs, h, n_inputs, h)
        np.einsum("rjsj->rjs", hidden)[:] = _products(X, own, X)
        cross = second[:split, split:-m].reshape(n_inputs, h, h, m)
        np.einsum("rjjk->rjk", cross)[:] = _products(X, self.slope(state), residual)
        second[split:, :split] = second[:split, split:].T
        return second

    def _gram_of_root(self, theta, X, state, slopes):
        root = self._root(theta, X, state, slopes)
        return root.T @ root  # NumPy recognises A'A and calls syrk

    def _root(self, theta, X, state, slopes):
        """Return J (n m, P) with J'J the curvature."""
        jacobian = self._jacobian(theta, X, state)
        if self.n_outputs == 1:
            return jacobian[:, 0] * np.sqrt(slopes[:, 0])
        # Slopes are singular (a softmax has an output too many): no Cholesky.
        values, vectors = np.linalg.eigh(slopes)
        root = np.sqrt(np.maximum(values, 0.0))[:, :, None] * vectors.swapaxes(1, 2)
        return (root @ jacobian).reshape(-1, self.n_parameters)

    def jacobian(self, theta, X):
        """Return d raw / d theta, (n, m, P)."""
        return self._jacobian(theta, X, self.forward(theta, X)[1])

    def _jacobian(self, theta, X, state):
        n, m, h = len(X), self.n_outputs, self.n_neurons
        back = self.slope(state)[:, None, :] * self.layers(theta)[1][:-1].T
        jacobian = np.zeros((n, m, self.n_parameters))
        split = self.n_inputs * h
        hidden = jacobian[:, :, :split].reshape(n, m, self.n_inputs, h)
        np.multiply(X[:, None, :, None], back[:, :, None, :], out=hidden)
        for k in range(m):
            jacobian[:, k, split + k : -m : m] = state[1]
            jacobian[:, k, self.n_parameters - m + k] = 1.0
        return jacobian

    def _gram_of_blocks(self, theta, X, state, slopes):
        """Return the same sum from weighted Gram matrices of X and A alone.

        With G_i = slope_i * W2 (h, m), the hidden block is the sum over rows of
        x_i x_i' times the h x h matrix G_i slopes_i G_i': its cost does not grow with
        the outputs, and the Jacobian, m times as long as X, is never formed.
        """
        G = self.slope(state)[:, :, None] * self.layers(theta)[1][:-1]
        GS = G @ slopes
        A1 = np.column_stack([state[1], np.ones(len(X))])
        cross = _cross(X, GS, A1)
        hidden = kron_gram(X, GS @ G.swapaxes(1, 2))
        return np.block([[hidden, cross], [cross.T, kron_gram(A1, slopes)]])


def _products(X, q, R):
    """Return sum_i x_ir q_ij R_is, (d, h, s), for X (n, d), q (n, h) and R (n, s)."""
    weighted = (q[:, :, None] * R[:, None, :]).reshape(len(X), -1)
    return (X.T @ weighted).reshape(X.shape[1], q.shape[1], R.shape[1])


def _cross(X, G, A):
    """Return sum_i (x_i kron g_il) (a_i kron e_l)' for G (n, h, m) and A (n, a)."""
    n, d = X.shape
    h, m = G.shape[1:]
    result = np.empty((d * h, A.shape[1], m))
    for k in range(m):
        rows = (X[:, :, None] * G[:, None, :, k]).reshape(n, -1)
        result[:, :, k] = rows.T @ A
    return result.reshape(d * h, -1)
