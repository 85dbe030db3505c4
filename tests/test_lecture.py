"""The lecture in numbers: each test is named by its row, L1 to L19."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet, brain
from skneuron.datasets import load_lecture_incomes, load_lecture_votes

# theta1 = 10 mV and theta2 = 5 mV: both together just reach the threshold.
NEURON = BiologicalNeuronClassifier.from_parameters([10, 5], -15, [0, 1], ["a1", "a2"])


def _frame(*rows):
    return pd.DataFrame(rows, columns=["a1", "a2"], dtype=float)


def _learnt(**parameters):
    X, y = load_lecture_votes(return_X_y=True)
    return BiologicalNeuronClassifier(**parameters).fit(X, y), X, y


def test_L1_a_neuron_at_rest_sits_at_minus_70_mV():
    assert BiologicalNeuronClassifier().resting_potential == -70
    assert NEURON.graded_potential(_frame([0, 0])).tolist() == [-70]


def test_L2_inputs_add_up_to_the_graded_potential():
    rows = _frame([1, 0], [0, 1], [1, 1], [2, 3])
    expected = [-70 + 10 + 0, -70 + 0 + 5, -70 + 10 + 5, -70 + 20 + 15]
    assert NEURON.graded_potential(rows).tolist() == expected


def test_L3_threshold_and_action_potential():
    neuron = BiologicalNeuronClassifier()
    assert neuron.threshold == -55
    assert neuron.action_potential == 30


def test_L3_silent_up_to_minus_55_mV_and_fires_above():
    rows = _frame([1, 0.999], [1, 1], [1, 1.001])
    np.testing.assert_allclose(
        NEURON.graded_potential(rows), [-55.005, -55, -54.995], rtol=1e-12
    )
    assert NEURON.fire(rows).tolist() == [-70, -70, 30]


def test_L3_a_tie_stays_silent_in_every_answer():
    tie = _frame([1, 1])
    assert NEURON.graded_potential(tie).tolist() == [-55]
    assert NEURON.decision_function(tie).tolist() == [0]
    assert NEURON.fire(tie).tolist() == [-70]
    assert NEURON.predict(tie).tolist() == [0]
    assert NEURON.predict_proba(tie).tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("strengths", "kinds", "sizes"),
    [
        ([10, 5], ["excitatory", "excitatory"], ["strong", "strong"]),
        ([10, 1], ["excitatory", "excitatory"], ["strong", "weak"]),
        ([-10, 1], ["inhibitory", "excitatory"], ["strong", "weak"]),
        ([10, 0], ["excitatory", "none"], ["strong", "none"]),
    ],
    ids=["two strong", "strong and weak", "inhibitory", "no synapse"],
)
def test_L4_a_synapse_scales_what_arrives(strengths, kinds, sizes):
    neuron = BiologicalNeuronClassifier.from_parameters(
        strengths, -15, [0, 1], ["a1", "a2"]
    )
    table = neuron.synapses()
    assert table["feature"].tolist() == ["a1", "a2"]
    assert table["strength"].tolist() == strengths
    assert table["kind"].tolist() == kinds
    assert table["size"].tolist() == sizes
    scaled = neuron.graded_potential(_frame([2, 0], [0, 3])) + 70
    assert scaled.tolist() == [2 * strengths[0], 3 * strengths[1]]


def test_L5_the_neuron_compares_its_inputs_with_15_mV():
    assert -55 - (-70) == 15
    rows = _frame([0, 0], [1, 0], [1, 1], [2, 1])
    inputs = rows.to_numpy() @ [10, 5]
    decision = NEURON.decision_function(rows)
    assert decision.tolist() == (-15 + inputs).tolist() == [-15, -5, 0, 10]
    fires = NEURON.fire(rows) == 30
    assert fires.tolist() == (inputs > 15).tolist()  # the other notation of the slides


def test_L5_a_learnt_neuron_compares_with_15_mV_too():
    neuron, X, _ = _learnt()
    inputs = X @ neuron.coef_[0] + neuron.drive_
    np.testing.assert_allclose(neuron.decision_function(X), inputs - 15, rtol=1e-9)
    np.testing.assert_array_equal(neuron.fire(X), np.where(inputs > 15, 30, -70))


def test_L6_minus_70_mV_becomes_0_and_30_mV_becomes_1():
    rows = _frame([0, 0], [1, 0], [1, 1], [2, 1])
    as_bits = {-70.0: 0, 30.0: 1}
    bits = [as_bits[potential] for potential in NEURON.fire(rows)]
    assert bits == NEURON.predict(rows).tolist() == [0, 0, 0, 1]
    assert NEURON.predict_proba(rows)[:, 1].tolist() == bits


def test_L6_the_threshold_is_a_parameter_theta0():
    assert NEURON.intercept_.tolist() == [-15]
    easier = BiologicalNeuronClassifier.from_parameters([10, 5], -8, [0, 1])
    assert easier.predict([[1, 0]]).tolist() == [1]
    assert NEURON.predict(_frame([1, 0])).tolist() == [0]


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_L7_the_step_may_be_softer():
    neuron, X, _ = _learnt(noise=5.0)
    distance = neuron.graded_potential(X) - -55
    np.testing.assert_allclose(
        neuron.predict_proba(X)[:, 1], _sigmoid(distance / 5.0), rtol=1e-12
    )


@pytest.mark.parametrize("noise", [0.5, 5.0, "auto"], ids=str)
def test_L7_a_noisy_neuron_is_a_logistic_neuron(noise):
    neuron, X, _ = _learnt(noise=noise)
    artificial = neuron.to_logistic()
    assert isinstance(artificial, LogisticNeuron)
    np.testing.assert_allclose(
        artificial.predict_proba(X), neuron.predict_proba(X), rtol=1e-9, atol=1e-15
    )
    np.testing.assert_array_equal(artificial.predict(X), neuron.predict(X))


def test_L7_the_sigmoid_becomes_the_step_as_the_noise_vanishes():
    neuron, X, _ = _learnt(noise=1e-3)
    step, _, _ = _learnt(noise=0.0)
    np.testing.assert_allclose(
        neuron.predict_proba(X), step.predict_proba(X), atol=1e-12
    )


def test_L8_score_and_value_of_the_logistic_classifier():
    theta0, theta1, theta2 = -2.0, 0.1, -0.05
    neuron = LogisticNeuron.from_parameters([theta1, theta2], theta0, ["L", "R"])
    income, age = load_lecture_votes().data.T
    score = theta0 + theta1 * income + theta2 * age
    X = np.column_stack([income, age])
    np.testing.assert_allclose(neuron.decision_function(X), score, rtol=1e-12)
    np.testing.assert_allclose(
        neuron.predict_proba(X)[:, 1], _sigmoid(score), rtol=1e-12
    )


@pytest.fixture
def worked_example():
    incomes = load_lecture_incomes(as_frame=True)
    neuron = LogisticNeuron.from_parameters([0.1], -8, [0, 1], ["income"])
    return neuron.score_table(incomes.data, incomes.target)


L9 = {
    "income": [40, 70, 20],
    "score": [-4, -1, -6],
    "prediction": [0.018, 0.269, 0.002],
    "predicted_class": [0, 0, 0],
    "cost": [0.018, 1.313, 0.002],
}


@pytest.mark.parametrize("column", L9)
def test_L9_worked_example(worked_example, column):
    assert worked_example.columns.tolist() == list(L9)
    assert worked_example[column].round(3).tolist() == L9[column]


@pytest.mark.parametrize(
    "container",
    [np.asarray, pd.DataFrame, pl.DataFrame],
    ids=["array", "pandas", "polars"],
)
@pytest.mark.parametrize("names", [None, ["income"]], ids=["no names", "names"])
@pytest.mark.parametrize("neuron", [BiologicalNeuronClassifier, LogisticNeuron])
def test_L9_a_given_neuron_takes_rows_with_names_or_without(neuron, names, container):
    given = neuron.from_parameters([0.1], -8, [0, 1], names)
    rows = {"income": [40, 70, 20]}
    X = container([[40], [70], [20]] if container is np.asarray else rows)
    np.testing.assert_allclose(given.decision_function(X), [-4, -1, -6], rtol=1e-12)


def test_L9_a_given_neuron_refuses_rows_of_other_names():
    given = LogisticNeuron.from_parameters([0.1], -8, [0, 1], ["income"])
    with pytest.raises(ValueError, match=r"(?s)names should match.*age"):
        given.predict(pd.DataFrame({"age": [40]}))


def test_L9_votes_and_the_formula_of_the_cost(worked_example):
    y = load_lecture_incomes().target
    assert y.tolist() == [0, 1, 0]
    V = worked_example["prediction"]
    cost = -(y * np.log(V) + (1 - y) * np.log(1 - V))
    np.testing.assert_allclose(worked_example["cost"], cost, rtol=1e-12)


def test_L10_two_neurons_feed_a_third_with_9_parameters():
    X, y = load_lecture_votes(return_X_y=True)
    net = TinyNeuralNet(n_neurons=2).fit(X, y)
    assert net.n_parameters_ == 3 + 3 + 3 == 9
    hidden = net.coefs_[0].size + net.intercepts_[0].size
    output = net.coefs_[1].size + net.intercepts_[1].size
    assert (hidden, output) == (3 + 3, 3)


def test_L10_the_three_neurons_are_logistic_neurons():
    X, y = load_lecture_votes(return_X_y=True)
    net = TinyNeuralNet(2, activation="sigmoid", predictive="plain").fit(X, y)
    A, B = (
        LogisticNeuron.from_parameters(coef, intercept, [0, 1])
        for coef, intercept in zip(net.coefs_[0].T, net.intercepts_[0], strict=True)
    )
    third = LogisticNeuron.from_parameters(
        net.coefs_[1].T, net.intercepts_[1], net.classes_
    )
    hidden = np.column_stack([A.predict_proba(X)[:, 1], B.predict_proba(X)[:, 1]])
    np.testing.assert_allclose(
        third.predict_proba(hidden), net.predict_proba(X), rtol=1e-9
    )


L12 = [
    (39, 42, "L"),
    (30, 21, "L"),
    (47, 65, "L"),
    (69, 50, "R"),
    (52, 53, "R"),
    (110, 28, "R"),
]


def test_L12_the_six_voters():
    votes = load_lecture_votes(as_frame=True)
    assert votes.feature_names == ["income", "age"]
    rows = list(votes.frame.itertuples(index=False, name=None))
    assert rows == L12


@pytest.mark.parametrize(
    "neuron",
    [BiologicalNeuronClassifier(), LogisticNeuron(), TinyNeuralNet(2, alpha=0.01)],
    ids=["biological", "logistic", "net"],
)
def test_L12_every_neuron_learns_the_six_voters(neuron):
    X, y = load_lecture_votes(return_X_y=True)
    assert neuron.fit(X, y).predict(X).tolist() == ["L", "L", "L", "R", "R", "R"]


def test_L17_operations_a_second_of_one_neuron():
    assert brain.operations_per_second() == (7000 + 7000) * 200 == 2_800_000
    assert brain.operations_per_second(dendrites=7000, firing_rate=200) == 2_800_000


def test_L18_neurons_in_real_time_on_200_gflops():
    assert brain.neurons_in_real_time(200e9) == 71_428 == int(200e9 / 2.8e6)
    assert round(brain.neurons_in_real_time(200e9), -3) == 71_000


def test_L19_the_brain_in_flops():
    assert brain.brain_flops() == brain.brain_flops(n_neurons=1e11) == 2.8e17
    assert brain.brain_flops() / 1e12 == 280_000  # TFLOPS
    assert brain.brain_flops() / 1e15 == 280  # PFLOPS
    assert brain.brain_flops(8e10) < brain.brain_flops()


def test_L19_fugaku_is_enough_for_one_brain():
    fugaku = brain.comparison_table().loc["Fugaku (2021), 158,976 nodes"]
    assert fugaku["flops"] == 488e15
    assert round(fugaku["brains"], 2) == round(488 / 280, 2) == 1.74
