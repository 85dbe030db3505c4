"""scikit-learn's own checks, on every estimator in several forms; none may fail."""

import os
import subprocess
import sys
from inspect import signature

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import make_moons
from sklearn.metrics import get_scorer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_array_api_input,
    check_dataframe_column_names_consistency,
    check_inplace_ensure_writeable,
    check_param_validation,
    parametrize_with_checks,
)

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

FORMS = [
    LogisticNeuron(),
    LogisticNeuron(alpha="auto"),
    LogisticNeuron(alpha=0),
    LogisticNeuron(class_weight="balanced"),
    LogisticNeuron(predictive="laplace"),
    TinyNeuralNet(),
    TinyNeuralNet(3, alpha=1.0),
    TinyNeuralNet(8, solver="lbfgs"),
    TinyNeuralNet(4, solver="adam", n_init=1, max_iter=100),
    TinyNeuralNet(5, activation="relu", class_weight="balanced"),
    TinyNeuralNet(0),
    TinyNeuralNet("auto", standardize=False, predictive="plain"),
    TinyNeuralNetRegressor(),
    TinyNeuralNetRegressor(3, alpha=1.0),
    TinyNeuralNetRegressor(8, solver="lbfgs"),
    TinyNeuralNetRegressor(4, solver="adam", n_init=1, max_iter=100),
    TinyNeuralNetRegressor(5, activation="relu", standardize=False),
    TinyNeuralNetRegressor(0),
    BiologicalNeuronClassifier(),
    BiologicalNeuronClassifier(noise=5.0),
    BiologicalNeuronClassifier(noise="auto"),
    BiologicalNeuronClassifier(class_weight="balanced"),
]
DEFAULTS = [LogisticNeuron(), TinyNeuralNet(), BiologicalNeuronClassifier()]
X, Y = make_moons(60, noise=0.3, random_state=0)
WEIGHT = np.random.default_rng(0).integers(0, 4, size=60).astype(float)

forms = pytest.mark.parametrize("estimator", FORMS, ids=repr)
defaults = pytest.mark.parametrize(
    "estimator", DEFAULTS, ids=lambda estimator: type(estimator).__name__
)


# The checks shorten max_iter, and their toy data are separable.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(FORMS)
def test_check_estimator(estimator, check):
    if check.func.__name__ != "check_array_api_input":  # in a process of its own below
        check(estimator)


_ARRAY_API_CHECKS = """
from sklearn.utils.estimator_checks import check_array_api_input
from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet
from skneuron import TinyNeuralNetRegressor

for estimator in {estimators!r}:
    for weighted in (False, True):
        check_array_api_input(
            type(estimator).__name__, estimator, "numpy", check_sample_weight=weighted,
            check_values=True, expect_only_array_outputs=False,
        )
"""


def test_array_api_dispatch_changes_nothing():
    """SciPy reads SCIPY_ARRAY_API when it is imported, hence the new process."""
    if "expect_only_array_outputs" not in signature(check_array_api_input).parameters:
        pytest.skip("scikit-learn before 1.9 has another check")
    estimators = [*DEFAULTS, TinyNeuralNetRegressor()]
    code = _ARRAY_API_CHECKS.format(estimators=estimators)
    environment = os.environ | {"SCIPY_ARRAY_API": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


# Checks that check_estimator does not run by itself.


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@forms
def test_names_of_columns_are_kept_and_compared(estimator):
    check_dataframe_column_names_consistency(type(estimator).__name__, estimator)


@pytest.mark.parametrize("estimator", [*DEFAULTS, TinyNeuralNetRegressor()], ids=repr)
def test_parameters_are_validated(estimator):
    check_param_validation(type(estimator).__name__, estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@defaults
def test_read_only_memory_is_enough(estimator):
    check_inplace_ensure_writeable(type(estimator).__name__, estimator)


@defaults
def test_balanced_weights_find_more_of_a_rare_class(estimator):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 2))
    rare = rows[:, 0] + rng.logistic(size=200) > 2.5
    plain = clone(estimator).fit(rows, rare)
    balanced = clone(estimator).set_params(class_weight="balanced").fit(rows, rare)
    assert plain.predict(rows)[rare].mean() + 0.2 < balanced.predict(rows)[rare].mean()


# Metadata routing.


@pytest.fixture
def routing():
    with config_context(enable_metadata_routing=True):
        yield


@pytest.mark.usefixtures("routing")
@defaults
def test_weights_are_routed_through_a_pipeline_and_a_search(estimator):
    scaler = StandardScaler().set_fit_request(sample_weight=False)
    weighted = clone(estimator).set_fit_request(sample_weight=True)
    weighted.set_score_request(sample_weight=True)
    pipeline = Pipeline([("scaler", scaler), ("neuron", weighted)])
    pipeline.set_score_request(sample_weight=True)  # needed before scikit-learn 1.7
    search = GridSearchCV(pipeline, {"neuron__class_weight": [None]}, cv=3)
    search.fit(X, Y, sample_weight=WEIGHT)
    scaled = StandardScaler().fit_transform(X)
    expected = clone(estimator).fit(scaled, Y, sample_weight=WEIGHT)
    np.testing.assert_array_equal(
        search.decision_function(X), expected.decision_function(scaled)
    )


@pytest.mark.usefixtures("routing")
@defaults
def test_weights_are_routed_to_a_score(estimator):
    weighted = clone(estimator).set_fit_request(sample_weight=True)
    scorer = get_scorer("accuracy").set_score_request(sample_weight=True)
    folds = [(np.arange(30), np.arange(30, 60))]
    scores = cross_validate(
        weighted, X, Y, scoring=scorer, cv=folds, params={"sample_weight": WEIGHT}
    )
    fitted = clone(estimator).fit(X[:30], Y[:30], WEIGHT[:30])
    expected = fitted.score(X[30:], Y[30:], WEIGHT[30:])
    assert scores["test_score"] == pytest.approx([expected], rel=1e-12)


@pytest.mark.usefixtures("routing")
@defaults
def test_weights_that_nobody_asked_for_are_refused(estimator):
    pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False))
    pipeline.steps.append(("neuron", clone(estimator)))
    with pytest.raises(ValueError, match=r"sample_weight.*not explicitly set"):
        pipeline.fit(X, Y, sample_weight=WEIGHT)


@pytest.mark.usefixtures("routing")
def test_validation_data_are_routed_and_scaled_by_a_pipeline():
    net = TinyNeuralNet(3).set_fit_request(X_val=True, y_val=True)
    pipeline = make_pipeline(StandardScaler(), net, transform_input=["X_val"])
    pipeline.fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])
    scaler = StandardScaler().fit(X[:40])
    scaled = scaler.transform(X)
    expected = TinyNeuralNet(3)
    expected.fit(scaled[:40], Y[:40], X_val=scaled[40:], y_val=Y[40:])
    assert pipeline[-1].validation_loss_curve_ == expected.validation_loss_curve_
    np.testing.assert_array_equal(
        pipeline.decision_function(X), expected.decision_function(scaled)
    )


@pytest.mark.usefixtures("routing")
def test_validation_data_are_routed_by_a_search():
    net = TinyNeuralNet(alpha=1.0).set_fit_request(X_val=True, y_val=True)
    pipeline = make_pipeline(StandardScaler(), net, transform_input=["X_val"])
    search = GridSearchCV(pipeline, {"tinyneuralnet__n_neurons": [1, 3]}, cv=2)
    search.fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])
    best = clone(pipeline).set_params(**search.best_params_)
    best.fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])
    found = search.best_estimator_[-1].validation_loss_curve_
    assert found == best[-1].validation_loss_curve_
    np.testing.assert_array_equal(search.predict_proba(X), best.predict_proba(X))


# Pipelines whose steps pass data frames on.

FRAMES = {"pandas": pd.DataFrame, "polars": pl.DataFrame}


@pytest.mark.parametrize("library", FRAMES)
@defaults
def test_output_of_a_transformer_may_be_a_data_frame(estimator, library):
    frame = FRAMES[library]({"width": X[:, 0], "height": X[:, 1]})
    expected = make_pipeline(StandardScaler(), clone(estimator)).fit(X, Y)
    with config_context(transform_output=library):
        pipeline = make_pipeline(StandardScaler(), clone(estimator)).fit(frame, Y)
        proba = pipeline.predict_proba(frame)
    # Not "width" and "height" where scikit-learn cannot read them in the frame.
    handed_over = pipeline[:-1].get_feature_names_out().tolist()
    assert pipeline[-1].feature_names_in_.tolist() == handed_over
    assert isinstance(proba, np.ndarray)
    np.testing.assert_allclose(proba, expected.predict_proba(X), atol=1e-8)


@defaults
def test_a_classifier_has_no_output_to_set(estimator):
    assert not hasattr(estimator, "set_output")
    assert not hasattr(estimator, "transform")
