"""The explorer: one page, complete in itself, to play with a trained classifier.

The page is made of the files in `explorer/`. What it knows of the classifier and of the
data reaches it as JSON, in which nothing can be taken for markup.
"""

import json
from contextlib import suppress
from copy import copy
from importlib.resources import files
from pathlib import Path
from secrets import token_hex

import numpy as np

from skneuron import _json
from skneuron._diagram import wiring
from skneuron._numerics.row_space import RowSpace
from skneuron._validation import feature_names, validate_rows, validation_codes

# Neurons of a layer, and inputs, beyond which moving a weight says nothing.
_MOST_NEURONS, _MOST_INPUTS = 200, 1000

# Rows that are drawn, at most, and numbers in them.
_MOST_ROWS, _MOST_NUMBERS = 1000, 200_000

_SCRIPTS = (
    "elements",
    "model",
    "colors",
    "map",
    "diagram",
    "panels",
    "present",
    "explorer",
)

# What the page writes into its JSON itself: the rest stays as training left it.
_MOVED = {"coef_", "intercept_", "drive_", "noise_", "coefs_", "intercepts_", "theta"}

# What is lost where weights are moved: corrections and errors of the trained ones.
_UNCORRECTED = {
    "predictive": "plain",
    "_factor": None,
    "_laplace": None,
    "_standard_errors": "coefficients were changed by hand, not learnt from data",
}


def write_page(estimator, path, X, y):
    """Write the page of a fitted classifier and labelled rows to a file."""
    try:
        path = Path(path)
    except TypeError:
        raise TypeError(
            f"path must be a str or a path, of the file to write, got {path!r}."
        ) from None
    X = validate_rows(estimator, X)
    codes = validation_codes(estimator, y, len(X))
    _require_moderate(estimator)
    _write_whole(path, page(_facts(estimator) | _rows(X, codes)))


def page(facts):
    """Return the page in HTML; facts are what `explorer.js` reads."""
    parts = {
        "style": _source("style.css"),
        "script": "\n".join(_source(f"{name}.js") for name in _SCRIPTS),
        "data": as_text_of_a_script(json.dumps(facts)),
    }
    html = _source("page.html")
    for name, text in parts.items():
        html = html.replace("{{" + name + "}}", text)
    return html


def as_text_of_a_script(text):
    """Return JSON that is the same JSON, in which a page finds no markup."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _source(name):
    return (files("skneuron") / "explorer" / name).read_text("utf-8")


def _require_moderate(estimator):
    n_inputs, *layers = wiring(estimator).sizes
    if max(layers) > _MOST_NEURONS:
        raise ValueError(
            f"to_html() shows up to {_MOST_NEURONS} neurons a layer; this "
            f"{type(estimator).__name__} has {max(layers)}. Fit fewer neurons to play "
            "with them."
        )
    if n_inputs > _MOST_INPUTS:
        raise ValueError(
            f"to_html() shows up to {_MOST_INPUTS} inputs, X has {n_inputs} features. "
            "Select some of them before fit."
        )


def _facts(estimator):
    """Return what the page says of the estimator."""
    network = wiring(estimator)
    return {
        "estimator": type(estimator).__name__,
        "features": list(map(str, feature_names(estimator))),
        "classes": list(map(str, estimator.classes_)),
        "coefs": [coef.tolist() for coef in network.coefs],
        "intercepts": [bias.tolist() for bias in network.intercepts],
        "activation": estimator.activation if len(network.coefs) > 1 else None,
        "scaling": _scaling(estimator),
        "noise": getattr(estimator, "noise_", None),
        "potentials": _potentials(estimator),
        "corrected": _is_corrected(estimator),
        "document": _document(estimator),
    }


def _scaling(estimator):
    if not hasattr(estimator, "coefs_"):
        return None
    scaling = estimator._scaling
    return {"mean": scaling.mean.tolist(), "scale": scaling.scale.tolist()}


def _potentials(estimator):
    if not hasattr(estimator, "resting_potential"):
        return None
    return {
        "resting": float(estimator.resting_potential),
        "threshold": float(estimator.threshold),
        "action": float(estimator.action_potential),
    }


def _is_corrected(estimator):
    kept = vars(estimator)
    return kept.get("_factor") is not None or kept.get("_laplace") is not None


def _document(estimator):
    """Return the estimator's JSON in pieces, with None where the page writes its own.

    The page could not write the rest: JavaScript makes 1.0 and 1 the same.
    """
    document = json.loads(_json.dumps(_plain(estimator)))
    fitted = document.pop("fitted")
    return {
        "before": json.dumps(document)[:-1] + ', "fitted": {',
        "fitted": [
            (name, None if name in _MOVED else json.dumps(value))
            for name, value in fitted.items()
        ],
    }


def _plain(estimator):
    """Return a copy that predicts by its weights alone, whatever they will be."""
    plain = copy(estimator)
    state = vars(plain)
    state.update({name: _UNCORRECTED[name] for name in _UNCORRECTED.keys() & state})
    if isinstance(state.get("_scaling"), RowSpace):
        state["_scaling"] = None
    return plain


def _rows(X, codes):
    """Return what the page says of the rows: some of them, and all their ranges."""
    spread = X.std(axis=0)
    shown = _shown(*X.shape)
    return {
        "n_rows": len(X),
        "X": X[shown].tolist(),
        "codes": codes[shown].tolist(),
        "median": np.median(X, axis=0).tolist(),
        "low": X.min(axis=0).tolist(),
        "high": X.max(axis=0).tolist(),
        "spread": np.where(spread > 0, spread, 1.0).tolist(),
    }


def _shown(n_rows, n_features):
    """Return the rows that are drawn, the same ones every time."""
    most = min(_MOST_ROWS, max(_MOST_NUMBERS // n_features, 1))
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, most, replace=False))


def _write_whole(path, text):
    """Write a file as a whole or not at all."""
    beside = path.parent / f"{path.name}.{token_hex(4)}.part"
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.replace(path)
    except BaseException as error:
        with suppress(OSError):
            beside.unlink()
        if getattr(error, "filename", None):
            # Nobody has asked for the file beside it.
            error.filename = str(path)
        raise
