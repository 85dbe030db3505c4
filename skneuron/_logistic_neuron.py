"""LogisticNeuron: the artificial neuron, a logistic classifier."""

from dataclasses import replace
from functools import partial
from numbers import Integral, Real

import numpy as np
from scipy.stats import norm
from sklearn.utils.validation import check_is_fitted

from skneuron._as_sklearn import AsLogisticRegression
from skneuron._base import SingleNeuronClassifier, wants_laplace
from skneuron._blocks import BlocksMixin
from skneuron._callbacks import Iterations
from skneuron._numerics.evidence import Tuner, raw_alpha, raw_penalty, scaled_alpha
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_probability, probability
from skneuron._numerics.neuron import minimise, scaled_objective
from skneuron._numerics.separation import SEPARABLE, SeparationWatch, is_separable
from skneuron._numerics.solution import STOPPED
from skneuron._numerics.uncertainty import decision, posterior
from skneuron._partial_fit import RecursiveMixin
from skneuron._validation import (
    Interval,
    StrOptions,
    feature_names,
    validate_rows,
    validation_codes,
)


class LogisticNeuron(
    AsLogisticRegression, BlocksMixin, RecursiveMixin, SingleNeuronClassifier
):
    """A neuron that answers with a probability: the logistic classifier.

    The neuron adds up its inputs to a score f(x) = intercept + coef . x; for two
    classes P(second class) = sigmoid(f), for more there is one neuron a class and
    P(class k) = softmax(f)_k. Training minimises ::

        sum_i w_i * log_loss(y_i, f(x_i)) + alpha / 2 * ||coef||^2

    which is the objective of ``LogisticRegression(C=1 / alpha)``, and has its optimum.

    Parameters
    ----------
    alpha : float >= 0 or "auto", default=1.0
        Penalty on the coefficients in the inputs' own units; the intercept is free. 0
        is the textbook neuron; "auto" maximises the evidence [1]_, of more than two
        classes and many parameters in an approximation.

    fit_intercept : bool, default=True
        Whether the neuron has a bias. Without, `intercept_` is 0.

    predictive : {"auto", "laplace", "plain"}, default="auto"
        "plain" is the sigmoid or softmax of the score. "laplace" also accounts for how
        well the data determine the coefficients [2]_: a score f of variance s^2 becomes
        f / sqrt(1 + pi s^2 / 8). "auto" is "laplace" where alpha is "auto" and there
        are two classes, so that ``LogisticNeuron()`` predicts as LogisticRegression.

    class_weight : None, dict or "balanced", default=None
        Weights of the classes, which multiply `sample_weight`. "balanced" gives all
        classes the same total weight.

    max_iter : int >= 1, default=100
        Largest number of iterations: Newton's steps (5 to 15 are usual) or, where rows
        or parameters are many, those of L-BFGS from a known curvature (5 to 60).

    tol : float > 0, default=1e-10
        Training ends when a Newton step can gain no more than this share of the
        objective (a hundredth of it in L-BFGS); the coefficients' error is then about
        1e-6 of their size.

    random_state : int, RandomState instance or None, default=None
        Not used: the optimum is unique. There for scikit-learn's conventions.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes, sorted.

    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Coefficients, per unit of the input.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Biases.

    alpha_ : float
        Penalty used.

    separable_ : bool
        With alpha=0, whether a straight border separates the classes, so that the loss
        has no minimum and coefficients grow without bound [3]_; False otherwise.

    loss_curve_ : list of float
        Training objective after each iteration, never increasing while alpha stays the
        same. The last entry belongs to the fitted neuron.

    n_iter_ : int
        Iterations taken.

    converged_ : bool
        Whether training ended before `max_iter`, at a minimum.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, where X had names that are all strings.

    See Also
    --------
    TinyNeuralNet : Logistic neurons that feed another.
    BiologicalNeuronClassifier : The same neuron, all or none.

    Notes
    -----
    A call of `partial_fit` is one Newton step on the losses of its batch plus a
    quadratic expansion of those of all earlier rows. k calls with all rows are k
    iterations of `fit`; batches of some lead to its optimum but for a small part of the
    standard errors, in one pass where classes overlap. An `alpha` of "auto" is
    estimated anew after each. The state is two matrices of as many rows as there are
    parameters, whatever the number of rows; `separable_` is False and there is no
    `summary`.

    References
    ----------
    .. [1] D. J. C. MacKay (1992), A practical Bayesian framework for backpropagation
       networks, Neural Computation 4, :doi:`10.1162/neco.1992.4.3.448`.
    .. [2] D. J. C. MacKay (1992), The evidence framework applied to classification
       networks, Neural Computation 4, :doi:`10.1162/neco.1992.4.5.720`.
    .. [3] A. Albert and J. A. Anderson (1984), On the existence of maximum likelihood
       estimates in logistic regression models, Biometrika 71,
       :doi:`10.1093/biomet/71.1.1`.

    Examples
    --------
    >>> from skneuron import LogisticNeuron
    >>> from skneuron.datasets import load_anes96
    >>> votes = load_anes96()
    >>> neuron = LogisticNeuron(alpha=0).fit(votes.data, votes.target)
    >>> neuron.coef_.round(3), neuron.intercept_.round(3)
    (array([[0.072, 0.009]]), array([-1.981]))

    A neuron with given parameters, nothing learnt:

    >>> neuron = LogisticNeuron.from_parameters([0.1], -8, classes=[0, 1])
    >>> neuron.predict_proba([[70.0]])[:, 1].round(3)
    array([0.269])
    """

    _parameter_constraints = {
        "alpha": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "fit_intercept": ["boolean"],
        "predictive": [StrOptions({"auto", "laplace", "plain"})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        alpha=1.0,
        fit_intercept=True,
        predictive="auto",
        class_weight=None,
        max_iter=100,
        tol=1e-10,
        random_state=None,
    ):
        self.alpha = alpha
        self.fit_intercept = fit_intercept
        self.predictive = predictive
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def _learn(self, data):
        if self.alpha == 0 and data.X.size <= _MERGED:
            # Without a unique optimum, only equal arithmetic gives equal results.
            data = data.merged()
        self._scaling, objective = scaled_objective(
            data.X,
            data.target,
            data.weight,
            bias=self.fit_intercept,
            penalised=self.alpha != 0,
        )
        monitor = Iterations(self).monitor(
            partial(self._attributes, objective.predictor),
            SeparationWatch(objective) if self.alpha == 0 else None,
        )
        solver = partial(minimise, monitor=monitor)
        return self._minimum(objective, solver, is_separable)

    def _minimum(self, objective, solver, separable):
        """Minimise by a solver, and store what `fit` and `fit_blocks` are to find."""
        penalty, log_unit = self._penalty(objective.predictor, objective.total)
        automatic = self.alpha == "auto"
        solution = solver(
            objective,
            self._start(objective),
            penalty.ridge(scaled_alpha(self.alpha, log_unit)),
            max_iter=self.max_iter,
            tol=self.tol,
            retune=Tuner(penalty) if automatic else None,
        )
        self.alpha_ = self.alpha
        if automatic:
            self.alpha_ = raw_alpha(penalty.alpha(solution.ridge), log_unit)
        factor = posterior(objective, solution) if wants_laplace(self) else None
        self._store(objective.predictor, solution.theta, factor)
        self.separable_ = self.alpha == 0 and separable(objective, solution.theta)
        self._standard_errors = self._errors(objective, solution)
        if self.separable_:
            return replace(solution, converged=False, message=SEPARABLE)
        return solution

    def _penalty(self, predictor, n_rows):
        shape, scale = predictor.layer_shapes[0], self._scaling.input_scale
        return raw_penalty(scale, shape, n_rows, free=self.alpha == 0)

    def _start(self, objective):
        """Return the parameters of a neuron that knows the base rate alone."""
        theta = np.zeros(objective.predictor.n_parameters)
        if self.fit_intercept:
            theta[-objective.predictor.n_outputs :] = objective.base_rate()
        return theta

    def _attributes(self, predictor, theta):
        """Return what plain predictions need."""
        coef, intercept = self._scaling.fold(*predictor.layers(theta))
        if len(self.classes_) > 2:
            # A softmax does not see a constant added to all scores.
            intercept = intercept - intercept.mean()
        coef = np.ascontiguousarray(coef.T)
        return {"coef_": coef, "intercept_": intercept, "_laplace": None}

    def _store(self, predictor, theta, factor):
        vars(self).update(self._attributes(predictor, theta))
        if factor is not None:
            self._laplace = Linear(*predictor.layer_shapes[0]), theta, factor

    def _decision(self, X):
        if self._laplace is None:
            return super()._decision(X)
        scores = decision(*self._laplace, self._scaling.inputs(X))
        return scores[:, 0] if len(self.coef_) == 1 else scores

    def _errors(self, objective, solution):
        """Return standard errors, intercept first, or why there are none."""
        if self.alpha != 0:
            return f"alpha={self.alpha!r} shrinks the coefficients; use alpha=0"
        if len(self.classes_) > 2:
            return "there are more than two classes, whose coefficients are not unique"
        if self.separable_:
            return "the classes are separable, so there is no finite optimum"
        if not solution.converged:
            return "training did not converge; increase max_iter"
        if solution.message == STOPPED:
            return "a callback ended training before it converged"
        hessian = objective.curvature(solution.theta).hessian
        if np.linalg.matrix_rank(hessian, hermitian=True, rtol=1e-10) < len(hessian):
            return "inputs are constant or collinear; leave some of them out"
        errors = self._scaling.errors(np.linalg.inv(hessian))
        return np.roll(errors, 1) if self.fit_intercept else errors

    @property
    def standard_errors_(self):
        """Standard errors of intercept and coefficients, where they are defined.

        Returns
        -------
        ndarray of shape (n_features + 1,)
            Intercept first (left out with fit_intercept=False), as in `summary`.

        Raises
        ------
        AttributeError
            With a penalty, more than two classes, separable classes, collinear inputs
            or no convergence.
        """
        check_is_fitted(self)
        if isinstance(self._standard_errors, str):
            raise AttributeError(
                f"LogisticNeuron has no standard errors here: {self._standard_errors}."
            )
        return self._standard_errors

    def summary(self):
        """Return estimates with their uncertainty; weights count as repeated rows.

        Returns
        -------
        pandas.DataFrame
            Indexed by "(intercept)" and the features, with columns `estimate`,
            `standard_error`, `z` (their ratio), `p_value` (two-sided, normal),
            `odds_ratio` (e to the estimate), `lower_95` and `upper_95` (interval of the
            estimate).

        Raises
        ------
        ValueError
            Where standard errors would be meaningless: a penalty, more than two
            classes, separable classes, collinear inputs or no convergence.
        """
        import pandas as pd

        check_is_fitted(self)
        if isinstance(self._standard_errors, str):
            raise ValueError(f"summary() is not defined: {self._standard_errors}.")
        estimate, names = self.coef_[0], list(feature_names(self))
        error = self._standard_errors
        if len(error) > len(names):
            estimate = np.append(self.intercept_, estimate)
            names = ["(intercept)", *names]
        half_width = norm.ppf(0.975) * error
        columns = {
            "estimate": estimate,
            "standard_error": error,
            "z": estimate / error,
            "p_value": 2.0 * norm.sf(np.abs(estimate / error)),
            "odds_ratio": np.exp(estimate),
            "lower_95": estimate - half_width,
            "upper_95": estimate + half_width,
        }
        return pd.DataFrame(columns, index=names)

    def score_table(self, X, y=None):
        """Return the way from inputs to prediction and cost, a row a sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to score.

        y : array-like of shape (n_samples,), default=None
            True labels.

        Returns
        -------
        pandas.DataFrame
            The inputs, then `score` (of the second class; of the winner with more than
            two), `prediction` (the probability that belongs to it), `predicted_class`
            and, with y, `cost` = -ln(probability of the true class).
        """
        import pandas as pd

        check_is_fitted(self)
        X = validate_rows(self, X)
        inputs = pd.DataFrame(X, columns=feature_names(self))
        scores, rows = self._decision(X), np.arange(len(X))
        winner = 1 if scores.ndim == 1 else scores.argmax(axis=1)
        way = {
            "score": scores if scores.ndim == 1 else scores[rows, winner],
            "prediction": probability(scores)[rows, winner],
            "predicted_class": self._winners(scores),
        }
        if y is not None:
            codes = validation_codes(self, y, len(X))
            way["cost"] = -log_probability(scores)[rows, codes]
        return pd.concat([inputs, pd.DataFrame(way)], axis=1)  # names may coincide

    @classmethod
    def from_parameters(cls, coef, intercept, classes, feature_names=None):
        """Return a fitted neuron with the given parameters; nothing is learnt.

        Parameters
        ----------
        coef : array-like of shape (n_features,) or (n_outputs, n_features)
            Coefficients; one output for two classes, else one a class.

        intercept : float or array-like of shape (n_outputs,)
            Biases.

        classes : array-like of shape (n_classes,)
            Labels, sorted; the second of two is the one the score argues for.

        feature_names : list of str, default=None
            Names of the inputs.

        Returns
        -------
        LogisticNeuron
            The neuron, with `n_iter_` 0 and an empty `loss_curve_`.
        """
        neuron = cls(alpha=0.0)._given(coef, intercept, classes, feature_names)
        neuron.alpha_, neuron.separable_, neuron._laplace = 0.0, False, None
        neuron._standard_errors = "parameters were given, not learnt from data"
        return neuron


# Size of X up to which equal rows are merged: beyond, it would take too much memory.
_MERGED = 10**6
