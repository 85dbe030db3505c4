"""Maximum evidence: how much the data determine, and the weight decay that follows.

MacKay (1992), "A practical Bayesian framework for backpropagation networks",
doi:10.1162/neco.1992.4.3.448; Bishop (2006), "Pattern Recognition and Machine
Learning", section 5.7.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from skneuron._numerics.curvature import factorised

# Below this alpha changes nothing that float64 could show on scaled inputs.
_SMALLEST = 1e-6

# Prior p(alpha) ~ alpha**(_SHAPE - 1): it adds 2 * _SHAPE to gamma. Without it a
# network that separates its data can run away: all slopes p(1 - p) vanish, gamma and
# with it alpha fall to 0, the weights grow, and the slopes vanish the more.
_SHAPE = 0.05


@dataclass(frozen=True)
class Penalty:
    """Quadratic penalty sum(ridge * theta**2) / 2, ridge = alpha * factor + fixed.

    Attributes
    ----------
    factor : ndarray of shape (P,)
        Share of alpha on each parameter; 0 where alpha does not reach (biases).
    fixed : ndarray of shape (P,)
        Penalty that does not depend on alpha: the weak prior of the biases.
    largest : float
        Bound of alpha. Without one, little data or weak effects let alpha grow beyond
        all bounds and the weights vanish: an optimum of the evidence that predicts the
        base rate and is of no use to anyone who boosts or averages networks.
    """

    factor: np.ndarray
    fixed: np.ndarray
    largest: float = np.inf

    def ridge(self, alpha):
        """Return the diagonal of the penalty's Hessian, (P,)."""
        return alpha * self.factor + self.fixed

    def alpha(self, ridge):
        """Return the alpha that `ridge(alpha)` was made from."""
        i = self.factor.argmax()
        return float((ridge[i] - self.fixed[i]) / self.factor[i])

    def variance(self, value):
        """Return what to divide the loss by to make it a negative log likelihood."""
        return 1.0

    def log_evidence(self, value, factor, ridge):
        """Return the log marginal likelihood in Laplace's approximation.

        -value - log det(H + diag(ridge)) / 2 + log det(diag(ridge)) / 2, where `value`
        is the sum of the negative log likelihoods and of ridge * theta**2 / 2.
        """
        return float(0.5 * (np.log(ridge).sum() - factor.log_det()) - value)

    def retune(self, gamma, theta, variance=1.0):
        """Return the ridge whose alpha makes the evidence stationary.

        alpha = (gamma + 0.1) * variance / ||w||^2, with gamma at the present ridge:
        MacKay's fixed-point iteration, with `_SHAPE` as the weak prior of alpha.
        """
        size = max((self.factor * theta) @ theta, 1e-300)
        alpha = (gamma + 2 * _SHAPE) * variance / size
        return self.ridge(np.clip(alpha, _SMALLEST * variance, self.largest))


@dataclass(frozen=True)
class RelativePenalty(Penalty):
    """A penalty of a loss that is to be divided by the variance of a noise.

    sum_i (f_i - y_i)^2 / (2 v) + a ||w||^2 / 2 has its minimum where half the sum of
    squares plus (a v) ||w||^2 / 2 has it: what a solver needs is the ratio alpha = a v
    of the noise's variance to that of the weights' prior. Only the evidence sees v, and
    for a given alpha its maximum over v is known (Bishop 2006, section 3.5).

    Attributes
    ----------
    n_samples : float
        Total weight of the rows.
    """

    n_samples: float = 0.0

    def variance(self, value):
        """Return the variance of maximum evidence at a value of the objective."""
        return tuned_variance(value, self.n_samples)

    def log_evidence(self, value, factor, ridge):
        """Return the log marginal likelihood, the noise's variance at its best."""
        variance = self.variance(value)
        n_free = max(self.n_samples - 1.0, 0.0)
        normaliser = self.n_samples * np.log(2 * np.pi) + n_free * np.log(variance)
        return super().log_evidence(value / variance + 0.5 * normaliser, factor, ridge)


# The noise of data that are interpolated: as if a row more, of this weight, had missed
# by a deviation of y. And the least share of the rows that is left to estimate it from.
_UNSEEN = 1e-9
_LEAST = 0.1


def _ratio(squares, n_free, n_samples):
    return (squares + _UNSEEN) / (max(n_free, _LEAST * n_samples) + _UNSEEN)


def tuned_variance(value, n_samples):
    """Return the noise's variance of maximum evidence at a value of the objective.

    It is 2 * value / (n - 1 + 0.1): the free bias of the output takes a row, and the
    prior of the weights' precision adds as much as it adds to gamma. Where alpha is
    tuned, too, that is the sum of squares over n - 1 - gamma.
    """
    return _ratio(2.0 * value, n_samples - 1.0 + 2 * _SHAPE, n_samples)


def residual_variance(loss, factor, ridge, n_samples):
    """Return the sum of squares over the rows that no parameter is determined by.

    It is the estimate for an alpha that is given and may be far from the evidence's;
    `loss` is half the sum of squares, `factor` the curvature plus `ridge`.
    """
    determined = factor.determined(np.ones(len(ridge), bool))
    return _ratio(2.0 * loss, n_samples - determined, n_samples)


# The ratio of two steps of alpha up to which a third is told from them.
_STEEP = 0.8


@dataclass
class Tuner:
    """A solver's `retune`, which also sees whether the evidence is worth the while.

    Attributes
    ----------
    penalty : Penalty
    to_beat : float
        Log evidence of the best model so far.
    log_modes : callable
        What equal optima add to the log evidence, given gamma.
    trace : list of float
        Log evidence at each call, if there is one to beat.
    steps : list of (float, float)
        The log of alpha before and after each call.
    """

    penalty: Penalty
    to_beat: float = -np.inf
    log_modes: Callable = lambda gamma: 0.0
    trace: list = field(default_factory=list)
    steps: list = field(default_factory=list)

    def __call__(self, curvature, point):
        """Return the penalty's better ridge at a solver's Point."""
        factor, penalty = factorised(curvature, point.ridge), self.penalty
        gamma = effective_parameters(factor, penalty)
        self._record(point, factor, gamma)
        ridge = penalty.retune(gamma, point.theta, penalty.variance(point.value))
        return self._ahead(point.ridge, ridge)

    def _ahead(self, ridge, better):
        """Return where a series of such steps leads, if the last two tell.

        MacKay's iteration converges as a geometric series where many parameters are
        half determined: its limit is extrapolated, on the logarithmic scale (Steffensen
        1933, doi:10.1080/03461238.1933.10419209).
        """
        penalty = self.penalty
        before, after = np.log([penalty.alpha(ridge), penalty.alpha(better)])
        self.steps.append((before, after))
        (last, then), *_ = self.steps[-2:]
        ratio = (after - then) / (before - last or np.inf)
        if not 0.0 < ratio < _STEEP:
            return better
        alpha = np.exp(before + (after - before) / (1.0 - ratio))
        return penalty.ridge(min(alpha, penalty.largest))

    def _record(self, point, factor, gamma):
        if self.to_beat > -np.inf:
            self.trace.append(self._log_evidence(point, factor, gamma))

    def _log_evidence(self, point, factor, gamma):
        evidence = self.penalty.log_evidence(point.value, factor, point.ridge)
        return evidence + self.log_modes(gamma)

    def hopeless(self):
        """Return whether the evidence is too far behind to catch up.

        On the public suite it rose after the second call by less than 10 and its gain
        between the first two wherever it then came out ahead.
        """
        if len(self.trace) < 2:
            return False
        gain = max(self.trace[-1] - self.trace[-2], 0.0)
        return self.to_beat - self.trace[-1] > 10.0 + gain

    def chosen(self, solution):
        """Return the solution to keep of a solver's."""
        return solution


# A patient tuner's patience, in calls, and the nats that are worth it.
_PATIENCE = 8
_WORTHWHILE = 0.5


@dataclass
class PatientTuner(Tuner):
    """A tuner that turns back to the highest evidence it came by.

    MacKay's iteration, for which the curvature is a constant, can run away from a
    strong penalty: a weaker one, more parameters determined, a still weaker one, down
    to a network that has learnt its data by heart; the more so where the noise is
    estimated, too. The evidence rises on that way, and then falls: its highest point is
    a network that a path of penalties reaches before it overfits, although it is no
    longer the minimum when training goes on.

    Attributes
    ----------
    best : Point or None
        Where the log evidence was highest.
    """

    best: object = None

    def _record(self, point, factor, gamma):
        self.trace.append(self._log_evidence(point, factor, gamma))
        if self.trace[-1] == max(self.trace):
            self.best = point

    def _ahead(self, ridge, better):
        """Return the next step's: a leap might miss the highest point."""
        return better

    def hopeless(self):
        """Return whether the evidence no longer grows."""
        recent, before = self.trace[-_PATIENCE:], self.trace[:-_PATIENCE]
        return bool(before) and max(recent) < max(before) + _WORTHWHILE

    def chosen(self, solution):
        """Return the solution, or the best point where its evidence was higher."""
        if not self.trace or self.trace[-1] > max(self.trace) - _WORTHWHILE:
            return solution
        away = np.abs(np.subtract(solution.loss_curve, self.best.value))
        return solution.cut_back(self.best, int(away.argmin()) + 1)


def effective_parameters(factor, penalty):
    """Return MacKay's gamma: the penalised parameters that the data determine.

    gamma = sum(1 - ridge_p * [(H + diag(ridge))^-1]_pp) over penalised p, a number
    between 0 and their count; `factor` is H + diag(ridge), factorised.
    """
    free = penalty.factor > 0
    return float(np.clip(factor.determined(free), 0.0, free.sum()))


@dataclass(frozen=True)
class Evidence:
    """What the curvature at the trained parameters says of them.

    Attributes
    ----------
    gamma : float
        Effective number of penalised parameters.
    log_evidence : float
    """

    gamma: float
    log_evidence: float


def evidence_of(factor, value, ridge, penalty, log_modes):
    """Return the Evidence at parameters whose objective has a value and a curvature."""
    gamma = effective_parameters(factor, penalty)
    log_evidence = penalty.log_evidence(value, factor, ridge)
    return Evidence(gamma, log_evidence + log_modes(gamma))


def bounded_exp(x):
    """Return e^x within 1e-100 and 1e100, so that products stay finite."""
    return np.exp(np.clip(x, -230.0, 230.0))


def scaled_alpha(alpha, log_unit):
    """Return alpha in e^log_unit; "auto" begins at 1."""
    if alpha == "auto":
        return 1.0
    return alpha and bounded_exp(np.log(alpha) - log_unit)


def raw_alpha(alpha, log_unit):
    """Return the alpha > 0 that is `alpha` in e^log_unit."""
    return float(bounded_exp(np.log(alpha) + log_unit))


# Precision per unit of weight that settles what several outputs leave open: a constant
# added to all of them. It is lost in the rounding of everything else.
_INDIFFERENCE = 1e-12


def raw_penalty(scale, shape, n_rows, free):
    """Return the penalty on a neuron's scaled coefficients and the log of its unit.

    A raw coefficient is the scaled one over its input's scale, so alpha acts on the
    latter as alpha / scale**2; the unit, a mean of scale**2, keeps that about 1.
    `shape` is the layer's; `free` says that there is no alpha.
    """
    squares = 2.0 * np.log(scale)
    log_unit = squares.mean()
    layer = np.zeros(shape)
    layer[: len(squares)] = bounded_exp(log_unit - squares)[:, None]
    indifferent = (layer == 0) | free
    fixed = _INDIFFERENCE * n_rows * (shape[1] > 1) * indifferent
    return Penalty(layer.ravel(), fixed.ravel(), n_rows), log_unit
