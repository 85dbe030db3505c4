"""Learning from rows that come in batches, given what is kept of earlier ones."""

from dataclasses import dataclass, replace

import numpy as np

from skneuron._numerics.curvature import DenseCurvature
from skneuron._numerics.moments import Moments, change, moved, moved_matrix
from skneuron._numerics.solution import evaluate
from skneuron._numerics.solvers import RATE, AdamWalk, Damper


@dataclass(frozen=True)
class Passes:
    """How many rows there are, of which a stream may bring each several times.

    A batch of two or more classes that equals the very first one begins a new pass over
    the same rows. Anything else is new.

    Attributes
    ----------
    first : ndarray of shape (k,)
        A description of the first batch.
    before : float
        Total weight of the rows of the longest earlier pass.
    now : float
        Total weight of those of this pass so far.
    """

    first: np.ndarray
    before: float
    now: float

    @property
    def total(self):
        """Return the total weight of the rows seen, each counted once."""
        return max(self.before, self.now)

    @property
    def left(self):
        """Return the share of the last pass that this one has not replaced yet."""
        return self.total / self.before - self.now / self.before if self.before else 0.0

    def advanced(self, batch, weight, n_classes):
        """Return the passes after one more batch, and whether it begins one."""
        if n_classes > 1 and np.array_equal(batch, self.first):
            return Passes(self.first, self.total, weight), True
        return replace(self, now=self.now + weight), False


@dataclass(frozen=True)
class Quadratic:
    """constant + slope . theta + theta' hessian theta / 2."""

    hessian: np.ndarray
    slope: np.ndarray
    constant: float

    @classmethod
    def of(cls, objective, theta):
        """Return the expansion of an objective about theta, by its curvature."""
        value, gradient = objective.value_and_gradient(theta)
        hessian = objective.curvature(theta).hessian
        pull = hessian @ theta
        constant = value - gradient @ theta + 0.5 * pull @ theta
        return cls(hessian, gradient - pull, float(constant))

    @classmethod
    def nothing(cls, size):
        """Return 0 as a function of so many parameters."""
        return cls(np.zeros((size, size)), np.zeros(size), 0.0)

    def plus(self, other, share=1.0):
        """Return the sum of this and a share of another."""
        return Quadratic(
            self.hessian + share * other.hessian,
            self.slope + share * other.slope,
            self.constant + share * other.constant,
        )

    def moved(self, S, width):
        """Return the same function of moved parameters; see `moments.moved`."""
        slope = moved(np.linalg.inv(S).T, self.slope, width)
        return Quadratic(moved_matrix(S, self.hessian, width), slope, self.constant)

    def value_and_gradient(self, theta):
        """Return the value and its gradient (P,)."""
        pull = self.hessian @ theta
        value = self.constant + (self.slope + 0.5 * pull) @ theta
        return float(value), self.slope + pull


@dataclass(frozen=True)
class Together:
    """The objective of the rows at hand plus the expansion of that of the others."""

    objective: object
    others: Quadratic

    def value_and_gradient(self, theta):
        """Return the sum and its gradient (P,)."""
        value, gradient = self.objective.value_and_gradient(theta)
        more, slope = self.others.value_and_gradient(theta)
        return value + more, gradient + slope

    def hessian(self, theta):
        """Return the curvature of the sum."""
        return DenseCurvature(
            self.objective.curvature(theta).hessian + self.others.hessian
        )


@dataclass(frozen=True)
class Recursion:
    """What a single layer has learnt from a stream, and what it needs to go on.

    Attributes
    ----------
    scaling : Scaling
        Of the inputs that all else is about.
    theta : ndarray of shape (P,)
    before, now : Quadratic
        Expansions of the losses of the last pass and of this one.
    damping, growth : float
        Levenberg's damping, and by what it grows next.
    """

    scaling: object
    theta: np.ndarray
    before: Quadratic
    now: Quadratic
    damping: float = 0.0
    growth: float = 2.0

    def on(self, scaling, n_outputs):
        """Return the same function of inputs on another scaling."""
        S = change(self.scaling, scaling)
        return replace(
            self,
            scaling=scaling,
            theta=moved(S, self.theta, n_outputs),
            before=self.before.moved(S, n_outputs),
            now=self.now.moved(S, n_outputs),
        )

    def new_pass(self):
        """Return this where the rows begin to come again."""
        return replace(self, before=self.now, now=Quadratic.nothing(len(self.theta)))

    def stepped(self, objective, ridge, left):
        """Return this after a Newton step, its objective there and all rows' losses.

        The objective's own rows have their losses; of the others of this pass, and of
        the share `left` of the last, the expansions stand for theirs. Where all rows
        come at once that is Newton's method; in batches it is the incremental one of
        Rodomanov & Kropotov (2016, "A superlinearly-convergent proximal Newton-type
        method for the optimization of finite sums", ICML), with a pass's expansions
        summed up; rows that come but once make it an extended Kalman filter.
        """
        others = self.now.plus(self.before, left)
        together, damper = Together(objective, others), Damper(self.damping)
        damper.growth = self.growth
        point = evaluate(together, self.theta, ridge)
        point, _ = damper.step(together, together.hessian(self.theta), point)
        batch = Quadratic.of(objective, point.theta)
        state = replace(
            self,
            theta=point.theta,
            now=self.now.plus(batch),
            damping=float(damper.damping),
            growth=float(damper.growth),
        )
        return state, point, others.plus(batch)


@dataclass(frozen=True)
class Walk:
    """What a network has learnt from a stream by Adam, and what it needs to go on.

    Attributes
    ----------
    scaling : Scaling
        Of the inputs that theta is about.
    theta, mean, square : ndarray of shape (P,)
        Parameters, and moving averages of the gradient and of its square.
    n_steps, n_passes : int
        Steps, and passes over a batch, so far.
    seed : int
    curvature : ndarray of shape (P, P) or None
        Running mean of the loss's curvature by unit of weight, where it is asked for.
    """

    scaling: object
    theta: np.ndarray
    mean: np.ndarray
    square: np.ndarray
    n_steps: int
    n_passes: int
    seed: int
    curvature: np.ndarray | None = None

    @classmethod
    def starting(cls, scaling, theta, seed):
        """Return the state before the first step."""
        return cls(scaling, theta, 0.0 * theta, 0.0 * theta, 0, 0, seed)

    def on(self, scaling, width):
        """Return the same network of inputs on another scaling.

        Adam's averages are left as they are: they soon forget.
        """
        S, curvature = change(self.scaling, scaling), self.curvature
        if curvature is not None:
            curvature = moved_matrix(S, curvature, width)
        theta = moved(S, self.theta, width)
        return replace(self, scaling=scaling, theta=theta, curvature=curvature)

    def stepped(self, objective, ridge):
        """Return this after one pass of Adam over the objective's rows."""
        walk = AdamWalk(self.theta, self.mean, self.square, self.n_steps)
        walk.epoch(objective, ridge, RATE, [self.seed, self.n_passes])
        return replace(self, **vars(walk), n_passes=self.n_passes + 1)

    def measured(self, objective, share):
        """Return this with the curvature of the rows at hand, for a share of all."""
        rows = objective.sample(_MEASURED, 0)
        found = rows.curvature(self.theta).dense() / rows.weight.sum()
        if self.curvature is not None:
            found = self.curvature + max(share, _LEAST) * (found - self.curvature)
        return replace(self, curvature=found)


# Rows of a batch whose curvature is measured, and the least share of the running mean
# that it then has: the network moves, and its curvature with it.
_MEASURED = 1000
_LEAST = 0.02


@dataclass(frozen=True)
class Stream:
    """What is kept between two batches.

    Attributes
    ----------
    passes : Passes
    moments : Moments
    counts : ndarray of shape (n_classes,)
        Total sample weight of each class, every row that came counted.
    learner : Recursion, Walk or None
    """

    passes: Passes
    moments: Moments
    counts: np.ndarray
    learner: object

    @classmethod
    def starting(cls, moments, counts):
        """Return the stream at its first batch."""
        first = description(moments, counts)
        return cls(Passes(first, 0.0, moments.weight), moments, counts, None)

    def after(self, moments, counts):
        """Return the stream with one more batch, and whether that begins a new pass."""
        batch = description(moments, counts)
        passes, anew = self.passes.advanced(
            batch, moments.weight, np.count_nonzero(counts)
        )
        stream = Stream(
            passes, self.moments.merged(moments), self.counts + counts, self.learner
        )
        return stream, anew


def description(moments, counts):
    """Return numbers that hardly two different batches share."""
    parts = (moments.mean, moments.deviation, moments.low, moments.high, counts)
    return np.concatenate([[moments.weight], *parts])
