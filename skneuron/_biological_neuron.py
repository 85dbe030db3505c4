"""BiologicalNeuronClassifier: the all-or-none neuron, in millivolts."""

from dataclasses import replace
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skneuron._base import SingleNeuronClassifier
from skneuron._callbacks import Iterations
from skneuron._numerics import noise
from skneuron._numerics.scaling import standardising
from skneuron._numerics.threshold import fit_half_spaces
from skneuron._validation import Interval, StrOptions, feature_names


class BiologicalNeuronClassifier(SingleNeuronClassifier):
    """A neuron that fires or is silent, and makes the fewest mistakes it can.

    What arrives at its synapses adds up to the graded potential, in mV ::

        graded potential = resting_potential + drive_ + coef_ . x

    The neuron fires if that lies above the threshold; at the threshold itself it is
    silent. Training minimises the weighted number of mistakes itself (the 0/1 loss),
    not a smooth surrogate.

    With one or two inputs (up to 5000 distinct rows) the optimum is found exactly; with
    more, by annealing a sigmoid towards the step from several starts and by exact line
    searches, in the manner of [1]_.

    The margin rule: of half-spaces with equally few mistakes that the search compares,
    the one in the wider gap is taken. The border runs midway between the nearest
    training rows of the two sides (on which they fall, whatever their class), and its
    direction makes their distance the largest, every input in units of its standard
    deviation; for separable classes that is a support vector machine's hard margin.
    The order of rows does not matter, and a weight of 3 equals three rows. With more
    than two classes there is a neuron for each, trained to fire for its class only, and
    the neuron furthest above its threshold wins.

    Parameters
    ----------
    resting_potential : float, default=-70.0
        Potential of a neuron without input, in mV; below `threshold`.

    threshold : float, default=-55.0
        Graded potential above which the neuron fires, in mV; between
        `resting_potential` and `action_potential`.

    action_potential : float, default=30.0
        Potential of a firing neuron, in mV.

    noise : float >= 0 or "auto", default=0.0
        Scale of the logistic noise of the membrane, in mV: a neuron fires with
        probability sigmoid((graded potential - threshold) / noise). 0 is all or none;
        "auto" estimates the scale from the training data, by maximum likelihood on rows
        that the neuron did not learn from.

    class_weight : None, dict or "balanced", default=None
        Weights of the classes, which multiply `sample_weight`. "balanced" gives all
        classes the same total weight.

    max_iter : int >= 1, default=1000
        Largest number of rounds of line searches (16 lines or more) from a start, with
        three or more inputs.

    n_init : int >= 1, default=3
        Number of starts, with three or more inputs; more find fewer mistakes.

    random_state : int, RandomState instance or None, default=None
        Seed of the search. None is a fixed seed too: same data, same neuron.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels of the classes, sorted. With two, the neuron fires for the second.

    coef_ : ndarray of shape (1, n_features) or (n_classes, n_features)
        Synaptic strengths, in mV per unit of the input.

    intercept_ : ndarray of shape (1,) or (n_classes,)
        Graded potential of a row of zeros minus the threshold, in mV: equal to
        ``resting_potential - threshold`` where `drive_` is 0.

    drive_ : ndarray of shape (1,) or (n_classes,)
        Constant background input, in mV. For two classes it is 0 unless the neuron
        fires, or nearly fires, for a row of zeros. For more it has mean 0 if it can:
        neurons that are compared share one scale.

    noise_ : float
        Scale of the noise used, in mV.

    optimal_ : bool
        Whether fewer mistakes are proved to be impossible, for every neuron: by the
        exact search, or because there are none that a function of the inputs avoids.

    loss_curve_ : list of float
        Weight of the mistakes on the training rows of the best neuron so far, after
        each round of line searches; the last entry belongs to the fitted neuron. With
        more than two classes, summed over the neurons.

    n_iter_ : int
        Length of `loss_curve_`.

    converged_ : bool
        Whether the search ended before `max_iter` cut it short.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the inputs, where X had names that are all strings.

    See Also
    --------
    LogisticNeuron : The same neuron with a sigmoid instead of a step.

    References
    ----------
    .. [1] L. Li and H.-T. Lin (2007), Optimizing 0/1 loss for perceptrons by random
       coordinate descent, International Joint Conference on Neural Networks,
       :doi:`10.1109/IJCNN.2007.4371051`.

    Examples
    --------
    Two synapses of 10 mV: one alone is not enough to fire.

    >>> from skneuron import BiologicalNeuronClassifier
    >>> neuron = BiologicalNeuronClassifier.from_parameters([10, 10], -15, [0, 1])
    >>> neuron.graded_potential([[0, 0], [1, 0], [1, 1]])
    array([-70., -60., -50.])
    >>> neuron.fire([[0, 0], [1, 0], [1, 1]])
    array([-70., -70.,  30.])

    The fewest mistakes that a straight border can make on 944 votes:

    >>> from skneuron.datasets import load_anes96
    >>> votes = load_anes96()
    >>> neuron = BiologicalNeuronClassifier().fit(votes.data, votes.target)
    >>> neuron.loss_curve_[-1], neuron.optimal_
    (361.0, True)
    """

    _parameter_constraints = {
        "resting_potential": [Interval(Real, None, None, closed="neither")],
        "threshold": [Interval(Real, None, None, closed="neither")],
        "action_potential": [Interval(Real, None, None, closed="neither")],
        "noise": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        resting_potential=-70.0,
        threshold=-55.0,
        action_potential=30.0,
        noise=0.0,
        class_weight=None,
        max_iter=1000,
        n_init=3,
        random_state=None,
    ):
        self.resting_potential = resting_potential
        self.threshold = threshold
        self.action_potential = action_potential
        self.noise = noise
        self.class_weight = class_weight
        self.max_iter = max_iter
        self.n_init = n_init
        self.random_state = random_state

    def _learn(self, data):
        self._require_rising_potentials()
        data = data.merged()
        iterations = Iterations(self)
        found = self._half_spaces(data, self.n_init, iterations.ended)
        slopes = np.ones(1)
        if len(found.coef) > 1:
            # Furthest above threshold should mean surest to fire: neurons that are
            # compared are put on the scale of log-odds.
            scores = data.X @ found.coef.T + found.intercept
            slopes = noise.own_slopes(scores, data.target > 0, data.weight)
        unit = self._unit(float((found.intercept * slopes).mean()))
        self._store(found, slopes * unit)
        self._spread = standardising(data.X, data.weight).scale
        self.optimal_ = found.optimal
        self.noise_ = self.noise
        if self.noise == "auto":
            self.noise_ = unit / self._held_out_slope(data, slopes, iterations)
        return found

    def _require_rising_potentials(self):
        if not self.resting_potential < self.threshold < self.action_potential:
            raise ValueError(
                f"The potentials of {type(self).__name__} must rise: resting_potential "
                "< threshold < action_potential. Got "
                f"resting_potential={self.resting_potential!r}, "
                f"threshold={self.threshold!r}, "
                f"action_potential={self.action_potential!r} instead."
            )

    def _half_spaces(self, data, n_init, monitor):
        """Return one half-space for the second of two classes, else one a class."""
        seed = check_random_state(self.random_state or 0).randint(2**31 - 1)
        options = {"n_init": n_init, "random_state": seed, "monitor": monitor}
        return fit_half_spaces(
            data.X, data.target > 0, data.weight, max_iter=self.max_iter, **options
        )

    def _unit(self, intercept):
        """Return the mV of a unit of score: -15 mV for a row of zeros, if it can be."""
        distance = self.threshold - self.resting_potential
        return distance / -intercept if intercept < -_NEAR_THRESHOLD else distance

    def _store(self, found, units):
        distance = self.threshold - self.resting_potential
        drive = found.intercept * units + distance
        drive[np.abs(drive) < 1e-9 * distance] = 0.0
        self.drive_, self.intercept_ = drive, drive - distance
        self.coef_ = found.coef * units[:, None]

    def _held_out_slope(self, data, slopes, iterations):
        """Return the slope that suits rows which the neurons did not learn from."""
        fold, scores = noise.folds(data.codes), np.empty((len(data.X), len(slopes)))
        for held_out in (fold == k for k in np.unique(fold)):
            rows = ("X", "codes", "weight")
            rest = replace(data, **{key: getattr(data, key)[~held_out] for key in rows})
            found = self._half_spaces(rest, 1, lambda: iterations.stopped)
            scores[held_out] = data.X[held_out] @ found.coef.T + found.intercept
        scores = scores * slopes if len(slopes) > 1 else noise.as_classes(scores[:, 0])
        return noise.best_slope(scores, data.codes, data.weight)

    def predict_proba(self, X):
        """Return the probability of each class, in the order of `classes_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Without noise 1 for the predicted class and 0 for others; else the sigmoid
            (two classes) or softmax of ``decision_function(X) / noise_``.
        """
        return noise.firing_probability(self.decision_function(X), self.noise_)

    def predict_log_proba(self, X):
        """Return the logarithm of `predict_proba`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows to classify.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            Log-probabilities, in the order of `classes_`; -inf for a probability of 0.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

    def graded_potential(self, X):
        """Return what the inputs add up to in the cell body, in mV.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            ``resting_potential + drive_ + X @ coef_.T``, one column a neuron where
            there are more than two classes.
        """
        return self.decision_function(X) + self.threshold

    def fire(self, X):
        """Return the potential that leaves along the axon, in mV.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            `action_potential` where the graded potential lies above the threshold,
            `resting_potential` elsewhere; noise is left out.
        """
        fires = self.decision_function(X) > 0
        return np.where(fires, self.action_potential, self.resting_potential)

    def synapses(self):
        """Return the synapses as a table.

        Returns
        -------
        pandas.DataFrame
            One row a synapse: `feature`; with more than two classes `class`, whose
            neuron it belongs to; `strength`, in mV per unit of the input; `kind`,
            "excitatory" (positive) or "inhibitory" (negative); `size`, "strong" if one
            standard deviation of the input (one unit, for given parameters) moves the
            potential at least half as far as at the neuron's strongest synapse, else
            "weak". Both are "none" for a strength of 0.
        """
        import pandas as pd

        check_is_fitted(self)
        names = feature_names(self)
        effect = np.abs(self.coef_) * self._spread
        strong = effect >= effect.max(axis=1, keepdims=True) / 2
        strength = self.coef_.ravel()
        table = {
            "feature": np.tile(names, len(self.coef_)),
            "class": np.repeat(self.classes_, len(names)),
            "strength": strength,
            "kind": _kinds(strength, strength > 0, ["excitatory", "inhibitory"]),
            "size": _kinds(strength, strong.ravel(), ["strong", "weak"]),
        }
        if len(self.coef_) == 1:
            del table["class"]
        return pd.DataFrame(table)

    def to_logistic(self):
        """Return the LogisticNeuron with the same probabilities.

        Returns
        -------
        LogisticNeuron
            Its coefficients are `coef_` / `noise_`, its biases `intercept_` / `noise_`.

        Raises
        ------
        ValueError
            If `noise_` is 0: a sigmoid is never all or none.
        """
        from skneuron._logistic_neuron import LogisticNeuron

        check_is_fitted(self)
        if self.noise_ == 0:
            raise ValueError(
                f"to_logistic() needs a noise above 0 mV, got noise={self.noise!r}: "
                "an all-or-none neuron has no logistic equal. Fit with noise > 0 or "
                "noise='auto'."
            )
        return LogisticNeuron.from_parameters(
            self.coef_ / self.noise_,
            self.intercept_ / self.noise_,
            self.classes_,
            getattr(self, "feature_names_in_", None),
        )

    @classmethod
    def from_parameters(cls, coef, intercept, classes, feature_names=None):
        """Return a fitted neuron with the given parameters; nothing is learnt.

        Parameters
        ----------
        coef : array-like of shape (n_features,) or (n_outputs, n_features)
            Synaptic strengths, in mV per unit of the input.

        intercept : float or array-like of shape (n_outputs,)
            Graded potential of a row of zeros minus the threshold, in mV; -15 without
            drive.

        classes : array-like of shape (n_classes,)
            Labels, sorted; the neuron fires for the second of two.

        feature_names : list of str, default=None
            Names of the inputs.

        Returns
        -------
        BiologicalNeuronClassifier
            The neuron, without noise, with `n_iter_` 0 and an empty `loss_curve_`.
        """
        neuron = cls()._given(coef, intercept, classes, feature_names)
        neuron.drive_ = neuron.intercept_ + neuron.threshold - neuron.resting_potential
        neuron._spread = np.ones(neuron.n_features_in_)
        neuron.noise_, neuron.optimal_ = neuron.noise, False
        return neuron


# Rows of zeros nearer to the border than this share of the scores' spread would be
# endless millivolts away from it.
_NEAR_THRESHOLD = 1e-6


def _kinds(strength, first, names):
    return np.where(strength == 0, "none", np.where(first, *names))
