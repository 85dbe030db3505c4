"""How well networks of several sizes do on one table of data."""

import time
import warnings
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from skneuron._tiny_neural_net import TinyNeuralNet

N_FOLDS = 5


@dataclass(frozen=True)
class Comparison:
    """A network fitted on all rows, and what it is worth on rows it has not seen.

    Attributes
    ----------
    network : TinyNeuralNet, fitted on all rows
    n_neurons : int, output neurons included
    training_log_loss : float, of `network`
    accuracy : float, mean over the folds
    log_loss : float, mean over the folds
    seconds : float, that the fit on all rows took
    """

    network: TinyNeuralNet
    n_neurons: int
    training_log_loss: float
    accuracy: float
    log_loss: float
    seconds: float


def compare(table, hidden_counts, report):
    """Yield the Comparison of each count of hidden neurons; `report` takes progress."""
    n_classes = len(np.unique(table.y))
    n_outputs = 1 if n_classes == 2 else n_classes
    for n_hidden in hidden_counts:
        yield _measured(table, n_hidden, n_hidden + n_outputs, report)


def _measured(table, n_hidden, n_neurons, report):
    network = TinyNeuralNet(n_hidden)
    doing = f"fitting {in_words(n_neurons)}"
    # The fit on all rows comes last, so that its time holds no first-use costs.
    accuracy, loss = _cross_validated(network, table, doing, report)
    report(f"{doing}, all rows ...")
    start = time.perf_counter()
    _fit(network, table.X, table.y)
    seconds = time.perf_counter() - start
    training = log_loss(table.y, network.predict_proba(table.X))
    return Comparison(network, n_neurons, training, accuracy, loss, seconds)


def _cross_validated(network, table, doing, report):
    """Return mean accuracy and mean log loss over the folds."""
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)
    scores = []
    for fold, (train, test) in enumerate(folds.split(table.X, table.y), start=1):
        report(f"{doing}, fold {fold} of {N_FOLDS} ...")
        fitted = _fit(clone(network), table.X.iloc[train], table.y[train])
        X, y = table.X.iloc[test], table.y[test]
        loss = log_loss(y, fitted.predict_proba(X), labels=fitted.classes_)
        scores.append((fitted.score(X, y), loss))
    return np.mean(scores, axis=0)


def _fit(network, X, y):
    # `converged_` says it too, and the report does.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(X, y)


def report_lines(table, comparisons):
    """Return the table of the comparisons as lines of at most 80 characters."""
    lines = [
        "                     effective  training   cross-validated      fit",
        "neurons  parameters  parameters  log loss  accuracy  log loss  seconds",
    ]
    lines += [_line(comparison) for comparison in comparisons]
    shares = np.unique(table.y, return_counts=True)[1] / len(table.y)
    guess = -(shares * np.log(shares)).sum()
    lines.append(
        f"{'guessing by class shares':<31}{guess:>10.4f}"
        f"{shares.max():>10.3f}{guess:>10.4f}"
    )
    lines += [
        f"{in_words(comparison.n_neurons)}: stopped at the limit of "
        f"{comparison.network.n_iter_} iterations, before convergence"
        for comparison in comparisons
        if not comparison.network.converged_
    ]
    return lines


def _line(comparison):
    network = comparison.network
    return (
        f"{comparison.n_neurons:>7}{network.n_parameters_:>12}"
        f"{network.effective_n_parameters_:>12.1f}{comparison.training_log_loss:>10.4f}"
        f"{comparison.accuracy:>10.3f}{comparison.log_loss:>10.4f}"
        f"{comparison.seconds:>9.2f}"
    )


def in_words(n_neurons):
    """Return "1 neuron", "3 neurons" and so on."""
    return f"{n_neurons} neuron{'' if n_neurons == 1 else 's'}"
