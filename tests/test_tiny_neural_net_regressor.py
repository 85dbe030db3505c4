"""TinyNeuralNetRegressor: what it predicts, how sure it is, and against whom."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.linalg import helmert
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_diabetes, make_friedman1, make_friedman3
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import BayesianRidge, LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from skneuron import TinyNeuralNetRegressor

DIABETES = load_diabetes(return_X_y=True)
FRIEDMAN = make_friedman1(200, noise=1.0, random_state=0)
SOLVERS = ["gauss-newton", "lbfgs", "adam"]


def _linear_table(n=80, d=5, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, 7 + 3 * (X @ rng.normal(size=d) + rng.normal(size=n))


LINEAR = _linear_table()
tables = pytest.mark.parametrize(
    ("X", "y"), [DIABETES, FRIEDMAN, LINEAR], ids=["diabetes", "friedman", "linear"]
)


def _wiggle(x):
    return np.sin(3 * x[:, 0]) + 0.5 * x[:, 0]


# Power.


def test_error_falls_with_the_number_of_neurons_on_a_wiggly_function():
    """Universal approximation, in one dimension and on 200 rows without noise."""
    X, new = np.linspace(-3, 3, 200)[:, None], np.linspace(-2.9, 2.9, 501)[:, None]
    errors = []
    for n_neurons in (1, 2, 4, 8, 16):
        net = TinyNeuralNetRegressor(n_neurons, max_iter=3000)
        residual = net.fit(X, _wiggle(X)).predict(new) - _wiggle(new)
        errors.append(np.sqrt(np.mean(residual**2)))
    assert errors[0] > errors[1] > max(errors[2:])
    assert errors[0] > 0.4
    assert max(errors[2:]) < 0.01


def test_default_fits_a_wiggly_function_through_noise():
    rng = np.random.default_rng(0)
    X = rng.uniform(-3, 3, size=(100, 1))
    net = TinyNeuralNetRegressor().fit(X, _wiggle(X) + 0.2 * rng.normal(size=100))
    new = np.linspace(-2.9, 2.9, 301)[:, None]
    assert np.sqrt(np.mean((net.predict(new) - _wiggle(new)) ** 2)) < 0.1
    assert net.noise_ == pytest.approx(0.2, rel=0.2)


def _held_out_score(X, y, n_neurons, n_train=300):
    order = np.random.default_rng(0).permutation(len(y))
    train, test = order[:n_train], order[n_train:]
    net = TinyNeuralNetRegressor(n_neurons).fit(X[train], y[train])
    return net.score(X[test], y[test])


@pytest.mark.parametrize("n_neurons", [4, 16, 50, "auto"])
def test_more_neurons_than_needed_do_not_overfit_nearly_linear_data(n_neurons):
    linear = _held_out_score(*DIABETES, 0)
    assert _held_out_score(*DIABETES, n_neurons) > linear - 0.03


def test_hidden_neurons_where_they_are_needed():
    X, y = make_friedman1(500, noise=1.0, random_state=0)
    assert _held_out_score(X, y, "auto") > 0.9 > 0.8 > _held_out_score(X, y, 0)
    assert TinyNeuralNetRegressor().fit(*make_friedman3(200)).n_neurons_ > 0


def test_evidence_prefers_no_hidden_neurons_on_linear_data():
    assert TinyNeuralNetRegressor().fit(*LINEAR).n_neurons_ == 0


# Peers, without hidden neurons.


@tables
def test_without_hidden_neurons_it_is_bayesian_ridge(X, y):
    """On standardised data and with the intercept integrated out.

    BayesianRidge centres the data and goes on as if the mean had cost no row. Helmert's
    contrasts are n - 1 rows of the same sums of squares, without an intercept: what is
    left of the data once a flat prior of the intercept is integrated out, as here.
    Our prior of the weights' precision is BayesianRidge's with lambda_1 = 0.05.
    """
    X, n, unit = _standardised(X), len(y), y.std()
    net = TinyNeuralNetRegressor(0, tol=1e-10).fit(X, y)
    contrasts = helmert(n)
    peer = BayesianRidge(
        lambda_1=0.05,
        lambda_2=0.0,
        alpha_1=0.0,
        alpha_2=0.0,
        fit_intercept=False,
        compute_score=True,
        tol=1e-12,
        max_iter=10_000,
    ).fit(contrasts @ X, contrasts @ y / unit)
    np.testing.assert_allclose(net.coefs_[0][:, 0], peer.coef_ * unit, rtol=1e-4)
    # The peer's `alpha_` is the noise's precision, its `lambda_` the weights'.
    assert net.noise_ == pytest.approx(unit * peer.alpha_**-0.5, rel=1e-5)
    assert net.alpha_ == pytest.approx(peer.lambda_ / peer.alpha_, rel=1e-4)
    # Its score counts the prior of lambda_, and neither the n-th row nor the flat prior
    # of the intercept, whose precision is 1e-9 of the data's.
    expected = peer.scores_[-1] - 0.05 * np.log(peer.lambda_) - 0.5 * np.log(2 * np.pi)
    expected += 0.5 * np.log(1e-9) - n * np.log(unit)
    assert net.log_evidence_ == pytest.approx(expected, abs=1e-4)
    # Nor does its deviation count the intercept's, noise / sqrt(n).
    std = net.predict(X, return_std=True)[1]
    peer_std = unit * peer.predict(X, return_std=True)[1]
    np.testing.assert_allclose(std**2 - net.noise_**2 / n, peer_std**2, rtol=1e-4)


def _standardised(X):
    """Return X standardised, as the network does it: but for columns of two values."""
    return scale(X[:, [len(np.unique(column)) > 2 for column in X.T]])


@tables
def test_bayesian_ridge_as_it_comes_is_close(X, y):
    X = _standardised(X)
    net, peer = TinyNeuralNetRegressor(0).fit(X, y), BayesianRidge().fit(X, y)
    np.testing.assert_allclose(net.predict(X), peer.predict(X), atol=0.02 * y.std())
    assert net.noise_ == pytest.approx(peer.alpha_**-0.5, rel=0.02)


@tables
def test_alpha_and_noise_are_the_fixed_point_of_a_dense_model(X, y):
    X, z = _standardised(X), (y - y.mean()) / y.std()
    net = TinyNeuralNetRegressor(0).fit(X, y)
    d, alpha, variance = X.shape[1], 1.0, 1.0
    for _ in range(200):
        inverse = np.linalg.inv(X.T @ X + alpha * np.eye(d))
        w = inverse @ X.T @ z
        gamma = d - alpha * np.trace(inverse)
        variance = np.sum((z - X @ w) ** 2) / (len(z) - 1 - gamma)
        alpha = (gamma + 0.1) * variance / (w @ w)
    assert net.alpha_ == pytest.approx(alpha, rel=1e-3)
    assert net.noise_ == pytest.approx(y.std() * np.sqrt(variance), rel=1e-4)
    assert net.effective_n_parameters_ == pytest.approx(gamma, rel=1e-3)


def test_log_evidence_is_the_marginal_density_of_y():
    X, y = _standardised(LINEAR[0]), LINEAR[1]
    net = TinyNeuralNetRegressor(0).fit(X, y)
    z, variance = (y - y.mean()) / y.std(), (net.noise_ / y.std()) ** 2
    # The weights' prior, and the nearly flat one of the intercept.
    marginal = variance * (np.eye(80) + X @ X.T / net.alpha_) + 1 / (1e-9 * 80)
    _, log_det = np.linalg.slogdet(2 * np.pi * marginal)
    expected = -0.5 * (log_det + z @ np.linalg.solve(marginal, z))
    assert net.log_evidence_ + 80 * np.log(y.std()) == pytest.approx(expected, abs=1e-3)


@tables
@pytest.mark.parametrize("alpha", [0.1, 10.0], ids=str)
def test_given_alpha_without_hidden_neurons_it_is_ridge(X, y, alpha):
    X = _standardised(X)
    net = TinyNeuralNetRegressor(0, alpha=alpha, tol=1e-12).fit(X, y)
    peer = Ridge(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(net.coefs_[0][:, 0], peer.coef_, rtol=1e-5)
    assert net.intercepts_[0] == pytest.approx(peer.intercept_, rel=1e-7)
    assert net.alpha_ == alpha


def test_least_squares_has_the_textbook_errors():
    X, y = LINEAR
    net = TinyNeuralNetRegressor(0, alpha=0).fit(X, y)
    peer = LinearRegression().fit(X, y)
    mean, std = net.predict(X, return_std=True)
    np.testing.assert_allclose(mean, peer.predict(X), rtol=1e-6)
    design = np.column_stack([X, np.ones(80)])
    variance = np.sum((y - peer.predict(X)) ** 2) / (80 - 6)
    leverage = np.sum(design @ np.linalg.inv(design.T @ design) * design, axis=1)
    assert net.noise_ == pytest.approx(np.sqrt(variance), rel=1e-6)
    np.testing.assert_allclose(std, np.sqrt(variance * (1 + leverage)), rtol=1e-6)


def test_identity_neurons_are_a_linear_model():
    X, y = LINEAR
    options = {"alpha": 0, "activation": "identity", "tol": 1e-10}
    net = TinyNeuralNetRegressor(3, **options).fit(X, y)
    expected = LinearRegression().fit(X, y).predict(X)
    np.testing.assert_allclose(net.predict(X), expected, atol=1e-3)


# What can be read off a network.


def _objective(net, X, y):
    """Return the documented objective, from public attributes on standardised X."""
    unit = y.std()
    data = np.sum((y - net.predict(X)) ** 2) / (2 * unit**2)
    hidden = net.coefs_[0] * X.std(axis=0)[:, None]
    weights = np.sum(hidden**2) + np.sum((net.coefs_[1] / unit) ** 2)
    return data + 0.5 * net.alpha_ * weights + 0.005 * _hidden_biases(net, X)


def _hidden_biases(net, X):
    """Return the squares of the hidden biases on standardised X: their weak prior."""
    return np.sum((net.intercepts_[0] + X.mean(axis=0) @ net.coefs_[0]) ** 2)


@pytest.mark.parametrize("solver", SOLVERS)
def test_loss_is_the_documented_objective(solver):
    X, y = FRIEDMAN
    net = TinyNeuralNetRegressor(3, alpha=0.5, solver=solver).fit(X, y)
    assert net.loss_ == pytest.approx(_objective(net, X, y), rel=1e-4)
    assert net.loss_curve_[-1] == net.loss_
    assert len(net.loss_curve_) == net.n_iter_
    assert np.diff(net.loss_curve_).max() <= 0


def test_solvers_agree_on_a_convex_problem():
    X, y = LINEAR
    nets = [TinyNeuralNetRegressor(0, alpha=1.0, solver=s, tol=1e-9) for s in SOLVERS]
    one, *others = [net.fit(X, y).predict(X) for net in nets]
    for other in others:
        np.testing.assert_allclose(other, one, atol=2e-3 * y.std())


@pytest.mark.parametrize("solver", SOLVERS)
def test_solvers_learn_by_evidence(solver):
    net = TinyNeuralNetRegressor(8, solver=solver, n_init=2, max_iter=4000)
    net.fit(*FRIEDMAN)
    assert net.score(*FRIEDMAN) > 0.9
    assert net.loss_curve_[-1] == net.loss_
    assert len(net.loss_curve_) == net.n_iter_


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "identity"])
def test_coefficients_in_raw_units_make_the_same_mlp_regressor(activation):
    X, y = 1e3 * FRIEDMAN[0] - 7, 50 * FRIEDMAN[1] + 1e4
    net = TinyNeuralNetRegressor(3, activation=activation, alpha=1.0).fit(X, y)
    peer = MLPRegressor((3,), activation=activation.replace("sigmoid", "logistic"))
    peer.coefs_, peer.intercepts_ = net.coefs_, net.intercepts_
    peer.n_layers_, peer.n_outputs_, peer.out_activation_ = 3, 1, "identity"
    peer.n_features_in_ = net.n_features_in_
    np.testing.assert_allclose(net.predict(X), peer.predict(X), rtol=1e-9)


@pytest.mark.parametrize("n_neurons", [0, 3])
def test_hidden_activations_and_coefficients_predict(n_neurons):
    X, y = DIABETES
    net = TinyNeuralNetRegressor(n_neurons).fit(X, y)
    hidden = net.hidden_activations(X)
    assert hidden.shape == (len(X), n_neurons)
    inputs = hidden if n_neurons else X
    output = inputs @ net.coefs_[-1] + net.intercepts_[-1]
    np.testing.assert_allclose(output[:, 0], net.predict(X), rtol=1e-9)
    counted = sum(array.size for array in (*net.coefs_, *net.intercepts_))
    assert counted == net.n_parameters_
    assert net.n_neurons_ == n_neurons


def test_weights_table_lists_every_weight_and_bias():
    X = pd.DataFrame({"width": LINEAR[0][:, 0], "height": LINEAR[0][:, 1]})
    net = TinyNeuralNetRegressor(2).fit(X, LINEAR[1])
    table = net.weights_table()
    assert len(table) == net.n_parameters_ == 9
    cells = table.set_index(["layer", "neuron", "input"])["weight"]
    assert cells["hidden", "h1", "height"] == net.coefs_[0][1, 1]
    assert cells["output", "y", "h0"] == net.coefs_[1][0, 0]
    assert cells["output", "y", "bias"] == net.intercepts_[1][0]


# Invariances.

FORMS = {
    "auto": TinyNeuralNetRegressor(),
    "linear": TinyNeuralNetRegressor(0),
    "net": TinyNeuralNetRegressor(4),
    "given alpha": TinyNeuralNetRegressor(4, alpha=0.1),
}
forms = pytest.mark.parametrize("net", FORMS.values(), ids=FORMS)


def _both(net, X):
    return np.stack(net.predict(X, return_std=True))


@forms
@pytest.mark.parametrize(("a", "b"), [(1024.0, 0.0), (3e-4, 70.0), (1e6, -1e5)])
def test_units_of_y_are_those_of_the_prediction(net, a, b):
    X, y = FRIEDMAN
    mean, std = _both(clone(net).fit(X, y), X)
    moved = clone(net).fit(X, a * y + b)
    moved_mean, moved_std = _both(moved, X)
    atol = 0.0 if b == 0 else 1e-6 * a * y.std()
    np.testing.assert_allclose(moved_mean, a * mean + b, rtol=1e-12, atol=atol)
    np.testing.assert_allclose(moved_std, a * std, rtol=1e-12, atol=atol)


@forms
def test_units_of_the_inputs_do_not_matter(net):
    X, y = FRIEDMAN
    expected = _both(clone(net).fit(X, y), X)
    moved = 1e6 * X + 1e3
    found = _both(clone(net).fit(moved, y), moved)
    np.testing.assert_allclose(found, expected, atol=1e-5 * y.std())


@forms
def test_weights_are_repeats_and_the_order_of_rows_does_not_matter(net):
    X, y = FRIEDMAN
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 4, len(y))
    order = rng.permutation(counts.sum())
    one = clone(net).fit(X, y, counts)
    other = clone(net).fit(np.repeat(X, counts, 0)[order], np.repeat(y, counts)[order])
    np.testing.assert_array_equal(_both(one, X), _both(other, X))
    assert one.log_evidence_ == other.log_evidence_


def test_same_seed_same_bits_and_other_seeds_other_networks():
    def weights(seed):
        net = TinyNeuralNetRegressor(3, n_init=1, alpha=0.1, random_state=seed)
        return net.fit(*FRIEDMAN).coefs_[0]

    np.testing.assert_array_equal(weights(1), weights(1))
    np.testing.assert_array_equal(weights(None), weights(0))
    assert not np.allclose(weights(1), weights(2))


# Uncertainty.


def test_nine_of_ten_new_values_lie_within_the_ninety_percent_interval():
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(10):
        X = rng.uniform(-3, 3, size=(360, 1))
        y = _wiggle(X) + 0.3 * rng.normal(size=360)
        mean, std = (
            TinyNeuralNetRegressor(8)
            .fit(X[:60], y[:60])
            .predict(X[60:], return_std=True)
        )
        inside.append(np.abs(y[60:] - mean) < 1.645 * std)
    assert 0.85 < np.mean(inside) < 0.95


@pytest.mark.parametrize("n_neurons", [0, 6])
def test_deviation_is_the_noise_near_the_data_and_grows_far_away(n_neurons):
    X, y = FRIEDMAN
    net = TinyNeuralNetRegressor(n_neurons).fit(X, y)
    near = net.predict(X, return_std=True)[1]
    far = net.predict(X.mean(axis=0) + 10 * (X - X.mean(axis=0)), return_std=True)[1]
    assert net.noise_ < near.min()
    assert near.mean() < 1.7 * net.noise_
    assert far.mean() > 2 * near.mean()


def test_mean_does_not_depend_on_return_std():
    net = TinyNeuralNetRegressor(3).fit(*LINEAR)
    mean, std = net.predict(LINEAR[0], return_std=True)
    np.testing.assert_array_equal(mean, net.predict(LINEAR[0]))
    assert mean.shape == std.shape == (80,)


# Validation data.

TRAIN, HELD_OUT = slice(None, None, 2), slice(1, None, 2)


@pytest.mark.parametrize("n_neurons", [12, "auto"])
def test_best_weights_on_the_validation_data_are_returned(n_neurons):
    X, y = FRIEDMAN
    net = TinyNeuralNetRegressor(n_neurons, alpha=1e-4, n_init=1)
    net.fit(X[TRAIN], y[TRAIN], X_val=X[HELD_OUT], y_val=y[HELD_OUT])
    error = np.mean((net.predict(X[HELD_OUT]) - y[HELD_OUT]) ** 2)
    assert error == pytest.approx(min(net.validation_loss_curve_), rel=1e-9)
    assert net.best_iter_ == np.argmin(net.validation_loss_curve_) + 1 == net.n_iter_
    assert not hasattr(net.fit(X, y), "validation_loss_curve_")


def test_validation_weights_are_repeats():
    X, y = FRIEDMAN
    counts = np.random.default_rng(0).integers(0, 3, 100)
    X_val, y_val = X[HELD_OUT], y[HELD_OUT]
    weighted, repeated = TinyNeuralNetRegressor(4), TinyNeuralNetRegressor(4)
    weighted.fit(X[TRAIN], y[TRAIN], X_val=X_val, y_val=y_val, sample_weight_val=counts)
    X_val, y_val = np.repeat(X_val, counts, 0), np.repeat(y_val, counts)
    repeated.fit(X[TRAIN], y[TRAIN], X_val=X_val, y_val=y_val)
    np.testing.assert_allclose(
        weighted.validation_loss_curve_, repeated.validation_loss_curve_, rtol=1e-9
    )


# Small and odd data.


@forms
def test_one_row_predicts_its_value(net):
    mean, std = _both(clone(net).fit([[1.0, 2.0]], [5.0]), [[1.0, 2.0], [3.0, 0.0]])
    np.testing.assert_allclose(mean, 5.0, rtol=1e-6)
    assert (std > 0).all()
    assert np.isfinite(std).all()


@forms
@pytest.mark.parametrize("value", [0.0, 5.0, -1e12, 1e-200])
def test_constant_y_is_predicted_with_hardly_any_doubt(net, value):
    net = clone(net).fit(LINEAR[0], np.full(80, value))
    mean, std = _both(net, 3 * LINEAR[0])
    np.testing.assert_allclose(mean, value, rtol=1e-9, atol=1e-5)
    assert 0 < net.noise_ < 1e-3
    assert np.isfinite(std).all()


@forms
def test_interpolated_data_leave_a_little_noise(net):
    X, y = LINEAR[0], LINEAR[0] @ np.arange(5.0)
    net = clone(net).fit(X, y)
    mean, std = _both(net, X)
    assert net.score(X, y) > 0.99
    assert 0 < net.noise_ < 0.2 * y.std()
    assert np.isfinite([mean, std, np.full(80, net.log_evidence_)]).all()


@forms
@pytest.mark.parametrize("n_rows", [2, 3, 5])
def test_a_few_rows_are_enough(net, n_rows):
    net = clone(net).fit(LINEAR[0][:n_rows], LINEAR[1][:n_rows])
    assert np.isfinite(_both(net, LINEAR[0])).all()
    assert 0 < net.noise_ < 10 * LINEAR[1].std()


@forms
def test_more_inputs_than_rows(net):
    X = np.random.default_rng(0).normal(size=(30, 100))
    net = clone(net).fit(X, X[:, 0])
    assert np.isfinite(_both(net, X)).all()
    assert net.score(X, X[:, 0]) > 0.5


@pytest.mark.parametrize("total", [1.0, 1e-6, 1e6], ids=str)
def test_weights_of_any_total(total):
    X, y = LINEAR
    net = TinyNeuralNetRegressor(3).fit(X, y, np.full(80, total / 80))
    assert np.isfinite(_both(net, X)).all()
    assert 0 < net.noise_ < 10 * y.std()


@pytest.mark.parametrize("unit", [1e-200, 1e200], ids=str)
def test_extreme_units(unit):
    X, y = LINEAR
    net = TinyNeuralNetRegressor(2).fit(X / unit, unit * y)
    mean, std = _both(net, X / unit) / unit
    expected = _both(TinyNeuralNetRegressor(2).fit(X, y), X)
    np.testing.assert_allclose([mean, std], expected, atol=1e-5 * y.std())


# Scikit-learn and data frames around it.


@pytest.mark.parametrize(
    "frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"]
)
def test_columns_of_a_data_frame_are_remembered(frame):
    X = frame({"width": LINEAR[0][:, 0], "height": LINEAR[0][:, 1]})
    net = TinyNeuralNetRegressor(2).fit(X, frame({"y": LINEAR[1]})["y"])
    assert net.feature_names_in_.tolist() == ["width", "height"]
    plain = TinyNeuralNetRegressor(2).fit(LINEAR[0][:, :2], LINEAR[1])
    np.testing.assert_array_equal(net.predict(X), plain.predict(LINEAR[0][:, :2]))


def test_search_over_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), TinyNeuralNetRegressor(n_init=2))
    grid = {"tinyneuralnetregressor__n_neurons": [0, 4]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(*FRIEDMAN)
    assert search.best_params_ == {"tinyneuralnetregressor__n_neurons": 4}
    assert search.best_score_ > 0.8


def test_pickled_net_predicts_the_same():
    net = TinyNeuralNetRegressor(3).fit(*LINEAR)
    other = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(_both(other, LINEAR[0]), _both(net, LINEAR[0]))


def test_validation_data_are_routed_and_scaled_by_a_pipeline():
    X, y = FRIEDMAN
    with config_context(enable_metadata_routing=True):
        net = TinyNeuralNetRegressor(3).set_fit_request(X_val=True, y_val=True)
        pipeline = make_pipeline(StandardScaler(), net, transform_input=["X_val"])
        pipeline.fit(X[TRAIN], y[TRAIN], X_val=X[HELD_OUT], y_val=y[HELD_OUT])
    scaled = StandardScaler().fit(X[TRAIN]).transform(X)
    expected = TinyNeuralNetRegressor(3).fit(
        scaled[TRAIN], y[TRAIN], X_val=scaled[HELD_OUT], y_val=y[HELD_OUT]
    )
    assert pipeline[-1].validation_loss_curve_ == expected.validation_loss_curve_


# Bad input.

BAD_DATA = {
    "text": (
        (LINEAR[0], np.full(80, "rich")),
        "y must be numbers.*'rich'.*TinyNeuralNet",
    ),
    "missing": ((LINEAR[0], np.where(LINEAR[1] > 7, np.nan, 0)), "NaN"),
    "None": ((LINEAR[0], np.where(LINEAR[1] > 7, None, 0)), "y contains NaN"),
    "infinite": ((LINEAR[0], np.where(LINEAR[1] > 7, np.inf, 0)), "infinity"),
    "two columns": ((LINEAR[0], np.ones((80, 2))), "1d array|shape"),
    "too few": ((LINEAR[0], LINEAR[1][:-1]), "inconsistent numbers of samples"),
    "none": ((LINEAR[0], None), "requires y"),
    "no weight": ((*LINEAR, np.zeros(80)), "(?i)sample.weight.*zero"),
    "negative weight": ((*LINEAR, np.full(80, -2.0)), "Negative.*sample_weight.*-2"),
}


@pytest.mark.parametrize(("data", "message"), BAD_DATA.values(), ids=BAD_DATA)
def test_bad_training_data_are_refused(data, message):
    with pytest.raises((ValueError, TypeError), match=message):
        TinyNeuralNetRegressor(2).fit(*data)


BAD_VALIDATION = {
    "no y": ({"X_val": LINEAR[0]}, "X_val and y_val must be given together"),
    "no inputs": ({"y_val": LINEAR[1]}, "X_val and y_val must be given together"),
    "wrong width": ({"X_val": LINEAR[0][:, :1], "y_val": LINEAR[1]}, "1 features?"),
}


@pytest.mark.parametrize(
    ("held_out", "message"), BAD_VALIDATION.values(), ids=BAD_VALIDATION
)
def test_bad_validation_data_are_refused(held_out, message):
    fitted = TinyNeuralNetRegressor(0).fit(*LINEAR)
    before = fitted.predict(LINEAR[0])
    with pytest.raises(ValueError, match=message):
        fitted.fit(LINEAR[0], -LINEAR[1], **held_out)
    np.testing.assert_array_equal(fitted.predict(LINEAR[0]), before)


@pytest.mark.parametrize("method", ["predict", "hidden_activations"])
def test_use_before_fit_is_refused(method):
    with pytest.raises(NotFittedError, match="TinyNeuralNetRegressor"):
        getattr(TinyNeuralNetRegressor(), method)(LINEAR[0])
