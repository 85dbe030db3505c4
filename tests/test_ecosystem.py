"""The neurons inside scikit-learn's tools: one test for each."""

import pickle

import joblib
import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn
from scipy.stats import randint
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris, load_wine, make_classification, make_moons
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 (enables)
from sklearn.feature_selection import RFE
from sklearn.inspection import (
    DecisionBoundaryDisplay,
    partial_dependence,
    permutation_importance,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet

sklearn_version = tuple(map(int, sklearn.__version__.split(".")[:2]))
X, Y = make_moons(160, noise=0.2, random_state=0)
IRIS = load_iris(return_X_y=True)
NEURONS = {
    "biological": BiologicalNeuronClassifier(noise="auto"),
    "logistic": LogisticNeuron(),
    "net": TinyNeuralNet(4, n_init=2),
}
# A straight border is right for about 0.85 of the moons.
LEVEL = {"biological": 0.8, "logistic": 0.8, "net": 0.9}

neurons = pytest.mark.parametrize("name", NEURONS)


def _neuron(name):
    return clone(NEURONS[name])


@neurons
def test_pipeline(name):
    wine = load_wine(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), _neuron(name)).fit(*wine)
    assert pipeline.score(*wine) > 0.95
    assert pipeline[1].n_features_in_ == 13


COUNTS = {
    "range": range(4),
    "numpy ints": np.array([0, 1, 4]),
    "list with auto": [0, "auto"],
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
def test_grid_search_over_the_number_of_neurons(counts):
    search = GridSearchCV(TinyNeuralNet(), {"n_neurons": counts}, cv=3)
    search.fit(X, Y)
    assert search.best_params_["n_neurons"] != 0
    assert search.best_score_ > 0.87
    assert len(search.cv_results_["params"]) == len(counts)


def test_grid_search_in_two_processes_finds_the_same_and_is_silent(capfd):
    grid = {"n_neurons": [0, 2], "alpha": [0.1, "auto"]}
    searches = [
        GridSearchCV(TinyNeuralNet(n_init=2), grid, cv=3, n_jobs=n_jobs).fit(X, Y)
        for n_jobs in (1, 2)
    ]
    scores = [search.cv_results_["mean_test_score"] for search in searches]
    np.testing.assert_array_equal(scores[0], scores[1])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_randomized_search():
    candidates = {"n_neurons": randint(1, 9), "activation": ["tanh", "elu"]}
    search = RandomizedSearchCV(
        TinyNeuralNet(n_init=2), candidates, n_iter=4, cv=3, random_state=0
    ).fit(X, Y)
    assert 1 <= search.best_params_["n_neurons"] < 9
    assert search.best_score_ > 0.9


def test_halving_grid_search():
    search = HalvingGridSearchCV(
        TinyNeuralNet(n_init=2), {"n_neurons": [0, 1, 2, 6]}, cv=3, random_state=0
    ).fit(X, Y)
    assert search.n_candidates_[0] == 4
    assert search.n_iterations_ > 1
    assert search.score(X, Y) > 0.85


@neurons
def test_cross_validate_with_several_scorers(name):
    scoring = ["accuracy", "balanced_accuracy", "roc_auc", "neg_log_loss", "f1"]
    scores = cross_validate(_neuron(name), X, Y, scoring=scoring, cv=3)
    assert all(scores[f"test_{scorer}"].shape == (3,) for scorer in scoring)
    assert scores["test_accuracy"].mean() > LEVEL[name]
    assert scores["test_roc_auc"].mean() > 0.9
    assert scores["test_neg_log_loss"].mean() > -0.5


@neurons
def test_cross_validate_with_a_probability_score_of_three_classes(name):
    scores = cross_validate(_neuron(name), *IRIS, scoring="roc_auc_ovr", cv=3)
    assert scores["test_score"].mean() > 0.95


METHODS = CalibratedClassifierCV._parameter_constraints["method"][0].options


@pytest.mark.parametrize("method", sorted(METHODS))
@neurons
def test_calibrated_classifier(name, method):
    calibrated = CalibratedClassifierCV(_neuron(name), method=method, cv=3).fit(X, Y)
    proba = calibrated.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    assert calibrated.score(X, Y) > LEVEL[name]
    assert log_loss(Y, proba) < 0.45


def test_calibration_has_three_methods_where_scikit_learn_has_them():
    assert (
        {"sigmoid", "isotonic"}
        <= set(METHODS)
        <= {
            "sigmoid",
            "isotonic",
            "temperature",
        }
    )


def test_stacking():
    stack = StackingClassifier(list(NEURONS.items()), LogisticNeuron(), cv=3)
    stack.fit(X, Y)
    assert stack.transform(X).shape == (160, 3)
    assert stack.score(X, Y) > 0.9


def test_soft_voting_averages_probabilities():
    voters = VotingClassifier(list(NEURONS.items()), voting="soft").fit(X, Y)
    expected = np.mean([n.predict_proba(X) for n in voters.estimators_], axis=0)
    np.testing.assert_allclose(voters.predict_proba(X), expected, rtol=1e-12)
    assert voters.score(X, Y) > 0.85


@neurons
def test_bagging(name):
    bag = BaggingClassifier(_neuron(name), n_estimators=4, random_state=0).fit(X, Y)
    expected = np.mean([n.predict_proba(X) for n in bag.estimators_], axis=0)
    np.testing.assert_allclose(bag.predict_proba(X), expected, rtol=1e-12)
    assert bag.score(X, Y) > LEVEL[name]


@neurons
def test_ada_boost_learns_by_weights(name):
    boost = AdaBoostClassifier(_neuron(name), n_estimators=4, random_state=0).fit(X, Y)
    assert 1 <= len(boost.estimators_) <= 4
    assert boost.score(X, Y) > 0.8


@neurons
def test_one_versus_rest(name):
    rest = OneVsRestClassifier(_neuron(name)).fit(*IRIS)
    assert [neuron.classes_.tolist() for neuron in rest.estimators_] == [[0, 1]] * 3
    assert rest.score(*IRIS) > (0.65 if name == "biological" else 0.94)
    np.testing.assert_allclose(rest.predict_proba(IRIS[0]).sum(axis=1), 1.0)


@neurons
def test_tuned_threshold(name):
    rare = (Y == 1) & (np.arange(160) % 4 == 0) | (X[:, 0] > 1.6)
    tuned = TunedThresholdClassifierCV(_neuron(name), scoring="f1", cv=3).fit(X, rare)
    assert 0 <= tuned.best_threshold_ <= 1
    assert 0 < tuned.best_score_ <= 1
    expected = tuned.estimator_.predict_proba(X)[:, 1] >= tuned.best_threshold_
    np.testing.assert_array_equal(tuned.predict(X), expected)


@neurons
def test_permutation_importance_finds_the_inputs_that_matter(name):
    noise = np.random.default_rng(0).normal(size=(160, 1))
    inputs = np.hstack([X, noise])
    neuron = _neuron(name).fit(inputs, Y)
    importance = permutation_importance(neuron, inputs, Y, random_state=0)
    assert importance.importances_mean.argmin() == 2
    assert importance.importances_mean[1] > 0.2


@neurons
def test_partial_dependence_falls_with_the_height_of_the_moons(name):
    neuron = _neuron(name).fit(X, Y)
    average = partial_dependence(neuron, X, [1], grid_resolution=12)["average"]
    assert average.shape == (1, 12)
    assert (np.diff(average[0]) < 0).all()


@pytest.mark.parametrize("n_classes", [2, 3], ids=["binary", "multiclass"])
def test_recursive_feature_elimination_by_coefficients(n_classes):
    data = make_classification(
        200,
        6,
        n_informative=3,
        n_redundant=0,
        n_classes=n_classes,
        shuffle=False,
        random_state=1,
    )
    ours = RFE(LogisticNeuron(), n_features_to_select=3).fit(*data)
    peer = RFE(LogisticRegression(tol=1e-8), n_features_to_select=3).fit(*data)
    np.testing.assert_array_equal(ours.ranking_, peer.ranking_)


@neurons
def test_learning_curve(name):
    sizes, train, test = learning_curve(
        _neuron(name), X, Y, train_sizes=[0.2, 0.5, 1.0], cv=3, shuffle=False
    )
    assert train.shape == test.shape == (len(sizes), 3)
    assert test[-1].mean() > LEVEL[name]


LABELS = {
    "binary": lambda y: np.minimum(y, 1),
    "multiclass": lambda y: y,
    "strings": lambda y: np.array(["left", "middle", "right"])[y],
    "two strings": lambda y: np.array(["left", "right", "right"])[y],
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("method", ["auto", "predict_proba", "predict"])
@neurons
def test_decision_boundary_display(name, method, labels, pyplot):
    inputs, y = IRIS[0][:, 2:], labels(IRIS[1])
    neuron = _neuron(name).fit(inputs, y)
    options = {"response_method": method, "grid_resolution": 10}
    if method == "predict_proba" and sklearn_version < (1, 7):
        options["class_of_interest"] = neuron.classes_[0]
    display = DecisionBoundaryDisplay.from_estimator(neuron, inputs, **options)
    assert np.isfinite(display.response).all()
    if method == "predict_proba":
        assert 0 <= display.response.min() < 0.2
        assert 0.8 < display.response.max() <= 1
    if method == "predict":
        assert set(np.unique(display.response)) <= set(range(len(neuron.classes_)))


@pytest.fixture
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


@neurons
def test_clone_forgets_what_was_learnt(name):
    fitted = _neuron(name).fit(X, Y)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    assert not [attribute for attribute in vars(copy) if attribute.endswith("_")]
    np.testing.assert_array_equal(
        copy.fit(X, Y).predict_proba(X), fitted.predict_proba(X)
    )


def _through_joblib(neuron, folder):
    joblib.dump(neuron, folder / "neuron.joblib")
    return joblib.load(folder / "neuron.joblib")


ROUND_TRIPS = {
    "pickle": lambda neuron, folder: pickle.loads(pickle.dumps(neuron)),
    "joblib": _through_joblib,
}


@pytest.mark.parametrize("round_trip", ROUND_TRIPS.values(), ids=ROUND_TRIPS)
@neurons
def test_saved_neurons_predict_the_same(name, round_trip, tmp_path):
    fitted = _neuron(name).fit(*IRIS)
    copy = round_trip(fitted, tmp_path)
    np.testing.assert_array_equal(
        copy.predict_proba(IRIS[0]), fitted.predict_proba(IRIS[0])
    )
    assert joblib.hash(copy) == joblib.hash(fitted)


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
@neurons
def test_data_frames_are_arrays_with_names(name, library):
    frame = library.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    label = library.Series(Y)
    fitted = _neuron(name).fit(frame, label)
    expected = _neuron(name).fit(X, Y)
    assert fitted.feature_names_in_.tolist() == ["a", "b"]
    np.testing.assert_allclose(
        fitted.predict_proba(frame), expected.predict_proba(X), atol=1e-8
    )
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame[["b", "a"]])
