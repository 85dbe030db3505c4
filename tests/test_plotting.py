"""The pictures: colours, borders, sections through many features, any labels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skneuron import BiologicalNeuronClassifier, LogisticNeuron, TinyNeuralNet
from skneuron.datasets import load_anes96, load_lecture_votes, make_votes
from skneuron.plotting import DecisionDisplay, NeuronCountDisplay
from skneuron.plotting._section import section

LECTURE = load_lecture_votes(as_frame=True)
IRIS = load_iris(as_frame=True)
CONTAINERS = [np.asarray, pd.DataFrame, pl.DataFrame]
CONTAINER_NAMES = ["array", "pandas", "polars"]
COARSE = {"grid_resolution": 40}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def _color(display, probability):
    surface = display.surface_
    return surface.cmap(surface.norm(probability))[:3]


@pytest.fixture(name="lecture")
def _lecture():
    neuron = LogisticNeuron().fit(LECTURE.data, LECTURE.target)
    return DecisionDisplay.from_estimator(
        neuron, LECTURE.data, LECTURE.target, **COARSE
    )


def test_L13_white_is_uncertain_red_the_first_class_blue_the_second(lecture):
    assert _color(lecture, 0.5) == (1.0, 1.0, 1.0)
    red, blue = _color(lecture, 0.0), _color(lecture, 1.0)
    assert red[0] > 3 * max(red[1:])
    assert blue[2] > 2 * blue[0]
    assert max(*red, *blue) < 0.5, "dark"


@pytest.mark.parametrize("certainty", [0.1, 0.3, 0.5])
def test_colors_fade_towards_white_on_either_side(lecture, certainty):
    for probability in (0.5 - certainty, 0.5 + certainty):
        nearer = 0.5 + 0.8 * (probability - 0.5)
        assert sum(_color(lecture, probability)) < sum(_color(lecture, nearer))


def test_surface_is_the_probability_of_the_second_class(lecture):
    low = LECTURE.data.min() - 0.05 * np.ptp(LECTURE.data, axis=0)
    expected = lecture.section.classifier.predict_proba(pd.DataFrame([low]))
    assert lecture.surface_.get_array()[0, 0] == pytest.approx(expected[0, 1])


def test_border_is_where_the_probability_is_one_half(lecture):
    line = np.concatenate(lecture.border_.get_paths()[0].to_polygons(closed_only=False))
    proba = lecture.section.predict_proba(line)[:, 1]
    np.testing.assert_allclose(proba, 0.5, atol=0.01)


def test_points_have_the_place_and_number_of_the_rows(lecture):
    drawn = np.vstack([points.get_offsets() for points in lecture.points_])
    rows = LECTURE.data.to_numpy()
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, rows))


def test_keys_and_axes_carry_names(lecture):
    texts = [text.get_text() for text in lecture.legend_.get_texts()]
    assert texts == ["L", "R", "P = 0.5"]
    assert lecture.ax_.get_xlabel() == "income"
    assert lecture.ax_.get_ylabel() == "age"
    assert lecture.colorbar_.ax.get_ylabel() == "probability of R"
    assert lecture.figure_ is lecture.ax_.figure


def test_names_with_dollar_signs_are_no_formulas():
    X = LECTURE.data.set_axis(["a_{$", "b $x$ {"], axis=1)
    y = np.where(LECTURE.target == "L", "$^$", "$_{$")
    display = DecisionDisplay.from_estimator(LogisticNeuron().fit(X, y), X, y, **COARSE)
    display.figure_.canvas.draw()


def test_rows_that_coincide_are_spread_by_less_than_half_a_step():
    votes = load_anes96()
    neuron = LogisticNeuron().fit(votes.data, votes.target)
    display = DecisionDisplay.from_estimator(neuron, votes.data, votes.target, **COARSE)
    drawn = np.vstack([points.get_offsets() for points in display.points_])
    assert len(np.unique(drawn, axis=0)) == len(votes.data)
    rows = np.vstack([votes.data[votes.target == code] for code in (0, 1)])
    np.testing.assert_array_equal(np.round(drawn), rows)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([False, True]),
        np.array([-1, 1]),
        np.array(["no", "yes"]),
        np.array(["no", "yes"], dtype=object),
        pd.Categorical(["no", "yes"]),
    ],
    ids=["bool", "signs", "str", "object", "categorical"],
)
def test_any_labels(labels):
    y = labels[(LECTURE.target == "R").astype(int).to_numpy()]
    neuron = BiologicalNeuronClassifier().fit(LECTURE.data, y)
    display = DecisionDisplay.from_estimator(neuron, LECTURE.data, y, **COARSE)
    assert [len(points.get_offsets()) for points in display.points_] == [3, 3]


@pytest.mark.parametrize("container", CONTAINERS, ids=CONTAINER_NAMES)
@pytest.mark.parametrize("fitted_on", CONTAINERS, ids=CONTAINER_NAMES)
def test_every_container_with_every_other_without_warnings(fitted_on, container):
    columns = {"income": [1.0, 2.0, 4.0], "age": [3.0, 3.0, 9.0], "size": [0, 5, 6]}

    def table(kind):
        if kind is np.asarray:
            return np.column_stack(list(columns.values()))
        return kind(columns)

    neuron = LogisticNeuron().fit(table(fitted_on), [0, 1, 1])
    display = DecisionDisplay.from_estimator(neuron, table(container), **COARSE)
    named = container is not np.asarray or fitted_on is not np.asarray
    assert display.labels == (("income", "age") if named else ("x0", "x1"))
    assert display.points_ == []
    assert display.legend_ is None


@pytest.mark.parametrize(
    "features", [["petal length (cm)", 0], (2, "sepal length (cm)")], ids=str
)
def test_other_features_are_fixed_at_their_median_or_at_given_values(features):
    y = IRIS.target == 2
    neuron = LogisticNeuron().fit(IRIS.data, y)
    plane, points = section(neuron, IRIS.data, features, {"petal width (cm)": 1.7})
    rows = IRIS.data.assign(
        **{
            "sepal width (cm)": IRIS.data["sepal width (cm)"].median(),
            "petal width (cm)": 1.7,
        }
    )
    np.testing.assert_array_equal(points, rows.iloc[:, [2, 0]])
    np.testing.assert_array_equal(
        plane.predict_proba(points), neuron.predict_proba(rows)
    )


def test_text_is_fixed_at_its_most_frequent_value():
    X = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": list("uvvw")})
    onehot = make_column_transformer((OneHotEncoder(), ["c"]), remainder="passthrough")
    model = make_pipeline(onehot, LogisticRegression()).fit(X, [0, 0, 1, 1])
    plane, points = section(model, X, None, None)
    expected = model.predict_proba(X.assign(c="v"))
    np.testing.assert_array_equal(plane.predict_proba(points), expected)


def test_three_classes_fade_from_their_hue_to_nothing():
    y = IRIS.target_names[IRIS.target]
    X = IRIS.data.iloc[:, 2:]
    net = TinyNeuralNet(2).fit(X, y)
    display = DecisionDisplay.from_estimator(net, X, y, **COARSE)
    assert len(display.surface_) == len(display.border_) == len(display.points_) == 3
    for surface, points in zip(display.surface_, display.points_, strict=True):
        assert surface.cmap(surface.norm(1 / 3))[3] == 0
        certain = surface.cmap(surface.norm(1.0))
        assert certain[:3] == pytest.approx(points.get_facecolor()[0, :3])
    assert display.colorbar_ is None


def test_lead_of_a_class_is_zero_on_its_border_and_positive_inside():
    X, y = IRIS.data.iloc[:, 2:], IRIS.target
    plane, points = section(LogisticNeuron().fit(X, y), X, None, None)
    proba, lead = plane.predict_proba(points), plane.decision_function(points)
    np.testing.assert_array_equal(lead.argmax(axis=1), proba.argmax(axis=1))
    assert ((lead > 0).sum(axis=1) == 1).all()
    others = [proba[:, 1:].max(axis=1), proba[:, [0, 2]].max(axis=1)]
    np.testing.assert_allclose(lead[:, 0], proba[:, 0] - others[0])
    np.testing.assert_allclose(lead[:, 1], proba[:, 1] - others[1])


def test_a_map_without_border_and_a_constant_feature_is_drawn():
    neuron = LogisticNeuron.from_parameters([0.0, 0.0], 1.0, [0, 1])
    X = [[1.0, 5.0], [1.0, 6.0]]
    display = DecisionDisplay.from_estimator(neuron, X, [0, 1], **COARSE)
    assert display.ax_.get_xlim() == (0.95, 1.05)


def test_many_classes_have_as_many_colors():
    X = np.column_stack([np.arange(36) % 12, np.arange(36) // 12]).astype(float)
    net = LogisticNeuron().fit(X, np.arange(36) % 12)
    display = DecisionDisplay.from_estimator(net, X, np.arange(36) % 12, **COARSE)
    colors = {tuple(points.get_facecolor()[0]) for points in display.points_}
    assert len(colors) == 12


def test_draws_on_given_axes_without_colorbar(lecture):
    _, ax = plt.subplots()
    drawn = lecture.plot(ax=ax, colorbar=False, **COARSE)
    assert drawn.ax_ is ax
    assert drawn.colorbar_ is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"features": [0]}, "'features' .* two different features"),
        ({"features": [0, "income"]}, "'features' .* two different features"),
        ({"features": ["income", "sex"]}, "'features' .* income, age. Got 'sex'"),
        ({"features": [0, 2]}, "'features' .* Got 2"),
        ({"fixed": {"sex": 1}}, "'fixed' .* Got 'sex'"),
        ({"y": ["L", "R"]}, r"expected shape \(6,\), got \(2,\)"),
        ({"y": list("LLLRRX")}, r"not learnt: \['X'\]"),
    ],
    ids=["one", "twice", "name", "position", "fixed", "length", "label"],
)
def test_bad_arguments_are_named(settings, message):
    neuron = LogisticNeuron().fit(LECTURE.data, LECTURE.target)
    with pytest.raises(ValueError, match=message):
        DecisionDisplay.from_estimator(neuron, LECTURE.data, **settings)


def test_a_vector_is_refused():
    neuron = LogisticNeuron().fit(np.arange(6.0)[:, None], [0, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match=r"table .* shape \(6,\)"):
        DecisionDisplay.from_estimator(neuron, np.arange(6.0))


@pytest.mark.parametrize("container", CONTAINERS, ids=CONTAINER_NAMES)
def test_a_single_feature_has_the_first_axis_alone(container):
    y, income = [0, 1, 0], [40.0, 70.0, 20.0]
    named = container != np.asarray
    X = container({"income": income} if named else np.transpose([income]))
    neuron = LogisticNeuron(alpha=0.01).fit(X, y)
    display = DecisionDisplay.from_estimator(neuron, X, y, **COARSE)
    surface = display.surface_.get_array()
    assert (surface == surface[0]).all()
    assert surface.min() < 0.5 < surface.max()
    np.testing.assert_array_equal(
        np.sort(np.concatenate([dots.get_offsets()[:, 0] for dots in display.points_])),
        [20, 40, 70],
    )
    name = "income" if named else "x0"
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == (name, "")
    assert display.ax_.get_yticks().tolist() == []


def test_a_classifier_without_probabilities_is_refused():
    model = Perceptron().fit(LECTURE.data, LECTURE.target)
    with pytest.raises(TypeError, match=r"fitted classifier with predict_proba.* no "):
        DecisionDisplay.from_estimator(model, LECTURE.data)


def test_a_classifier_that_is_not_fitted_is_refused():
    with pytest.raises(NotFittedError, match="LogisticNeuron"):
        DecisionDisplay.from_estimator(LogisticNeuron(), LECTURE.data)


@pytest.fixture(name="votes", scope="module")
def _votes():
    return make_votes(80, random_state=0)


def test_L11_one_panel_per_count_of_neurons(votes):
    net = TinyNeuralNet(max_iter=50)
    display = NeuronCountDisplay.from_estimator(net, *votes, counts=(0, 2), **COARSE)
    titles = [ax.get_title().splitlines() for ax in display.axes_]
    assert titles == [["1 neuron", "3 parameters"], ["3 neurons", "9 parameters"]]
    first, second = display.axes_
    assert first.get_xlim() == second.get_xlim()
    assert first.get_shared_y_axes().joined(first, second)
    assert [network.n_neurons for network in display.estimators] == [0, 2]
    assert not hasattr(net, "coefs_"), "clones are fitted, not the estimator"
    assert len(display.figure_.legends) == 1
    assert display.colorbar_.ax.get_ylabel() == "probability of R"


def test_fitted_networks_of_any_kind_share_a_figure(votes):
    X, y = votes
    models = [
        LogisticNeuron().fit(X, y),
        BiologicalNeuronClassifier(noise=2.0).fit(X, y),
        MLPClassifier(3, solver="lbfgs", alpha=1, max_iter=2000).fit(X / 100, y),
    ]
    _, axes = plt.subplots(3)
    display = NeuronCountDisplay.from_estimators(models, X, axes=axes, **COARSE)
    titles = [ax.get_title().splitlines() for ax in display.axes_]
    assert titles == [["1 neuron", "3 parameters"]] * 2 + [
        ["4 neurons", "13 parameters"]
    ]
    assert display.legend_ is None
    assert list(display.axes_) == list(axes)


@pytest.mark.parametrize(("n_networks", "n_axes"), [(0, None), (1, 2), (2, 1)])
def test_as_many_axes_as_networks_are_needed(votes, n_networks, n_axes):
    X, y = votes
    axes = None if n_axes is None else plt.subplots(n_axes, squeeze=False)[1]
    networks = [LogisticNeuron().fit(X, y)] * n_networks
    with pytest.raises(ValueError, match=f"Got {n_networks} networks"):
        NeuronCountDisplay.from_estimators(networks, X, axes=axes)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_map_asks_the_classifier_once(n_classes, monkeypatch):
    rows = IRIS.target < n_classes
    neuron = LogisticNeuron().fit(IRIS.data[rows], IRIS.target[rows])
    asked, answer = [], LogisticNeuron.predict_proba
    monkeypatch.setattr(
        LogisticNeuron,
        "predict_proba",
        lambda self, X: asked.append(X) or answer(self, X),
    )
    display = DecisionDisplay.from_estimator(neuron, IRIS.data, **COARSE)
    assert len(asked) == 1
    display.plot(grid_resolution=10)
    assert [len(X) for X in asked] == [40**2, 10**2]


def test_the_key_is_in_the_corner_without_points():
    full = [[0, 0], [1, 0], [1, 1], [0.9, 0.1], [0.1, 0.2], [0.5, 0.9]]
    y = [0, 1, 1, 1, 0, 0]
    neuron = LogisticNeuron().fit(full, y)
    display = DecisionDisplay.from_estimator(neuron, full, y, **COARSE)
    display.figure_.draw_without_rendering()
    box = display.legend_.get_window_extent().transformed(
        display.ax_.transAxes.inverted()
    )
    assert box.x1 < 0.5 < box.y0


def test_three_classes_have_a_legend_and_no_colorbar():
    net = TinyNeuralNet(max_iter=50)
    X = IRIS.data
    display = NeuronCountDisplay.from_estimator(
        net, X, IRIS.target, counts=[0], features=[2, 3], **COARSE
    )
    assert display.axes_[0].get_title().startswith("3 neurons")
    assert display.axes_[0].get_xlabel() == "petal length (cm)"
    assert display.colorbar_ is None
    texts = [text.get_text() for text in display.legend_.get_texts()]
    assert texts == ["0", "1", "2", "border"]
