"""TinyNeuralNetRegressor: one hidden layer that predicts a number and its error."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skneuron._base import BaseNeuronRegressor
from skneuron._base_network import NETWORK_CONSTRAINTS, NetworkMixin
from skneuron._numerics.curvature import factorised
from skneuron._numerics.evidence import residual_variance, tuned_variance
from skneuron._numerics.losses import SQUARED
from skneuron._numerics.scaling import standardising
from skneuron._numerics.uncertainty import output_variance
from skneuron._validation import by_blocks, measured_validation_set


class TinyNeuralNetRegressor(NetworkMixin, BaseNeuronRegressor):
    """A network of one hidden layer for regression that needs no tuning.

    Each hidden neuron j forms z_j = b_j + sum_r W_rj x_r from the inputs and responds
    with a_j = activation(z_j); the output neuron predicts f = c + sum_j V_j a_j.

    Training minimises ::

        sum_i w_i * (y_i - f(x_i))^2 / (2 s^2) + alpha / 2 * (||W||^2 + ||V / s||^2)

    over weights and biases, on inputs standardised inside the network; s is the
    (weighted) standard deviation of y. A default fit needs no scaling, no choice of
    alpha and no seed: alpha and the variance of the noise are those of maximum
    evidence, found during training [1]_, from a weak alpha and from a strong one.
    Training ends where the evidence is highest, even if a minimum that overfits lies
    farther on.

    Parameters
    ----------
    n_neurons : int >= 0 or "auto", default="auto"
        Number of hidden neurons. 0 is no hidden layer: a linear model. "auto" tries 0,
        then 8 (below 16 rows, half as many as rows), then twice as many, up to 32, as
        long as the evidence grows (or the validation error falls, where validation data
        are given) and steps are quick.

    activation : str, default="tanh"
        Response of the hidden neurons: "sigmoid", "tanh", "relu", "leaky_relu", "elu",
        "softplus", "gelu", "silu" or "identity".

    alpha : float >= 0 or "auto", default="auto"
        Weight decay, on the standardised scale and against the *sum* of the losses, as
        above: `Ridge(alpha)` on standardised X and y, without hidden neurons. "auto"
        maximises the evidence; it is then the precision of the weights' prior times the
        variance of the noise.

    solver : {"auto", "gauss-newton", "lbfgs", "adam"}, default="auto"
        "gauss-newton" takes damped full-batch steps with the curvature of the loss
        (Levenberg-Marquardt); "lbfgs" takes cheap quasi-Newton steps, in single
        precision down to a `tol` of 1e-5; "adam" takes mini-batches of 25 to 200
        rows. "auto" takes Gauss-Newton steps where one costs no more than a few
        gradients or there is no hidden neuron, else L-BFGS, and ends with Gauss-Newton
        steps where that crawls.

    standardize : bool, default=True
        Whether to bring each input to (weighted) mean 0 and standard deviation 1
        inside the network; the values of one that takes two only, to a distance of
        sqrt(2). `coefs_` are in the inputs' own units either way, and y is always
        standardised inside.

    n_init : int >= 1 or "auto", default="auto"
        Random starts. They train for a few iterations side by side, on at most 1,000
        rows; the one ahead goes on. "auto" is 6 up to 4 hidden neurons, which a single
        start often leaves stuck, and 1 beyond, where more were of no use.

    max_iter : int >= 1, default=1000
        Largest number of iterations (passes over the data for "adam").

    tol : float > 0, default=1e-5
        Training ends when it can gain no more than this share of the objective, which
        falls by orders of magnitude where there is little noise.

    random_state : int, RandomState instance or None, default=None
        Seed of the starts. None is the same as 0: equal data give equal networks.

    verbose : bool, default=False
        Whether to print a line for each iteration.

    Attributes
    ----------
    coefs_ : list of ndarray
        Weights of each layer, (n_features, n_neurons) and (n_neurons, 1), in the
        inputs' and y's own units; one matrix (n_features, 1) without hidden layer.

    intercepts_ : list of ndarray
        Biases of each layer, (n_neurons,) and (1,), in the same units.

    noise_ : float
        Standard deviation of the noise in y's units, never quite 0. Where alpha is
        "auto" its square is that of maximum evidence: once training has settled, the
        sum of squared residuals over n - 1 - gamma, with n the sum of the sample
        weights and gamma as below. For a given alpha it is that sum over n less the
        number of all parameters, biases included, that the data determine.

    n_neurons_ : int
        Number of hidden neurons.

    n_parameters_ : int
        Number of weights and biases.

    alpha_ : float
        Weight decay used last. The precision of the weights' prior is
        ``alpha_ * s^2 / noise_^2``.

    effective_n_parameters_ : float
        MacKay's gamma: how many of the penalised parameters the data determine. These
        are the weights and, where alpha is "auto", the hidden biases.

    log_evidence_ : float
        Log marginal likelihood of y, in Laplace's approximation.

    loss_ : float
        Training objective, as above, of the fitted network.

    loss_curve_ : list of float
        Training objective after each iteration that followed the race of the starts;
        it never increases while alpha stays the same. The last is the fitted network's.

    validation_loss_curve_ : list of float
        Mean squared error on the validation data after each iteration, in y's units
        squared. Only with `X_val`.

    best_iter_ : int
        Iteration, from 1, of the lowest validation loss. Only with `X_val`.

    n_iter_ : int
        Iterations that led to the fitted network.

    converged_ : bool
        Whether training ended before `max_iter`.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, where X had names that are all strings.

    See Also
    --------
    TinyNeuralNet : The same network for classes.

    Notes
    -----
    Zero weights remove rows and integer weights repeat them, whatever the order of rows
    (not under "adam", and only roughly where X has more than a million numbers).

    References
    ----------
    .. [1] D. J. C. MacKay (1992), A practical Bayesian framework for backpropagation
       networks, Neural Computation 4, :doi:`10.1162/neco.1992.4.3.448`.

    Examples
    --------
    A sine that eight neurons learn from forty noisy points, and what they make of
    points beyond:

    >>> import numpy as np
    >>> from skneuron import TinyNeuralNetRegressor
    >>> X = np.linspace(0, 6, 40).reshape(-1, 1)
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=40)
    >>> net = TinyNeuralNetRegressor(8).fit(X, np.sin(X[:, 0]) + noise)
    >>> round(net.noise_, 1)
    0.1
    >>> mean, std = net.predict([[1.0], [5.0], [12.0]], return_std=True)
    >>> mean[:2].round()
    array([ 1., -1.])
    >>> bool(std[2] > 3 * std[0])
    True
    """

    _parameter_constraints = NETWORK_CONSTRAINTS
    _sober_without_hidden_neurons = False

    def __init__(
        self,
        n_neurons="auto",
        *,
        activation="tanh",
        alpha="auto",
        solver="auto",
        standardize=True,
        n_init="auto",
        max_iter=1000,
        tol=1e-5,
        random_state=None,
        verbose=False,
    ):
        self.n_neurons = n_neurons
        self.activation = activation
        self.alpha = alpha
        self.solver = solver
        self.standardize = standardize
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
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
            What to predict, in any units; finite numbers.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, 0 or more; None is 1 for each.

        X_val : array-like of shape (n_validation, n_features), default=None
            Held-out inputs. With them training ends once their squared error has not
            fallen for 10 iterations, and the best weights are kept.

        y_val : array-like of shape (n_validation,), default=None
            What `X_val` should predict.

        sample_weight_val : array-like of shape (n_validation,), default=None
            Weights of the rows of `X_val`.

        Returns
        -------
        TinyNeuralNetRegressor
            The fitted estimator.
        """
        held_out = X_val, y_val, sample_weight_val
        return self._fit(self._learn_rows, X, y, sample_weight, held_out=held_out)

    def _encoded(self, X, y, sample_weight):
        data = super()._encoded(X, y, sample_weight)
        self._units = standardising(data.y[:, None], data.weight)
        return data

    def _held_out(self, X, y, sample_weight):
        return measured_validation_set(self, X, y, sample_weight)

    def _loss_and_target(self, data):
        return SQUARED, (data.y[:, None] - self._units.mean) / self._units.scale

    def _keep(self, trained):
        objective, solution = trained.objective, trained.solution
        unit = self._units.scale.item()
        self.coefs_[-1] *= unit
        self.intercepts_[-1] = self._units.outputs(self.intercepts_[-1])
        curvature = objective.curvature(solution.theta)
        self._factor = factorised(curvature, solution.ridge)
        self.noise_ = unit * self._noise_variance(objective, solution) ** 0.5
        # The density of y in its own units.
        self._log_unit = -float(objective.total * np.log(unit))
        if hasattr(self, "validation_loss_curve_"):
            squares = [2 * half * unit * unit for half in self.validation_loss_curve_]
            self.validation_loss_curve_ = squares

    def _noise_variance(self, objective, solution):
        """Return the noise's variance in units of the variance of y."""
        theta, ridge = solution.theta, solution.ridge
        loss, n_samples = objective.value(theta), objective.total
        if self.alpha == "auto":
            return float(tuned_variance(loss + 0.5 * ridge @ theta**2, n_samples))
        return float(residual_variance(loss, self._factor, ridge, n_samples))

    def _output_names(self):
        return ["y"]

    def predict(self, X, return_std=False):
        """Predict y, and on request how far it may be from that.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to predict for.

        return_std : bool, default=False
            Whether to return the standard deviation, too.

        Returns
        -------
        ndarray of shape (n_samples,) or tuple of two of them
            The network's outputs and, with `return_std`, the standard deviations of y
            around them: of the noise and of what the data leave open of the parameters,
            by Laplace's approximation, together.
        """
        check_is_fitted(self)
        if not return_std:
            return by_blocks(self._mean, self, X)[:, 0]
        return tuple(by_blocks(self._mean_and_std, self, X).T)

    def _mean(self, X):
        raw = self._predictor.forward(self._theta, self._scaling.inputs(X))[0]
        return self._units.outputs(raw)

    def _mean_and_std(self, X):
        inputs = self._scaling.inputs(X)
        doubt = output_variance(self._predictor, self._theta, self._factor, inputs)
        return np.hstack([self._mean(X), self.noise_ * np.sqrt(1.0 + doubt)])
