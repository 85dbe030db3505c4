"""BiologicalNeuronClassifier: the all-or-none neuron, in millivolts."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skneuron._base import SingleNeuronClassifier
from skneuron._numerics.losses import log_probability, probability
from skneuron._numerics.noise import common_slope, cross_fitted, slopes
from skneuron._numerics.threshold import fit_half_space
from skneuron._validation import Interval, StrOptions, feature_names


class BiologicalNeuronClassifier(SingleNeuronClassifier):
    """A neuron that fires or is silent, and makes the fewest mistakes it can.

    What arrives at its synapses adds up to the graded potential, in mV ::

        graded potential = resting_potential + drive_ + coef_ . x

    The neuron fires if that lies above the threshold; at the threshold itself it is
    silent. Training minimises the weighted number of mistakes itself (the 0/1 loss),
    not a smooth surrogate.

    With one or two inputs (up to 5000 distinct rows) the optimum is found exactly; with
    more, by annealing a sigmoid towards the step and by exact line searches from
    several starts, in the manner of [1]_. Of half-spaces with equally few mistakes, the
    one in the wider gap is taken: the border runs midway between the nearest training
    rows of the two sides, and its direction makes their distance, in standard
    deviations of the data, the largest. The result does not depend on the order of
    rows, and a weight of 3 equals three rows.

    With more than two classes there is a neuron for each, trained to fire for its class
    only, and the neuron furthest above its threshold wins.

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
        Largest number of line searches from a start, with three or more inputs.

    n_init : int >= 1, default=4
        Number of starts, with three or more inputs; more find fewer mistakes.

    random_state : int, RandomState instance or None, default=None
        Seed of the directions of the line searches. None is a fixed seed too: the same
        data always give the same neuron.

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
        Weight of the training rows on the wrong side, for the best neuron so far,
        after each line search; never increasing. The last entry belongs to the fitted
        neuron. With more than two classes, summed over the neurons.

    n_iter_ : int
        Length of `loss_curve_`.

    converged_ : bool
        Whether the search ended before `max_iter` cut it short.

    n_features_in_ : int
        Number of inputs.

    feature_names_in_ : ndarray of shape (n_features_in_,)
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
        n_init=4,
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
        fires = data.target > 0
        seed = check_random_state(self.random_state or 0).randint(2**31 - 1)

        def learn(rows, n_init=self.n_init):
            return [
                fit_half_space(
                    data.X[rows],
                    column[rows],
                    data.weight[rows],
                    max_iter=self.max_iter,
                    n_init=n_init,
                    random_state=seed,
                )
                for column in fires.T
            ]

        neurons = learn(slice(None))
        coef, intercept = _stack(neurons)
        if len(neurons) > 1:
            steepness = slopes(data.X @ coef.T + intercept, fires, data.weight)
            coef, intercept = coef * steepness[:, None], intercept * steepness
        scale = self._millivolts(intercept)
        self.coef_, self.intercept_ = coef * scale, intercept * scale
        self.drive_ = self.intercept_ - self._resting_distance
        self.optimal_ = all(neuron.optimal for neuron in neurons)
        self.noise_ = ...
        return _outcome(neurons, self.max_iter)
