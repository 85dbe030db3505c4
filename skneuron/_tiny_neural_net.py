"""TinyNeuralNet: one hidden layer of neurons that just works."""

from skneuron._base import BaseNeuronClassifier, wants_laplace
from skneuron._base_network import NETWORK_CONSTRAINTS, NetworkMixin
from skneuron._numerics.losses import log_loss
from skneuron._numerics.uncertainty import decision, posterior
from skneuron._partial_fit import WalkMixin
from skneuron._validation import StrOptions, validation_set


class TinyNeuralNet(WalkMixin, NetworkMixin, BaseNeuronClassifier):
    """A network of one hidden layer that needs no tuning.

    Each hidden neuron j forms z_j = b_j + sum_r W_rj x_r from the inputs and responds
    with a_j = activation(z_j); each output neuron forms the score f_k = c_k +
    sum_j V_jk a_j. Two classes have one output neuron and P(second class) =
    sigmoid(f); more have one a class and P(class k) = softmax(f)_k.

    Training minimises ::

        sum_i w_i * log_loss(y_i, f(x_i)) + alpha / 2 * (||W||^2 + ||V||^2)

    over weights and biases, on inputs standardised inside the network. A default fit
    needs no scaling, no choice of alpha and no seed: alpha is the one of maximum
    evidence [1]_ or that of held-out rows, found during training, and few neurons race
    from several starts.

    Parameters
    ----------
    n_neurons : int >= 0 or "auto", default="auto"
        Number of hidden neurons. 0 is no hidden layer: a logistic neuron. "auto" tries
        0, then 8 (below 16 rows, half as many as rows), then twice as many, up to 32,
        as long as the evidence grows (or the validation loss falls, where validation
        data are given) and steps are quick; where held-out rows choose alpha, 0 and 32.

    activation : str, default="tanh"
        Response of the hidden neurons: "sigmoid", "tanh", "relu", "leaky_relu", "elu",
        "softplus", "gelu", "silu" or "identity".

    alpha : float >= 0 or "auto", default="auto"
        Weight decay, on the standardised scale and against the *sum* of the losses.
        "auto" maximises the evidence; for a given number of neurons training starts
        from a weak alpha and from a strong one, and the evidence chooses. With hidden
        neurons and more than two classes (of 1,000 rows or more, or no more rows than
        inputs times classes) or 5,000 rows of two, alpha is instead the strongest that
        predicts rows held out from training as well as any, up to a standard error:
        a fifth of at most 10,000 rows, or several fifths in turn where that is less
        than 600 rows. The network is then trained on all rows. `X_val` and the solvers
        "gauss-newton" and "adam" leave it to the evidence.

    solver : {"auto", "gauss-newton", "lbfgs", "adam"}, default="auto"
        "gauss-newton" takes damped full-batch steps with the curvature of the loss
        (Levenberg-Marquardt) [2]_; "lbfgs" takes cheap quasi-Newton steps, in single
        precision down to a `tol` of 1e-5; "adam" takes mini-batches of 25 to 200
        rows. "auto" takes Gauss-Newton steps where one costs no more than a few
        gradients or there is no hidden neuron, else L-BFGS, and ends with Gauss-Newton
        steps where that crawls. `partial_fit` is "adam" whatever is given here.

    standardize : bool, default=True
        Whether to bring each input to (weighted) mean 0 and standard deviation 1
        inside the network; the values of one that takes two only, to a distance of
        sqrt(2). `coefs_` are in the inputs' own units either way.

    predictive : {"auto", "laplace", "plain"}, default="auto"
        "plain" is the sigmoid or softmax of the network's output. "laplace" also
        accounts for how well the data determine the weights [3]_: a score f of
        variance s^2 becomes f / sqrt(1 + pi s^2 / 8), so that probabilities are
        uncertain far from the data; that takes longer than "plain", about as many
        operations a row as there are parameters squared. "auto" is "laplace" where
        alpha is of maximum evidence, except with more than two classes and no hidden
        neuron.

    n_init : int >= 1 or "auto", default="auto"
        Random starts. They train for a few iterations side by side, on at most 1,000
        rows; the one ahead goes on. "auto" is 6 up to 4 hidden neurons, which a single
        start often leaves stuck, and 1 beyond, where more were of no use.

    max_iter : int >= 1, default=1000
        Largest number of iterations (passes over the data for "adam").

    tol : float > 0, default=1e-3
        Training ends when what is left to gain is estimated below this share of the
        objective: by the last gains, or by what a Newton step promises. Without hidden
        neurons it is a hundredth of this; where held-out rows choose alpha of 5,000
        rows or more, three times this.

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
        Log marginal likelihood of the training data, in Laplace's approximation, the
        equal optima of the neurons in use counted.

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

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, where X had names that are all strings.

    See Also
    --------
    LogisticNeuron : One neuron, with the penalty on raw coefficients.
    BiologicalNeuronClassifier : One all-or-none neuron.

    Notes
    -----
    Zero weights remove rows and integer weights repeat them, whatever the order of rows
    (not under "adam", and only roughly where X has more than a million numbers).

    A call of `partial_fit` is a pass of Adam over its batch: k calls with all rows are
    k iterations of ``fit`` with ``solver="adam"`` and ``n_init=1``, as long as each
    lowers the objective, of which `fit` keeps the lowest. "auto" is 8 neurons there. An
    `alpha` of "auto" follows the evidence by a running mean of the curvature, a matrix
    of as many rows as there are weights; give alpha where these are thousands.

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

    _parameter_constraints = NETWORK_CONSTRAINTS | {
        "predictive": [StrOptions({"auto", "laplace", "plain"})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
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
        n_init="auto",
        max_iter=1000,
        tol=1e-3,
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
        held_out = X_val, y_val, sample_weight_val
        return self._fit(self._learn_rows, X, y, sample_weight, held_out=held_out)

    def _held_out(self, X, y, sample_weight):
        return validation_set(self, X, y, sample_weight)

    def _loss_and_target(self, data):
        return log_loss(data.target.shape[1]), data.target

    def _keep(self, trained):
        laplace = wants_laplace(self, self.n_neurons_)
        if self.predictive == "auto" and trained.held_out_loss is not None:
            laplace = False  # it was plain predictions that alpha was chosen for
        objective, solution = trained.objective, trained.solution
        self._factor = posterior(objective, solution) if laplace else None

    def _output_names(self):
        return self.classes_[1:] if len(self.classes_) == 2 else self.classes_

    def _decision(self, X):
        X = self._scaling.inputs(X)
        scores = decision(self._predictor, self._theta, self._factor, X)
        return scores[:, 0] if scores.shape[1] == 1 else scores
