"""How what `partial_fit` goes on from is written in a neuron's JSON."""

from functools import partial

import numpy as np

from skneuron._json_kinds import (
    AMOUNT,
    COUNT,
    NUMBER,
    POSITIVE,
    Curve,
    Numbers,
    OrNone,
    Part,
    refuse,
    require_list,
)
from skneuron._numerics.moments import Moments
from skneuron._numerics.scaling import Scaling
from skneuron._numerics.stream import Passes, Quadratic, Recursion, Stream, Walk


class Row:
    """An array of any number of finite numbers."""

    def dump(self, value):
        """Return a list."""
        return value.tolist()

    def load(self, found, at, sizes):
        """Return the array."""
        return np.array(Curve().load(found, at, sizes))


class Flags:
    """An array of bool, one for each input."""

    def dump(self, value):
        """Return a list."""
        return value.tolist()

    def load(self, found, at, sizes):
        """Return the array."""
        require_list(found, sizes["features"], "true or false", at)
        if not all(type(flag) is bool for flag in found):
            refuse(at, "true or false only", found)
        return np.array(found)


class Amounts:
    """Total weights by class."""

    def dump(self, value):
        """Return a list."""
        return value.tolist()

    def load(self, found, at, sizes):
        """Return the array."""
        counts = Numbers(("classes",)).load(found, at, sizes)
        if counts.min() < 0:
            refuse(at, "numbers of 0 or more", found)
        return counts


class InputScaling:
    """A Scaling, of as many inputs as there are with the bias, if there is one."""

    kinds = {
        "mean": Numbers(("features",)),
        "scale": Numbers(("features",), positive=True),
    }

    def dump(self, value):
        """Return a dictionary."""
        return Part(None, self.kinds).dump(value)

    def load(self, found, at, sizes):
        """Return the Scaling."""
        make = partial(Scaling, bias=sizes["bias"])
        return Part(make, self.kinds).load(found, at, sizes)


def _stream(learner):
    features, passes = Numbers(("features",)), {"first": Row()}
    moments = dict.fromkeys(("mean", "deviation", "low", "high"), features)
    return OrNone(
        Part(
            Stream,
            {
                "passes": Part(Passes, passes | {"before": AMOUNT, "now": POSITIVE}),
                "moments": Part(Moments, {"weight": POSITIVE} | moments | _TWO),
                "counts": Amounts(),
                "learner": learner,
            },
        )
    )


_TWO = {"two": Flags()}
_THETA = {"scaling": InputScaling(), "theta": Numbers(("parameters",))}
_SQUARE = Numbers(("parameters", "parameters"))
_QUADRATIC = Part(
    Quadratic,
    {"hessian": _SQUARE, "slope": Numbers(("parameters",)), "constant": NUMBER},
)
RECURSION = _stream(
    Part(
        Recursion,
        _THETA
        | {"before": _QUADRATIC, "now": _QUADRATIC}
        | {"damping": AMOUNT, "growth": POSITIVE},
    )
)
WALK = _stream(
    Part(
        Walk,
        _THETA
        | dict.fromkeys(("mean", "square"), Numbers(("parameters",)))
        | dict.fromkeys(("n_steps", "n_passes", "seed"), COUNT)
        | {"curvature": OrNone(_SQUARE)},
    )
)
