"""Activations as curves to draw: those of networks and the all-or-none step."""

import numpy as np

from skneuron._numerics.activations import ACTIVATIONS, Activation


def _step(z):
    # The all-or-none neuron is silent at its threshold.
    return np.where(z > 0, 1.0, 0.0)


def _flat(z, a):
    return np.zeros_like(z)


CURVES = ACTIVATIONS | {"step": Activation(_step, _flat, _flat)}

# scikit-learn's name for the sigmoid.
_ALIASES = {"logistic": "sigmoid"}


def canonical(name, display):
    """Return the name of an activation as it stands in CURVES."""
    name = _ALIASES.get(name, name)
    if name not in CURVES:
        raise ValueError(
            f"The 'activation' parameter of {display} must be out of "
            f"{', '.join(CURVES)}. Got {name!r} instead."
        )
    return name


def value(name, z):
    """Return an activation at an array."""
    return CURVES[name].value(z)


def slope(name, z):
    """Return the derivative of an activation at an array; of the step it is 0."""
    return CURVES[name].derivative(z, value(name, z))
