"""Kinds of values in a neuron's JSON: how each is written, checked and read.

A kind offers `dump(value)`, plain lists, dictionaries and numbers, and its inverse
`load(found, at, sizes)`. The latter trusts nothing: what was `found` must have the type
and the shape that the kind and the `sizes` (numbers of inputs, outputs and so on) ask
for, or ValueError says where (`at`), what is allowed and what there was.
"""

import math
import reprlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from numbers import Integral

import numpy as np

from skneuron._numerics.curvature import DenseFactor, LowRankCurvature, LowRankFactor
from skneuron._numerics.linear import Linear
from skneuron._numerics.network import Network


def refuse(at, allowed, found):
    """Raise the one error of everything that is not a neuron's JSON."""
    found = _SHORT.repr(found)
    raise ValueError(
        f"Not a fitted neuron in JSON: {at} must be {allowed}, got {found}."
    )


_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2


def require_names(found, names, at):
    """Raise ValueError unless `found` is a dictionary with exactly these names."""
    names = list(names)
    if not isinstance(found, dict):
        refuse(at, "a dictionary", found)
    missing = [name for name in names if name not in found]
    extra = [name for name in found if name not in names]
    if missing or extra:
        found = {"missing": missing, "not known": extra}
        refuse(at, f"a dictionary of {', '.join(names)}", found)


def require_list(found, size, of_what, at):
    """Raise ValueError unless `found` is a list of `size` things."""
    if not isinstance(found, list):
        refuse(at, f"a list of {size} {of_what}", found)
    if len(found) != size:
        refuse(at, f"a list of {size} {of_what}", f"a list of {len(found)}")


def load_all(kinds, found, at, sizes):
    """Return what was found under each name of `kinds`, checked and read."""
    return {
        name: kind.load(found[name], f"{at}.{name}", sizes)
        for name, kind in kinds.items()
    }


def is_number(found):
    """Return whether something is a finite int or float, and not a bool."""
    return type(found) in (int, float) and math.isfinite(found)


def plain(number):
    """Return a Python int or float that equals the number."""
    return int(number) if isinstance(number, Integral) else float(number)


@dataclass(frozen=True)
class Scalar:
    """A single value that a test accepts."""

    allowed: str
    accepts: Callable
    dump: Callable

    def load(self, found, at, sizes):
        """Return the value that was found."""
        if not self.accepts(found):
            refuse(at, self.allowed, found)
        return found


FLAG = Scalar("true or false", lambda found: type(found) is bool, bool)
COUNT = Scalar(
    "an integer of 0 or more", lambda found: type(found) is int and found >= 0, int
)
POSITIVE_COUNT = Scalar(
    "an integer of 1 or more", lambda found: type(found) is int and found >= 1, int
)
NUMBER = Scalar("a finite number", is_number, plain)
AMOUNT = Scalar(
    "a finite number of 0 or more",
    lambda found: is_number(found) and found >= 0,
    plain,
)

POSITIVE = Scalar(
    "a finite number above 0", lambda found: is_number(found) and found > 0, plain
)


@dataclass(frozen=True)
class Size:
    """A number that follows from others."""

    name: str
    dump = int

    def load(self, found, at, sizes):
        """Return the number."""
        if type(found) is not int or found != sizes[self.name]:
            refuse(at, f"{sizes[self.name]}, the number of {self.name}", found)
        return found


@dataclass(frozen=True)
class OrNone:
    """Another kind, or nothing."""

    kind: object

    def dump(self, value):
        """Return what the other kind writes, or None."""
        return None if value is None else self.kind.dump(value)

    def load(self, found, at, sizes):
        """Return what the other kind reads, or None."""
        return None if found is None else self.kind.load(found, at, sizes)


@dataclass(frozen=True)
class Numbers:
    """An array of finite float64 of one or two dimensions, whose sizes have names."""

    shape: tuple
    positive: bool = False

    def dump(self, value):
        """Return nested lists."""
        return np.asarray(value, dtype=np.float64).tolist()

    def load(self, found, at, sizes):
        """Return the array, in C order."""
        *leading, size = (sizes[name] for name in self.shape)
        if not leading:
            return self.row(found, size, at)
        require_list(found, *leading, "lists of numbers", at)
        return np.stack([self.row(row, size, at) for row in found])

    def row(self, found, size, at):
        """Return one list of so many numbers as an array."""
        require_list(found, size, "numbers", at)
        if not set(map(type, found)) <= {int, float}:
            refuse(at, "numbers only", found)
        row = np.array(found, dtype=np.float64)
        if not np.isfinite(row).all() or (self.positive and row.min() <= 0):
            refuse(at, "positive numbers" if self.positive else "finite", found)
        return row


@dataclass(frozen=True)
class Triangle:
    """A lower triangular matrix with a positive diagonal, by rows up to there."""

    size: str

    def dump(self, value):
        """Return a list of rows, each longer than the one before."""
        return [row[: i + 1].tolist() for i, row in enumerate(value)]

    def load(self, found, at, sizes):
        """Return the matrix, in LAPACK's order."""
        size = sizes[self.size]
        require_list(found, size, "lists of numbers", at)
        rows = [Numbers(()).row(row, i + 1, at) for i, row in enumerate(found)]
        if min(row[-1] for row in rows) <= 0:
            refuse(at, "a triangle with a positive diagonal", found)
        matrix = np.zeros((size, size), order="F")
        for i, row in enumerate(rows):
            matrix[i, : i + 1] = row
        return matrix


@dataclass(frozen=True)
class Part:
    """A small dataclass, by its attributes."""

    make: Callable
    kinds: dict

    def dump(self, value):
        """Return a dictionary."""
        return {
            name: kind.dump(getattr(value, name)) for name, kind in self.kinds.items()
        }

    def load(self, found, at, sizes):
        """Return the dataclass."""
        require_names(found, self.kinds, at)
        return self.make(**load_all(self.kinds, found, at, sizes))


class Curve:
    """A list of any number of finite numbers."""

    def dump(self, value):
        """Return a list."""
        return [float(number) for number in value]

    def load(self, found, at, sizes):
        """Return the list."""
        size = len(found) if isinstance(found, list) else "any number of"
        return Numbers(()).row(found, size, at).tolist()


class Names:
    """The names of the inputs."""

    def dump(self, value):
        """Return a list of str."""
        return list(value)

    def load(self, found, at, sizes):
        """Return an array of objects."""
        require_list(found, sizes["features"], "names", at)
        if not all(isinstance(name, str) for name in found):
            refuse(at, "a list of str", found)
        return np.array(found, dtype=object)


# Characters of all labels together, which NumPy pads to the longest.
_LARGEST_LABELS = 2**22

_LABEL_TYPES = {"b": bool, "i": int, "u": int, "f": float, "U": str, "O": str}
_LABEL_DTYPES = [
    *("bool", "str", "object", "float16", "float32", "float64"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
]


class Labels:
    """The labels of two or more classes, ascending, and their dtype."""

    def dump(self, value):
        """Return a dictionary of the dtype's name and the labels."""
        dtype = "str" if value.dtype.kind == "U" else value.dtype.name
        return {"dtype": dtype, "labels": value.tolist()}

    def load(self, found, at, sizes):
        """Return the array."""
        require_names(found, ("dtype", "labels"), at)
        dtype, labels = found["dtype"], found["labels"]
        if dtype not in _LABEL_DTYPES:
            refuse(f"{at}.dtype", f"one of {', '.join(_LABEL_DTYPES)}", dtype)
        if not isinstance(labels, list) or len(labels) < 2:
            refuse(f"{at}.labels", "a list of two or more labels", labels)
        return self._array(labels, np.dtype(dtype), f"{at}.labels")

    def _array(self, labels, dtype, at):
        expected = _LABEL_TYPES[dtype.kind]
        if not all(type(label) is expected for label in labels):
            refuse(at, f"{expected.__name__} only", labels)
        if expected is str and len(labels) * max(map(len, labels)) > _LARGEST_LABELS:
            refuse(at, f"labels of {_LARGEST_LABELS} characters at most", labels)
        if not all(a < b for a, b in pairwise(labels)):
            refuse(at, "in ascending order, each once", labels)
        try:
            with np.errstate(over="ignore"):
                array = np.array(labels, dtype=dtype)
        except OverflowError:
            refuse(at, f"in the range of {dtype.name}", labels)
        # NumPy rounds numbers, and cuts a str at a NUL.
        if array.tolist() != labels or (expected is float and np.isinf(array).any()):
            refuse(at, f"finite, and exact as {dtype.name}", labels)
        return array


@dataclass(frozen=True)
class Layers:
    """The weights, or the biases, of each layer."""

    weights: bool

    def dump(self, value):
        """Return a list of nested lists."""
        return [layer.tolist() for layer in value]

    def load(self, found, at, sizes):
        """Return a list of arrays."""
        hidden = ["hidden"] if sizes["hidden"] else []
        ends = ["features", *hidden, "outputs"]
        require_list(found, len(ends) - 1, "layers", at)
        shapes = list(pairwise(ends))
        kinds = [Numbers(shape if self.weights else shape[1:]) for shape in shapes]
        return [
            kind.load(layer, f"{at}[{i}]", sizes)
            for i, (kind, layer) in enumerate(zip(kinds, found, strict=True))
        ]


class Factor:
    """The posterior precision of the parameters, factorised, or None."""

    def dump(self, value):
        """Return a dictionary; "root" is None unless there are fewer rows."""
        low_rank = isinstance(value, LowRankFactor)
        return {
            "ridge": value.ridge.tolist(),
            "root": value.curvature.root.tolist() if low_rank else None,
            "lower": Triangle("rows").dump(value.lower),
        }

    def load(self, found, at, sizes):
        """Return the DenseFactor or LowRankFactor."""
        require_names(found, ("ridge", "root", "lower"), at)
        root = found["root"]
        rows = len(root) if isinstance(root, list) else sizes["parameters"]
        sizes = sizes | {"rows": max(rows, 1)}
        low_rank = {"root": OrNone(Numbers(("rows", "parameters")))}
        ridge = Numbers(("parameters",), positive=root is not None)
        kinds = low_rank | {"ridge": ridge, "lower": Triangle("rows")}
        parts = load_all(kinds, found, at, sizes)
        if parts["root"] is None:
            return DenseFactor(parts["ridge"], parts["lower"])
        curvature = LowRankCurvature(partial(np.asarray, parts["root"]), ())
        return LowRankFactor(curvature, parts["ridge"], parts["lower"])


class Predictor:
    """The network's shape, of which only the activation is not known from sizes."""

    def __init__(self, activations):
        self.activations = activations

    def dump(self, value):
        """Return the activation's name; None without hidden neurons."""
        return getattr(value, "activation", None)

    def load(self, found, at, sizes):
        """Return the Linear or Network."""
        hidden, outputs = sizes["hidden"], sizes["outputs"]
        if not hidden:
            if found is not None:
                refuse(at, "null without hidden neurons", found)
            return Linear(sizes["inputs"], outputs)
        if found not in list(self.activations):
            refuse(at, f"one of {', '.join(self.activations)}", found)
        return Network(sizes["inputs"], hidden, outputs, found)


class Laplace:
    """What corrects a LogisticNeuron's scores: parameters and their precision."""

    kinds = {"theta": Numbers(("parameters",)), "factor": Factor()}

    def dump(self, value):
        """Return a dictionary."""
        _, theta, factor = value
        return {"theta": theta.tolist(), "factor": Factor().dump(factor)}

    def load(self, found, at, sizes):
        """Return the predictor, theta and the factor."""
        require_names(found, self.kinds, at)
        parts = load_all(self.kinds, found, at, sizes)
        predictor = Linear(sizes["inputs"], sizes["outputs"])
        return predictor, parts["theta"], parts["factor"]


class ErrorsOrReason:
    """The standard errors of a LogisticNeuron, or why there are none."""

    def dump(self, value):
        """Return a list of numbers or the reason."""
        return value if isinstance(value, str) else value.tolist()

    def load(self, found, at, sizes):
        """Return an array or the reason."""
        if isinstance(found, str):
            return found
        return Numbers(("inputs",)).load(found, at, sizes)
