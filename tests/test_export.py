"""Neurons leave Python: as scikit-learn's models, in ONNX, in C, through skops."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

X, IRIS = load_iris(return_X_y=True)
X = X.astype(np.float32).astype(np.float64)  # what single precision holds exactly
LABELS = {
    "binary": np.minimum(IRIS, 1),
    "multiclass": IRIS,
    "strings": np.array(["setosa", "versicolor", "virginica"])[IRIS],
    "bools": IRIS == 1,
}
ACTIVATIONS = ["sigmoid", "tanh", "relu", "identity"]
NETS = {
    activation: TinyNeuralNet(4, activation=activation, predictive="plain", n_init=1)
    for activation in ACTIVATIONS
}
CLASSIFIERS = NETS | {
    "no hidden layer": TinyNeuralNet(0, predictive="plain"),
    "logistic": LogisticNeuron(),
    "textbook": LogisticNeuron(alpha=0.0, max_iter=10),
    "no bias": LogisticNeuron(fit_intercept=False),
}
REGRESSORS = {
    "regressor": TinyNeuralNetRegressor(4, n_init=1),
    "linear": TinyNeuralNetRegressor(0),
}
KINDS = {"logistic": LogisticRegression, "no hidden layer": LogisticRegression}
classifiers = pytest.mark.parametrize("name", CLASSIFIERS)
regressors = pytest.mark.parametrize("name", REGRESSORS)
labels = pytest.mark.parametrize("labels", LABELS)
silent = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def _classifier(name, y):
    return clone(CLASSIFIERS[name]).fit(X, y)


def _regressor(name):
    return clone(REGRESSORS[name]).fit(X[:, :3], 100 + 7 * X[:, 3])


@silent
@labels
@classifiers
def test_scikit_learns_model_has_the_same_probabilities(name, labels):
    ours = _classifier(name, LABELS[labels])
    model = ours.as_sklearn()
    assert type(model) in (LogisticRegression, MLPClassifier)
    assert isinstance(model, MLPClassifier) == (name in NETS)
    np.testing.assert_allclose(
        model.predict_proba(X), ours.predict_proba(X), rtol=0, atol=1e-10
    )
    np.testing.assert_array_equal(model.predict(X), ours.predict(X), strict=True)
    np.testing.assert_array_equal(model.classes_, ours.classes_, strict=True)
    assert model.score(X, LABELS[labels]) == ours.score(X, LABELS[labels])


@regressors
def test_scikit_learns_regressor_predicts_the_same(name):
    ours = _regressor(name)
    model = ours.as_sklearn()
    assert type(model) in (LinearRegression, MLPRegressor)
    np.testing.assert_allclose(
        model.predict(X[:, :3]), ours.predict(X[:, :3]), rtol=1e-10
    )


def test_a_logistic_neuron_is_a_fit_of_the_model_it_becomes():
    model = LogisticNeuron(alpha=0.5).fit(X, IRIS).as_sklearn()
    again = clone(model).set_params(tol=1e-10, max_iter=10_000).fit(X, IRIS)
    np.testing.assert_allclose(again.coef_, model.coef_, rtol=1e-4)


def test_the_plain_probabilities_are_exported_where_ours_are_more_careful():
    careful = TinyNeuralNet(4, n_init=1, predictive="laplace").fit(X, IRIS)
    plain = TinyNeuralNet(4, n_init=1, predictive="plain").fit(X, IRIS)
    exported = careful.as_sklearn().predict_proba(X)
    np.testing.assert_allclose(exported, plain.predict_proba(X), atol=1e-10)
    assert np.abs(exported - careful.predict_proba(X)).max() > 1e-3


def test_a_biological_neuron_with_noise_goes_by_way_of_a_logistic_one():
    cell = BiologicalNeuronClassifier(noise=5.0).fit(X[:, 2:], LABELS["bools"])
    model = cell.to_logistic().as_sklearn()
    np.testing.assert_allclose(
        model.predict_proba(X[:, 2:]), cell.predict_proba(X[:, 2:]), atol=1e-10
    )


@pytest.mark.parametrize("net", [TinyNeuralNet, TinyNeuralNetRegressor])
@pytest.mark.parametrize("activation", ["leaky_relu", "elu", "gelu"])
def test_other_activations_are_refused_with_those_that_are_possible(net, activation):
    fitted = net(2, activation=activation, n_init=1).fit(X, LABELS["binary"])
    with pytest.raises(ValueError, match=f"got '{activation}'") as caught:
        fitted.as_sklearn()
    assert all(repr(possible) in str(caught.value) for possible in ACTIVATIONS)
    fitted = net(0, activation=activation).fit(X, LABELS["binary"])
    assert fitted.as_sklearn().coef_.size == 4


def test_the_network_counts_not_what_was_set_after_the_fit():
    net = clone(NETS["tanh"]).fit(X, IRIS)
    before = net.as_sklearn().predict_proba(X)
    net.set_params(activation="relu", n_neurons=9)
    np.testing.assert_array_equal(net.as_sklearn().predict_proba(X), before)


def test_names_of_inputs_are_kept():
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = clone(NETS["tanh"]).fit(frame, IRIS).as_sklearn()
    assert model.feature_names_in_.tolist() == list("abcd")
    assert model.predict(frame).shape == (150,)


def test_the_model_shares_no_memory_with_the_neuron():
    net = clone(NETS["tanh"]).fit(X, IRIS)
    before = net.coefs_[0].copy()
    net.as_sklearn().coefs_[0][:] = 0
    np.testing.assert_array_equal(net.coefs_[0], before)


@pytest.mark.parametrize("estimator", [LogisticNeuron, TinyNeuralNet])
def test_before_a_fit_there_is_nothing_to_export(estimator):
    with pytest.raises(NotFittedError):
        estimator().as_sklearn()


def _by_onnx(neighbour, model, X, **options):
    X = X.astype(np.float32)
    converted = neighbour("skl2onnx").to_onnx(model, X[:1], **options)
    session = neighbour("onnxruntime").InferenceSession(
        converted.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {session.get_inputs()[0].name: X})


@silent
@labels
@classifiers
def test_onnx(name, labels, neighbour):
    ours = _classifier(name, LABELS[labels])
    options = {"options": {"zipmap": False}}
    found, proba = _by_onnx(neighbour, ours.as_sklearn(), X, **options)
    np.testing.assert_allclose(proba, ours.predict_proba(X), rtol=0, atol=1e-5)
    np.testing.assert_array_equal(found, ours.predict(X))


@regressors
def test_onnx_of_a_regressor(name, neighbour):
    ours = _regressor(name)
    (found,) = _by_onnx(neighbour, ours.as_sklearn(), X[:, :3])
    np.testing.assert_allclose(found[:, 0], ours.predict(X[:, :3]), rtol=1e-5)


MAIN = """
#include <stdio.h>
{code}
int main(void) {{
    {number} x[{inputs}], p[{outputs}];
    for (;;) {{
        for (int i = 0; i < {inputs}; i++)
            if (scanf("%{flag}", &x[i]) != 1) return 0;
        {call};
        for (int k = 0; k < {outputs}; k++) printf("%.17g ", (double)p[k]);
        puts("");
    }}
}}
"""


def _by_c(folder, X, include=None, **parts):
    """Compile a program that reads rows and prints outputs; return those of X."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler")
    source, program = folder / "neuron.c", folder / "neuron"
    source.write_text(MAIN.format(inputs=X.shape[1], **parts))
    headers = [] if include is None else ["-I", str(include)]
    command = [compiler, "-O1", *headers, source, "-o", program, "-lm"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    rows = "\n".join(" ".join(map(repr, row)) for row in X.tolist())
    done = subprocess.run(
        [str(program)], input=rows, capture_output=True, text=True, check=True
    )
    return np.array([line.split() for line in done.stdout.splitlines()], dtype=float)


@pytest.mark.parametrize("labels", ["binary", "multiclass"])
@pytest.mark.parametrize("name", NETS)
def test_a_network_in_c_of_emlearn(name, labels, neighbour, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # emlearn compiles in a folder of the present one
    ours = _classifier(name, LABELS[labels])
    emlearn = neighbour("emlearn")
    n_classes = len(ours.classes_)
    code = emlearn.convert(ours.as_sklearn(), method="loadable").save(name="net")
    call = f"eml_net_predict_proba(&net, x, 4, p, {n_classes})"
    shape = {"outputs": n_classes, "number": "float", "flag": "f"}
    include = Path(emlearn.includedir)
    found = _by_c(tmp_path, X, include, code=code, call=call, **shape)
    # emlearn writes weights with six decimals and computes in single precision.
    np.testing.assert_allclose(found, ours.predict_proba(X), rtol=0, atol=1e-5)


@silent
@pytest.mark.parametrize("labels", ["binary", "multiclass"])
@pytest.mark.parametrize("name", [name for name in CLASSIFIERS if name not in NETS])
def test_a_neuron_in_c_of_m2cgen(name, labels, neighbour, tmp_path):
    ours = _classifier(name, LABELS[labels])
    code = neighbour("m2cgen").export_to_c(ours.as_sklearn())
    one = labels == "binary"
    call = "p[0] = score(x)" if one else "score(x, p)"
    shape = {"outputs": 1 if one else 3, "number": "double", "flag": "lf"}
    found = _by_c(tmp_path, X, code=code, call=call, **shape)
    # m2cgen stops before the sigmoid or softmax.
    scores = ours.decision_function(X).reshape(150, -1)
    if not one:
        found, scores = (f - f.mean(axis=1, keepdims=True) for f in (found, scores))
    np.testing.assert_allclose(found, scores, rtol=1e-6, atol=1e-6)


OURS = "skneuron._"
SAVED = CLASSIFIERS | {
    "careful": TinyNeuralNet(4, n_init=1),
    "more parameters than rows": TinyNeuralNet(60),
    "biological": BiologicalNeuronClassifier(),
}


@silent
@pytest.mark.parametrize("name", SAVED)
def test_skops_asks_to_trust_nothing_but_our_own_types(name, neighbour):
    io = neighbour("skops.io")
    ours = clone(SAVED[name]).fit(X, IRIS)
    saved = io.dumps(ours)
    untrusted = io.get_untrusted_types(data=saved)
    assert [kind for kind in untrusted if not kind.startswith(OURS)] == []
    loaded = io.loads(saved, trusted=untrusted)
    np.testing.assert_array_equal(loaded.predict_proba(X), ours.predict_proba(X))


def test_the_page_on_storing_and_exporting_runs(neighbour, checkout):
    neighbour("skl2onnx")
    neighbour("onnxruntime")
    page = (checkout / "docs" / "exchange.md").read_text("utf-8")
    names = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(compile(block, "exchange.md", "exec"), names)
    assert names["session"].get_inputs()[0].name == "X"
