"""The public names, what importing them costs, and the shape of the code."""

import ast
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import skneuron

PACKAGE = Path(skneuron.__file__).parent
TREES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in sorted(PACKAGE.rglob("*.py"))
}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_public_names():
    assert skneuron.__all__ == [
        "BiologicalNeuronClassifier",
        "LogisticNeuron",
        "TinyNeuralNet",
        "TinyNeuralNetRegressor",
        "brain",
        "datasets",
        "plotting",
    ]


@pytest.mark.parametrize("module", ["", ".brain", ".datasets", ".plotting"])
def test_every_public_name_exists(module):
    namespace = {}
    exec(f"from skneuron{module} import *", namespace)
    assert set(sys.modules[f"skneuron{module}"].__all__) <= set(namespace)


def test_import_adds_no_package_to_those_of_scikit_learn():
    code = (
        "import sys; sys.modules['matplotlib'] = sys.modules['pandas'] = None; "
        "import sklearn.linear_model; before = set(sys.modules); "
        "import skneuron; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "skneuron.plotting" in loaded
    packages = {name.split(".")[0] for name in loaded}
    assert packages - sys.stdlib_module_names <= {"skneuron", "sklearn", "scipy"}


@pytest.mark.parametrize("name", [name for name in TREES if name != "_validation.py"])
def test_only_validation_imports_private_names_of_scikit_learn(name):
    assert list(_private_imports(TREES[name])) == []


def test_validation_is_where_private_names_are_imported():
    assert list(_private_imports(TREES["_validation.py"]))


def _private_imports(tree):
    """Yield the imported names below sklearn of which a part starts with `_`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.startswith("sklearn") and "._" in name.replace("__", ""):
                yield name


@pytest.mark.parametrize("name", TREES)
def test_module_has_at_most_400_lines(name):
    assert len((PACKAGE / name).read_text("utf-8").splitlines()) <= 400


def test_functions_are_short():
    lengths = {
        f"{module}:{node.lineno} {node.name}": _code_lines(node)
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, FUNCTION)
    }
    assert {name: length for name, length in lengths.items() if length > 50} == {}
    assert statistics.median(lengths.values()) <= 8


def _code_lines(function):
    """Return the lines of a function, from `def` to the end, without its docstring."""
    length = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        length -= docstring.end_lineno - docstring.lineno + 1
    return length
