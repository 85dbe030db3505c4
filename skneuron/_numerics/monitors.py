"""What watches a solver: held-out data that end training, and printed progress.

A monitor is called as ``monitor(n_iter, point)`` after each iteration and returns True
to end training; ``chosen(solution)`` returns the solution to keep.
"""

from dataclasses import dataclass, field

import numpy as np

# Iterations without a new best held-out loss after which training ends.
_PATIENCE = 10


@dataclass
class Monitor:
    """Keep the parameters of the lowest held-out loss, print progress, or both.

    Attributes
    ----------
    held_out : DataLoss or None
        Held-out rows; None to watch nothing.
    verbose : bool
        Whether to print a line an iteration.
    curve : list of float
        Mean held-out loss after each iteration.
    best : Point
        Where it was lowest.
    """

    held_out: object = None
    verbose: bool = False
    curve: list = field(default_factory=list)
    best: object = None

    @property
    def busy(self):
        """Return whether there is anything to watch or print."""
        return self.verbose or self.held_out is not None

    @property
    def best_iter(self):
        """Return the iteration (from 1) of the lowest held-out loss."""
        return int(np.argmin(self.curve)) + 1

    def __call__(self, n_iter, point):
        """Record an iteration; return whether training should end."""
        if self.held_out is not None:
            self._record(point)
        if self.verbose:
            losses = f", validation loss {self.curve[-1]:.6g}" if self.curve else ""
            print(f"iteration {n_iter}: objective {point.value:.6g}{losses}")
        return bool(self.curve) and len(self.curve) - self.best_iter >= _PATIENCE

    def _record(self, point):
        total = self.held_out.value(point.theta)
        self.curve.append(float(total / self.held_out.weight.sum()))
        if self.best_iter == len(self.curve):
            self.best = point

    def merit(self, trained):
        """Return the log probability to compare networks by: of what is held out.

        Without held-out rows, that of the training data: the evidence.
        """
        if self.held_out is None:
            return trained.evidence.log_evidence
        n_samples, lowest = float(self.held_out.weight.sum()), min(self.curve)
        if self.held_out.loss.known_scale:
            return -n_samples * lowest
        # The noise's variance at its best; _numerics.evidence.RelativePenalty.
        return -0.5 * n_samples * float(np.log(max(lowest, 1e-300)))

    def chosen(self, solution):
        """Return the solution at the lowest held-out loss, its curve ending there."""
        if self.held_out is None:
            return solution
        return solution.cut_back(self.best, self.best_iter)
