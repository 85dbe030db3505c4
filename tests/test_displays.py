"""Networks, neurons, activations, losses and membranes: what the artists show."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from skneuron import (
    BiologicalNeuronClassifier,
    LogisticNeuron,
    TinyNeuralNet,
    TinyNeuralNetRegressor,
)
from skneuron._diagram import EXCITATORY, INHIBITORY
from skneuron._numerics.activations import ACTIVATIONS
from skneuron.brain import membrane_trace
from skneuron.datasets import load_lecture_votes, make_votes
from skneuron.plotting import (
    ActivationDisplay,
    LossCurveDisplay,
    MembraneTraceDisplay,
    NetworkDisplay,
    NeuronDisplay,
)
from skneuron.plotting._style import line_styles

X, Y = make_votes(80, random_state=0)
FRAME = pd.DataFrame(X, columns=["income", "age"])
NET = TinyNeuralNet(3).fit(FRAME, Y)
ALL_OR_NONE = BiologicalNeuronClassifier.from_parameters(
    [0.5, -0.25], -15, ["L", "R"], ["income", "age"]
)
LECTURE = LogisticNeuron.from_parameters([0.1], -8, ["L", "R"], ["income"])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _texts(display):
    return [text.get_text() for text in display.labels_]


class TestNetworkDisplay:
    def test_L21_colors_are_signs_and_widths_are_strengths(self):
        coefs = [np.array([[1.0, -2.0]]), np.array([[0.5], [-0.25]])]
        display = NetworkDisplay(coefs, [[0.0, 0.0], [0.0]]).plot()
        drawn = {
            (to_hex(color[:3]), round(width, 6))
            for color, width in zip(
                display.connections_.get_colors(),
                display.connections_.get_linewidths(),
                strict=True,
            )
        }
        widest = max(width for _, width in drawn)
        assert drawn == {
            (EXCITATORY, widest / 2),
            (INHIBITORY, widest),
            (EXCITATORY, widest),
            (INHIBITORY, widest / 2),
        }

    def test_shows_inputs_hidden_output_and_biases_by_name(self):
        display = NetworkDisplay.from_estimator(NET)
        assert _texts(display) == [
            *["income", "age", "R"],
            *["2 inputs", "3 hidden neurons", "1 output neuron"],
            *["1", "1"],
        ]
        assert len(display.neurons_.get_paths()) == 2 + 3 + 1 + 2
        assert len(display.connections_.get_segments()) == NET.n_parameters_
        key = [text.get_text() for text in display.legend_.get_texts()]
        assert key == ["excitatory", "inhibitory"]
        assert display.figure_ is display.ax_.figure

    @pytest.mark.parametrize("n_hidden", [1, 30, 100])
    def test_everything_is_on_the_figure(self, n_hidden):
        rng = np.random.default_rng(0)
        coefs = [rng.normal(size=(30, n_hidden)), rng.normal(size=(n_hidden, 3))]
        display = NetworkDisplay(
            coefs,
            [np.zeros(n_hidden), np.zeros(3)],
            [f"mean fractal dimension {j}" for j in range(30)],
            ["setosa", "versicolor", "a species with a long name"],
        ).plot()
        display.figure_.canvas.draw()
        page = display.figure_.bbox
        for text in display.labels_:
            box = text.get_window_extent()
            assert box.x0 >= page.x0
            assert box.x1 <= page.x1
        named = [text.get_window_extent() for text in display.labels_[:30]]
        tops = np.array([box.y1 for box in named[1:]])
        assert (tops <= [box.y0 + 0.45 * box.height for box in named[:-1]]).all()

    @pytest.mark.parametrize(
        ("model", "n_connections"),
        [
            (ALL_OR_NONE, 3),
            (TinyNeuralNet(0).fit(X, Y), 3),
            (TinyNeuralNetRegressor(2).fit(X, X[:, 0]), 9),
            (LogisticNeuron().fit(X, np.arange(80) % 3), 9),
            (LinearRegression().fit(X, X[:, 0] + X[:, 1] + 1), 3),
            (MLPClassifier((3, 2), solver="lbfgs", alpha=10).fit(X / 50, Y), 9 + 8 + 3),
        ],
        ids=["all or none", "no hidden", "regressor", "three", "linear", "deep"],
    )
    def test_any_network(self, model, n_connections):
        display = NetworkDisplay.from_estimator(model)
        assert len(display.connections_.get_segments()) == n_connections

    def test_rows_make_inputs_of_any_unit_comparable(self):
        net = LogisticNeuron.from_parameters([1.0, 1e-3], 0.0, [0, 1])
        rows = np.array([[0.0, 0.0], [1.0, 1000.0]])
        display = NetworkDisplay.from_estimator(net, rows)
        first, second, *_ = display.connections_.get_linewidths()
        assert first == pytest.approx(second)
        raw = NetworkDisplay.from_estimator(net).connections_.get_linewidths()
        assert max(raw) == pytest.approx(1000 * min(raw))

    def test_biases_with_rows_are_those_of_average_inputs(self):
        net = LogisticNeuron.from_parameters([2.0], -6.0, [0, 1])
        display = NetworkDisplay.from_estimator(net, [[2.0], [4.0]])
        assert len(display.connections_.get_segments()) == 1, "the bias is 0 there"

    @pytest.mark.parametrize("name", ["lw", "linewidth", "linewidths"])
    def test_draws_on_given_axes_with_given_properties(self, name):
        _, (ax, _) = plt.subplots(1, 2)
        display = NetworkDisplay.from_estimator(NET, ax=ax, **{name: 0.5})
        assert display.ax_ is ax
        assert display.connections_.get_linewidths() == [0.5]

    def test_names_with_dollar_signs_are_no_formulas(self):
        names, classes = ["$a_{", "b$ $"], ["$x", "$y^"]
        net = LogisticNeuron.from_parameters([1, 2], 0, classes, names)
        NetworkDisplay.from_estimator(net).figure_.canvas.draw()
        NeuronDisplay.from_estimator(net).figure_.canvas.draw()

    def test_on_a_transparent_figure_text_has_its_usual_color(self):
        with plt.rc_context({"figure.facecolor": "none", "text.color": "#123456"}):
            display = NetworkDisplay.from_estimator(NET)
        assert display.labels_[0].get_color() == "#123456"

    def test_what_has_no_weights_is_refused(self):
        tree = DecisionTreeClassifier().fit(X, Y)
        with pytest.raises(TypeError, match="NetworkDisplay needs a network"):
            NetworkDisplay.from_estimator(tree)
        with pytest.raises(TypeError, match="give the last step"):
            NetworkDisplay.from_estimator(make_pipeline(NET))
        with pytest.raises(NotFittedError):
            NetworkDisplay.from_estimator(TinyNeuralNet())

    def test_rows_of_another_width_are_refused(self):
        with pytest.raises(ValueError, match=r"expected shape \(n_samples, 2\), got"):
            NetworkDisplay.from_estimator(NET, np.ones((4, 3)))


class TestNeuronDisplay:
    @pytest.mark.parametrize(
        ("income", "score", "V"), [(40, -4, 0.018), (70, -1, 0.269), (20, -6, 0.002)]
    )
    def test_L9_the_lectures_neuron(self, income, score, V):
        display = NeuronDisplay.from_estimator(LECTURE, [income])
        assert display.sum_ == pytest.approx(score)
        assert round(display.output_, 3) == V
        texts = " ".join(_texts(display)).replace("\N{MINUS SIGN}", "-")
        for shown in (f"income = {income}", f"0.1 = {income // 10}", f"{score}", "R"):
            assert shown in texts

    @pytest.mark.parametrize("activation", [*ACTIVATIONS, "step", "logistic"])
    def test_L16_curve_is_the_activation_and_the_point_lies_on_it(self, activation):
        display = NeuronDisplay([2.0, -1.0], 0.5, activation, x=[1.0, 2.0]).plot()
        curve = display.curve_.get_xydata()
        (point,) = display.point_.get_xydata()
        height = np.interp(point[0], *curve.T)
        box = np.ptp(curve[:, 1])
        assert point[1] == pytest.approx(height, abs=0.02 * box)
        assert display.sum_ == 0.5

    def test_relu_bends_where_the_sum_is_zero(self):
        display = NeuronDisplay([1.0], 0.0, "relu").plot()
        x, y = display.curve_.get_xydata().T
        flat = np.isclose(y, y[0])
        assert flat[: len(x) // 2].all()
        assert (np.diff(y[len(x) // 2 :]) < 0).all(), "up is towards 0 on the page"

    def test_lines_are_as_wide_as_what_arrives(self):
        display = NeuronDisplay([1.0, 1.0, -1.0], 2.0, x=[3.0, 0.0, 1.0]).plot()
        widths = np.array(display.connections_.get_linewidths())
        np.testing.assert_allclose(widths / widths[-1], [1 / 3, 2 / 3, 1.0])
        colors = [to_hex(c[:3]) for c in display.connections_.get_colors()]
        assert colors == [INHIBITORY, EXCITATORY, EXCITATORY]

    @pytest.mark.parametrize(("row", "fires"), [([40, 19], True), ([40, 20], False)])
    def test_L3_all_or_none_in_millivolts(self, row, fires):
        display = NeuronDisplay.from_estimator(ALL_OR_NONE, row)
        rows = pd.DataFrame([row], columns=["income", "age"])
        assert display.sum_ == ALL_OR_NONE.graded_potential(rows)[0]
        assert display.output_ == ALL_OR_NONE.fire(rows)[0] == (30 if fires else -70)
        texts = " ".join(_texts(display)).replace("\N{MINUS SIGN}", "-")
        assert "-70 mV" in texts

    def test_a_hidden_neuron_answers_as_the_network_says(self):
        hidden = NET.hidden_activations(FRAME.iloc[:1])[0]
        for j in range(3):
            display = NeuronDisplay.from_estimator(NET, FRAME.iloc[0], neuron=j)
            assert display.output_ == pytest.approx(hidden[j])
            assert display.output_name == f"h{j}"

    def test_an_output_neuron_sums_hidden_ones(self):
        display = NeuronDisplay.from_estimator(NET, FRAME.iloc[0], layer=1)
        hidden = NET.hidden_activations(FRAME.iloc[:1])
        expected = hidden @ NET.coefs_[1] + NET.intercepts_[1]
        assert display.sum_ == pytest.approx(expected.item())
        assert display.output_name == "R"
        assert _texts(display)[0].startswith("h0 = ")

    def test_an_output_of_regression_is_its_sum(self):
        net = TinyNeuralNetRegressor(2).fit(X, X[:, 0] * X[:, 1])
        display = NeuronDisplay.from_estimator(net, X[0], layer=1)
        assert display.output_ == pytest.approx(net.predict(X[:1])[0])

    def test_a_softmax_is_named_and_not_drawn(self):
        net = LogisticNeuron().fit(X, np.arange(80) % 3)
        display = NeuronDisplay.from_estimator(net, X[0], neuron=2)
        assert display.curve_ is display.point_ is display.output_ is None
        assert display.output_name == "2"

    @pytest.mark.parametrize("n_inputs", [1, 30, 300])
    def test_many_inputs_and_none_that_counts_are_drawn(self, n_inputs):
        display = NeuronDisplay(np.zeros(n_inputs)).plot()
        assert len(display.connections_.get_segments()) == 0
        assert len(display.neurons_.get_paths()) == n_inputs + 2

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"layer": 2}, "'layer' parameter .* from 0 to 1, of 2 .* Got 2"),
            ({"neuron": 3}, "'neuron' parameter .* from 0 to 2, of 3 .* Got 3"),
            ({"neuron": -1}, "'neuron' parameter .* Got -1"),
            ({"x": [1.0]}, "'x' parameter .* each of the 2 inputs. Got 1 values"),
        ],
        ids=["layer", "neuron", "negative", "row"],
    )
    def test_bad_arguments_are_named(self, settings, message):
        with pytest.raises(ValueError, match=message):
            NeuronDisplay.from_estimator(NET, **settings)

    def test_an_unknown_activation_is_named(self):
        with pytest.raises(ValueError, match=r"'activation' .* NeuronDisplay .*swish"):
            NeuronDisplay([1.0], activation="swish").plot()


class TestActivationDisplay:
    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_L16_curves_are_the_activation_and_its_derivative(self, name):
        display = ActivationDisplay.from_names(name, derivative=True, limits=(-3, 3))
        z, value = display.lines_[0].get_xydata().T
        np.testing.assert_array_equal(value, ACTIVATIONS[name].value(z))
        at, slope = display.derivative_lines_[0].get_xydata().T
        middle = (z[1:] + z[:-1]) / 2
        rise = np.diff(value) / np.diff(z)
        np.testing.assert_allclose(rise, np.interp(middle, at, slope), atol=0.51)
        smooth = np.abs(middle) > 0.01
        np.testing.assert_allclose(
            rise[smooth], np.interp(middle, at, slope)[smooth], atol=1e-4
        )

    def test_the_step_is_silent_at_zero(self):
        display = ActivationDisplay.from_names(["step"], limits=(-1, 1))
        z, value = display.lines_[0].get_xydata().T
        np.testing.assert_array_equal(value, z > 0)

    def test_several_have_names_and_looks_of_their_own(self):
        names = [*ACTIVATIONS, "step"]
        display = ActivationDisplay.from_names(names)
        colors = [line.get_color() for line in display.lines_]
        assert len(set(zip(colors, line_styles(10), strict=True))) == len(names)
        assert [text.get_text() for text in display.legend_.get_texts()] == names

    @pytest.mark.parametrize(
        ("model", "name"),
        [
            (TinyNeuralNet(2, activation="relu").fit(X, Y), "relu"),
            (TinyNeuralNet(0, activation="relu").fit(X, Y), "sigmoid"),
            (TinyNeuralNetRegressor(0).fit(X, X[:, 0]), "identity"),
            (LECTURE, "sigmoid"),
            (ALL_OR_NONE, "step"),
        ],
        ids=["relu", "logistic", "linear", "lecture", "all or none"],
    )
    def test_an_estimator_shows_its_own(self, model, name):
        display = ActivationDisplay.from_estimator(model)
        assert [line.get_label() for line in display.lines_] == [name]

    def test_properties_and_axes_are_taken(self):
        _, ax = plt.subplots()
        display = ActivationDisplay.from_names("tanh", ax=ax, c="black", linewidth=7)
        assert display.ax_ is ax
        assert display.lines_[0].get_color() == "black"
        assert display.lines_[0].get_linewidth() == 7

    def test_unknown_names_and_softmax_are_refused(self):
        with pytest.raises(ValueError, match=r"'activation' .* sigmoid, .*Got 'swish'"):
            ActivationDisplay.from_names(["swish"])
        with pytest.raises(ValueError, match="Got 'softmax'"):
            ActivationDisplay.from_estimator(LogisticNeuron().fit(X, np.arange(80) % 3))


class TestLossCurveDisplay:
    def test_L14_the_line_is_the_loss_curve(self):
        display = LossCurveDisplay.from_estimator(NET)
        iteration, loss = display.line_.get_xydata().T
        np.testing.assert_array_equal(iteration, np.arange(len(NET.loss_curve_)) + 1)
        np.testing.assert_array_equal(loss, NET.loss_curve_)
        assert display.validation_line_ is display.best_ is display.legend_ is None

    def test_L14_a_rise_by_a_tuned_alpha_is_explained(self):
        votes = load_lecture_votes(return_X_y=True)
        tuned = TinyNeuralNet(2).fit(*votes)
        assert np.diff(tuned.loss_curve_).max() > 0
        name = LossCurveDisplay.from_estimator(tuned).ax_.get_ylabel()
        assert name == "training objective\n(rises where its alpha is raised)"
        given = TinyNeuralNet(2, alpha=0.1).fit(*votes)
        name = LossCurveDisplay.from_estimator(given).ax_.get_ylabel()
        assert name == "training objective"

    def test_validation_has_axes_and_a_best_iteration(self):
        net = TinyNeuralNet(8).fit(X[:40], Y[:40], X_val=X[40:], y_val=Y[40:])
        display = LossCurveDisplay.from_estimator(net)
        loss = display.validation_line_.get_ydata()
        np.testing.assert_array_equal(loss, net.validation_loss_curve_)
        best = display.best_.get_xdata()[0]
        assert best == net.best_iter_ == 1 + np.argmin(loss)
        assert display.validation_line_.axes is display.validation_ax_
        assert display.line_.axes is display.ax_
        key = [text.get_text() for text in display.legend_.get_texts()]
        assert key == ["training", "validation", "best iteration"]

    def test_others_and_one_iteration_and_properties(self):
        _, ax = plt.subplots()
        display = LossCurveDisplay([3.0]).plot(ax=ax, c="black", linewidth=9)
        assert display.line_.get_linewidth() == 9
        assert display.line_.get_marker() == "o"
        assert display.line_.get_color() == "black"
        assert display.ax_ is ax

    def test_nothing_trained_is_refused(self):
        with pytest.raises(ValueError, match="is empty: nothing was trained"):
            LossCurveDisplay.from_estimator(LECTURE)
        with pytest.raises(TypeError, match="needs an estimator with a loss_curve_"):
            LossCurveDisplay.from_estimator(DecisionTreeClassifier().fit(X, Y))


class TestMembraneTraceDisplay:
    def test_L20_levels_and_spikes(self):
        trace = membrane_trace(np.full(400, 2.5), 0.1)
        display = MembraneTraceDisplay.from_trace(trace)
        assert [level.get_ydata()[0] for level in display.levels_] == [-70, -55, 30]
        time, potential = display.lines_[0].get_xydata().T
        np.testing.assert_array_equal(time[potential == 30], trace.spike_times)
        assert (np.diff(time) >= 0).all()
        just_before = potential[np.flatnonzero(potential == 30) - 1]
        just_after = potential[np.flatnonzero(potential == 30) + 1]
        np.testing.assert_array_equal(just_before, -55)
        np.testing.assert_array_equal(just_after, -70)
        rest = ~np.isin(potential, [30, -55])
        assert potential[rest].max() < -55
        assert display.legend_ is None

    def test_a_spike_on_a_step_starts_from_the_potential_there(self):
        trace = membrane_trace(np.full(4, 1e300), 2.5)
        display = MembraneTraceDisplay.from_trace(trace)
        time, potential = display.lines_[0].get_xydata().T
        assert potential[time == 5.0].tolist() == [-70, -55, 30, -70]

    def test_several_neurons_have_lines_and_names(self):
        trace = membrane_trace(np.tile([1.0, 2.0, 3.0], (100, 1)), 0.5)
        display = MembraneTraceDisplay.from_trace(trace, names=list("abc"), linewidth=5)
        assert [line.get_label() for line in display.lines_] == ["a", "b", "c"]
        assert len({line.get_color() for line in display.lines_}) == 3
        assert {line.get_linewidth() for line in display.lines_} == {5}
        assert [text.get_text() for text in display.legend_.get_texts()] == list("abc")

    def test_an_all_or_none_neuron_fires_for_the_rows_it_predicts_to(self):
        rows = pd.DataFrame({"income": [40, 40, 60], "age": [20, 19, 4]})
        display = MembraneTraceDisplay.from_estimator(ALL_OR_NONE, rows, duration=200)
        fired = [30 in line.get_ydata() for line in display.lines_]
        assert fired == [False, True, True]
        assert fired == (ALL_OR_NONE.predict(rows) == "R").tolist()
        assert display.ax_.get_xlim() == pytest.approx((0, 200))

    def test_what_has_no_potentials_is_refused(self):
        with pytest.raises(TypeError, match="needs a BiologicalNeuronClassifier"):
            MembraneTraceDisplay.from_estimator(NET, FRAME)
        three = BiologicalNeuronClassifier().fit(X, np.arange(80) % 3)
        with pytest.raises(ValueError, match="Got 3 classes, each with a neuron"):
            MembraneTraceDisplay.from_estimator(three, X)
