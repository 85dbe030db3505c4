"""One hidden layer: raw = [A, 1] W2, A = activation(X W1), theta = [W1, W2]."""

from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from scipy.special import gammaln

from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.curvature import DenseCurvature, LowRankCurvature, kron_gram
from skneuron._numerics.spread import (
    centred,
    centred_diagonal,
    contracted,
    contracted_again,
)

# Parameters up to which a dense matrix is cheap whatever the number of rows, and how
# much more a residual costs than a parameter.
_SMALL = 200
_DEARER = 1.3

# Numbers in a block of the Jacobian: 1 MB stays within a core's cache.
_BLOCK = 2**17

# Rows of a block that are worth adding up a matrix for.
_FEWEST = 256


@dataclass(frozen=True)
class Network:
    """h hidden neurons on d1 inputs (the column of ones among them), m outputs.

    `fan_in` is the number of inputs whose rotation these are, if they are one.
    """

    n_inputs: int
    n_neurons: int
    n_outputs: int
    activation: str
    fan_in: int | None = None

    @property
    def start_scales(self):
        """Return the deviation of each layer's first weights, for inputs of variance 1.

        Sums of inputs and of activations then have variance 1 (LeCun et al. 1998,
        "Efficient BackProp", doi:10.1007/3-540-49430-8_2).
        """
        fan_ins = self.fan_in or self.n_inputs - 1, self.n_neurons
        return [1.0 / np.sqrt(max(fan_in, 1)) for fan_in in fan_ins]

    @property
    def layer_shapes(self):
        """Return the shapes of the hidden and output layers, bias rows included."""
        return [(self.n_inputs, self.n_neurons), (self.n_neurons + 1, self.n_outputs)]

    @property
    def n_parameters(self):
        """Return P = d1 h + (h + 1) m."""
        return sum(inputs * outputs for inputs, outputs in self.layer_shapes)

    @property
    def width(self):
        """Return the numbers a row that a pass handles."""
        return max(self.n_inputs, self.n_neurons, self.n_outputs)

    @property
    def curvature_width(self):
        """Return the numbers a row that a curvature handles, its own blocks aside."""
        return self.width * self.n_outputs

    def log_modes(self, gamma):
        """Return the log of how many equal optima hidden neurons make by symmetry.

        Exchanging two neurons, or the signs around one, changes nothing, so that u
        neurons in use have u! 2^u equal modes (Bishop 2006, section 5.7.3); those of
        idle ones coincide. A neuron is in use where the data determine half of its
        weights: of gamma effective parameters u = 2 gamma / (weights of a neuron), but
        at least 2, since one would be no more than a logistic neuron.
        """
        used = max(2.0 * gamma / (self.n_inputs + self.n_outputs), 2.0)
        used = min(used, self.n_neurons)
        return float(gammaln(used + 1.0) + used * np.log(2.0))

    def turned(self, n_inputs):
        """Return the predictor of so many inputs, a rotation of these."""
        return replace(self, n_inputs=n_inputs, fan_in=self.n_inputs - 1)

    def layers(self, theta):
        """Return W1 (d1, h) and W2 (h + 1, m), views of theta."""
        split = self.n_inputs * self.n_neurons
        W1 = theta[:split].reshape(self.n_inputs, self.n_neurons)
        return W1, theta[split:].reshape(self.n_neurons + 1, self.n_outputs)

    def forward(self, theta, X):
        """Return raw (n, m) and the hidden neurons' (inputs, activations), (n, h)."""
        W1, W2 = self.layers(theta)
        Z = X @ W1
        A = ACTIVATIONS[self.activation].value(Z)
        raw = A @ W2[:-1]
        raw += W2[-1]
        return raw, (Z, A)

    def slope(self, state):
        """Return the derivative of each activation at its input, (n, h)."""
        return ACTIVATIONS[self.activation].derivative(*state)

    def pullback(self, theta, X, state, residual):
        """Return the gradient (P,) of a function whose slope in raw is residual."""
        _, W2 = self.layers(theta)
        # An outer product is slow as a matrix product.
        back = residual * W2[:-1, 0] if W2.shape[1] == 1 else residual @ W2[:-1].T
        back *= self.slope(state)
        hidden = X.T @ back
        output = state[1].T @ residual
        # The last input is 1: a product with it sums faster than NumPy's sum.
        bias = X[:, -1] @ residual
        return np.concatenate([hidden.ravel(), output.ravel(), bias])

    def curvature(self, theta, X, state, slopes):
        """Return the generalised Gauss-Newton matrix sum_i J_i' slopes_i J_i.

        Slopes (n, m, m) are the loss's curvature in raw (Schraudolph 2002,
        doi:10.1162/08997660260028683).
        """
        if max(_DEARER * len(X) * self.n_outputs, _SMALL) < self.n_parameters:
            return self._low_rank(theta, X, state, slopes)
        part = self._gram_of_root if self.n_outputs == 1 else self._gram_of_blocks
        hessian = np.zeros((self.n_parameters, self.n_parameters))
        step = max(_FEWEST, _BLOCK // self.n_parameters)
        for first in range(0, len(X), step):
            rows = slice(first, first + step)
            block = tuple(array[rows] for array in state)
            hessian += part(theta, X[rows], block, slopes[rows])
        return DenseCurvature(hessian)

    def second_order(self, theta, X, state, residual):
        """Return sum_ik residual_ik d^2 raw_ik / d theta^2, (P, P).

        Residual (n, m) is the gradient of a loss in raw.

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
        return (_square_roots(slopes) @ jacobian).reshape(-1, self.n_parameters)

    def _low_rank(self, theta, X, state, slopes):
        """Return the curvature by its root's Gram matrices, without forming the root.

        A row of the root is x kron b for the hidden layer and (a, 1) kron l for the
        output layer, l a row of the root of its slopes and b what l carries back. So
        the Gram matrices are products, entry by entry, of those of X, A, b and l.
        """
        roots = _square_roots(slopes)
        back = roots @ self.layers(theta)[1][:-1].T * self.slope(state)[:, None, :]
        of_outputs, of_back = _gram(roots), _gram(back)
        parts = [
            _repeated(X[:, :-1] @ X[:, :-1].T, self.n_outputs) * of_back,
            of_back,
            _repeated(state[1] @ state[1].T, self.n_outputs) * of_outputs,
            of_outputs,
        ]
        inputs, h, m = self.n_inputs - 1, self.n_neurons, self.n_outputs
        ends = np.cumsum([0, inputs * h, h, h * m, m])
        slices = [slice(*ends[i : i + 2]) for i in range(4)]
        root = partial(self._root, theta, X, state, slopes)
        return LowRankCurvature(root, list(zip(slices, parts, strict=True)))

    def linearised(self, theta, X):
        """Return raw (n, m) and its Jacobian (n, m, P)."""
        raw, state = self.forward(theta, X)
        return raw, self._jacobian(theta, X, state)

    def spread(self, theta, X, covariance):
        """Return raw (n, m) and its variance, both relative to their mean over outputs.

        Theta has a `covariance` (P, P). In sums over it that are taken an input at a
        time all outputs share most of the products; rows of the Jacobian would not.
        """
        raw, state = self.forward(theta, X)
        W2 = centred(self.layers(theta)[1][:-1])
        G = self.slope(state)[:, :, None] * W2
        A1 = np.column_stack([state[1], np.ones(len(X))])
        split = self.n_inputs * self.n_neurons
        rows = contracted(X, covariance[:split])
        hidden = contracted_again(rows[:, :, :split], X) @ G
        cross = centred(contracted_again(rows[:, :, split:], A1))
        rows = contracted(A1, covariance[split:, split:])
        variance = centred_diagonal(contracted_again(rows, A1))
        variance += (G * (hidden + 2.0 * cross)).sum(axis=1)
        return centred(raw), np.maximum(variance, 0.0)

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
        n, m, h = len(X), self.n_outputs, self.n_neurons
        W2, slope = self.layers(theta)[1][:-1], self.slope(state)
        # One product for all rows: those of many small matrices would be slow.
        GS = (slopes.reshape(-1, m) @ W2.T).reshape(n, m, h) * slope[:, None, :]
        GSG = (slopes.reshape(n, -1) @ np.kron(W2, W2).T).reshape(n, h, h)
        GSG *= slope[:, :, None]
        GSG *= slope[:, None, :]
        A1 = np.column_stack([state[1], np.ones(n)])
        cross = np.stack([_products(X, GS[:, k], A1) for k in range(m)], axis=-1)
        cross = cross.reshape(X.shape[1] * h, -1)
        hidden = kron_gram(X, GSG)
        return np.block([[hidden, cross], [cross.T, kron_gram(A1, slopes)]])


def _square_roots(slopes):
    """Return L (n, m, m) with L'L the slopes of each row.

    Slopes are singular (a softmax has an output too many): no Cholesky.
    """
    if slopes.shape[1] == 1:
        return np.sqrt(slopes)
    values, vectors = np.linalg.eigh(slopes)
    return np.sqrt(np.maximum(values, 0.0))[:, :, None] * vectors.swapaxes(1, 2)


def _gram(rows):
    """Return the Gram matrix (n m, n m) of rows (n, m, k)."""
    rows = rows.reshape(-1, rows.shape[2])
    return rows @ rows.T


def _repeated(gram, m):
    """Return the Gram matrix (n m, n m) of rows that are repeated m times each."""
    return gram if m == 1 else np.kron(gram, np.ones((m, m)))


def _products(X, q, R):
    """Return sum_i x_ir q_ij R_is, (d, h, s), for X (n, d), q (n, h) and R (n, s)."""
    if X.shape[1] < R.shape[1]:
        return _products(R, q, X).transpose(2, 1, 0)
    # Rows last: products entry by entry then run along them.
    q, R = np.ascontiguousarray(q.T), np.ascontiguousarray(R.T)
    weighted = (q[:, None] * R).reshape(-1, len(X))
    return (X.T @ weighted.T).reshape(X.shape[1], len(q), len(R))


@dataclass(frozen=True)
class SideBySide:
    """Networks of one shape as one wide network: their starts share its products.

    theta holds their parameters one after the other; raw is (n, n_networks, m).
    """

    network: Network
    n_networks: int

    @property
    def n_parameters(self):
        """Return the number of parameters of all networks."""
        return self.n_networks * self.network.n_parameters

    @property
    def width(self):
        """Return the numbers a row that a pass handles."""
        return self._wide.width

    @cached_property
    def _wide(self):
        h, m = self.network.n_neurons, self.network.n_outputs
        neurons, outputs = self.n_networks * h, self.n_networks * m
        return replace(self.network, n_neurons=neurons, n_outputs=outputs)

    @cached_property
    def _place(self):
        """Return where each parameter stands in theta of the wide network."""
        net, r = self.network, np.arange(self.n_networks)
        W1, W2 = self._wide.layers(np.arange(self._wide.n_parameters))
        W1 = W1.reshape(net.n_inputs, len(r), net.n_neurons).swapaxes(0, 1)
        biases = W2[-1].reshape(len(r), 1, net.n_outputs)
        W2 = W2[:-1].reshape(len(r), net.n_neurons, len(r), net.n_outputs)[r, :, r]
        parts = [part.reshape(len(r), -1) for part in (W1, W2, biases)]
        return np.hstack(parts).ravel()

    def _spread(self, theta):
        wide = np.zeros(self._wide.n_parameters, theta.dtype)
        wide[self._place] = theta
        return wide

    def forward(self, theta, X):
        """Return raw (n, n_networks, m), and theta and state of the wide network."""
        wide = self._spread(theta)
        raw, state = self._wide.forward(wide, X)
        return raw.reshape(len(X), self.n_networks, -1), (wide, state)

    def pullback(self, theta, X, state, residual):
        """Return the gradient of a function whose slope in raw is residual."""
        wide, state = state
        residual = residual.reshape(len(X), -1)
        return self._wide.pullback(wide, X, state, residual)[self._place]
