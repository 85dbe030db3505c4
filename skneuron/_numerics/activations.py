"""Activations of hidden neurons: each value with its derivative beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr


@dataclass(frozen=True)
class Activation:
    """A neuron's response and its slope.

    `value(z)` maps a new array of inputs z; `derivative(z, a)` is the slope at z, where
    a = value(z) is passed because most slopes are cheap functions of it.
    """

    value: Callable
    derivative: Callable


def _relu(z):
    return np.maximum(z, 0.0)


def _step(z, a):
    return (z > 0).astype(z.dtype)


# 0.01 is the slope of Maas, Hannun & Ng (2013), "Rectifier nonlinearities improve
# neural network acoustic models".
_LEAK = 0.01


def _leaky_relu(z):
    return np.maximum(z, _LEAK * z)


def _leaky_step(z, a):
    return np.where(z > 0, 1.0, _LEAK)


def _elu(z):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0.0)))


def _elu_slope(z, a):
    return np.where(z > 0, 1.0, a + 1.0)


def _softplus(z):
    return np.logaddexp(0.0, z)


def _gelu_slope(z, a):
    density = np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)
    return ndtr(z) + z * density


def _silu(z):
    return z * expit(z)


def _silu_slope(z, a):
    s = expit(z)
    return s + a * (1.0 - s)


ACTIVATIONS = {
    "sigmoid": Activation(expit, lambda z, a: a * (1.0 - a)),
    "tanh": Activation(np.tanh, lambda z, a: 1.0 - a * a),
    "relu": Activation(_relu, _step),
    "leaky_relu": Activation(_leaky_relu, _leaky_step),
    "elu": Activation(_elu, _elu_slope),
    "softplus": Activation(_softplus, lambda z, a: expit(z)),
    "gelu": Activation(lambda z: z * ndtr(z), _gelu_slope),
    "silu": Activation(_silu, _silu_slope),
    "identity": Activation(lambda z: z, lambda z, a: np.ones_like(z)),
}
