"""The neurons in other people's packages: one test for each."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import make_moons
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import StandardScaler

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

X, Y = make_moons(160, noise=0.2, random_state=0)
CLASSIFIERS = {
    "biological": BiologicalNeuronClassifier(noise="auto"),
    "logistic": LogisticNeuron(),
    "net": TinyNeuralNet(3, n_init=2),
}
ESTIMATORS = CLASSIFIERS | {"regressor": TinyNeuralNetRegressor(3, n_init=1)}
classifiers = pytest.mark.parametrize("name", CLASSIFIERS)
estimators = pytest.mark.parametrize("name", ESTIMATORS)


def _neuron(name):
    return clone(ESTIMATORS[name])


@classifiers
def test_imbalanced_learn_resamples_before_a_neuron(name, neighbour):
    rare = X[:, 0] > 1.7
    over = neighbour("imblearn.over_sampling").RandomOverSampler(random_state=0)
    make = neighbour("imblearn.pipeline").make_pipeline
    pipeline = make(over, StandardScaler(), _neuron(name)).fit(X, rare)
    # Drawing rows of the rare class again is a weight on that class.
    assert over.fit_resample(X, rare)[1].mean() == 0.5
    assert pipeline.predict(X)[rare].mean() > 0.9
    scores = cross_val_score(pipeline, X, rare, scoring="balanced_accuracy", cv=3)
    assert scores.mean() > 0.9


@classifiers
def test_mlxtend_plots_decision_regions(name, neighbour):
    matplotlib = neighbour("matplotlib")
    matplotlib.use("Agg")
    pyplot = neighbour("matplotlib.pyplot")
    neuron = _neuron(name).fit(X, Y)
    plotting = neighbour("mlxtend.plotting")
    axes = plotting.plot_decision_regions(X, Y, clf=neuron, legend=2)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["0", "1"]
    pyplot.close("all")


def test_optuna_searches_a_number_of_neurons(neighbour):
    optuna = neighbour("optuna")
    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def score(trial):
        n_neurons = trial.suggest_int("n_neurons", 0, 3)
        alpha = trial.suggest_float("alpha", 1e-2, 10, log=True)
        net = TinyNeuralNet(n_neurons, alpha=alpha, n_init=1)
        return cross_val_score(net, X, Y, scoring="neg_log_loss", cv=3).mean()

    sampler = optuna.samplers.RandomSampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    study.optimize(score, n_trials=6)
    assert study.best_params["n_neurons"] > 0
    assert study.best_value > -0.35


@estimators
def test_shap_explains_a_neuron_by_permutations(name, neighbour):
    inputs = np.column_stack([X, np.random.default_rng(0).normal(size=160)])
    neuron = _neuron(name).fit(inputs[:, :2], Y)

    def answer(rows):
        """Answer without the third input."""
        rows = rows[:, :2]
        if name == "regressor":
            return neuron.predict(rows)
        return neuron.predict_proba(rows)[:, 1]

    shap = neighbour("shap")
    explainer = shap.explainers.Permutation(answer, inputs[:40], seed=0)
    explained = explainer(inputs[:6])
    total = explained.values.sum(axis=1) + explained.base_values
    np.testing.assert_allclose(total, answer(inputs[:6]), atol=1e-9)
    assert np.abs(explained.values[:, :2]).max() > 0.1
    np.testing.assert_allclose(explained.values[:, 2], 0, atol=1e-9)


PANDAS_LABELS = {
    "object": lambda labels: pd.Series(labels, dtype=object),
    "string": lambda labels: pd.Series(labels, dtype="string"),
    "category": lambda labels: pd.Series(labels, dtype="category"),
    "inferred": pd.Series,
}


@pytest.mark.parametrize("kind", PANDAS_LABELS)
@classifiers
def test_pandas_labels_of_every_kind_and_inputs_of_mixed_dtypes(name, kind):
    labels = np.array(["left", "right"])[Y]
    frame = pd.DataFrame(
        {
            "float": X[:, 0],
            "nullable": pd.array(np.round(10 * X[:, 1]), dtype="Float64"),
            "int": np.arange(160) % 7,
            "bool": X[:, 0] > 0.5,
        },
        index=np.arange(160)[::-1],
    )
    neuron = _neuron(name).fit(frame, PANDAS_LABELS[kind](labels))
    expected = _neuron(name).fit(frame.astype(float).to_numpy(), labels)
    np.testing.assert_array_equal(
        neuron.predict(frame).astype(str),
        expected.predict(frame.astype(float).to_numpy()),
    )
    assert neuron.feature_names_in_.tolist() == list(frame.columns)


@classifiers
def test_polars_series_and_lazily_made_frames(name):
    lazy = pl.LazyFrame({"a": X[:, 0], "b": X[:, 1]}).with_columns(pl.col("a") * 2)
    frame = lazy.collect()
    labels = pl.Series(np.array(["left", "right"])[Y])
    neuron = _neuron(name).fit(frame, labels)
    assert neuron.classes_.tolist() == ["left", "right"]
    assert neuron.score(frame, labels) > 0.8
    with pytest.raises(ValueError, match="feature names"):
        neuron.predict(frame.rename({"a": "c"}))
