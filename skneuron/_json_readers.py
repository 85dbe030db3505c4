"""Readers of what stands in a neuron's JSON: each checks it before it reads.

A reader takes what was `found`, the place that it was found `at`, and the `sizes` that
all must agree with (numbers of inputs, outputs and so on). It trusts nothing: where the
type, the shape or the range is another, ValueError says where, what is allowed and what
there was.
"""

import math
import reprlib
from functools import partial
from itertools import pairwise

import numpy as np

from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.curvature import DenseFactor, LowRankCurvature, LowRankFactor
from skneuron._numerics.linear import Linear
from skneuron._numerics.network import Network
from skneuron._numerics.row_space import RowSpace
from skneuron._numerics.scaling import Scaling

_SHORT = reprlib.Repr()
_SHORT.maxlevel = 2


def refuse(at, allowed, found):
    """Raise the one error of everything that is not a neuron's JSON."""
    found = _SHORT.repr(found)
    raise ValueError(
        f"Not a fitted neuron in JSON: {at} must be {allowed}, got {found}."
    )


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


def is_number(found):
    """Return whether something is a finite int or float, and not a bool."""
    return type(found) in (int, float) and math.isfinite(found)


def scalar(allowed, accepts):
    """Return the reader of a single value that a test accepts."""

    def read(found, at, sizes):
        if not accepts(found):
            refuse(at, allowed, found)
        return found

    return read


def integer(least):
    """Return the reader of an int that is not below another."""
    allowed = f"an integer of {least} or more"
    return scalar(allowed, lambda found: type(found) is int and found >= least)


flag = scalar("true or false", lambda found: type(found) is bool)
count = integer(0)
number = scalar("a finite number", is_number)
amount = scalar(
    "a finite number of 0 or more", lambda found: is_number(found) and found >= 0
)
positive = scalar(
    "a finite number above 0", lambda found: is_number(found) and found > 0
)


def size(name):
    """Return the reader of a number that follows from others."""

    def read(found, at, sizes):
        if type(found) is not int or found != sizes[name]:
            refuse(at, f"{sizes[name]}, the number of {name}", found)
        return found

    return read


def or_none(reader):
    """Return the reader of what another one reads, or null."""

    def read(found, at, sizes):
        return None if found is None else reader(found, at, sizes)

    return read


def each(readers, found, at, sizes):
    """Return what was found under each name of `readers`."""
    return {
        name: reader(found[name], f"{at}.{name}", sizes)
        for name, reader in readers.items()
    }


def part(make, **readers):
    """Return the reader of a small dataclass, by its attributes."""

    def read(found, at, sizes):
        require_names(found, readers, at)
        return make(**each(readers, found, at, sizes))

    return read


def numbers(*shape, above_zero=False):
    """Return the reader of a float64 array, of one or two sizes that have names."""

    def read(found, at, sizes):
        *leading, last = (sizes[name] for name in shape)
        if not leading:
            return _row(found, last, at, above_zero)
        require_list(found, *leading, "lists of numbers", at)
        return np.stack([_row(row, last, at, above_zero) for row in found])

    return read


def _row(found, size, at, above_zero=False):
    require_list(found, size, "numbers", at)
    if not set(map(type, found)) <= {int, float}:
        refuse(at, "numbers only", found)
    row = np.array(found, dtype=np.float64)
    if not np.isfinite(row).all() or (above_zero and row.min() <= 0):
        refuse(at, "positive numbers" if above_zero else "finite", found)
    return row


def series(found, at, sizes):
    """Read an array of any number of finite numbers."""
    return _row(found, len(found) if isinstance(found, list) else "any number of", at)


def curve(found, at, sizes):
    """Read a list of any number of finite numbers."""
    return series(found, at, sizes).tolist()


def totals(found, at, sizes):
    """Read the total weight of each class."""
    weights = numbers("classes")(found, at, sizes)
    if weights.min() < 0:
        refuse(at, "numbers of 0 or more", found)
    return weights


def of_inputs(kind, dtype):
    """Return the reader of an array of one bool or str for each input."""

    def read(found, at, sizes):
        require_list(found, sizes["features"], kind.__name__, at)
        if not all(type(value) is kind for value in found):
            refuse(at, f"a list of {kind.__name__}", found)
        return np.array(found, dtype=dtype)

    return read


flags, names = of_inputs(bool, bool), of_inputs(str, object)


# Characters of all labels together, which NumPy pads to the longest.
_LARGEST_LABELS = 2**22

_LABEL_TYPES = {"b": bool, "i": int, "u": int, "f": float, "U": str, "O": str}
_LABEL_DTYPES = [
    *("bool", "str", "object", "float16", "float32", "float64"),
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
]


def labels(found, at, sizes):
    """Read the labels of two or more classes, ascending, of a dtype that is named."""
    require_names(found, ("dtype", "labels"), at)
    dtype, labels = found["dtype"], found["labels"]
    if dtype not in _LABEL_DTYPES:
        refuse(f"{at}.dtype", f"one of {', '.join(_LABEL_DTYPES)}", dtype)
    if not isinstance(labels, list) or len(labels) < 2:
        refuse(f"{at}.labels", "a list of two or more labels", labels)
    return _labels(labels, np.dtype(dtype), f"{at}.labels")


def _labels(labels, dtype, at):
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


def coefs(found, at, sizes):
    """Read the weights of each layer."""
    return _layers(found, at, sizes, slice(None))


def intercepts(found, at, sizes):
    """Read the biases of each layer."""
    return _layers(found, at, sizes, slice(1, None))


def _layers(found, at, sizes, axes):
    ends = ["features", *(["hidden"] if sizes["hidden"] else []), "outputs"]
    require_list(found, len(ends) - 1, "layers", at)
    return [
        numbers(*shape[axes])(layer, f"{at}[{i}]", sizes)
        for i, (shape, layer) in enumerate(zip(pairwise(ends), found, strict=True))
    ]


def _with_bias(make, **readers):
    """Return the reader of what also has to know whether there is a bias."""

    def read(found, at, sizes):
        return part(partial(make, bias=sizes["bias"]), **readers)(found, at, sizes)

    return read


def scaling(size):
    """Return the reader of a Scaling of so many columns."""
    scale = numbers(size, above_zero=True)
    return _with_bias(Scaling, mean=numbers(size), scale=scale)


_row_space = _with_bias(
    RowSpace,
    mean=numbers("features"),
    reflectors=numbers("features", "axes"),
    factors=numbers("axes"),
    size=positive,
)


def input_map(found, at, sizes):
    """Read what takes rows to the inputs of a single layer: a Scaling or a RowSpace."""
    reader = _row_space if "axes" in sizes else scaling("features")
    return reader(found, at, sizes)


def predictor(found, at, sizes):
    """Read a Linear or a Network: only the activation does not follow from sizes."""
    if not sizes["hidden"]:
        if found is not None:
            refuse(at, "null without hidden neurons", found)
        return Linear(sizes["inputs"], sizes["outputs"])
    if found not in list(ACTIVATIONS):
        refuse(at, f"one of {', '.join(ACTIVATIONS)}", found)
    return Network(sizes["inputs"], sizes["hidden"], sizes["outputs"], found)


def triangle(found, at, sizes):
    """Read a lower triangular matrix with a positive diagonal, in LAPACK's order."""
    size = sizes["rows"]
    require_list(found, size, "lists of numbers", at)
    rows = [_row(row, i + 1, at) for i, row in enumerate(found)]
    if min(row[-1] for row in rows) <= 0:
        refuse(at, "a triangle with a positive diagonal", found)
    matrix = np.zeros((size, size), order="F")
    for i, row in enumerate(rows):
        matrix[i, : i + 1] = row
    return matrix


def factor(found, at, sizes):
    """Read the posterior precision of the parameters: a DenseFactor or LowRankFactor.

    The latter, where there are fewer rows than parameters, has a root.
    """
    require_names(found, ("ridge", "root", "lower"), at)
    root = found["root"]
    rows = len(root) if isinstance(root, list) else sizes["parameters"]
    readers = {
        "root": or_none(numbers("rows", "parameters")),
        "ridge": numbers("parameters", above_zero=root is not None),
        "lower": triangle,
    }
    parts = each(readers, found, at, sizes | {"rows": max(rows, 1)})
    if parts["root"] is None:
        return DenseFactor(parts["ridge"], parts["lower"])
    curvature = LowRankCurvature(partial(np.asarray, parts["root"]), ())
    return LowRankFactor(curvature, parts["ridge"], parts["lower"])


def laplace(found, at, sizes):
    """Read what corrects a LogisticNeuron's scores: parameters and their precision."""
    linear = Linear(sizes["inputs"], sizes["outputs"])
    read = part(dict, theta=numbers("parameters"), factor=factor)
    return linear, *read(found, at, sizes).values()


def errors_or_reason(found, at, sizes):
    """Read the standard errors of a LogisticNeuron, or why there are none."""
    return found if isinstance(found, str) else numbers("inputs")(found, at, sizes)
