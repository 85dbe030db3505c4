"""Losses of a row as functions of the raw prediction, with slope and curvature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_softmax, softmax


@dataclass(frozen=True)
class Loss:
    """A loss and its first two derivatives with respect to the raw prediction.

    `value_and_gradient(raw, target)` returns the loss of each row, (n,), and its
    gradient, (n, m), or (n, r) and (n, r, m) for the raw predictions (n, r, m) of r
    networks at once; `hessian(raw)` the curvature of each row, (n, m, m), which for
    these losses does not depend on the target; `link(mean)` the raw prediction (m,) of
    least loss where the mean target is all that is known. A loss is the negative log
    likelihood of its row, or, where `known_scale` is False, becomes it when divided by
    the variance of a noise.
    """

    value_and_gradient: Callable
    hessian: Callable
    link: Callable
    known_scale: bool = True


def _binomial(raw, target):
    """Return log(1 + e^f) - y f and sigmoid(f) - y."""
    e = np.exp(-np.abs(raw))
    total = 1.0 + e
    # Not log1p, which costs ten times as much in float32: a rounding of 1 is all that
    # is lost.
    value = np.maximum(raw, 0.0) - target * raw + np.log(total)
    return value[..., 0], np.where(raw >= 0, 1.0, e) / total - target


def _binomial_hessian(raw):
    p = expit(raw)
    return (p * (1.0 - p))[:, :, None]


def _logit(share):
    return np.log(share / (1 - share))


def _multinomial(raw, target):
    """Return log(sum_k e^f_k) - f_y and softmax(f) - y."""
    p = raw - _shift(raw)
    # Products with ones: reductions over a short last axis are many times slower.
    ones = np.ones(p.shape[-1], p.dtype)
    of_target = (target * p) @ ones
    np.exp(p, out=p)
    total = p @ ones
    p /= total[..., None]
    p -= target
    return np.log(total) - of_target, p


# e^-60 is a normal number in float32, too.
_RANGE = 60.0


def _shift(raw):
    """Return what makes e^(raw - shift) finite: the largest of all, or of each row."""
    largest = raw.max()
    if raw.min() > largest - _RANGE:
        return largest
    return raw.max(axis=-1, keepdims=True)


def _multinomial_hessian(raw):
    p = softmax(raw, axis=1)
    hessian = -p[:, :, None] * p[:, None, :]
    diagonal = np.einsum("ikk->ik", hessian)
    diagonal += p
    return hessian


def _centred_log(share):
    return np.log(share) - np.log(share).mean()


def _squared(raw, target):
    """Return (f - y)^2 / 2 and f - y."""
    residual = raw - target
    return 0.5 * residual[..., 0] ** 2, residual


def _squared_hessian(raw):
    return np.ones((len(raw), 1, 1))


BINOMIAL = Loss(_binomial, _binomial_hessian, _logit)
MULTINOMIAL = Loss(_multinomial, _multinomial_hessian, _centred_log)
SQUARED = Loss(_squared, _squared_hessian, np.asarray, known_scale=False)


def log_loss(n_outputs):
    """Return the log loss for one output (two classes) or one output a class."""
    return BINOMIAL if n_outputs == 1 else MULTINOMIAL


def probability(score):
    """Return class probabilities (n, n_classes) of scores (n,) or (n, n_classes)."""
    if score.ndim == 1:
        both = np.empty((len(score), 2))
        expit(-score, out=both[:, 0])
        expit(score, out=both[:, 1])
        return both
    return softmax(score, axis=1)


def log_probability(score):
    """Return log(probability(score)) without leaving the logarithmic scale."""
    if score.ndim == 1:
        return -np.column_stack([np.logaddexp(0, score), np.logaddexp(0, -score)])
    return log_softmax(score, axis=1)
