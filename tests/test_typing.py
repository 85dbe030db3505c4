"""The types that users' checkers see: they are the code's, and they find mistakes."""

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import skneuron

PACKAGE = Path(skneuron.__file__).parent
STUB = ast.parse((PACKAGE / "__init__.pyi").read_text("utf-8"))
CLASSES = {node.name: node for node in STUB.body if isinstance(node, ast.ClassDef)}
ESTIMATORS = [name for name in skneuron.__all__ if name[0].isupper()]

RIGHT = """
from typing import Any, assert_type

import numpy as np
from numpy.typing import NDArray

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

X, y = np.eye(4), ["a", "b", "a", "b"]
net = TinyNeuralNet(4, activation="relu", alpha="auto").fit(X, y, X_val=X, y_val=y)
assert_type(net, TinyNeuralNet)
assert_type(net.predict_proba(X), NDArray[np.float64])
assert_type(net.predict([[1, 2, 3, 4]]), NDArray[Any])
assert_type(net.coefs_[0], NDArray[np.float64])
assert_type(net.score(X, y), float)
assert_type(TinyNeuralNet.from_json(net.to_json()), TinyNeuralNet)
neuron = LogisticNeuron.from_parameters([0.1], -8, classes=[0, 1])
assert_type(neuron, LogisticNeuron)
assert_type(neuron.intercept_, NDArray[np.float64])
cell = BiologicalNeuronClassifier(noise="auto", class_weight={"a": 2}).fit(X, y)
assert_type(cell.to_logistic(), LogisticNeuron)
assert_type(cell.fire(X), NDArray[np.float64])
mean, std = TinyNeuralNetRegressor().fit(X, X[0]).predict(X, return_std=True)
assert_type(std, NDArray[np.float64])
assert_type(TinyNeuralNetRegressor().fit(X, X[0]).predict(X), NDArray[np.float64])
"""
WRONG = """
from skneuron import LogisticNeuron, TinyNeuralNet, TinyNeuralNetRegressor

TinyNeuralNet(activation="tan")
TinyNeuralNet(n_neurons="many")
TinyNeuralNet(neurons=3)
LogisticNeuron(1.0)
LogisticNeuron(alpha=None)
LogisticNeuron().fit([[1.0]])
LogisticNeuron.from_json(b"")
TinyNeuralNetRegressor(predictive="plain")
"""


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    """Return what mypy says of both programs, each line as [file, line, text]."""
    pytest.importorskip("mypy", reason="mypy is not installed")
    folder = tmp_path_factory.mktemp("programs")
    (folder / "right.py").write_text(RIGHT)
    (folder / "wrong.py").write_text(WRONG)
    options = ["--strict", "--follow-imports=silent", "--no-error-summary"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "right.py", "wrong.py"],
        cwd=folder,
        env=os.environ | {"MYPYPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode < 2, done.stdout + done.stderr
    return [line.split(":", 2) for line in done.stdout.splitlines()]


def test_a_right_program_has_no_error(messages):
    # An old mypy adds a note, in our stub, to the other program's errors.
    errors = [found for found in messages if found[2].startswith(" error")]
    assert [found for found in errors if found[0] != "wrong.py"] == []


def test_every_mistake_is_found(messages):
    program = WRONG.splitlines()
    expected = {i for i, line in enumerate(program, 1) if line and "import" not in line}
    wrong = [(int(i), text) for file, i, text in messages if file == "wrong.py"]
    assert {i for i, text in wrong if text.startswith(" error:")} == expected


def _own(node):
    """Return the methods that a stub's class and its bases define, by name."""
    methods = {}
    for base in reversed(node.bases):
        if isinstance(base, ast.Name) and base.id in CLASSES:
            methods |= _own(CLASSES[base.id])
    return methods | {
        inner.name: inner for inner in node.body if isinstance(inner, ast.FunctionDef)
    }


def _members(cls):
    """Return the public methods and properties that skneuron gives to a class."""
    return {
        name: member
        for name, member in inspect.getmembers(cls)
        if not name.startswith("_")
        and getattr(getattr(member, "fget", member), "__module__", "").startswith(
            "skneuron"
        )
    }


@pytest.mark.parametrize("name", ESTIMATORS)
def test_types_know_every_public_method_and_no_other(name):
    ours = set(_members(getattr(skneuron, name)))
    assert set(_own(CLASSES[name])) - {"__init__", "score"} == ours


@pytest.mark.parametrize("name", ESTIMATORS)
def test_types_have_the_parameters_of_the_code(name):
    cls = getattr(skneuron, name)
    for method, node in _own(CLASSES[name]).items():
        code = getattr(cls, method)
        if not isinstance(code, property):
            names = [parameter.arg for parameter in _parameters(node)]
            actual = list(inspect.signature(code).parameters)
            assert [key for key in names if key not in ("self", "cls")] == [
                key for key in actual if key != "self"
            ]


def _parameters(node):
    return [*node.args.args, *node.args.kwonlyargs]


@pytest.mark.parametrize("name", ESTIMATORS)
def test_types_have_the_defaults_of_the_code(name):
    node = _own(CLASSES[name])["__init__"]
    _, *names = [parameter.arg for parameter in _parameters(node)]
    values = map(ast.literal_eval, [*node.args.defaults, *node.args.kw_defaults])
    actual = getattr(skneuron, name)().get_params(deep=False)
    assert dict(zip(names, values, strict=True)) == actual


@pytest.mark.parametrize("name", ESTIMATORS)
def test_types_know_every_fitted_attribute(name):
    cls = getattr(skneuron, name)
    documented = {
        line.split(" : ")[0]
        for line in inspect.getdoc(cls).splitlines()
        if line.partition(" : ")[0].endswith("_") and " : " in line
    }
    annotated = {
        inner.target.id
        for parent in _lineage(CLASSES[name])
        for inner in parent.body
        if isinstance(inner, ast.AnnAssign)
    }
    properties = {
        key for key, member in inspect.getmembers(cls) if isinstance(member, property)
    }
    assert documented - properties == annotated


def _lineage(node):
    yield node
    for base in node.bases:
        if isinstance(base, ast.Name) and base.id in CLASSES:
            yield from _lineage(CLASSES[base.id])
