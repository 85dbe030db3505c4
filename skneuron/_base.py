"""The one fit template of every neuron, and how scores become predictions."""

import warnings
from contextlib import nullcontext
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_array, check_is_fitted, column_or_1d

from skneuron import _json
from skneuron._callbacks import CallbackSupportMixin, learn_as_task
from skneuron._diagram import standardised, wiring
from skneuron._explorer import write_page
from skneuron._numerics.losses import log_probability, probability
from skneuron._svg import network_svg
from skneuron._threads import one_thread
from skneuron._validation import (
    all_or_nothing,
    by_blocks,
    measured_set,
    training_set,
    validate_parameters,
)


def wants_laplace(estimator, n_neurons=0):
    """Return whether predictions account for the parameters' uncertainty.

    "auto" does where alpha is by evidence, but for a softmax without hidden neurons:
    there the correction made the log loss worse on most tables of the public suite.
    """
    if estimator.predictive != "auto":
        return estimator.predictive == "laplace"
    hidden_or_binary = n_neurons > 0 or len(estimator.classes_) == 2
    return estimator.alpha == "auto" and hidden_or_binary


class BaseNeuron(CallbackSupportMixin, BaseEstimator):
    """Validate, encode, learn, store, warn; an estimator fills in two methods.

    A subclass gives `_encoded(X, y, sample_weight)`, the validated data, and
    `_learn(data, ...)`, which sets its fitted attributes and returns the solver's
    `Solution`.
    """

    # Notebooks link neurons to their page where there is one: the documentation's build
    # sets the template, and no link is better than scikit-learn's.
    _doc_link_module = "skneuron"
    _doc_link_template = ""

    # Numbers in X from which on the products are large enough for two threads.
    _one_thread_up_to = 2 * 10**6

    # What a notebook says below the picture.
    _hint = ""

    def _fit(self, learn, *data, **more):
        """Learn anew by `learn(*data, **more)`, which returns a Solution."""
        with all_or_nothing(self):
            self._forget()
            validate_parameters(self)
            solution = learn(*data, **more)
            self.n_iter_ = solution.n_iter
            self.converged_ = solution.converged
            self.loss_curve_ = solution.loss_curve
        if not solution.converged:
            warnings.warn(solution.message, ConvergenceWarning, stacklevel=3)
        return self

    def _learn_rows(self, X, y, sample_weight, **held_out):
        data = self._encoded(X, y, sample_weight)
        many = data.X.size > self._one_thread_up_to
        learn = partial(self._learn, data, **held_out)
        with nullcontext() if many else one_thread():
            return learn_as_task(self, learn, X, y, sample_weight)

    def _forget(self):
        """Drop what an earlier fit learnt: a refit starts from nothing."""
        for name in [name for name in vars(self) if name.endswith("_")]:
            delattr(self, name)
        vars(self).pop("_stream", None)

    def _repr_html_inner(self):
        return super()._repr_html_inner() + self._below_the_table()

    def _repr_mimebundle_(self, **kwargs):
        bundle = super()._repr_mimebundle_(**kwargs)
        if "text/html" in bundle:
            bundle["text/html"] += self._below_the_table()
        return bundle

    def _below_the_table(self):
        picture = self._picture()
        return picture and picture + self._hint

    def _picture(self):
        """Return the network in SVG, "" where it is not fitted or large."""
        if not hasattr(self, "n_features_in_"):
            return ""
        return network_svg(self._wiring(), type(self).__name__)

    def _wiring(self):
        """Return what a picture shows, for standardised inputs where they are known."""
        network = wiring(self)
        if getattr(self, "_scaling", None) is not None:
            return standardised(network, self._scaling.mean, self._scaling.scale)
        # Biases in mV stay what they are: no mean is taken off.
        spread = getattr(self, "_spread", np.ones(self.n_features_in_))
        return standardised(network, np.zeros(len(spread)), spread)

    def to_json(self):
        """Return all of the fitted estimator as text: parameters and what it learnt.

        The text is the safe way to store or send a neuron: `from_json` reads it without
        running code, which a pickle can hold, and in any later version that knows the
        layout's version. Numbers keep their last bit, so that predictions do.

        Returns
        -------
        str
            JSON: a dictionary of "format", "version", "estimator", "parameters" and
            "fitted". No training data, with two exceptions. A network with more
            parameters than rows keeps its uncertainty by rows, which could be worked
            out. `partial_fit` keeps means, deviations, least and largest values of the
            inputs, of all batches and of the first: those of a single row are the row.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If there is something that JSON cannot hold or a file should not: labels
            that are no str, int, float or bool, numbers that are not finite, more than
            256 million characters (a network of thousands of parameters, whose
            uncertainty is a matrix).
        """
        check_is_fitted(self)
        return _json.dumps(self)

    @classmethod
    def from_json(cls, text):
        """Return the fitted estimator that `to_json` made the text from.

        The text need not be trusted: whatever it holds, it is checked before use, and
        reading it takes memory in proportion to its length.

        Parameters
        ----------
        text : str
            What `to_json` of an estimator of this class returned.

        Returns
        -------
        object
            A fitted estimator of this class.

        Raises
        ------
        ValueError
            If the text is anything else: truncated, of another class or version, with
            fields missing or unknown, of wrong types, shapes or ranges. The message
            names the field, what was found and what is allowed.
        """
        return _json.loads(cls, text)


class BaseNeuronClassifier(ClassifierMixin, BaseNeuron):
    """Classes by `_decision(X)`, the scores that a subclass gives validated rows."""

    _hint = "<p>explore: <code>.to_html(path, X, y)</code></p>"

    # Whether a large X of single precision may stay as it is.
    _takes_single = False

    def _encoded(self, X, y, sample_weight):
        data = training_set(self, X, y, sample_weight, self.class_weight)
        self.classes_ = data.classes
        return data

    def decision_function(self, X):
        """Score each row: above 0 is the second class, or the largest score wins.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to score.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            One score a row for two classes, else one score a class.
        """
        check_is_fitted(self)
        return by_blocks(self._decision, self, X)

    def to_html(self, path, X, y):
        """Write a page in which the fitted network can be played with.

        The page is one file that needs no network and no program but a browser. It
        shows the decision over two features (the others are held, at their median to
        begin with), the rows, the network's diagram with what each hidden neuron
        answers, and a slider for every weight and bias: the map, the log loss and the
        numbers of a row on its way from the inputs to its cost follow at once. What has
        been made of the weights can be downloaded, for `from_json` to read.

        Probabilities are those of ``predictive="plain"``; where `predict_proba` makes
        more of it, the page says so. Of more than 1,000 rows (or 200,000 numbers) some
        are drawn at random, which the page says, too.

        Parameters
        ----------
        path : str or path
            File to write, such as "votes.html". It is written whole or not at all.

        X : array-like of shape (n_samples, n_features)
            Rows to show: they and their labels are in the file.

        y : array-like of shape (n_samples,)
            Their labels, out of `classes_`.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X or y do not suit the fitted estimator, if a layer has more than 200
            neurons or X more than 1,000 features, or if labels are no str, int, float
            or bool.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> from skneuron import TinyNeuralNet
        >>> from skneuron.datasets import load_anes96
        >>> X, y = load_anes96(return_X_y=True)
        >>> net = TinyNeuralNet(2).fit(X, y)
        >>> with TemporaryDirectory() as folder:
        ...     net.to_html(Path(folder) / "votes.html", X, y)
        """
        check_is_fitted(self)
        write_page(self, path, X, y)

    def predict_proba(self, X):
        """Return the probability of each class, in the order of `classes_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Sigmoid (two classes) or softmax of `decision_function`; rows sum to 1.
        """
        return probability(self.decision_function(X))

    def predict_log_proba(self, X):
        """Return the logarithm of `predict_proba`, accurate for tiny probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Log-probabilities, in the order of `classes_`.
        """
        return log_probability(self.decision_function(X))

    def predict(self, X):
        """Return the label of each row: the neuron that fires, or fires strongest.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        ndarray of shape (n_samples,)
            Labels out of `classes_`. A score of exactly 0 is silent (first class).
        """
        return self._winners(self.decision_function(X))

    def _winners(self, scores):
        codes = (scores > 0).astype(int) if scores.ndim == 1 else scores.argmax(axis=1)
        return np.take(self.classes_, codes)


class BaseNeuronRegressor(RegressorMixin, BaseNeuron):
    """A number for each row; a subclass gives `predict`."""

    def _encoded(self, X, y, sample_weight):
        return measured_set(self, X, y, sample_weight)


class SingleNeuronClassifier(BaseNeuronClassifier):
    """A neuron without hidden ones: `coef_` (n_outputs, n_features), `intercept_`."""

    def fit(self, X, y, sample_weight=None):
        """Learn the neuron's parameters from labelled rows.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs, in any units; finite numbers.

        y : array-like of shape (n_samples,)
            Labels, of two or more classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, 0 or more; None is 1 for each.

        Returns
        -------
        object
            The fitted estimator itself.
        """
        return self._fit(self._learn_rows, X, y, sample_weight)

    def _decision(self, X):
        scores = X @ self.coef_.T + self.intercept_
        return scores[:, 0] if len(self.coef_) == 1 else scores

    def _given(self, coef, intercept, classes, feature_names):
        """Take parameters as they are, as if they had been learnt."""
        self.coef_, self.intercept_, self.classes_, names = _checked(
            coef, intercept, classes, feature_names
        )
        self.n_features_in_ = self.coef_.shape[1]
        if names is not None:
            self.feature_names_in_ = names
        self.n_iter_, self.converged_, self.loss_curve_ = 0, True, []
        return self


def _checked(coef, intercept, classes, names=None):
    """Return (coef, intercept, classes, names) of a neuron, checked and shaped."""
    classes = column_or_1d(classes)
    if len(classes) < 2 or not np.array_equal(np.unique(classes), classes):
        raise ValueError(
            "classes must be two or more different labels in ascending order, got "
            f"{classes.tolist()}."
        )
    n_outputs = 1 if len(classes) == 2 else len(classes)
    coef = check_array(np.atleast_2d(coef), dtype=np.float64, input_name="coef")
    intercept = np.atleast_1d(np.asarray(intercept, dtype=np.float64))
    if len(coef) != n_outputs or intercept.shape != (n_outputs,):
        raise ValueError(
            f"{len(classes)} classes have {n_outputs} output neuron(s): expected coef "
            f"of shape ({n_outputs}, n_features) and intercept of shape "
            f"({n_outputs},), got {coef.shape} and {intercept.shape}."
        )
    if not np.isfinite(intercept).all():
        raise ValueError(f"intercept must be finite, got {intercept.tolist()}.")
    if names is not None:
        names = np.asarray(names, dtype=object)
        if names.shape != (coef.shape[1],):
            raise ValueError(
                f"feature_names must name {coef.shape[1]} inputs, got {names.tolist()}."
            )
    return coef, intercept, classes, names
