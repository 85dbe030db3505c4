"""Callbacks of scikit-learn 1.9: told of every iteration, and able to end training."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification, make_moons
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.utils.validation import check_is_fitted

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")

X, Y = make_moons(120, noise=0.25, random_state=0)
ESTIMATORS = {
    "biological": BiologicalNeuronClassifier(),
    "logistic": LogisticNeuron(),
    "net": TinyNeuralNet(),
    "regressor": TinyNeuralNetRegressor(3, n_init=1),
}
estimators = pytest.mark.parametrize("name", ESTIMATORS)
GIVEN = TinyNeuralNet(
    3, alpha=0.1, solver="gauss-newton", n_init=1, predictive="plain", tol=1e-8
)


class Recorder:
    """Keep what callbacks are told, and ask to stop after some iterations."""

    def __init__(self, stop_after=np.inf, fail_after=np.inf):
        self.stop_after, self.fail_after = stop_after, fail_after
        self.begun, self.ended, self.fitted = [], [], []
        self.set_up = self.torn_down = 0

    def setup(self, estimator, context):
        self.set_up += 1

    def teardown(self, estimator, context):
        self.torn_down += 1

    def on_fit_task_begin(self, estimator, context):
        self.begun.append(context.task_name)

    def on_fit_task_end(self, estimator, context, *, fitted_estimator):
        self.ended.append(context.task_name)
        self.fitted.append(fitted_estimator)
        n_iterations = self.ended.count("iteration")
        if n_iterations >= self.fail_after:
            raise RuntimeError("a callback failed")
        return n_iterations >= self.stop_after


def _watched(estimator, recorder):
    return clone(estimator).set_callbacks(recorder)


@estimators
def test_callbacks_change_nothing(name):
    recorder = Recorder()
    watched = _watched(ESTIMATORS[name], recorder).fit(X, Y)
    plain = clone(ESTIMATORS[name]).fit(X, Y)
    np.testing.assert_array_equal(watched.predict(X), plain.predict(X))
    assert watched.loss_curve_ == plain.loss_curve_
    assert recorder.begun[0] == recorder.ended[-1] == "fit"
    assert sorted(recorder.begun) == sorted(recorder.ended)
    assert (recorder.set_up, recorder.torn_down) == (1, 1)
    assert [key for key in vars(watched) if "callback" in key] == ["_skl_callbacks"]


def test_every_iteration_shows_the_network_as_if_training_ended_there():
    recorder = Recorder()
    net = _watched(GIVEN, recorder).fit(X, Y)
    iterations = recorder.fitted[:-1]
    assert len(iterations) == net.n_iter_ > 5
    np.testing.assert_array_equal(iterations[-1].predict_proba(X), net.predict_proba(X))
    for k in (1, 4):
        early = _watched(GIVEN, Recorder(stop_after=k)).fit(X, Y)
        np.testing.assert_array_equal(
            iterations[k - 1].predict_proba(X), early.predict_proba(X)
        )
    assert recorder.fitted[-1].score(X, Y) == net.score(X, Y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["gauss-newton", "lbfgs", "adam"])
def test_a_request_to_stop_ends_training(solver):
    net = clone(GIVEN).set_params(solver=solver, max_iter=20)
    stopped = _watched(net, Recorder(stop_after=3)).fit(X, Y)
    assert stopped.n_iter_ == 3
    expected = clone(net).fit(X, Y).loss_curve_[:3]
    # What L-BFGS ends with is evaluated in double precision.
    assert stopped.loss_curve_ == pytest.approx(expected, rel=1e-6)


def test_a_request_to_stop_ends_all_the_networks_of_a_fit():
    every, few = Recorder(), Recorder(stop_after=2)
    _watched(TinyNeuralNet(), every).fit(X, Y)
    net = _watched(TinyNeuralNet(), few).fit(X, Y)
    assert few.ended.count("iteration") == 2 < every.ended.count("iteration")
    assert net.predict_proba(X).shape == (120, 2)


WIDE = make_classification(400, 6, n_informative=4, flip_y=0.2, random_state=0)
MANY = make_classification(
    8000, 12, n_informative=6, n_classes=3, flip_y=0.2, random_state=0
)
SINGLE = {
    "biological": (BiologicalNeuronClassifier(), WIDE),
    "noisy": (BiologicalNeuronClassifier(noise=3.0), WIDE),
    "logistic, Newton": (LogisticNeuron(), (X, Y)),
    "logistic, tuned": (LogisticNeuron(alpha="auto", predictive="plain"), (X, Y)),
    "logistic, L-BFGS": (LogisticNeuron(), MANY),
    "logistic, tuned L-BFGS": (LogisticNeuron(alpha="auto"), MANY),
}


def test_networks_that_choose_alpha_by_held_out_rows_are_watched_and_stopped():
    X, y = make_classification(1200, 8, n_informative=5, n_classes=3, random_state=0)
    model = TinyNeuralNet(8, random_state=0)
    whole, few = Recorder(), Recorder(stop_after=5)
    fitted = _watched(model, whole).fit(X, y)
    # Of nine penalties several are tried before the network that is kept.
    assert whole.ended.count("iteration") > 2 * fitted.n_iter_
    stopped = _watched(model, few).fit(X, y)
    assert few.ended.count("iteration") == 5
    assert 0 < stopped.score(X, y) <= 1


@pytest.mark.parametrize(("neuron", "data"), SINGLE.values(), ids=SINGLE)
def test_single_neurons_tell_of_their_iterations_and_stop(neuron, data):
    every, few = Recorder(), Recorder(stop_after=2)
    whole = _watched(neuron, every).fit(*data)
    stopped = _watched(neuron, few).fit(*data)
    iterations = every.fitted[:-1]
    assert stopped.n_iter_ < whole.n_iter_
    assert few.ended.count("iteration") == 2 < len(iterations)
    assert stopped.converged_
    if isinstance(neuron, BiologicalNeuronClassifier):
        # The best border is turned into its gap at the end: before it there is none.
        assert iterations[0] is None
        assert whole.loss_curve_[-1] <= stopped.loss_curve_[-1]
        return
    for seen, ended in ((iterations[1], stopped), (iterations[-1], whole)):
        np.testing.assert_allclose(seen.coef_, ended.coef_, rtol=1e-9)
        np.testing.assert_array_equal(seen.predict(data[0]), ended.predict(data[0]))
        np.testing.assert_allclose(
            seen.predict_proba(data[0]), ended.predict_proba(data[0]), atol=1e-7
        )


@pytest.mark.parametrize("noise", [0.0, "auto"])
def test_a_stop_ends_the_search_for_every_class(noise):
    neuron = BiologicalNeuronClassifier(noise=noise)
    every, few = Recorder(), Recorder(stop_after=2)
    rows = MANY[0][:600], MANY[1][:600]
    whole = _watched(neuron, every).fit(*rows)
    stopped = _watched(neuron, few).fit(*rows)
    assert few.ended.count("iteration") == 2 < every.ended.count("iteration")
    assert every.fitted[0] is None
    assert whole.loss_curve_[-1] <= stopped.loss_curve_[-1] < 1.1 * 600
    assert stopped.score(*rows) > 0.5


def test_a_stopped_textbook_neuron_has_no_standard_errors():
    neuron = _watched(LogisticNeuron(alpha=0), Recorder(stop_after=1)).fit(X, Y)
    with pytest.raises(ValueError, match="callback ended training"):
        neuron.summary()


def test_a_stopped_network_keeps_its_best_weights_on_held_out_data():
    train, test = slice(0, 60), slice(60, 120)
    held_out = {"X_val": X[test], "y_val": Y[test]}
    net = _watched(GIVEN, Recorder(stop_after=8)).set_params(alpha=1e-6)
    net.fit(X[train], Y[train], **held_out)
    assert len(net.validation_loss_curve_) <= 8
    assert net.n_iter_ == net.best_iter_
    proba = net.predict_proba(X[test])[np.arange(60), Y[test]]
    assert -np.log(proba).mean() == pytest.approx(min(net.validation_loss_curve_))


def test_a_callback_that_fails_leaves_the_estimator_as_it_was():
    recorder = Recorder(fail_after=2)
    net = _watched(GIVEN, recorder)
    with pytest.raises(RuntimeError, match="a callback failed"):
        net.fit(X, Y)
    assert recorder.torn_down == 1
    with pytest.raises(NotFittedError):
        check_is_fitted(net)


@pytest.mark.parametrize(
    ("estimator", "grid"),
    [
        (TinyNeuralNet(n_init=1), {"n_neurons": [0, 2]}),
        (LogisticNeuron(), {"alpha": [0.1, 1.0]}),
        (BiologicalNeuronClassifier(), {"class_weight": [None, "balanced"]}),
    ],
    ids=repr,
)
def test_a_grid_search_shows_a_progress_bar(estimator, grid, capsys):
    pytest.importorskip("rich", reason="scikit-learn's progress bar needs rich")
    search = GridSearchCV(estimator, grid, cv=2)
    plain = clone(search).fit(X, Y)
    shown = search.set_callbacks(callback.ProgressBar()).fit(X, Y)
    np.testing.assert_array_equal(
        shown.cv_results_["mean_test_score"], plain.cv_results_["mean_test_score"]
    )
    assert type(estimator).__name__ in capsys.readouterr().out


def test_scores_of_every_iteration_are_monitored():
    monitor = callback.ScoringMonitor(scoring="accuracy")
    net = _watched(GIVEN, monitor).fit(X, Y)
    scores = monitor.get_logs().data_as_pandas["accuracy"]
    assert scores.iloc[-1] == net.score(X, Y)
    assert len(scores) > net.n_iter_
