"""What estimators have learnt, as JSON: the table of it, writing and reading."""

from dataclasses import fields
from numbers import Integral, Real

import numpy as np

from skneuron import _json_readers as read
from skneuron._numerics.curvature import DenseFactor, LowRankFactor
from skneuron._numerics.evidence import Evidence
from skneuron._numerics.linear import Linear
from skneuron._numerics.moments import Moments
from skneuron._numerics.network import Network
from skneuron._numerics.stream import Passes, Quadratic, Recursion, Stream, Walk

_features = read.numbers("features")
_parameters = read.numbers("parameters")
_square = read.numbers("parameters", "parameters")
_scaling = read.scaling("features")

_ANY_NEURON = {
    "n_features_in_": read.integer(1),
    "feature_names_in_": read.or_none(read.names),
    "n_iter_": read.count,
    "converged_": read.flag,
    "loss_curve_": read.curve,
}
_SINGLE = _ANY_NEURON | {
    "classes_": read.labels,
    "coef_": read.numbers("outputs", "features"),
    "intercept_": read.numbers("outputs"),
}
_NETWORK = _ANY_NEURON | {
    "n_neurons_": read.count,
    "n_parameters_": read.size("parameters"),
    "coefs_": read.coefs,
    "intercepts_": read.intercepts,
    "alpha_": read.amount,
    "loss_": read.number,
    "validation_loss_curve_": read.or_none(read.curve),
    "best_iter_": read.or_none(read.count),
    "_predictor": read.predictor,
    "_theta": _parameters,
    "_factor": read.or_none(read.factor),
    "_weighed": read.part(Evidence, gamma=read.number, log_evidence=read.number),
}


def _stream(learner):
    """Return the reader of what `partial_fit` goes on from."""
    passes = read.part(Passes, first=read.series, before=read.amount, now=read.positive)
    ranges = dict.fromkeys(("mean", "deviation", "low", "high"), _features)
    moments = read.part(Moments, weight=read.positive, **ranges, two=read.flags)
    stream = read.part(
        Stream, passes=passes, moments=moments, counts=read.totals, learner=learner
    )
    return read.or_none(stream)


_quadratic = read.part(
    Quadratic, hessian=_square, slope=_parameters, constant=read.number
)
_recursion = read.part(
    Recursion,
    scaling=_scaling,
    theta=_parameters,
    before=_quadratic,
    now=_quadratic,
    damping=read.amount,
    growth=read.positive,
)
_walk = read.part(
    Walk,
    scaling=_scaling,
    theta=_parameters,
    mean=_parameters,
    square=_parameters,
    n_steps=read.count,
    n_passes=read.count,
    seed=read.count,
    curvature=read.or_none(_square),
)

# The attributes of each fitted estimator, in the order in which they are written.
ESTIMATORS = {
    "BiologicalNeuronClassifier": _SINGLE
    | {
        "drive_": read.numbers("outputs"),
        "noise_": read.amount,
        "optimal_": read.flag,
        "_spread": read.numbers("features", above_zero=True),
    },
    "LogisticNeuron": _SINGLE
    | {
        "alpha_": read.amount,
        "separable_": read.flag,
        "_standard_errors": read.errors_or_reason,
        "_scaling": read.or_none(read.input_map),
        "_laplace": read.or_none(read.laplace),
        "_stream": _stream(_recursion),
    },
    "TinyNeuralNet": _NETWORK
    | {"classes_": read.labels, "_scaling": _scaling, "_stream": _stream(_walk)},
    "TinyNeuralNetRegressor": _NETWORK
    | {
        "noise_": read.amount,
        "_scaling": _scaling,
        "_units": read.scaling("one"),
        "_log_unit": read.number,
    },
}


def write_fitted(estimator):
    """Return what an estimator has learnt, in dictionaries, lists and numbers."""
    attributes, state = ESTIMATORS[type(estimator).__name__], estimator.__getstate__()
    fitted = {_key(name): written(state.get(name)) for name in attributes}
    if "classes_" in fitted:
        dtype = state["classes_"].dtype
        name = "str" if dtype.kind == "U" else dtype.name
        fitted["classes_"] = {"dtype": name, "labels": fitted["classes_"]}
    return fitted


def read_fitted(name, found, parameters):
    """Return what an estimator of that name has learnt, by the attributes' names."""
    attributes = ESTIMATORS[name]
    readers = {_key(attribute): reader for attribute, reader in attributes.items()}
    read.require_names(found, readers, "fitted")
    learnt = read.each(readers, found, "fitted", _sizes(readers, found, parameters))
    if learnt.get("laplace") is not None and learnt["scaling"] is None:
        read.refuse("fitted.scaling", "given where fitted.laplace is", None)
    return {
        attribute: value
        for attribute, value in zip(attributes, learnt.values(), strict=True)
        if value is not None or _is_kept_as_none(attribute)
    }


def written(value):
    """Return what stands in JSON for a value: its inverse is one of the readers."""
    match value:
        case bool() | str() | None:
            return value
        case np.ndarray() | np.generic():
            return value.tolist()
        case Real():
            return int(value) if isinstance(value, Integral) else float(value)
        case list():
            return [written(item) for item in value]
        case dict():
            return {name: written(item) for name, item in value.items()}
    return written(_parts(value))


def _parts(value):
    """Return what something that is no plain value is made of."""
    match value:
        case Linear():
            return None
        case Network():
            return value.activation
        case (Linear(), theta, factor):
            return {"theta": theta, "factor": factor}
        case DenseFactor() | LowRankFactor():
            return _parts_of_factor(value)
    names = [field.name for field in fields(value) if field.name != "bias"]
    return {name: getattr(value, name) for name in names}


def _parts_of_factor(factor):
    is_low_rank = isinstance(factor, LowRankFactor)
    return {
        "ridge": factor.ridge,
        "root": factor.curvature.root if is_low_rank else None,
        "lower": [row[: i + 1] for i, row in enumerate(factor.lower)],
    }


def _key(attribute):
    return attribute.removeprefix("_")


def _is_kept_as_none(attribute):
    return attribute.startswith("_") and attribute != "_stream"


def _sizes(readers, found, parameters):
    """Return how long everything is, by the few entries that say so."""
    first = {
        name: readers[name]
        for name in ("n_features_in_", "n_neurons_", "classes_")
        if name in readers
    }
    first = read.each(first, found, "fitted", {})
    features, hidden = first["n_features_in_"], first.get("n_neurons_", 0)
    n_classes = len(first.get("classes_", [0]))
    outputs = n_classes if n_classes > 2 else 1
    bias = bool(parameters.get("fit_intercept", True))
    axes = _axes(found.get("scaling"))
    inputs = bias + (axes["axes"] + 1 if axes else features)
    n_parameters = inputs * outputs
    if hidden:
        n_parameters = inputs * hidden + (hidden + 1) * outputs
    return axes | {
        "classes": n_classes,
        "bias": bias,
        "features": features,
        "inputs": inputs,
        "hidden": hidden,
        "outputs": outputs,
        "parameters": n_parameters,
        "one": 1,
    }


def _axes(scaling):
    """Return how many axes rows were turned into, where they were."""
    factors = scaling.get("factors") if isinstance(scaling, dict) else None
    return {"axes": len(factors)} if isinstance(factors, list) else {}
