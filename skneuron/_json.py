"""Fitted neurons as JSON text and back: complete, versioned, safe to read.

The text is data: reading it runs no code of its author, and takes memory in proportion
to its length, which is limited. Numbers are written by `repr`, which restores them to
the last bit.

A document has the keys "format" (always "skneuron"), "version" (of this layout),
"estimator" (its class), "parameters" and "fitted". The names in the latter are those of
the estimator's attributes, less the underscore that private ones begin with; an
attribute that the estimator does not have is null.
"""

import json
from functools import partial
from numbers import Real

import numpy as np

from skneuron._json_kinds import (
    AMOUNT,
    COUNT,
    FLAG,
    NUMBER,
    POSITIVE,
    POSITIVE_COUNT,
    Curve,
    ErrorsOrReason,
    Factor,
    Labels,
    Laplace,
    Layers,
    Names,
    Numbers,
    OrNone,
    Part,
    Predictor,
    Size,
    is_number,
    load_all,
    plain,
    refuse,
    require_list,
    require_names,
)
from skneuron._json_stream import RECURSION, WALK
from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.row_space import RowSpace
from skneuron._numerics.scaling import Scaling
from skneuron._numerics.training import Evidence
from skneuron._validation import validate_parameters

FORMAT, VERSION = "skneuron", 1

# Characters of a text, brackets in it (lists and dictionaries take more memory than
# text) and digits of an integer: none is near what a neuron of any use needs.
_LARGEST_TEXT = 2**28
_MOST_BRACKETS = 2**22
_MOST_DIGITS = 40

_ANY_NEURON = {
    "n_features_in_": POSITIVE_COUNT,
    "feature_names_in_": OrNone(Names()),
    "n_iter_": COUNT,
    "converged_": FLAG,
    "loss_curve_": Curve(),
}
_SINGLE = _ANY_NEURON | {
    "classes_": Labels(),
    "coef_": Numbers(("outputs", "features")),
    "intercept_": Numbers(("outputs",)),
}
_NETWORK = _ANY_NEURON | {
    "n_neurons_": COUNT,
    "n_parameters_": Size("parameters"),
    "coefs_": Layers(weights=True),
    "intercepts_": Layers(weights=False),
    "alpha_": AMOUNT,
    "loss_": NUMBER,
    "validation_loss_curve_": OrNone(Curve()),
    "best_iter_": OrNone(COUNT),
    "_predictor": Predictor(ACTIVATIONS),
    "_theta": Numbers(("parameters",)),
    "_factor": OrNone(Factor()),
    "_weighed": Part(Evidence, {"gamma": NUMBER, "log_evidence": NUMBER}),
}


class InputMap:
    """What takes rows to the inputs of a single layer: a Scaling or a RowSpace."""

    scaled = {
        "mean": Numbers(("features",)),
        "scale": Numbers(("features",), positive=True),
    }
    turned = {
        "mean": Numbers(("features",)),
        "reflectors": Numbers(("features", "axes")),
        "factors": Numbers(("axes",)),
        "size": POSITIVE,
    }

    def dump(self, value):
        """Return a dictionary."""
        kinds = self.turned if isinstance(value, RowSpace) else self.scaled
        return Part(None, kinds).dump(value)

    def load(self, found, at, sizes):
        """Return the Scaling or RowSpace."""
        make, kinds = Scaling, self.scaled
        if "axes" in sizes:
            make, kinds = RowSpace, self.turned
        return Part(partial(make, bias=sizes["bias"]), kinds).load(found, at, sizes)


def _scaling(size):
    numbers = {"mean": Numbers((size,)), "scale": Numbers((size,), positive=True)}
    return Part(Scaling, numbers)


# The attributes of each fitted estimator, in the order in which they are written.
ESTIMATORS = {
    "BiologicalNeuronClassifier": _SINGLE
    | {
        "drive_": Numbers(("outputs",)),
        "noise_": AMOUNT,
        "optimal_": FLAG,
        "_spread": Numbers(("features",), positive=True),
    },
    "LogisticNeuron": _SINGLE
    | {
        "alpha_": AMOUNT,
        "separable_": FLAG,
        "_standard_errors": ErrorsOrReason(),
        "_scaling": OrNone(InputMap()),
        "_laplace": OrNone(Laplace()),
        "_stream": RECURSION,
    },
    "TinyNeuralNet": _NETWORK
    | {"classes_": Labels(), "_scaling": _scaling("features"), "_stream": WALK},
    "TinyNeuralNetRegressor": _NETWORK
    | {
        "noise_": AMOUNT,
        "_scaling": _scaling("features"),
        "_units": _scaling("one"),
        "_log_unit": NUMBER,
    },
}


def dumps(estimator):
    """Return a fitted estimator as JSON text, which `loads` is sure to read."""
    kinds, state = _kinds(type(estimator)), estimator.__getstate__()
    parameters = estimator.get_params(deep=False)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "estimator": type(estimator).__name__,
        "parameters": {
            name: _dump_parameter(name, value) for name, value in parameters.items()
        },
        "fitted": {
            _key(name): kind.dump(state.get(name)) for name, kind in kinds.items()
        },
    }
    _rebuilt(type(estimator), document)
    text = json.dumps(document)
    _require_moderate(text)
    return text


def loads(cls, text):
    """Return the fitted estimator of class `cls` that the text describes."""
    if not isinstance(text, str):
        refuse("the text", "a str", text)
    _require_moderate(text)
    try:
        document = json.loads(
            text,
            parse_int=_integer,
            parse_constant=_no_constant,
            object_pairs_hook=_without_repeats,
        )
    except (json.JSONDecodeError, RecursionError) as error:
        refuse("the text", f"complete, valid JSON ({error})", text)
    return _rebuilt(cls, document)


def _kinds(cls):
    if cls.__name__ not in ESTIMATORS or not cls.__module__.startswith("skneuron."):
        raise ValueError(
            f"JSON is for {', '.join(ESTIMATORS)}, not for {cls.__qualname__}: what a "
            "class of your own learns is unknown here."
        )
    return ESTIMATORS[cls.__name__]


def _key(attribute):
    return attribute.removeprefix("_")


def _require_moderate(text):
    if len(text) > _LARGEST_TEXT:
        refuse("the text", f"of {_LARGEST_TEXT} characters at most", len(text))
    brackets = text.count("[") + text.count("{")
    if brackets > _MOST_BRACKETS:
        refuse("the text", f"of {_MOST_BRACKETS} brackets at most", brackets)


def _integer(digits):
    if len(digits) > _MOST_DIGITS:
        refuse("an integer", f"of {_MOST_DIGITS} digits at most", digits)
    return int(digits)


def _no_constant(name):
    refuse("every number", "finite", name)


def _without_repeats(pairs):
    found = dict(pairs)
    if len(found) < len(pairs):
        refuse("every name of a dictionary", "unique", [name for name, _ in pairs])
    return found


def _rebuilt(cls, document):
    kinds = _kinds(cls)
    _require_envelope(cls, document)
    estimator = _with_parameters(cls, document["parameters"])
    parameters = estimator.get_params(deep=False)
    vars(estimator).update(_attributes(kinds, document["fitted"], parameters))
    return estimator


def _require_envelope(cls, document):
    is_ours = isinstance(document, dict) and document.get("format") == FORMAT
    if not is_ours:
        refuse("the text", f'a dictionary with "format": "{FORMAT}"', document)
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        refuse("version", f"{VERSION}, the one that this skneuron knows", version)
    names = ("format", "version", "estimator", "parameters", "fitted")
    require_names(document, names, "the document")
    written = document["estimator"]
    if written != cls.__name__:
        advice = f" (use {written}.from_json)" if written in list(ESTIMATORS) else ""
        refuse("estimator", f"{cls.__name__!r}{advice}", written)


def _with_parameters(cls, found):
    estimator = cls()
    require_names(found, estimator.get_params(deep=False), "parameters")
    loaded = {name: _load_parameter(name, value) for name, value in found.items()}
    estimator.set_params(**loaded)
    validate_parameters(estimator)
    return estimator


def _attributes(kinds, found, parameters):
    """Return what was learnt, by the attributes' names."""
    keys = {_key(name): name for name in kinds}
    require_names(found, keys, "fitted")
    loaded = load_all(
        {key: kinds[name] for key, name in keys.items()},
        found,
        "fitted",
        _sizes(kinds, found, parameters),
    )
    if loaded.get("laplace") is not None and loaded["scaling"] is None:
        refuse("fitted.scaling", "given where fitted.laplace is", None)
    return {
        keys[key]: value
        for key, value in loaded.items()
        if value is not None or (keys[key].startswith("_") and key != "stream")
    }


def _sizes(kinds, found, parameters):
    """Return how long everything is, by the few entries that say so."""
    first = {
        name: kinds[name]
        for name in ("n_features_in_", "n_neurons_", "classes_")
        if name in kinds
    }
    first = load_all(first, found, "fitted", {})
    features, hidden = first["n_features_in_"], first.get("n_neurons_", 0)
    n_classes = len(first.get("classes_", [0]))
    outputs = n_classes if n_classes > 2 else 1
    bias = bool(parameters.get("fit_intercept", True))
    axes = _axes(found.get("scaling"))
    inputs = bias + (features if not axes else axes["axes"] + 1)
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


def _dump_parameter(name, value):
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, Real):
        return plain(value)
    if isinstance(value, dict):
        return [
            [_dump_parameter(name, item) for item in pair] for pair in value.items()
        ]
    if isinstance(value, np.random.RandomState):
        return _dump_generator(value)
    if not isinstance(value, (str, type(None))):
        refuse(f"parameters.{name}", "a str, a number or None", value)
    return value


def _load_parameter(name, found):
    if name == "class_weight" and isinstance(found, list):
        return _class_weight(found)
    if name == "random_state" and isinstance(found, dict):
        return _generator(found)
    if not isinstance(found, (str, bool, type(None))) and not is_number(found):
        refuse(f"parameters.{name}", "a str, a finite number, a bool or null", found)
    return found


def _class_weight(found):
    at = "parameters.class_weight"
    for pair in found:
        require_list(pair, 2, "entries, a label and its weight", at)
        label, weight = pair
        if not isinstance(label, (str, bool)) and not is_number(label):
            refuse(at, "labels with their weights", pair)
        AMOUNT.load(weight, at, {})
    return dict(found)


# A RandomState is Matsumoto and Nishimura's MT19937: 624 words and a place among them.
_WORDS = 624


def _dump_generator(value):
    state = value.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        refuse("parameters.random_state", "a seed or MT19937", state["bit_generator"])
    return {
        "key": state["state"]["key"].tolist(),
        "pos": int(state["state"]["pos"]),
        "has_gauss": int(state["has_gauss"]),
        "gauss": float(state["gauss"]),
    }


def _generator(found):
    at = "parameters.random_state"
    require_names(found, ("key", "pos", "has_gauss", "gauss"), at)
    key = found["key"]
    require_list(key, _WORDS, "words of 32 bits", at)
    if not all(type(word) is int and 0 <= word < 2**32 for word in key):
        refuse(at, f"{_WORDS} words of 32 bits", key)
    kinds = {"pos": COUNT, "has_gauss": COUNT, "gauss": NUMBER}
    rest = load_all(kinds, found, at, {})
    if rest["pos"] > _WORDS or rest["has_gauss"] > 1:
        refuse(at, f"at a place up to {_WORDS}, with one spare number at most", rest)
    generator = np.random.RandomState()
    generator.set_state(("MT19937", np.array(key, dtype=np.uint32), *rest.values()))
    return generator
