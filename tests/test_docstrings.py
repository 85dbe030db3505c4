"""Public docstrings follow numpydoc and tell the truth about defaults."""

import inspect
import re
import tomllib
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import skneuron

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
SETTINGS = tomllib.loads(PYPROJECT.read_text("utf-8"))["tool"]["numpydoc_validation"]
NOT_CHECKED = set(SETTINGS["checks"]) - {"all"}


def _public_objects():
    """Yield (dotted name, object) of the classes, functions and methods of skneuron."""
    for name in skneuron.__all__:
        member = getattr(skneuron, name)
        if inspect.ismodule(member):
            for inner in member.__all__:
                yield from _with_methods(f"{name}.{inner}", getattr(member, inner))
        else:
            yield from _with_methods(name, member)


def _with_methods(name, member):
    yield name, member
    if inspect.isclass(member):
        for inner, method in inspect.getmembers(member, callable):
            if not inner.startswith("_") and _is_ours(method):
                yield f"{name}.{inner}", method


def _is_ours(method):
    # Methods inherited from scikit-learn (score, set_params, ...) keep its docstrings.
    return method.__module__.startswith("skneuron")


PUBLIC = dict(_public_objects())


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring_is_valid_numpydoc(name):
    errors = validate(f"skneuron.{name}")["errors"]
    assert [error for error in errors if error[0] not in NOT_CHECKED] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring_defaults_are_the_signatures(name):
    documented = {
        parameter.name: match.group(1)
        for parameter in NumpyDocString(inspect.getdoc(PUBLIC[name]))["Parameters"]
        if (match := re.search(r"default=(.+)$", parameter.type))
    }
    actual = {
        parameter.name: parameter.default
        for parameter in inspect.signature(PUBLIC[name]).parameters.values()
        if parameter.default is not inspect.Parameter.empty
    }
    assert {key: _value(text) for key, text in documented.items()} == actual


def _value(text):
    try:
        return eval(text, {})
    except (NameError, SyntaxError):
        pytest.fail(f"default={text} is not Python")


@pytest.mark.parametrize("name", PUBLIC)
def test_docstring_or_its_class_shows_an_example(name):
    holders = [PUBLIC[name], PUBLIC.get(name.rpartition(".")[0])]
    assert any(">>>" in holder.__doc__ for holder in holders if holder is not None)
