"""Learning from streams: `partial_fit`, batch by batch."""

from dataclasses import replace

import numpy as np

from skneuron._base import wants_laplace
from skneuron._numerics.curvature import DenseCurvature, factorised
from skneuron._numerics.evidence import (
    Tuner,
    evidence_of,
    raw_alpha,
    scaled_alpha,
)
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.moments import moments
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.scaling import unscaled
from skneuron._numerics.solution import Solution, evaluate
from skneuron._numerics.starts import race
from skneuron._numerics.stream import Quadratic, Recursion, Stream, Walk
from skneuron._numerics.training import Trained, penalty_of
from skneuron._threads import one_thread
from skneuron._validation import (
    all_or_nothing,
    validate_parameters,
)
from skneuron._validation_of_parts import batch_set


class PartialFitMixin:
    """Learn from batches; a subclass gives `_learn_batch(stream, data, anew)`.

    It sets the fitted attributes and returns what the stream's learner has become and
    the objective, of all rows seen as far as that is known.
    """

    # Set by `partial_fit`, which goes on from it; `fit` drops it.
    _stream = None

    _takes_single = True

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Learn from some rows of many, and keep what has been learnt before.

        The objective is that of `fit` for all rows that came: the sum of their losses,
        and alpha once. A batch of two or more classes that equals the first one begins
        a new pass over the same rows, which are not counted again; rows that come
        again in other batches are. Inputs are standardised by running means and
        deviations, and parameters follow these: no score changes by it. After `fit`
        it starts from the parameters found there, but knows nothing of the rows. The
        first batch of a network should be like the others, which its start is made for.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Inputs of this batch; finite numbers.

        y : array-like of shape (n_samples,)
            Labels, out of `classes`; one class is enough.

        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. Needed in the first call; later ones may
            leave it out or repeat it.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, 0 or more; None is 1 for each.

        Returns
        -------
        object
            The estimator itself, ready to predict and to go on.

        Raises
        ------
        ValueError
            If `classes` is missing in the first call or changed later, or `y` has
            other labels or X other columns. The estimator is then what it was before.
        """
        with all_or_nothing(self), one_thread():
            validate_parameters(self)
            earlier = self._stream
            data, counts = batch_set(self, X, y, classes, sample_weight, earlier)
            batch = moments(data.X, data.weight)
            if earlier is None:
                stream, anew, curve = Stream.starting(batch, counts), False, []
            else:
                (stream, anew), curve = earlier.after(batch, counts), self.loss_curve_
            learner, value = self._learn_batch(stream, data, anew)
            self._stream = replace(stream, learner=learner)
            self.loss_curve_ = [*curve, value]
            self.n_iter_, self.converged_ = len(self.loss_curve_), False
        return self


class RecursiveMixin(PartialFitMixin):
    """One Newton step a batch, on its losses and an expansion of all earlier ones."""

    def _learn_batch(self, stream, data, anew):
        scaling = stream.moments.standardised(self.fit_intercept)
        objective = _linear(scaling, data)
        learner = stream.learner or self._unborn(scaling, objective)
        self._require_same_bias(learner.scaling)
        learner = learner.on(scaling, objective.predictor.n_outputs)
        learner = learner.new_pass() if anew else learner
        self._scaling = scaling
        penalty, log_unit = self._penalty(objective.predictor, stream.passes.total)
        goes_on = stream.learner is not None and self.alpha_ > 0
        alpha = self.alpha_ if goes_on and self.alpha == "auto" else self.alpha
        ridge = penalty.ridge(scaled_alpha(alpha, log_unit))
        learner, point, losses = learner.stepped(objective, ridge, stream.passes.left)
        curvature, self.alpha_ = DenseCurvature(losses.hessian), alpha
        if self.alpha == "auto":
            ridge = Tuner(penalty)(curvature, point)
            self.alpha_ = raw_alpha(penalty.alpha(ridge), log_unit)
        factor = factorised(curvature, ridge) if wants_laplace(self) else None
        self._store(objective.predictor, point.theta, factor)
        self.separable_, self._standard_errors = False, _IN_PARTS
        return learner, float(point.value)

    def _require_same_bias(self, scaling):
        if scaling.bias != self.fit_intercept:
            raise ValueError(
                f"fit_intercept={self.fit_intercept!r} is not what earlier batches "
                f"were learnt with: set it to {scaling.bias!r}, or begin anew with fit."
            )

    def _unborn(self, scaling, objective):
        """Return a learner that knows the parameters of a fit, or the base rate."""
        theta = self._start(objective)
        if hasattr(self, "coef_"):
            theta = scaling.scaled(self.coef_.T, self.intercept_).ravel()
        nothing = Quadratic.nothing(len(theta))
        return Recursion(scaling, theta, nothing, nothing)


_IN_PARTS = (
    "they were learnt in parts, and the curvature of earlier ones was taken at earlier "
    "coefficients; use fit"
)


def _linear(scaling, data):
    X, target = scaling.inputs(data.X), data.target
    predictor = Linear(X.shape[1], target.shape[1])
    return DataLoss(predictor, log_loss(target.shape[1]), X, target, data.weight)


# Hidden neurons of "auto" in a stream: the first count above 0 that `fit` would try.
_COUNT = 8


class WalkMixin(PartialFitMixin):
    """One pass of Adam over each batch, in steps of 25 to 200 rows."""

    def _learn_batch(self, stream, data, anew):
        objective = self._batch_objective(stream, data)
        share = objective.total / stream.passes.total
        whole = replace(objective, weight=objective.weight / share)
        penalty, alpha = self._penalty_so_far(whole, stream)
        ridge = penalty.ridge(alpha)
        walk = self._walk(stream.learner, objective, ridge)
        walk = walk.stepped(objective, share * ridge)
        point = evaluate(whole, walk.theta, ridge)
        self._store(self._scaling, Trained(whole, penalty, _solution(point), alpha))
        if self.alpha == "auto" or wants_laplace(self, self.n_neurons_):
            walk = walk.measured(objective, share)
            total = DenseCurvature(stream.passes.total * walk.curvature)
            self._weigh(total, point, penalty)
        return walk, float(point.value)

    def _batch_objective(self, stream, data):
        self._scaling = unscaled(data.X.shape[1])
        if self.standardize:
            self._scaling = stream.moments.equalised()
        n_neurons = _COUNT if self.n_neurons == "auto" else int(self.n_neurons)
        n_neurons = getattr(self, "n_neurons_", n_neurons)
        # In the order in which `fit` would have the rows.
        return self._objective(n_neurons, self._scaling, data.merged())

    def _penalty_so_far(self, whole, stream):
        """Return the penalty and the alpha given, or that the last batch led to."""
        if self.alpha != "auto":
            return penalty_of(whole, float(self.alpha))
        penalty, first = penalty_of(whole)
        return penalty, first if stream.learner is None else self.alpha_

    def _walk(self, walk, objective, ridge):
        """Return the walk on a new scaling, or one from the start that `fit` takes."""
        width = objective.predictor.layer_shapes[0][1]
        if walk is not None:
            return walk.on(self._scaling, width)
        seed = self._seed()
        if hasattr(self, "coefs_"):
            return Walk.starting(self._scaling, self._refolded(), seed)
        plan = self._plan(objective, seed)
        if not objective.has_all_classes:
            # What tells them apart is still to come.
            plan = replace(plan, n_init=1)
        return Walk.starting(self._scaling, race(objective, ridge, plan), seed)

    def _refolded(self):
        """Return the fitted parameters on the new scaling."""
        first = self._scaling.scaled(self.coefs_[0], self.intercepts_[0])
        layers = zip(self.coefs_[1:], self.intercepts_[1:], strict=True)
        others = [np.vstack(layer) for layer in layers]
        return np.concatenate([layer.ravel() for layer in (first, *others)])

    def _weigh(self, curvature, point, penalty):
        """Store what the curvature of all rows says of the parameters and of alpha."""
        log_modes, ridge = self._predictor.log_modes, point.ridge
        if self.alpha == "auto":
            factor = factorised(curvature, ridge)
            found = evidence_of(factor, point.value, ridge, penalty, log_modes)
            self._weighed = found
            ridge = penalty.retune(found.gamma, point.theta)
            self.alpha_ = penalty.alpha(ridge)
        if wants_laplace(self, self.n_neurons_):
            self._factor = factorised(curvature, ridge)


def _solution(point):
    return Solution(point.theta, point.ridge, [float(point.value)], 1, False, "")
