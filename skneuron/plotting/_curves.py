"""Activations as curves to draw: those of networks and the all-or-none step."""

import numpy as np

from skneuron._numerics.activations import ACTIVATIONS

CURVES = [*ACTIVATIONS, "step"]

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
    """Return an activation at an array; the step is silent (0) at 0."""
    z = np.asarray(z, dtype=np.float64)
    if name == "step":
        return np.where(z > 0, 1.0, 0.0)
    return ACTIVATIONS[name].value(z)


def slope(name, z):
    """Return the derivative of an activation at an array; of the step it is 0."""
    z = np.asarray(z, dtype=np.float64)
    if name == "step":
        return np.zeros_like(z)
    return ACTIVATIONS[name].derivative(z, ACTIVATIONS[name].value(z))
