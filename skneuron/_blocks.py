"""Fits on rows in blocks, here or on a Dask cluster: sums over blocks are all it takes.

`Blocks.sum` is the only place that knows of Dask, which maps and adds, and runs what a
lost worker had done again. No block is counted twice: a task's result is a value.
"""

import sys
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from skneuron._numerics.curvature import DenseCurvature
from skneuron._numerics.linear import Linear
from skneuron._numerics.losses import log_loss
from skneuron._numerics.moments import Moments, moments
from skneuron._numerics.objective import DataLoss
from skneuron._numerics.separation import edge, has_direction
from skneuron._numerics.solvers import levenberg_marquardt
from skneuron._validation import TrainingSet
from skneuron._validation_of_parts import block_arrays, settle_blocks


class BlocksMixin:
    """Fit a single layer to rows that nobody has in one place."""

    def fit_blocks(self, blocks, classes=None):
        """Fit rows that come in blocks, to what `fit` finds of all in one array.

        Every Newton step is one pass over the blocks, which add up value, gradient and
        Hessian. It is a method of its own as such data have no X and y to give to
        `fit`, and must be passed over several times.

        Parameters
        ----------
        blocks : iterable of (X, y) or (X, y, sample_weight), or of Dask
            Blocks of rows; each iteration over it must yield them anew, in the same
            order, so that a list will do and a generator will not. Blocks or their
            parts may be `dask.delayed`; or it is a pair or triple of Dask arrays, data
            frames or series with the same partitions of rows. A Dask cluster then
            keeps the rows and does the work; persist them first.

        classes : array-like of shape (n_classes,), default=None
            Labels; None is those that come.

        Returns
        -------
        object
            The fitted estimator itself.

        Raises
        ------
        ValueError
            If blocks are used up by one iteration, differ in their columns, have
            labels out of `classes`, or anything that `fit` would refuse.
        """
        return self._fit(self._learn_blocks, blocks, classes)

    def _learn_blocks(self, blocks, classes):
        blocks = Blocks.of(blocks)
        summary = blocks.sum(_summary)
        factors, classes = settle_blocks(self, summary, classes)
        self._scaling = summary.moments.standardised(self.fit_intercept)
        block = Block(classes, factors, self._scaling)
        objective = BlockLoss(blocks, block, summary.counted(classes) * factors)
        return self._minimum(objective, levenberg_marquardt, _is_separable)


def _is_separable(objective, theta):
    return has_direction(objective.edge, theta)


@dataclass(frozen=True)
class Blocks:
    """Blocks of rows and how to get at them.

    Attributes
    ----------
    blocks : iterable
    delayed : callable or None
        `dask.delayed`, where blocks are Dask's.
    """

    blocks: object
    delayed: object = None

    @classmethod
    def of(cls, blocks):
        """Return the Blocks of what a user gave."""
        if iter(blocks) is blocks:
            raise ValueError(
                f"blocks must yield its blocks anew in each iteration, got {blocks!r}, "
                "which is used up by one: pass a list, or an object whose __iter__ "
                "opens the files again."
            )
        dask = sys.modules.get("dask")
        if dask is None:
            return cls(blocks)
        if isinstance(blocks, (tuple, list)) and all(map(_is_partitioned, blocks)):
            blocks = list(zip(*map(_partitions, blocks), strict=True))
        lazy = any(dask.is_dask_collection(part) for part in _parts(blocks))
        return cls(blocks, dask.delayed if lazy else None)

    def sum(self, function):
        """Return the sum of function(block) over all blocks, always in the same order.

        The terms are tuples of numbers and arrays, or have a method `plus`.
        """
        if self.delayed is None:
            return _total(function(block) for block in self.blocks)
        terms = [self.delayed(function)(block) for block in self.blocks]
        while len(terms) > 1:
            terms = [
                self.delayed(_total)(terms[i : i + _ADDED])
                for i in range(0, len(terms), _ADDED)
            ]
        return terms[0].compute()


# Terms that a task adds up.
_ADDED = 8


def _total(terms):
    total = None
    for term in terms:
        if total is None:
            total = term
        elif isinstance(total, tuple):
            total = tuple(a + b for a, b in zip(total, term, strict=True))
        else:
            total = total.plus(term)
    if total is None:
        raise ValueError("blocks must hold at least one block of rows, got none.")
    return total


def _is_partitioned(collection):
    return hasattr(type(collection), "to_delayed")


def _partitions(collection):
    return np.asarray(collection.to_delayed(), dtype=object).ravel().tolist()


def _parts(blocks):
    """Return the first block's parts, or itself where it is no tuple."""
    first = next(iter(blocks), ())
    return first if isinstance(first, (tuple, list)) else [first]


@dataclass(frozen=True)
class Summary:
    """What a first pass has to know of a block.

    Attributes
    ----------
    names : list of str or None
    labels : ndarray of shape (k,)
    counts : ndarray of shape (k,)
        Total weight of each label.
    moments : Moments
    """

    names: list | None
    labels: np.ndarray
    counts: np.ndarray
    moments: Moments

    def plus(self, other):
        """Return the summary of the rows of both."""
        widths = [len(part.moments.mean) for part in (self, other)]
        if widths[0] != widths[1] or self.names != other.names:
            raise ValueError(
                "blocks must have the same columns, got "
                f"{self.names or widths[0]} and {other.names or widths[1]}."
            )
        labels = np.unique(np.concatenate([self.labels, other.labels]))
        counts = self.counted(labels) + other.counted(labels)
        return Summary(self.names, labels, counts, self.moments.merged(other.moments))

    def counted(self, labels):
        """Return the total weight of each of some labels, all of its own included."""
        counts = np.zeros(len(labels))
        counts[np.searchsorted(labels, self.labels)] = self.counts
        return counts


def _summary(block):
    names, X, y, weight = block_arrays(block)
    labels, codes = np.unique(y, return_inverse=True)
    return Summary(names, labels, np.bincount(codes, weight), moments(X, weight))


@dataclass(frozen=True)
class Block:
    """What turns a block of rows into an objective.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
    factors : ndarray of shape (n_classes,)
        Weight of each class.
    scaling : Scaling
    """

    classes: np.ndarray
    factors: np.ndarray
    scaling: object

    @property
    def predictor(self):
        """Return the layer."""
        n_classes = len(self.classes)
        return Linear(self.scaling.n_inputs, n_classes if n_classes > 2 else 1)

    @property
    def loss(self):
        """Return the log loss."""
        return log_loss(self.predictor.n_outputs)

    def objective(self, block):
        """Return the objective of a block's rows."""
        _, X, y, weight = block_arrays(block)
        codes = np.searchsorted(self.classes, y)
        weight = weight * self.factors[codes]
        target = TrainingSet(X, codes, weight, self.classes).target
        inputs = self.scaling.inputs(X)
        return DataLoss(self.predictor, self.loss, inputs, target, weight)

    def expansion(self, theta, block):
        """Return a block's value, gradient and Hessian."""
        objective = self.objective(block)
        value, gradient = objective.value_and_gradient(theta)
        return value, gradient, objective.curvature(theta).hessian

    def curvature(self, theta, correct, block):
        """Return a block's curvature at corrected scores, by itself in a tuple."""
        return (self.objective(block).curvature(theta, correct).hessian,)

    def edge(self, theta, block):
        """Return the rows that are least on their own side."""
        return edge(self.objective(block), theta)


@dataclass
class BlockLoss:
    """The sum of the blocks' losses, as a solver wants it.

    Attributes
    ----------
    blocks : Blocks
    block : Block
    weight : ndarray of shape (n_classes,)
        Total weight of the rows of each class.
    last : tuple
        Last theta with its value, gradient and Hessian: what a step needs, in one pass.
    """

    blocks: Blocks
    block: Block
    weight: np.ndarray
    last: tuple = field(default=(None,))

    sketch = None

    @property
    def predictor(self):
        """Return the layer."""
        return self.block.predictor

    @property
    def total(self):
        """Return the total weight of the rows."""
        return float(self.weight.sum())

    def _at(self, theta):
        if not np.array_equal(self.last[0], theta):
            expansion = self.blocks.sum(partial(self.block.expansion, theta))
            self.last = (theta.copy(), *expansion)
        return self.last

    def value_and_gradient(self, theta):
        """Return the sum and its gradient (P,)."""
        return self._at(theta)[1], self._at(theta)[2].copy()

    def curvature(self, theta, correct=None):
        """Return the sum of the blocks' curvatures; see `DataLoss.curvature`."""
        if correct is None:
            return DenseCurvature(self._at(theta)[3])
        (hessian,) = self.blocks.sum(partial(self.block.curvature, theta, correct))
        return DenseCurvature(hessian)

    hessian = curvature

    def base_rate(self):
        """Return the raw prediction (m,) of the weighted share of each class."""
        share = self.weight / self.total
        return self.block.loss.link(share if len(share) > 2 else share[1:])

    def sample(self, n_rows, seed):
        """Return this: there is no telling which blocks a sample would need."""
        return self

    def edge(self, theta):
        """Return the rows that are least on their own side."""
        return self.blocks.sum(partial(self.block.edge, theta))
