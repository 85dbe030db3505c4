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

from skneuron._json_fitted import ESTIMATORS, read_fitted, write_fitted
from skneuron._json_parameters import read_parameter, write_parameter
from skneuron._json_readers import refuse, require_names
from skneuron._validation import validate_parameters

FORMAT, VERSION = "skneuron", 1

# Characters of a text, brackets in it (lists and dictionaries take more memory than
# text) and digits of an integer: none is near what a neuron of any use needs.
_LARGEST_TEXT = 2**28
_MOST_BRACKETS = 2**22
_MOST_DIGITS = 40


def dumps(estimator):
    """Return a fitted estimator as JSON text, which `loads` is sure to read."""
    _require_known(type(estimator))
    parameters = estimator.get_params(deep=False)
    document = {
        "format": FORMAT,
        "version": VERSION,
        "estimator": type(estimator).__name__,
        "parameters": {
            name: write_parameter(name, value) for name, value in parameters.items()
        },
        "fitted": write_fitted(estimator),
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


def _require_known(cls):
    if cls.__name__ not in ESTIMATORS or not cls.__module__.startswith("skneuron."):
        raise ValueError(
            f"JSON is for {', '.join(ESTIMATORS)}, not for {cls.__qualname__}: what a "
            "class of your own learns is unknown here."
        )


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
    _require_known(cls)
    _require_envelope(cls, document)
    estimator = _with_parameters(cls, document["parameters"])
    parameters = estimator.get_params(deep=False)
    learnt = read_fitted(cls.__name__, document["fitted"], parameters)
    vars(estimator).update(learnt)
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
    loaded = {name: read_parameter(name, value) for name, value in found.items()}
    estimator.set_params(**loaded)
    validate_parameters(estimator)
    return estimator
