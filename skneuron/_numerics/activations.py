"""Activations of hidden neurons: each value with its two derivatives beside it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtr


@dataclass(frozen=True)
class Activation:
    """A neuron's response, its slope and its curvature.

    `value(z)` maps an array of inputs z; `derivative(z, a)` and `second(z, a)` are the
    slope and curvature at z, given a = value(z), of which most are cheap functions.
    """

    value: Callable
    derivative: Callable
    second: Callable


def _tanh(z):
    """Return 1 - 2 / (1 + e^2z), right to a rounding of 1.

    NumPy's exponential is vectorised where its tanh is not: in float64 this takes half
    the time. Beyond 20 the result is 1, and the exponential need not overflow.
    """
    a = np.minimum(z, 20.0)
    a += a
    np.exp(a, out=a)
    a += 1.0
    np.divide(-2.0, a, out=a)
    a += 1.0
    return a


def _tanh_slope(z, a):
    slope = a * a
    return np.subtract(1.0, slope, out=slope)


def _flat(z, a):
    return np.zeros_like(z)


def _sigmoid_second(z, a):
    return a * (1.0 - a) * (1.0 - 2.0 * a)


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


def _elu_second(z, a):
    return np.where(z > 0, 0.0, a + 1.0)


def _softplus(z):
    return np.logaddexp(0.0, z)


def _softplus_slope(z, a):
    return expit(z)


def _softplus_second(z, a):
    s = expit(z)
    return s * (1.0 - s)


def _gelu(z):
    return z * ndtr(z)


def _normal_density(z):
    return np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)


def _gelu_slope(z, a):
    return ndtr(z) + z * _normal_density(z)


def _gelu_second(z, a):
    return (2.0 - z * z) * _normal_density(z)


def _silu(z):
    return z * expit(z)


def _silu_slope(z, a):
    s = expit(z)
    return s + a * (1.0 - s)


def _silu_second(z, a):
    s = expit(z)
    return s * (1.0 - s) * (2.0 + z * (1.0 - 2.0 * s))


ACTIVATIONS = {
    "sigmoid": Activation(expit, lambda z, a: a * (1.0 - a), _sigmoid_second),
    "tanh": Activation(_tanh, _tanh_slope, lambda z, a: -2.0 * a * (1.0 - a * a)),
    "relu": Activation(_relu, _step, _flat),
    "leaky_relu": Activation(_leaky_relu, _leaky_step, _flat),
    "elu": Activation(_elu, _elu_slope, _elu_second),
    "softplus": Activation(_softplus, _softplus_slope, _softplus_second),
    "gelu": Activation(_gelu, _gelu_slope, _gelu_second),
    "silu": Activation(_silu, _silu_slope, _silu_second),
    "identity": Activation(lambda z: z, lambda z, a: np.ones_like(z), _flat),
}
