"""Callbacks of scikit-learn 1.9, experimental there; before it there are none.

The only file that knows them. A fit is a task; each iteration of a network is a task
within it, as is each step of a single neuron's solver; callbacks see what there would
be if training ended there, and end it by returning True.
"""

from collections.abc import Callable
from dataclasses import dataclass

from skneuron._numerics.monitors import Monitor

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:

    class CallbackSupportMixin:
        """Stand in for scikit-learn's, which adds `set_callbacks`."""

    def with_callbacks(function):
        """Return the function itself."""
        return function


def learn_as_task(estimator, learn, X, y, sample_weight):
    """Return learn(), reported to the estimator's callbacks, if it has any."""
    if not hasattr(estimator, "_skl_callbacks"):
        return learn()
    metadata = None if sample_weight is None else {"sample_weight": sample_weight}
    return _task(estimator, learn, {"X": X, "y": y, "metadata": metadata})


@with_callbacks
def _task(estimator, learn, data):
    # For the iterations, as scikit-learn keeps the context; both go with the fit.
    estimator._callback_data = data
    context = estimator._init_callback_context(max_subtasks=None)
    context.call_on_fit_task_begin(estimator=estimator, **data)
    learnt = learn()
    del estimator._callback_data
    context.call_on_fit_task_end(
        estimator=estimator, **data, reconstruction_attributes=dict
    )
    return learnt


@dataclass
class Iterations:
    """Report the iterations of a fit to callbacks until one of them asks to stop.

    Several networks or neurons may train during a fit: all of them end then.
    """

    estimator: object
    stopped: bool = False

    @property
    def observed(self):
        """Return whether there is a callback."""
        return hasattr(self.estimator, "_skl_callbacks")

    def ended(self, attributes=None):
        """Report the end of one; return whether training should end.

        `attributes()` returns what turns the estimator into a fitted one; without it
        callbacks see none.
        """
        if self.observed and not self.stopped:
            data = {"estimator": self.estimator, **self.estimator._callback_data}
            context = self.estimator._callback_fit_ctx.subcontext("iteration")
            context.call_on_fit_task_begin(**data)
            self.stopped = context.call_on_fit_task_end(
                **data, reconstruction_attributes=attributes
            )
        return self.stopped

    def monitor(self, attributes_at, other=None):
        """Return a solver's monitor that asks `other`, if any, and the callbacks."""
        if not self.observed:
            return other

        def ask(n_iter, point):
            ends = other is not None and other(n_iter, point)
            return self.ended(lambda: attributes_at(point.theta)) or ends

        return ask


@dataclass
class ObservedMonitor(Monitor):
    """A monitor that asks callbacks, too.

    `attributes_at(theta)` returns the fitted attributes of a network.
    """

    iterations: Iterations | None = None
    attributes_at: Callable | None = None

    @property
    def busy(self):
        """Return whether there is anything to watch, print or ask."""
        return self.iterations.observed or super().busy

    def __call__(self, n_iter, point):
        """Record an iteration; return whether training should end."""
        ends = super().__call__(n_iter, point)
        return self.iterations.ended(lambda: self.attributes_at(point.theta)) or ends
