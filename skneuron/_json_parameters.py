"""The parameters of estimators as JSON: how to write and to read them."""

from numbers import Real

import numpy as np

from skneuron import _json_readers as read
from skneuron._json_fitted import written


def write_parameter(name, value):
    """Return what stands in JSON for a parameter; a dictionary becomes pairs."""
    if isinstance(value, dict):
        return [
            [write_parameter(name, item) for item in pair] for pair in value.items()
        ]
    if isinstance(value, np.random.RandomState):
        return _write_generator(value)
    if not isinstance(value, str | np.bool_ | Real | None):
        read.refuse(f"parameters.{name}", "a str, a number or None", value)
    return written(value)


def read_parameter(name, found):
    """Return the parameter, of a type that some parameter may have."""
    at = f"parameters.{name}"
    if name == "class_weight" and isinstance(found, list):
        return _read_class_weight(found, at)
    if name == "random_state" and isinstance(found, dict):
        return _read_generator(found, at)
    if not isinstance(found, str | bool | None) and not read.is_number(found):
        read.refuse(at, "a str, a finite number, a bool or null", found)
    return found


def _read_class_weight(found, at):
    for pair in found:
        read.require_list(pair, 2, "entries, a label and its weight", at)
        label, weight = pair
        if not isinstance(label, str | bool) and not read.is_number(label):
            read.refuse(at, "labels with their weights", pair)
        read.amount(weight, at, {})
    return dict(found)


# A RandomState is Matsumoto and Nishimura's MT19937: 624 words and a place among them.
_WORDS = 624


def _write_generator(value):
    state = value.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        name = state["bit_generator"]
        read.refuse("parameters.random_state", "a seed or MT19937", name)
    return {
        "key": state["state"]["key"].tolist(),
        "pos": int(state["state"]["pos"]),
        "has_gauss": int(state["has_gauss"]),
        "gauss": float(state["gauss"]),
    }


def _read_generator(found, at):
    read.require_names(found, ("key", "pos", "has_gauss", "gauss"), at)
    key = found["key"]
    read.require_list(key, _WORDS, "words of 32 bits", at)
    if not all(type(word) is int and 0 <= word < 2**32 for word in key):
        read.refuse(at, f"{_WORDS} words of 32 bits", key)
    readers = {"pos": read.count, "has_gauss": read.count, "gauss": read.number}
    rest = read.each(readers, found, at, {})
    if rest["pos"] > _WORDS or rest["has_gauss"] > 1:
        allowed = f"at a place up to {_WORDS}, with one spare number at most"
        read.refuse(at, allowed, rest)
    generator = np.random.RandomState()
    generator.set_state(("MT19937", np.array(key, dtype=np.uint32), *rest.values()))
    return generator
