"""What networks share: their parameters' domains, training, and how to read them."""

from dataclasses import replace
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skneuron._as_sklearn import network_as_sklearn
from skneuron._callbacks import Iterations, ObservedMonitor
from skneuron._numerics.activations import ACTIVATIONS
from skneuron._numerics.held_out import (
    grown_by_held_out,
    suits,
    train_by_held_out,
)
from skneuron._numerics.linear import Linear, WideLinear
from skneuron._numerics.moments import moments
from skneuron._numerics.network import Network
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.scaling import ScaledRows, unscaled
from skneuron._numerics.training import (
    Plan,
    Trained,
    affordable_solver,
    grown,
    train,
    train_from_both_sides,
)
from skneuron._numerics.turn import AS_IT_IS, turn_into
from skneuron._threads import one_thread
from skneuron._validation import (
    Interval,
    StrOptions,
    by_blocks,
    feature_names,
)

# Size of X up to which equal rows are merged and inputs kept in double precision: the
# one would cost more than it saves beyond, the other memory.
_MERGED = 10**6

# Rows that are kept to weigh a network that the evidence did not choose, if asked for.
_WEIGHED = 1000

NETWORK_CONSTRAINTS = {
    "n_neurons": [Interval(Integral, 0, None, closed="left"), StrOptions({"auto"})],
    "activation": [StrOptions(set(ACTIVATIONS))],
    "alpha": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
    "solver": [StrOptions({"auto", "gauss-newton", "lbfgs", "adam"})],
    "standardize": ["boolean"],
    "n_init": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "tol": [Interval(Real, 0, None, closed="neither")],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


class NetworkMixin:
    """Train a network of one hidden layer and tell what it learnt.

    A subclass gives `_held_out(X, y, sample_weight)`, validated rows or None;
    `_loss_and_target(data)`; `_keep(trained)`, which stores what only it has; and
    `_output_names()`.
    """

    # Whether the model without hidden neurons, where it is among the counts tried, is
    # sober enough: training from both sides takes twice as long.
    _sober_without_hidden_neurons = True

    # Rows go through a network by blocks, too small for two threads whatever their sum.
    _one_thread_up_to = np.inf

    # What a change of y's units adds to the log evidence.
    _log_unit = 0.0

    def _encoded(self, X, y, sample_weight):
        data = super()._encoded(X, y, sample_weight)
        return data.merged() if data.X.size <= _MERGED else data

    def _learn(self, data, held_out):
        held_out = self._held_out(*held_out)
        if self.standardize:
            scaling = moments(data.X, data.weight).equalised()
        else:
            scaling = unscaled(data.X.shape[1])
        iterations = Iterations(self)
        learn = partial(self._run, scaling, data, held_out, self._seed(), iterations)
        by_held_out = self._is_judged_by_held_out(data, held_out)
        if self.n_neurons == "auto":
            trained, monitor = (grown_by_held_out if by_held_out else grown)(learn)
        else:
            trained, monitor = learn(int(self.n_neurons))
        turned, trained = trained, trained.turned_back()
        self._store(scaling, trained)
        by_evidence = self.alpha == "auto" and trained.held_out_loss is None
        self._weighed = turned.evidence if by_evidence else turned.sampled(_WEIGHED)
        if held_out is not None:
            self.validation_loss_curve_ = monitor.curve
            self.best_iter_ = monitor.best_iter
        self._keep(trained)
        return trained.solution

    def _seed(self):
        # None starts from the same seed every time: the same data, the same network.
        return int(check_random_state(self.random_state or 0).randint(2**31 - 1))

    def _run(
        self, scaling, data, held_out, seed, iterations, n_neurons, to_beat=-np.inf
    ):
        """Train one count of hidden neurons; return it and its monitor."""
        objective = self._objective(n_neurons, scaling, data)
        turn = turn_into(objective.X) if self.alpha != 0 else AS_IT_IS
        if held_out is not None:
            # Held-out rows judge instead of the evidence.
            held_out, to_beat = self._objective(n_neurons, scaling, held_out), -np.inf
            held_out = turn.objective(held_out)
        monitor = ObservedMonitor(
            held_out,
            bool(self.verbose),
            iterations=iterations,
            attributes_at=partial(self._attributes, scaling, objective.predictor, turn),
        )
        turned = turn.objective(objective)
        plan = self._plan(turned, seed)
        if n_neurons > 0 and self._is_judged_by_held_out(data, held_out):
            trained = train_by_held_out(turned, plan, monitor)
        else:
            sober = self.n_neurons == "auto" and self._sober_without_hidden_neurons
            learn = train if sober else train_from_both_sides
            trained = learn(turned, plan, monitor, to_beat)
        return replace(trained, turn=turn, unturned=objective), monitor

    def _is_judged_by_held_out(self, data, held_out):
        """Return whether alpha is chosen by rows that are held out for that alone."""
        free = self.alpha == "auto" and self.solver in ("auto", "lbfgs")
        loss, target = self._loss_and_target(data)
        return free and held_out is None and suits(loss, target, data.X.shape[1])

    def _objective(self, n_neurons, scaling, data):
        X, (loss, target) = self._inputs(scaling, data.X), self._loss_and_target(data)
        n_inputs, n_outputs = X.shape[1], target.shape[1]
        if n_neurons > 0:
            predictor = Network(n_inputs, n_neurons, n_outputs, self.activation)
        elif n_outputs == 1 and n_inputs > len(X) + 1:
            predictor = WideLinear(n_inputs, n_outputs)
        else:
            predictor = Linear(n_inputs, n_outputs)
            target = np.asfortranarray(target)  # as its raw predictions are
        return DataLoss(predictor, loss, X, target, data.weight)

    def _inputs(self, scaling, X):
        if X.dtype == np.float32:
            return ScaledRows(scaling, X)
        return scaling.inputs(X, np.float64 if X.size <= _MERGED else np.float32)

    def _plan(self, objective, seed):
        alpha = None if self.alpha == "auto" else float(self.alpha)
        automatic = self.solver == "auto"
        return Plan(
            solver=affordable_solver(objective, alpha) if automatic else self.solver,
            alpha=alpha,
            n_init=None if self.n_init == "auto" else int(self.n_init),
            max_iter=int(self.max_iter),
            tol=float(self.tol),
            seed=seed,
        )

    def _attributes(self, scaling, predictor, turn, theta):
        """Return what plain predictions need of a network with parameters theta."""
        return {
            "_scaling": scaling,
            "_predictor": predictor,
            "_theta": theta if turn is AS_IT_IS else turn.back(theta, predictor),
            "_factor": None,
            "n_neurons_": predictor.n_neurons,
        }

    def _store(self, scaling, trained):
        predictor, solution = trained.objective.predictor, trained.solution
        plain = self._attributes(scaling, predictor, AS_IT_IS, solution.theta)
        vars(self).update(plain)
        first, *others = predictor.layers(solution.theta)
        folded = [scaling.fold(first), *((W[:-1], W[-1]) for W in others)]
        self.coefs_ = [coef.copy() for coef, _ in folded]
        self.intercepts_ = [intercept.copy() for _, intercept in folded]
        self.n_parameters_ = predictor.n_parameters
        self.alpha_ = trained.alpha
        # Where the evidence chose nothing it waits until it is asked for.
        self._weighed = trained.sampled(_WEIGHED)
        self.loss_ = solution.loss_curve[-1]

    def _evidence(self):
        """Return what the evidence says; only where it chose alpha is that known."""
        check_is_fitted(self)
        if isinstance(self._weighed, Trained):
            with one_thread():
                self._weighed = self._weighed.evidence
        return self._weighed

    def __getstate__(self):
        """Return the state to pickle, in which no training data stay behind."""
        if hasattr(self, "_weighed"):
            self._evidence()
        return super().__getstate__()

    @property
    def effective_n_parameters_(self):
        """MacKay's gamma: how many of the penalised parameters the data determine.

        Returns
        -------
        float
            Between 0 and the number of weights. Where alpha is given or by held-out
            rows, it is computed when first asked for, from at most 1,000 rows.
        """
        return self._evidence().gamma

    @property
    def log_evidence_(self):
        """Log marginal likelihood of the training data, in Laplace's approximation.

        Returns
        -------
        float
            In nats. Where alpha is given or by held-out rows, the curvature it needs is
            computed when first asked for, from at most 1,000 rows.
        """
        return self._evidence().log_evidence + self._log_unit

    def as_sklearn(self):
        """Return the equivalent fitted model of scikit-learn, for exporters.

        Whatever turns scikit-learn's models into ONNX, C or PMML takes it.

        Returns
        -------
        object
            An MLPClassifier or MLPRegressor with the same weights, in the inputs' own
            units; a LogisticRegression or LinearRegression where there are no hidden
            neurons. A classifier's probabilities are those of ``predictive="plain"``.
            Parameters other than the architecture are scikit-learn's defaults.

        Raises
        ------
        ValueError
            If scikit-learn has no such activation: it has "sigmoid", "tanh", "relu" and
            "identity".
        """
        check_is_fitted(self)
        return network_as_sklearn(self, getattr(self._predictor, "activation", None))

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
            (before any Laplace correction of a classifier's scores). No columns without
            hidden layer.
        """
        check_is_fitted(self)
        return by_blocks(self._hidden, self, X)

    def _hidden(self, X):
        if self.n_neurons_ == 0:
            return np.empty((len(X), 0))
        return self._predictor.forward(self._theta, self._scaling.inputs(X))[1][1]

    def weights_table(self):
        """Return every weight and bias of the network as a table.

        Returns
        -------
        pandas.DataFrame
            One row a connection: `layer` ("hidden" or "output"), `neuron` (hidden
            neurons h0, h1, ...; output neurons by the class they argue for, or "y"),
            `input` (a feature, a hidden neuron or "bias"), `weight` (per unit of the
            input).
        """
        import pandas as pd

        check_is_fitted(self)
        hidden = [f"h{j}" for j in range(self.n_neurons_)]
        inputs, outputs = feature_names(self), self._output_names()
        ends = [(inputs, hidden), (hidden, outputs)] if hidden else [(inputs, outputs)]
        layers = ["hidden", "output"][-len(ends) :]
        rows = [
            (layer, neuron, source, weight)
            for layer, (sources, neurons), coef, bias in zip(
                layers, ends, self.coefs_, self.intercepts_, strict=True
            )
            for neuron, weights in zip(neurons, np.vstack([coef, bias]).T, strict=True)
            for source, weight in zip([*sources, "bias"], weights, strict=True)
        ]
        return pd.DataFrame(rows, columns=["layer", "neuron", "input", "weight"])
