"""Errors that name the parameter, its value and what is allowed."""

from math import inf
from numbers import Real


def check_positive(name, value, function):
    message = (
        f"The {name!r} parameter of {function} must be a positive finite number. "
        f"Got {value!r} instead."
    )
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(message)
    if not 0 < value < inf:
        raise ValueError(message)


def check_rising(potentials):
    real = all(isinstance(p, Real) and not isinstance(p, bool) for p in potentials)
    message = (
        "The potentials of membrane_trace must be finite numbers that rise: "
        "resting_potential < threshold < action_potential. Got "
        f"resting_potential={potentials[0]!r}, threshold={potentials[1]!r}, "
        f"action_potential={potentials[2]!r} instead."
    )
    if not real:
        raise TypeError(message)
    rest, threshold, action = potentials
    if not -inf < rest < threshold < action < inf:
        raise ValueError(message)
