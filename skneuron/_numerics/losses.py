"""Losses of a row as functions of the raw prediction, with slope and curvature."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_softmax, softmax


@dataclass(frozen=True)
class Loss:
    """A loss and its first two derivatives with respect to the raw prediction.

    `value_and_gradient(raw, target)` returns the loss of each row, (n,), and its
    gradient, (n, m); `hessian(raw)` the curvature of each row, (n, m, m), which for
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
    value = np.logaddexp(0.0, raw) - target * raw
    return value[:, 0], expit(raw) - target


def _binomial_hessian(raw):
    p = expit(raw)
    return (p * (1.0 - p))[:, :, None]


def _logit(share):
    return np.log(share / (1 - share))


def _multinomial(raw, target):
    """Return log(sum_k e^f_k) - f_y and softmax(f) - y."""
    shifted = raw - raw.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=1, keepdims=True)
    value = np.log(total[:, 0]) - np.einsum("ik,ik->i", target, shifted)
    return value, exponentials / total - target


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
    return 0.5 * residual[:, 0] ** 2, residual


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
        return np.column_stack([expit(-score), expit(score)])
    return softmax(score, axis=1)


def log_probability(score):
    """Return log(probability(score)) without leaving the logarithmic scale."""
    if score.ndim == 1:
        return -np.column_stack([np.logaddexp(0, score), np.logaddexp(0, -score)])
    return log_softmax(score, axis=1)
