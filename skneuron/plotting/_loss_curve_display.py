"""LossCurveDisplay: training lowers the loss."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skneuron.plotting._style import axes_or_new, enlarge, ink, line_colors


class LossCurveDisplay:
    """The training objective after each iteration, and the validation loss.

    The two have axes of their own, left and right: one is a sum over the training rows,
    with the penalty, the other a mean over the held-out rows.

    Use `from_estimator` to create one.

    Parameters
    ----------
    loss_curve : array-like of shape (n_iter,)
        Training objective after each iteration.

    validation_loss_curve : array-like of shape (n_validation_iter,), default=None
        Validation loss after each iteration.

    best_iter : int, default=None
        Iteration, from 1, of the lowest validation loss.

    Attributes
    ----------
    line_ : Line2D
        The training objective.

    validation_line_ : Line2D or None
        The validation loss; None where there is none.

    best_ : Line2D or None
        A vertical line at the best iteration; None without validation.

    legend_ : Legend or None
        Key to the lines; None without validation.

    ax_ : Axes
        Where it is drawn.

    validation_ax_ : Axes or None
        The axes of the validation loss, on top of `ax_`.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    DecisionDisplay : What was learnt.

    Examples
    --------
    >>> from skneuron import TinyNeuralNet
    >>> from skneuron.datasets import make_votes
    >>> from skneuron.plotting import LossCurveDisplay
    >>> X, y = make_votes(200, random_state=0)
    >>> net = TinyNeuralNet(8).fit(X[:100], y[:100], X_val=X[100:], y_val=y[100:])
    >>> display = LossCurveDisplay.from_estimator(net)
    >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
    ('iteration', 'training objective')
    """

    def __init__(self, loss_curve, validation_loss_curve=None, best_iter=None):
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve
        self.best_iter = best_iter

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, **kwargs):
        """Draw the loss curves of a fitted estimator.

        Parameters
        ----------
        estimator : object
            Fitted, with `loss_curve_` and, where it was given validation data,
            `validation_loss_curve_` and `best_iter_`.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the line of the training objective.

        Returns
        -------
        LossCurveDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            Where the estimator has no `loss_curve_`.
        ValueError
            Where the curve is empty: of given parameters.
        """
        check_is_fitted(estimator)
        if not hasattr(estimator, "loss_curve_"):
            raise TypeError(
                "LossCurveDisplay needs an estimator with a loss_curve_, trained by "
                f"iterations. Got {estimator!r}, which has none."
            )
        display = cls(
            estimator.loss_curve_,
            getattr(estimator, "validation_loss_curve_", None),
            getattr(estimator, "best_iter_", None),
        )
        return display.plot(ax=ax, **kwargs)

    def plot(self, *, ax=None, **kwargs):
        """Draw the curves.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the line of the training objective.

        Returns
        -------
        LossCurveDisplay
            The display itself.
        """
        if len(self.loss_curve) == 0:
            raise ValueError(
                "The loss curve of LossCurveDisplay is empty: nothing was trained. "
                "Give an estimator that was fitted, not one made from parameters."
            )
        self.ax_ = ax = axes_or_new(ax)
        self.figure_ = ax.figure
        training, held_out = line_colors(ax, 2)
        self.line_ = _draw(ax, self.loss_curve, color=training, label="training")
        self.line_.set(**kwargs)
        _name_axes(ax, "training objective")
        self.validation_ax_ = self.validation_line_ = None
        self.best_ = self.legend_ = None
        if self.validation_loss_curve is not None:
            self._draw_validation(held_out)
        return self

    def _draw_validation(self, color):
        self.validation_ax_ = ax = self.ax_.twinx()
        style = {"color": color, "ls": (0, (4, 1.2)), "label": "validation"}
        self.validation_line_ = _draw(ax, self.validation_loss_curve, **style)
        _name_axes(ax, "mean validation loss")
        ax.yaxis.label.set_color(color)
        self.ax_.yaxis.label.set_color(self.line_.get_color())
        handles = [self.line_, self.validation_line_]
        if self.best_iter is not None:
            self.best_ = ax.axvline(
                self.best_iter, color=ink(ax), lw=1.5, ls=":", label="best iteration"
            )
            handles.append(self.best_)
        self.legend_ = ax.legend(handles=handles, fontsize="large", loc="upper right")


def _draw(ax, curve, **style):
    """Draw a curve from iteration 1 on; a single value needs a mark to be seen."""
    marker = "o" if len(curve) == 1 else None
    return ax.plot(np.arange(1, len(curve) + 1), curve, marker=marker, lw=3, **style)[0]


def _name_axes(ax, name):
    ax.set(xlabel="iteration", ylabel=name)
    enlarge(ax)
    ax.xaxis.get_major_locator().set_params(integer=True)
