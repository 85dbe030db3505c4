"""MembraneTraceDisplay: rest, graded rise, threshold, spike, and back to rest."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skneuron.brain import membrane_trace
from skneuron.plotting._style import axes_or_new, enlarge, ink, line_colors

_STEP = 0.1  # ms
_KEY_COLUMNS = 4
_RESISTANCE = 10.0  # megaohm: membrane_trace's default


class MembraneTraceDisplay:
    """The membrane potential over time, with the levels that matter.

    Dotted lines are the resting potential, the threshold and the action potential. A
    spike takes no time in this model: it is a vertical line, up to the action potential
    and back to rest.

    Use `from_trace` or `from_estimator` to create one.

    Parameters
    ----------
    trace : MembraneTrace
        What `skneuron.brain.membrane_trace` returns.

    names : list of str, default=None
        Names of the neurons, for the key.

    title : str, default=None
        Title of the key.

    Attributes
    ----------
    lines_ : list of Line2D
        The potential of each neuron, spikes included.

    levels_ : list of Line2D
        The lines of resting potential, threshold and action potential.

    labels_ : list of Text
        Their names.

    legend_ : Legend or None
        Key to the neurons; None without `names`.

    ax_ : Axes
        Where it is drawn.

    figure_ : Figure
        The figure of `ax_`.

    See Also
    --------
    skneuron.brain.membrane_trace : Computes the potential.

    Examples
    --------
    >>> from skneuron.brain import membrane_trace
    >>> from skneuron.plotting import MembraneTraceDisplay
    >>> trace = membrane_trace([2.0] * 500, dt=0.1)
    >>> display = MembraneTraceDisplay.from_trace(trace)
    >>> [label.get_text().splitlines()[0] for label in display.labels_[:2]]
    ['rest', 'threshold']
    """

    def __init__(self, trace, names=None, title=None):
        self.trace = trace
        self.names = names
        self.title = title

    @classmethod
    def from_trace(cls, trace, *, names=None, ax=None, **kwargs):
        """Draw a simulated trace.

        Parameters
        ----------
        trace : MembraneTrace
            What `skneuron.brain.membrane_trace` returns.

        names : list of str, default=None
            Names of the neurons, for the key.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the potential.

        Returns
        -------
        MembraneTraceDisplay
            The display, drawn.
        """
        return cls(trace, names).plot(ax=ax, **kwargs)

    @classmethod
    def from_estimator(cls, estimator, X, *, duration=80.0, ax=None, **kwargs):
        """Draw what an all-or-none neuron's membrane does at rows of inputs.

        Each row sends a constant current from the start on, as strong as holds the
        membrane at its graded potential: the neuron fires, again and again, just where
        `predict` says that it does.

        Parameters
        ----------
        estimator : BiologicalNeuronClassifier
            Fitted neuron, of two classes.

        X : array-like or DataFrame of shape (n_samples, n_features)
            Rows, one a line.

        duration : float, default=80.0
            How long to follow the membrane, in ms.

        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the potential.

        Returns
        -------
        MembraneTraceDisplay
            The display, drawn.

        Raises
        ------
        TypeError
            Where the estimator has no potentials.
        ValueError
            Where it has more than two classes.
        """
        potential = _graded_potential(estimator, X)
        current = (potential - estimator.resting_potential) / _RESISTANCE
        trace = membrane_trace(
            np.tile(current, (int(np.ceil(duration / _STEP)), 1)),
            _STEP,
            resting_potential=estimator.resting_potential,
            threshold=estimator.threshold,
            action_potential=estimator.action_potential,
            resistance=_RESISTANCE,
        )
        names = [_mv(value) for value in potential]
        return cls(trace, names, "graded potential").plot(ax=ax, **kwargs)

    def plot(self, *, ax=None, **kwargs):
        """Draw the trace.

        Parameters
        ----------
        ax : Axes, default=None
            Where to draw; None makes a figure.

        **kwargs : dict
            Properties of the lines of the potential.

        Returns
        -------
        MembraneTraceDisplay
            The display itself.
        """
        self.ax_ = ax = axes_or_new(ax)
        self.figure_ = ax.figure
        self._draw_levels()
        self._draw_traces(kwargs)
        ax.set(xlabel="time [ms]", ylabel="membrane potential [mV]")
        enlarge(ax)
        trace = self.trace
        low, high = trace.resting_potential, trace.action_potential
        low = min(low, trace.potential.min())
        margin = 0.12 * (high - low)
        ax.set(xlim=trace.time[[0, -1]], ylim=(low - margin, high + margin))
        self.legend_ = None if self.names is None else self._draw_key()
        return self

    def _draw_key(self):
        """Draw the key above the axes: below is no room that spikes leave."""
        return self.ax_.legend(
            title=self.title,
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=min(len(self.names), _KEY_COLUMNS),
            fontsize="large",
            title_fontsize="large",
            frameon=False,
            labelcolor=ink(self.figure_),
        )

    def _draw_levels(self):
        trace = self.trace
        levels = {
            "rest": trace.resting_potential,
            "threshold": trace.threshold,
            "action\npotential": trace.action_potential,
        }
        style = {"color": ink(self.ax_), "lw": 1.2, "ls": ":", "zorder": 0}
        self.levels_ = [self.ax_.axhline(mv, **style) for mv in levels.values()]
        self.labels_ = [
            self.ax_.annotate(
                f"{name}\n{_mv(mv)}",
                (1, mv),
                xycoords=("axes fraction", "data"),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                color=ink(self.figure_),
                fontsize="large",
            )
            for name, mv in levels.items()
        ]

    def _draw_traces(self, kwargs):
        trace = self.trace
        alone = trace.potential.ndim == 1
        columns = [trace.potential] if alone else trace.potential.T
        spike_times = [trace.spike_times] if alone else trace.spike_times
        names = self.names or [None] * len(columns)
        colors = line_colors(self.ax_, len(columns))
        self.lines_ = [
            self.ax_.plot(
                *_with_spikes(trace, column, spikes), color=color, label=name, lw=2
            )[0]
            for column, spikes, color, name in zip(
                columns, spike_times, colors, names, strict=True
            )
        ]
        for line in self.lines_:
            line.set(**kwargs)


def _with_spikes(trace, potential, spike_times):
    """Return times and potentials, with three points more for each spike."""
    spike = [trace.threshold, trace.action_potential, trace.resting_potential]
    time = np.concatenate([trace.time, np.repeat(spike_times, 3)])
    potential = np.concatenate([potential, np.tile(spike, len(spike_times))])
    # A spike at a step's very beginning comes after the potential there; the sort is
    # stable.
    order = np.argsort(time, kind="stable")
    return time[order], potential[order]


def _graded_potential(estimator, X):
    check_is_fitted(estimator)
    if not hasattr(estimator, "graded_potential"):
        raise TypeError(
            "MembraneTraceDisplay needs a BiologicalNeuronClassifier, which has "
            f"potentials. Got {estimator!r} instead."
        )
    potential = estimator.graded_potential(X)
    if potential.ndim != 1:
        raise ValueError(
            "MembraneTraceDisplay draws one neuron, of two classes. Got "
            f"{potential.shape[1]} classes, each with a neuron: fit it on one of them "
            "against the rest."
        )
    return potential


def _mv(potential):
    return f"{potential:+.3g} mV".replace("-", "\N{MINUS SIGN}")
