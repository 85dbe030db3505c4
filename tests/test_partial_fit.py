"""Learning batch by batch: what `partial_fit` promises."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.datasets import load_iris, make_classification, make_moons
from sklearn.metrics import log_loss

from skneuron import LogisticNeuron, TinyNeuralNet
from skneuron._numerics.moments import change, moments, moved, moved_matrix
from skneuron._numerics.scaling import standardising, unit_size

# In units that a neuron without standardisation could not learn from.
X, Y = make_moons(200, noise=0.3, random_state=0)
X = X * [1.0, 1000.0] + [5.0, 1e5]
IRIS = load_iris(return_X_y=True)
DATA = {"binary": (X, Y), "three classes": IRIS}
ESTIMATORS = {
    "logistic": LogisticNeuron(),
    "biasless": LogisticNeuron(fit_intercept=False),
    "tuned": LogisticNeuron(alpha="auto"),
    "net": TinyNeuralNet(3, alpha=1.0),
    "raw net": TinyNeuralNet(3, alpha=1.0, standardize=False),
    "no hidden": TinyNeuralNet(0, alpha=1.0),
    "default net": TinyNeuralNet(),
}
estimators = pytest.mark.parametrize("name", ESTIMATORS)
data = pytest.mark.parametrize("data", DATA.values(), ids=DATA)


def _streamed(estimator, X, y, n_batches=1, n_passes=1, weight=None):
    estimator, labels = clone(estimator), np.unique(y)
    for _ in range(n_passes):
        for rows in np.array_split(np.arange(len(X)), n_batches):
            part = None if weight is None else weight[rows]
            estimator.partial_fit(X[rows], y[rows], labels, part)
    return estimator


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@data
@pytest.mark.parametrize("n_calls", [1, 2, 5, 10])
@pytest.mark.parametrize("name", ["logistic", "biasless", "net", "no hidden"])
def test_calls_on_all_rows_are_iterations_of_a_solver(name, n_calls, data):
    """Newton's of LogisticNeuron, and Adam's of TinyNeuralNet."""
    estimator = clone(ESTIMATORS[name]).set_params(max_iter=n_calls)
    if isinstance(estimator, TinyNeuralNet):
        estimator.set_params(solver="adam")
    streamed = _streamed(estimator, *data, n_passes=n_calls)
    fitted = estimator.fit(*data)
    assert streamed.n_iter_ == n_calls
    # What `fit` keeps is the lowest, the start included.
    curve, reached = streamed.loss_curve_, fitted.loss_curve_
    lowest = np.minimum.accumulate([reached[0], *curve])[1:]
    np.testing.assert_allclose(lowest[: len(reached)], reached, rtol=1e-9)
    if name == "logistic" or curve[-1] == pytest.approx(reached[-1], rel=1e-9):
        np.testing.assert_allclose(
            streamed.decision_function(data[0]),
            fitted.decision_function(data[0]),
            atol=1e-7,
        )


@pytest.mark.parametrize("n_batches", [2, 20])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("name", ["logistic", "biasless", "tuned"])
def test_batches_lead_a_neuron_to_the_optimum_of_all_rows(name, n_classes, n_batches):
    """Up to what batches differ by: far less than the coefficients' standard errors."""
    rows, y = make_classification(
        600,
        5,
        n_informative=4,
        n_redundant=0,
        n_classes=n_classes,
        flip_y=0.2,
        random_state=0,
    )
    fitted = clone(ESTIMATORS[name]).fit(rows, y)
    streamed = _streamed(ESTIMATORS[name], rows, y, n_batches, n_passes=5)
    assert streamed.alpha_ == pytest.approx(fitted.alpha_, rel=0.05)
    np.testing.assert_allclose(streamed.coef_, fitted.coef_, atol=1e-2)
    best = log_loss(y, fitted.predict_proba(rows))
    assert log_loss(y, streamed.predict_proba(rows)) == pytest.approx(best, rel=3e-4)


@pytest.mark.parametrize("alpha", [1.0, "auto"])
@pytest.mark.parametrize("n_rows", [1, 20])
def test_one_pass_of_a_neuron_is_almost_as_good_as_a_fit(n_rows, alpha):
    rows, y = make_classification(300, 5, flip_y=0.2, random_state=0)
    neuron = LogisticNeuron(alpha=alpha)
    streamed = _streamed(neuron, rows, y, n_batches=len(rows) // n_rows)
    best = log_loss(y, neuron.fit(rows, y).predict_proba(rows))
    assert log_loss(y, streamed.predict_proba(rows)) < 1.02 * best


@pytest.mark.parametrize(("alpha", "share"), [(1.0, 1.05), ("auto", 1.15)])
def test_passes_bring_a_network_near_a_fit(alpha, share):
    rows, y = make_moons(2000, noise=0.25, random_state=0)
    net = TinyNeuralNet(8, alpha=alpha)
    streamed = _streamed(net, rows, y, n_batches=10, n_passes=80)
    best = log_loss(y, net.fit(rows, y).predict_proba(rows))
    assert log_loss(y, streamed.predict_proba(rows)) < share * best
    assert streamed.alpha_ == pytest.approx(net.alpha_, rel=0.6)


@pytest.mark.parametrize("name", [name for name in ESTIMATORS if name != "raw net"])
def test_a_class_may_come_late(name):
    order = np.roll(np.arange(150), -30)
    rows, y = IRIS[0][order], np.array(["a", "b", "c"])[IRIS[1][order]]
    estimator = clone(ESTIMATORS[name])
    estimator.partial_fit(rows[:40], y[:40], classes=["c", "a", "b"])
    assert estimator.classes_.tolist() == ["a", "b", "c"]
    proba = estimator.predict_proba(rows)
    assert proba.shape == (150, 3)
    assert np.isfinite(proba).all()
    rng = np.random.default_rng(0)
    for _ in range(20 if isinstance(estimator, LogisticNeuron) else 200):
        for part in np.array_split(rng.permutation(np.arange(40, 150)), 3):
            estimator.partial_fit(rows[part], y[part])
    assert estimator.score(rows, y) > 0.9


@estimators
def test_labels_of_no_class_change_nothing(name):
    estimator = _streamed(ESTIMATORS[name], X, Y)
    before = pickle.dumps(estimator)
    with pytest.raises(ValueError, match=r"not among the classes: \[7\]"):
        estimator.partial_fit(X[:2], [0, 7])
    assert pickle.dumps(estimator) == before
    for bad in ({"classes": [0, 1, 2]}, {"sample_weight": [-1.0, 1.0]}):
        with pytest.raises(ValueError, match=r"same as on the last call|Negative"):
            estimator.partial_fit(X[:2], Y[:2], **bad)
    with pytest.raises(ValueError, match="features"):
        estimator.partial_fit(X[:2, :1], Y[:2])
    assert pickle.dumps(estimator) == before


@estimators
def test_the_first_call_must_know_all_classes(name):
    estimator = clone(ESTIMATORS[name])
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        estimator.partial_fit(X, Y)
    with pytest.raises(ValueError, match="two classes"):
        estimator.partial_fit(X, Y, classes=[1])
    with pytest.raises(ValueError, match="not among the classes"):
        estimator.partial_fit(X, Y, classes=[1, 2])
    assert not hasattr(estimator, "classes_")


@estimators
def test_fit_forgets_a_stream_and_is_where_the_next_begins(name):
    estimator = _streamed(ESTIMATORS[name], X, Y, n_batches=2).fit(X, Y)
    assert estimator.to_json() == clone(ESTIMATORS[name]).fit(X, Y).to_json()
    before = log_loss(Y, estimator.predict_proba(X))
    estimator.partial_fit(X, Y)
    assert estimator.n_iter_ == 1
    # A stream's Laplace correction is that at the mode, more timid than that of `fit`.
    assert log_loss(Y, estimator.predict_proba(X)) == pytest.approx(before, rel=0.15)
    with pytest.raises(ValueError, match="same as on the last call"):
        estimator.partial_fit(X, Y, classes=[0, 2])


@data
@estimators
def test_a_copy_goes_on_where_the_original_was(name, data):
    rows, y = data
    first = _streamed(ESTIMATORS[name], rows, y, n_batches=2)
    copies = [type(first).from_json(first.to_json()), pickle.loads(pickle.dumps(first))]
    first.partial_fit(rows[::3], y[::3])
    for other in copies:
        other.partial_fit(rows[::3], y[::3])
        assert other.to_json() == first.to_json()
        np.testing.assert_array_equal(
            other.predict_proba(rows), first.predict_proba(rows)
        )


@pytest.mark.parametrize("name", ["logistic", "tuned", "net"])
def test_weights_are_repeats(name):
    weight = np.random.default_rng(0).integers(0, 3, len(X)).astype(float)
    repeats = np.repeat(np.arange(len(X)), weight.astype(int))
    # Networks merge equal rows, so that the mini-batches are the same.
    weighted = clone(ESTIMATORS[name])
    repeated = clone(ESTIMATORS[name])
    for part in (np.arange(100), np.arange(100, 200)):
        inside = repeats[np.isin(repeats, part)]
        weighted.partial_fit(X[part], Y[part], [0, 1], weight[part])
        repeated.partial_fit(X[inside], Y[inside], [0, 1])
    np.testing.assert_allclose(
        weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-9
    )


@pytest.mark.parametrize("name", ["logistic", "net"])
def test_balanced_classes_weigh_the_same_over_all_rows(name):
    rare = (np.arange(len(X)) % 4 == 0) & (Y == 1)
    estimator = clone(ESTIMATORS[name]).set_params(class_weight="balanced")
    streamed = _streamed(estimator, X, rare, n_passes=5)
    weight = np.where(rare, 1 / (2 * rare.mean()), 1 / (2 - 2 * rare.mean()))
    expected = _streamed(ESTIMATORS[name], X, rare, n_passes=5, weight=weight)
    np.testing.assert_allclose(
        streamed.predict_proba(X), expected.predict_proba(X), rtol=1e-6
    )


def test_names_of_inputs_are_settled_by_the_first_batch():
    frame = pd.DataFrame(X, columns=["width", "height"])
    for estimator in (LogisticNeuron(), TinyNeuralNet(2, alpha=1.0)):
        estimator.partial_fit(frame, Y, classes=[0, 1])
        assert estimator.feature_names_in_.tolist() == ["width", "height"]
        with pytest.raises(ValueError, match="feature names"):
            estimator.partial_fit(frame[["height", "width"]], Y)


def test_what_a_stream_cannot_tell_is_refused():
    neuron = LogisticNeuron(alpha=0).partial_fit(X, Y, classes=[0, 1])
    assert not neuron.separable_
    with pytest.raises(ValueError, match="in parts"):
        neuron.summary()


@pytest.mark.parametrize("first", [True, False])
def test_the_bias_of_a_stream_cannot_come_or_go(first):
    neuron = LogisticNeuron(fit_intercept=first).partial_fit(X, Y, classes=[0, 1])
    neuron.set_params(fit_intercept=not first)
    with pytest.raises(ValueError, match=f"fit_intercept={not first}"):
        neuron.partial_fit(X, Y)


def test_a_stream_without_penalty_can_go_on_with_the_evidence():
    neuron = LogisticNeuron(alpha=0).partial_fit(X[::2], Y[::2], classes=[0, 1])
    neuron.set_params(alpha="auto").partial_fit(X[1::2], Y[1::2])
    assert neuron.alpha_ > 0


# The running standardisation.

COLUMNS = np.column_stack(
    [
        np.random.default_rng(0).normal(1e6, 1e-2, 90),
        np.arange(90) % 2 * 3.0,
        np.full(90, 0.1),
        np.random.default_rng(1).normal(size=90) * 1e200,
        np.arange(90) > 70,
    ]
)
WEIGHT = np.random.default_rng(2).uniform(0.1, 3.0, 90)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(1, 89), max_size=4, unique=True))
def test_moments_of_parts_are_those_of_the_whole(cuts):
    parts = np.split(np.arange(90), sorted(cuts))
    running = moments(COLUMNS[parts[0]], WEIGHT[parts[0]])
    for part in parts[1:]:
        running = running.merged(moments(COLUMNS[part], WEIGHT[part]))
    whole = moments(COLUMNS, WEIGHT)
    pairs = [
        (running.standardised(), standardising(COLUMNS, WEIGHT)),
        (running.equalised(), whole.equalised()),
        (running.standardised(bias=False), unit_size(COLUMNS, WEIGHT)),
    ]
    for ours, expected in pairs:
        assert ours.bias == expected.bias
        np.testing.assert_allclose(ours.mean, expected.mean, rtol=1e-13)
        np.testing.assert_allclose(ours.scale, expected.scale, rtol=1e-6)


def test_parameters_follow_the_scaling():
    rng = np.random.default_rng(3)
    rows, weight = rng.normal(3.0, 2.0, size=(50, 4)), np.ones(50)
    old, new = standardising(rows[:9], weight[:9]), moments(rows, weight).equalised()
    theta, S = rng.normal(size=5 * 3 + 8), change(old, new)
    other = moved(S, theta, 3)
    layer, moved_layer = theta[:15].reshape(5, 3), other[:15].reshape(5, 3)
    np.testing.assert_allclose(
        old.inputs(rows) @ layer, new.inputs(rows) @ moved_layer, atol=1e-12
    )
    np.testing.assert_array_equal(other[15:], theta[15:])
    root = rng.normal(size=(23, 23))
    square = root @ root.T
    np.testing.assert_allclose(
        other @ moved_matrix(S, square, 3) @ other, theta @ square @ theta
    )
