"""Fitted neurons as scikit-learn's own models, which every exporter knows."""

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.validation import check_is_fitted

ACTIVATIONS = {
    "sigmoid": "logistic",
    "tanh": "tanh",
    "relu": "relu",
    "identity": "identity",
}


class AsLogisticRegression:
    """A neuron with `coef_`, `intercept_` and `classes_`, and `alpha` its penalty."""

    def as_sklearn(self):
        """Return the equivalent fitted LogisticRegression, for exporters.

        Whatever turns scikit-learn's models into ONNX, C or PMML takes it.

        Returns
        -------
        sklearn.linear_model.LogisticRegression
            With the same coefficients. Its probabilities are those of
            ``predictive="plain"``: it has no correction for what the data leave open.
        """
        check_is_fitted(self)
        model = LogisticRegression(
            C=1.0 / self.alpha_ if self.alpha_ > 0 else np.inf,
            fit_intercept=self.fit_intercept,
            class_weight=self.class_weight,
        )
        return _linear_classifier(model, self, self.coef_, self.intercept_)


def network_as_sklearn(network, activation):
    """Return a linear model, MLPClassifier or MLPRegressor; see NetworkMixin."""
    if network.n_neurons_ == 0:
        return _without_hidden_layer(network)
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"as_sklearn() needs an activation that scikit-learn has, got "
            f"{activation!r}. Fit with one of {', '.join(map(repr, ACTIVATIONS))}."
        )
    classifies = hasattr(network, "classes_")
    model = (MLPClassifier if classifies else MLPRegressor)(
        hidden_layer_sizes=(network.n_neurons_,), activation=ACTIVATIONS[activation]
    )
    model.out_activation_ = "identity"
    if classifies:
        model.classes_ = network.classes_.copy()
        model._label_binarizer = LabelBinarizer().fit(network.classes_)
        binary = len(network.classes_) == 2
        model.out_activation_ = "logistic" if binary else "softmax"
    return _layers(model, network)


def _without_hidden_layer(network):
    coef, intercept = network.coefs_[0].T.copy(), network.intercepts_[0].copy()
    if hasattr(network, "classes_"):
        return _linear_classifier(LogisticRegression(), network, coef, intercept)
    model = LinearRegression()
    model.coef_, model.intercept_ = coef[0], intercept[0]
    return _with_inputs_of(network, model)


def _linear_classifier(model, neuron, coef, intercept):
    model.classes_ = neuron.classes_.copy()
    model.coef_, model.intercept_ = coef.copy(), intercept.copy()
    model.n_iter_ = np.array([neuron.n_iter_], dtype=np.int32)
    return _with_inputs_of(neuron, model)


def _layers(model, network):
    model.coefs_ = [coef.copy() for coef in network.coefs_]
    model.intercepts_ = [intercept.copy() for intercept in network.intercepts_]
    model.n_layers_ = len(model.coefs_) + 1
    model.n_outputs_ = model.coefs_[-1].shape[1]
    model.n_iter_, model.t_ = network.n_iter_, 0
    model.loss_ = model.best_loss_ = network.loss_
    model.loss_curve_ = list(network.loss_curve_)
    return _with_inputs_of(network, model)


def _with_inputs_of(source, model):
    model.n_features_in_ = source.n_features_in_
    if hasattr(source, "feature_names_in_"):
        model.feature_names_in_ = source.feature_names_in_.copy()
    return model
