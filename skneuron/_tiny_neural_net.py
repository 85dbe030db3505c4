"""TinyNeuralNet: one hidden layer of neurons that just works."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skneuron._base import BaseNeuronClassifier, wants_laplace
from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.monitors import Monitor
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.scaling import equalising, unscaled
from skneuron._numerics.training import (
    Plan,
    affordable_solver,
    decision,
    grown,
    posterior,
    train,
)
from skneuron._validation import (
    Interval,
    StrOptions,
    feature_names,
    validate_rows,
    validation_set,
)

# Size of X up to which rows are sorted and merged: training then costs more than that.
_MERGED = 10**6


class TinyNeuralNet(BaseNeuronClassifier):
    """A network of one hidden layer that needs no tuning.

    Each hidden neuron j forms z_j = b_j + sum_r W_rj x_r from the inputs and responds
    with a_j = activation(z_j); each output neuron forms the score f_k = c_k +
    sum_j V_jk a_j. Two classes have one output neuron and P(second class) =
    sigmoid(f); more have one a class and P(class k) = softmax(f)_k.

    Training minimises ::

        sum_i w_i * log_loss(y_i, f(x_i)) + alpha / 2 * (||W||^2 + ||V||^2)

    over weights and biases, on inputs standardised inside the network. A default fit
    needs no scaling, no choice of alpha and no seed: alpha is the one of maximum
    evidence, found during training [1]_, and several starts race.

    Parameters
    ----------
    n_neurons : int >= 0 or "auto", default="auto"
        Number of hidden neurons. 0 is no hidden layer: a logistic neuron. "auto" tries
        0, then 8, then 16 and 32 as long as the evidence clearly grows (or the
        validation loss falls, where validation data are given) and steps are quick.

    activation : str, default="tanh"
        Response of the hidden neurons: "sigmoid", "tanh", "relu", "leaky_relu", "elu",
        "softplus", "gelu", "silu" or "identity".

    alpha : float >= 0 or "auto", default="auto"
        Weight decay, on the standardised scale and against the *sum* of the losses.
        "auto" maximises the evidence.

    solver : {"auto", "gauss-newton", "lbfgs", "adam"}, default="auto"
        "gauss-newton" takes damped full-batch steps with the curvature of the loss
        (Levenberg-Marquardt) [2]_, "lbfgs" is SciPy's L-BFGS-B, "adam" takes
        mini-batches of 200 rows. "auto" chooses by the cost of a Gauss-Newton step, and
        ends with such steps where L-BFGS crawls.

    standardize : bool, default=True
        Whether to bring each input to (weighted) mean 0 and standard deviation 1
        inside the network; the values of one that takes two only, to a distance of
        sqrt(2). `coefs_` are in the inputs' own units either way.

    predictive : {"auto", "laplace", "plain"}, default="auto"
        "plain" is the sigmoid or softmax of the network's output. "laplace" also
        accounts for how well the data determine the weights [3]_: a score f of
        variance s^2 becomes f / sqrt(1 + pi s^2 / 8), so that probabilities are
        uncertain far from the data. "auto" is "laplace" where alpha is "auto", except
        with more than two classes and no hidden neuron.

    n_init : int >= 1, default=6
        Random starts. All train for a few iterations; the one ahead goes on.

    max_iter : int >= 1, default=1000
        Largest number of iterations (passes over the data for "adam").

    tol : float > 0, default=1e-5
        Training ends when it can gain no more than this share of the objective.

    class_weight : None, dict or "balanced", default=None
        Weights of the classes, which multiply `sample_weight`. "balanced" gives all
        classes the same total weight.

    random_state : int, RandomState instance or None, default=None
        Seed of the starts. None is the same as 0: equal data give equal networks.

    verbose : bool, default=False
        Whether to print a line for each iteration.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes, sorted.

    coefs_ : list of ndarray
        Weights of each layer, (n_features, n_neurons) and (n_neurons, n_outputs), in
        the inputs' own units; one matrix (n_features, n_outputs) without hidden layer.

    intercepts_ : list of ndarray
        Biases of each layer, (n_neurons,) and (n_outputs,).

    n_neurons_ : int
        Number of hidden neurons.

    n_parameters_ : int
        Number of weights and biases.

    alpha_ : float
        Weight decay used last.

    effective_n_parameters_ : float
        MacKay's gamma: how many of the penalised weights the data determine.

    log_evidence_ : float
        Log marginal likelihood of the training data, in Laplace's approximation.

    loss_ : float
        Training objective of the fitted network.

    loss_curve_ : list of float
        Training objective after each iteration that followed the race of the starts;
        it never increases while alpha stays the same. The last is the fitted network's.

    validation_loss_curve_ : list of float
        Mean log loss on the validation data after each iteration. Only with `X_val`.

    best_iter_ : int
        Iteration, from 1, of the lowest validation loss. Only with `X_val`.

    n_iter_ : int
        Iterations that led to the fitted network.

    converged_ : bool
        Whether training ended before `max_iter`.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the inputs, where X had names that are all strings.

    See Also
    --------
    LogisticNeuron : One neuron, with the penalty on raw coefficients.
    BiologicalNeuronClassifier : One all-or-none neuron.

    Notes
    -----
    Zero weights remove rows and integer weights repeat them (not under "adam").

    References
    ----------
    .. [1] D. J. C. MacKay (1992), A practical Bayesian framework for backpropagation
       networks, Neural Computation 4, :doi:`10.1162/neco.1992.4.3.448`.
    .. [2] N. N. Schraudolph (2002), Fast curvature matrix-vector products for
       second-order gradient descent, Neural Computation 14,
       :doi:`10.1162/08997660260028683`.
    .. [3] D. J. C. MacKay (1992), The evidence framework applied to classification
       networks, Neural Computation 4, :doi:`10.1162/neco.1992.4.5.720`.

    Examples
    --------
    The exclusive or, which no single neuron can learn:

    >>> from skneuron import TinyNeuralNet
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]]
    >>> y = ["same", "different", "different", "same"]
    >>> net = TinyNeuralNet(n_neurons=4).fit(X, y)
    >>> net.predict(X)
    array(['same', 'different', 'different', 'same'], dtype='<U9')
    >>> net.n_parameters_
    17
    """

    _parameter_constraints = {
        "n_neurons": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "alpha": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "solver": [StrOptions({"auto", "gauss-newton", "lbfgs", "adam"})],
        "standardize": ["boolean"],
        "predictive": [StrOptions({"auto", "laplace", "plain"})],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="neither")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        n_neurons="auto",
        *,
        activation="tanh",
        alpha="auto",
        solver="auto",
        standardize=True,
        predictive="auto",
        n_init=6,
        max_iter=1000,
        tol=1e-5,
        class_weight=None,
        random_state=None,
        verbose=False,
    ):
        self.n_neurons = n_neurons
        self.activation = activation
        self.alpha = alpha
        self.solver = solver
        self.standardize = standardize
        self.predictive = predictive
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.class_weight = class_weight
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X,
        y,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs, in any units; finite numbers.

        y : array-like of shape (n_samples,)
            Labels, of two or more classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, 0 or more; None is 1 for each.

        X_val : array-like of shape (n_validation, n_features), default=None
            Held-out inputs. With them training ends once their log loss has not
            fallen for 10 iterations, and the best weights are kept.

        y_val : array-like of shape (n_validation,), default=None
            Labels of `X_val`.

        sample_weight_val : array-like of shape (n_validation,), default=None
            Weights of the rows of `X_val`.

        Returns
        -------
        TinyNeuralNet
            The fitted estimator.
        """
        return self._fit(
            X, y, sample_weight, held_out=(X_val, y_val, sample_weight_val)
        )

    def _learn(self, data, held_out):
        held_out = validation_set(self, *held_out)
        if data.X.size <= _MERGED:
            data = data.merged()
        if self.standardize:
            scaling = equalising(data.X, data.weight)
        else:
            scaling = unscaled(data.X.shape[1])
        # None starts from the same seed every time: the same data, the same network.
        seed = check_random_state(self.random_state or 0).randint(2**31 - 1)
        learn = partial(self._run, scaling, data, held_out, int(seed))
        if self.n_neurons == "auto":
            trained, monitor = grown(learn)
        else:
            trained, monitor = learn(int(self.n_neurons))
        self._store(scaling, trained)
        if held_out is not None:
            self.validation_loss_curve_ = monitor.curve
            self.best_iter_ = monitor.best_iter
        return trained.solution

    def _run(self, scaling, data, held_out, seed, n_neurons, to_beat=-np.inf):
        """Train one count of hidden neurons; return it and its monitor."""
        objective = self._objective(n_neurons, scaling, data)
        if held_out is not None:
            # Held-out rows judge instead of the evidence.
            held_out, to_beat = self._objective(n_neurons, scaling, held_out), -np.inf
        monitor = Monitor(held_out, bool(self.verbose))
        return train(objective, self._plan(objective, seed), monitor, to_beat), monitor

    def _objective(self, n_neurons, scaling, data):
        X, target = scaling.inputs(data.X), data.target
        n_inputs, n_outputs = X.shape[1], target.shape[1]
        if n_neurons == 0:
            predictor = Linear(n_inputs, n_outputs)
        else:
            predictor = Network(n_inputs, n_neurons, n_outputs, self.activation)
        return DataLoss(predictor, log_loss(n_outputs), X, target, data.weight)

    def _plan(self, objective, seed):
        alpha = None if self.alpha == "auto" else float(self.alpha)
        automatic = self.solver == "auto"
        return Plan(
            solver=affordable_solver(objective, alpha) if automatic else self.solver,
            alpha=alpha,
            n_init=int(self.n_init),
            max_iter=int(self.max_iter),
            tol=float(self.tol),
            seed=seed,
        )

    def _store(self, scaling, trained):
        predictor = trained.objective.predictor
        self._scaling, self._predictor = scaling, predictor
        solution = trained.solution
        self._theta = solution.theta
        first, *others = predictor.layers(self._theta)
        folded = [scaling.fold(first), *((W[:-1], W[-1]) for W in others)]
        self.coefs_ = [coef.copy() for coef, _ in folded]
        self.intercepts_ = [intercept.copy() for _, intercept in folded]
        self.n_neurons_ = self.coefs_[0].shape[1] if others else 0
        laplace = wants_laplace(self, self.n_neurons_)
        self._factor = posterior(trained.objective, solution) if laplace else None
        self.n_parameters_ = predictor.n_parameters
        self.alpha_ = trained.alpha
        self.effective_n_parameters_ = trained.gamma
        self.log_evidence_ = trained.log_evidence
        self.loss_ = solution.loss_curve[-1]

    def _decision(self, X):
        X = self._scaling.inputs(X)
        scores = decision(self._predictor, self._theta, self._factor, X)
        return scores[:, 0] if scores.shape[1] == 1 else scores

    def hidden_activations(self, X):
        """Return what each hidden neuron answers to each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to look at.

        Returns
        -------
        ndarray of shape (n_samples, n_neurons)
            Activations A, with A @ coefs_[1] + intercepts_[1] the network's output
            before any Laplace correction. No columns without hidden layer.
        """
        check_is_fitted(self)
        X = self._scaling.inputs(validate_rows(self, X))
        if self.n_neurons_ == 0:
            return np.empty((len(X), 0))
        return self._predictor.forward(self._theta, X)[1][1]

    def weights_table(self):
        """Return every weight and bias of the network as a table.

        Returns
        -------
        pandas.DataFrame
            One row a connection: `layer` ("hidden" or "output"), `neuron` (hidden
            neurons h0, h1, ...; output neurons by the class they argue for), `input`
            (a feature, a hidden neuron or "bias"), `weight` (per unit of the input).
        """
        import pandas as pd

        check_is_fitted(self)
        hidden = [f"h{j}" for j in range(self.n_neurons_)]
        outputs = self.classes_[1:] if len(self.classes_) == 2 else self.classes_
        sides = [feature_names(self), outputs]
        if hidden:
            sides.insert(1, hidden)
        parts = {}
        for k, (coef, bias) in enumerate(
            zip(self.coefs_, self.intercepts_, strict=True)
        ):
            layer = "output" if k == len(self.coefs_) - 1 else "hidden"
            matrix = np.vstack([coef, bias]).T
            table = pd.DataFrame(
                matrix, index=sides[k + 1], columns=[*sides[k], "bias"]
            )
            parts[layer] = table.stack()
        table = pd.concat(parts, names=["layer", "neuron", "input"])
        return table.rename("weight").reset_index()
