"""LogisticNeuron: scikit-learn's optimum, statsmodels' errors, the lecture's table."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import scale

from skneuron import LogisticNeuron, TinyNeuralNet
from skneuron.datasets import load_anes96

RAW = {
    "breast_cancer": load_breast_cancer(return_X_y=True),
    "wine": load_wine(return_X_y=True),
    "iris": load_iris(return_X_y=True),
    "votes": load_anes96(return_X_y=True),
}
raw = pytest.mark.parametrize(("X", "y"), RAW.values(), ids=RAW)
weighted = pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])


def _weights(y, weighted):
    return np.random.default_rng(0).uniform(0, 3, len(y)) if weighted else None


def _reference(X, y, weight, alpha, **parameters):
    """Return scikit-learn's optimum, as exact as it gets; its warnings are its own."""
    peer = LogisticRegression(
        C=1 / alpha, solver="newton-cholesky", tol=1e-12, max_iter=1000, **parameters
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peer.fit(X, y, weight)


def _assert_relatively_close(actual, expected, rtol):
    """Compare to rtol of each entry, or of a thousandth of the largest."""
    atol = rtol * 1e-3 * np.abs(expected).max()
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


@raw
@weighted
@pytest.mark.parametrize("alpha", [0.01, 1.0, 100.0])
def test_coefficients_are_those_of_logistic_regression(X, y, weighted, alpha):
    weight = _weights(y, weighted)
    neuron = LogisticNeuron(alpha=alpha).fit(X, y, weight)
    peer = _reference(X, y, weight, alpha)
    _assert_relatively_close(neuron.coef_, peer.coef_, 1e-6)
    expected = peer.intercept_ - (
        peer.intercept_.mean() if len(neuron.coef_) > 1 else 0
    )
    _assert_relatively_close(neuron.intercept_, expected, 1e-6)
    assert neuron.converged_
    assert neuron.alpha_ == pytest.approx(alpha)


@raw
@weighted
def test_probabilities_are_those_of_logistic_regression(X, y, weighted):
    weight = _weights(y, weighted)
    neuron = LogisticNeuron().fit(X, y, weight)
    peer = _reference(X, y, weight, 1.0)
    np.testing.assert_allclose(
        neuron.predict_proba(X), peer.predict_proba(X), atol=1e-7
    )
    np.testing.assert_array_equal(neuron.predict(X), peer.predict(X))


def test_coefficients_of_many_classes_are_as_exact():
    X, y = load_digits(return_X_y=True)
    X = scale(X)
    coef, expected = LogisticNeuron().fit(X, y).coef_, _reference(X, y, None, 1.0).coef_
    np.testing.assert_allclose(coef, expected, atol=1e-6 * np.abs(expected).max())


@raw
def test_without_an_intercept_too(X, y):
    neuron = LogisticNeuron(fit_intercept=False).fit(X, y)
    peer = _reference(X, y, None, 1.0, fit_intercept=False)
    _assert_relatively_close(neuron.coef_, peer.coef_, 1e-6)
    np.testing.assert_array_equal(neuron.intercept_, 0.0)


@raw
@pytest.mark.parametrize("alpha", [1e-4, 1.0, 1e4, "auto"], ids=str)
@pytest.mark.parametrize("fit_intercept", [True, False], ids=["bias", "no bias"])
def test_raw_units_never_warn(X, y, alpha, fit_intercept):
    neuron = LogisticNeuron(alpha=alpha, fit_intercept=fit_intercept).fit(X, y)
    assert neuron.converged_
    assert neuron.n_iter_ == len(neuron.loss_curve_) < 100
    assert log_loss(y, neuron.predict_proba(X)) < 1.1


@raw
def test_loss_curve_falls_to_the_documented_objective(X, y):
    neuron = LogisticNeuron(alpha=2.0).fit(X, y)
    assert (np.diff(neuron.loss_curve_) <= 0).all()
    expected = len(y) * log_loss(y, neuron.predict_proba(X))
    expected += 0.5 * 2.0 * np.sum(neuron.coef_**2)
    assert neuron.loss_curve_[-1] == pytest.approx(expected, rel=1e-7)


def test_running_out_of_iterations_warns_and_says_what_to_do():
    neuron = LogisticNeuron(max_iter=1)
    with pytest.warns(ConvergenceWarning, match="max_iter=1.*Increase") as caught:
        neuron.fit(*RAW["breast_cancer"])
    assert len(caught) == 1
    assert not neuron.converged_


# No penalty.


def _overlapping():
    """Return tables whose classes overlap, as data frames of independent columns."""
    spector = sm.datasets.spector.load_pandas()
    cancer = load_breast_cancer(as_frame=True)
    votes = load_anes96(as_frame=True)
    texture = cancer.data[["mean texture", "mean smoothness", "mean symmetry"]]
    return {
        "spector": (spector.exog, spector.endog.astype(int)),
        "breast_cancer": (texture, cancer.target),
        "votes": (votes.data, votes.target),
    }


OVERLAPPING = _overlapping()
overlapping = pytest.mark.parametrize(("X", "y"), OVERLAPPING.values(), ids=OVERLAPPING)


@overlapping
def test_units_do_not_matter_without_a_penalty(X, y):
    X = X.to_numpy()
    expected = LogisticNeuron(alpha=0).fit(X, y).predict_proba(X)
    moved = 1e6 * X + 1e3
    proba = LogisticNeuron(alpha=0).fit(moved, y).predict_proba(moved)
    np.testing.assert_allclose(proba, expected, atol=1e-5)


@overlapping
def test_summary_is_that_of_statsmodels_logit(X, y):
    neuron = LogisticNeuron(alpha=0).fit(X, y)
    peer = sm.Logit(y, sm.add_constant(X))
    peer = peer.fit(method="newton", tol=1e-12, maxiter=100, disp=0)
    summary = neuron.summary()
    assert summary.index.tolist() == ["(intercept)", *X.columns]
    lower, upper = peer.conf_int().to_numpy().T
    expected = {
        "estimate": peer.params,
        "standard_error": peer.bse,
        "z": peer.tvalues,
        "p_value": peer.pvalues,
        "odds_ratio": np.exp(peer.params),
        "lower_95": lower,
        "upper_95": upper,
    }
    assert summary.columns.tolist() == list(expected)
    for column, values in expected.items():
        np.testing.assert_allclose(summary[column], values, rtol=1e-6, err_msg=column)
    np.testing.assert_array_equal(neuron.standard_errors_, summary["standard_error"])


@overlapping
def test_weighted_standard_errors_are_those_of_statsmodels_glm(X, y):
    weight = np.random.default_rng(0).integers(1, 5, len(y)).astype(float)
    neuron = LogisticNeuron(alpha=0).fit(X, y, weight)
    family = sm.families.Binomial()
    peer = sm.GLM(y, sm.add_constant(X), family=family, freq_weights=weight)
    peer = peer.fit(tol=1e-12, maxiter=100)
    np.testing.assert_allclose(neuron.coef_[0], peer.params.iloc[1:], rtol=1e-6)
    np.testing.assert_allclose(neuron.intercept_, peer.params.iloc[0], rtol=1e-6)
    np.testing.assert_allclose(neuron.standard_errors_, peer.bse, rtol=1e-6)


def test_standard_errors_without_intercept():
    X, y = OVERLAPPING["votes"]
    neuron = LogisticNeuron(alpha=0, fit_intercept=False).fit(X, y)
    peer = sm.Logit(y, X).fit(method="newton", tol=1e-12, disp=0)
    np.testing.assert_allclose(neuron.standard_errors_, peer.bse, rtol=1e-6)
    assert neuron.summary().index.tolist() == ["income", "age"]
    neuron.set_params(fit_intercept=True)  # it counts what was, not what will be
    assert neuron.summary().index.tolist() == ["income", "age"]


VOTES = load_anes96(return_X_y=True)
IRIS = RAW["iris"]
UNDEFINED = {
    "a penalty": (LogisticNeuron(alpha=1.0), *VOTES, "alpha=1.0 shrinks"),
    "evidence": (LogisticNeuron(alpha="auto"), *VOTES, "alpha='auto' shrinks"),
    "three classes": (
        LogisticNeuron(alpha=0),
        IRIS[0][:, :2],
        np.arange(150) % 3,
        "more than two classes",
    ),
    "separable": (LogisticNeuron(alpha=0), [[0.0], [1]], [0, 1], "separable"),
    "too few iterations": (LogisticNeuron(alpha=0, max_iter=1), *VOTES, "max_iter"),
    "a constant column": (
        LogisticNeuron(alpha=0),
        np.column_stack([VOTES[0], np.ones(944)]),
        VOTES[1],
        "collinear",
    ),
    "a repeated column": (
        LogisticNeuron(alpha=0),
        np.column_stack([VOTES[0], 3 * VOTES[0][:, 0] + 1]),
        VOTES[1],
        "collinear",
    ),
}


@pytest.mark.parametrize(
    ("neuron", "X", "y", "reason"), UNDEFINED.values(), ids=UNDEFINED
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_undefined_standard_errors_are_refused_with_the_reason(neuron, X, y, reason):
    neuron.fit(X, y)
    with pytest.raises(ValueError, match=reason):
        neuron.summary()
    with pytest.raises(AttributeError, match=reason):
        _ = neuron.standard_errors_
    assert np.isfinite(neuron.predict_proba(X)).all()


def test_collinear_inputs_share_what_one_of_them_would_say():
    X, y = VOTES
    single = LogisticNeuron(alpha=0).fit(X, y)
    double = LogisticNeuron(alpha=0).fit(np.column_stack([X, X]), y)
    np.testing.assert_allclose(
        double.predict_proba(np.column_stack([X, X])),
        single.predict_proba(X),
        atol=1e-6,
    )


# Evidence.


@raw
def test_alpha_by_evidence_predicts_nearly_as_well_as_the_best_by_hindsight(X, y):
    def held_out(alpha):
        neuron = LogisticNeuron(alpha=alpha)
        return -cross_val_score(neuron, X, y, scoring="neg_log_loss", cv=3).mean()

    best = min(held_out(alpha) for alpha in (1e-3, 1e-2, 0.1, 1.0, 10.0))
    assert held_out("auto") < best + 0.06


@raw
def test_alpha_found_is_one_that_could_have_been_given(X, y):
    found = LogisticNeuron(alpha="auto", predictive="plain").fit(X, y)
    assert 0 < found.alpha_ < np.inf
    given = LogisticNeuron(alpha=found.alpha_).fit(X, y)
    np.testing.assert_allclose(
        found.predict_proba(X), given.predict_proba(X), atol=1e-3
    )


@raw
def test_laplace_makes_probabilities_less_certain_not_other(X, y):
    plain = LogisticNeuron(predictive="plain").fit(X, y)
    laplace = LogisticNeuron(predictive="laplace").fit(X, y)
    np.testing.assert_array_equal(plain.coef_, laplace.coef_)
    most = laplace.predict_proba(X).max(axis=1)
    if len(plain.coef_) == 1:
        np.testing.assert_array_equal(plain.predict(X), laplace.predict(X))
        assert (most <= plain.predict_proba(X).max(axis=1)).all()
    assert most.mean() < plain.predict_proba(X).max(axis=1).mean()


@pytest.mark.parametrize(
    ("alpha", "expected"), [(1.0, "plain"), ("auto", "laplace")], ids=str
)
def test_predictive_follows_alpha(alpha, expected):
    X, y = VOTES
    automatic = LogisticNeuron(alpha=alpha).fit(X, y)
    explicit = LogisticNeuron(alpha=alpha, predictive=expected).fit(X, y)
    np.testing.assert_array_equal(
        automatic.decision_function(X), explicit.decision_function(X)
    )


# Given parameters.


def test_given_parameters_are_used_as_they_are():
    neuron = LogisticNeuron.from_parameters([2.0, -1.0], 0.5, ["no", "yes"])
    X = np.array([[0.0, 0.0], [1.0, 3.0], [-1.0, 2.0]])
    np.testing.assert_allclose(neuron.decision_function(X), [0.5, -0.5, -3.5])
    np.testing.assert_allclose(
        neuron.predict_proba(X)[:, 1], expit([0.5, -0.5, -3.5]), rtol=1e-15
    )
    assert neuron.predict(X).tolist() == ["yes", "no", "no"]
    assert neuron.n_features_in_ == 2
    assert neuron.n_iter_ == 0
    assert neuron.loss_curve_ == []


def test_given_parameters_of_three_classes():
    neuron = LogisticNeuron.from_parameters(np.eye(3), [0, 0, 1], ["a", "b", "c"])
    assert neuron.predict(2 * np.eye(3)).tolist() == ["a", "b", "c"]
    assert neuron.decision_function(np.eye(3)).shape == (3, 3)


def test_parameters_of_a_fitted_neuron_make_the_same_neuron():
    X, y = load_anes96(return_X_y=True, as_frame=True)
    fitted = LogisticNeuron().fit(X, y)
    copy = LogisticNeuron.from_parameters(
        fitted.coef_, fitted.intercept_, fitted.classes_, fitted.feature_names_in_
    )
    np.testing.assert_array_equal(copy.predict_proba(X), fitted.predict_proba(X))
    np.testing.assert_array_equal(copy.feature_names_in_, X.columns)


BAD_PARAMETERS = {
    "one class": (([1.0], 0.0, ["a"]), "two or more"),
    "unsorted classes": (([1.0], 0.0, ["b", "a"]), "ascending"),
    "repeated classes": (([1.0], 0.0, [1, 1]), "different labels"),
    "repeated last class": ((np.eye(3), [0, 0, 0], [1, 2, 2]), "different labels"),
    "too few outputs": (([[1.0]], 0.0, ["a", "b", "c"]), r"\(3, n_features\)"),
    "too many biases": (([1.0], [0.0, 1.0], ["a", "b"]), "intercept"),
    "NaN": (([np.nan], 0.0, ["a", "b"]), "coef.*NaN"),
    "infinite bias": (([1.0], np.inf, ["a", "b"]), "intercept must be finite"),
    "too many names": (([1.0], 0.0, ["a", "b"], ["x", "y"]), "feature_names"),
}


@pytest.mark.parametrize(
    ("arguments", "message"), BAD_PARAMETERS.values(), ids=BAD_PARAMETERS
)
def test_bad_given_parameters_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        LogisticNeuron.from_parameters(*arguments)


def test_given_parameters_have_no_standard_errors():
    neuron = LogisticNeuron.from_parameters([1.0], 0.0, ["a", "b"])
    with pytest.raises(ValueError, match="given"):
        neuron.summary()


def test_score_table_without_labels_has_no_cost():
    neuron = LogisticNeuron.from_parameters([0.1], -8, ["no", "yes"])
    table = neuron.score_table([[90.0]])
    assert table.columns.tolist() == ["x0", "score", "prediction", "predicted_class"]
    assert table["predicted_class"].tolist() == ["yes"]


@raw
def test_costs_add_up_to_the_log_loss(X, y):
    neuron = LogisticNeuron().fit(X, y)
    table = neuron.score_table(X, y)
    expected = log_loss(y, neuron.predict_proba(X))
    assert table["cost"].mean() == pytest.approx(expected, rel=1e-9)
    np.testing.assert_array_equal(table["predicted_class"], neuron.predict(X))
    winner = neuron.predict_proba(X)[:, 1 if len(neuron.coef_) == 1 else slice(None)]
    winner = winner if winner.ndim == 1 else winner.max(axis=1)
    np.testing.assert_allclose(table["prediction"], winner, rtol=1e-12)


def test_score_table_leaves_inputs_of_its_own_names_alone():
    X = pd.DataFrame({"score": [1.0, 2, 3, 4], "cost": [1.0, 0, 1, 0]})
    table = LogisticNeuron().fit(X, [0, 0, 1, 1]).score_table(X, [0, 0, 1, 1])
    pd.testing.assert_frame_equal(table.iloc[:, :2], X)
    names = ["score", "prediction", "predicted_class", "cost"]
    assert table.columns[2:].tolist() == names


def test_score_table_refuses_unknown_labels_and_wrong_lengths():
    neuron = LogisticNeuron.from_parameters([0.1], -8, ["no", "yes"])
    with pytest.raises(ValueError, match="maybe"):
        neuron.score_table([[1.0]], ["maybe"])
    with pytest.raises(ValueError, match=r"1 rows.*2 labels"):
        neuron.score_table([[1.0]], ["no", "yes"])


def test_standard_errors_before_fit_are_refused():
    with pytest.raises((NotFittedError, AttributeError)):
        _ = LogisticNeuron().standard_errors_


def test_logistic_neuron_is_a_network_without_hidden_neurons():
    X, y = RAW["breast_cancer"]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    neuron, net = LogisticNeuron(alpha=2.0).fit(X, y), TinyNeuralNet(0, alpha=2.0)
    net.fit(X, y)
    np.testing.assert_allclose(net.predict_proba(X), neuron.predict_proba(X), atol=1e-4)
