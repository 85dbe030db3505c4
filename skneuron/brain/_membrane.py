"""The time course of a neuron's potential: rest, graded rise, threshold, spike."""

from dataclasses import dataclass

import numpy as np

from skneuron._numerics.membrane import Membrane, simulate
from skneuron.brain._checks import check_positive, check_rising


@dataclass(frozen=True, eq=False)
class MembraneTrace:
    """The potential of one or more membranes over time, as `membrane_trace` returns it.

    Parameters
    ----------
    time : ndarray of shape (n_steps + 1,)
        Times between the steps, from 0, in ms.
    potential : ndarray of shape (n_steps + 1,) or (n_steps + 1, n_neurons)
        Membrane potential at these times, in mV. A spike takes no time and would lie
        between two of them: the first time after it has the action potential.
    spike_times : ndarray of shape (n_spikes,) or tuple of n_neurons such arrays
        When a neuron fired, in ms; not confined to the times above.
    resting_potential : float
        Potential without input and after a spike, in mV.
    threshold : float
        Potential at which a neuron fires, in mV.
    action_potential : float
        Potential of a spike, in mV.

    See Also
    --------
    membrane_trace : Makes one.
    skneuron.plotting.MembraneTraceDisplay : Draws one.

    Examples
    --------
    >>> from skneuron.brain import membrane_trace
    >>> trace = membrane_trace([2.0] * 4, dt=5.0)
    >>> trace.time
    array([ 0.,  5., 10., 15., 20.])
    >>> trace.potential.round(1)
    array([-70. , -62.1, -57.4,  30. , -67.9])
    """

    time: np.ndarray
    potential: np.ndarray
    spike_times: np.ndarray | tuple
    resting_potential: float
    threshold: float
    action_potential: float


def membrane_trace(
    current,
    dt,
    *,
    resting_potential=-70.0,
    threshold=-55.0,
    action_potential=30.0,
    time_constant=10.0,
    resistance=10.0,
    refractory_period=5.0,
):
    """Return the time course of a neuron's potential: rest, rise, spike, and again.

    A leaky integrate-and-fire neuron [1]_ [2]_: its potential V follows ::

        time_constant * dV/dt = resting_potential - V + resistance * current

    from rest. Where it rises to the threshold the neuron fires and stays at rest for
    the refractory period. A current that could hold it no higher than the threshold
    leaves it silent: ``V > threshold`` is what an all-or-none neuron asks, too. With a
    refractory period of 5 ms it fires at most 200 times a second.

    The solution is exact: exponential between the spikes, which come when they come,
    between the steps, too; only the first time after a spike has the action potential
    instead, so that the spike is seen. `dt` is only how long a value of the current
    lasts.

    Parameters
    ----------
    current : array-like of shape (n_steps,) or (n_steps, n_neurons)
        Input of one or more neurons in each step, in nA; finite.
    dt : float
        Duration of a step, in ms, positive.
    resting_potential : float, default=-70.0
        Potential without input, in mV; below `threshold`.
    threshold : float, default=-55.0
        Potential at which the neuron fires, in mV; below `action_potential`.
    action_potential : float, default=30.0
        Potential of a spike, in mV, which takes no time.
    time_constant : float, default=10.0
        How slowly the membrane follows its input, in ms, positive.
    resistance : float, default=10.0
        Resistance of the membrane, in megaohm, positive: 1 nA is worth 10 mV.
    refractory_period : float, default=5.0
        How long the neuron rests after a spike, in ms, positive.

    Returns
    -------
    MembraneTrace
        Times, potentials and spikes.

    Raises
    ------
    TypeError
        If a parameter is not a number.
    ValueError
        If a parameter lies outside its domain, or `current` is not an array of finite
        numbers of one of these shapes.

    References
    ----------
    .. [1] W. Gerstner, W. M. Kistler, R. Naud and L. Paninski (2014), Neuronal
       Dynamics, section 1.3, Cambridge University Press,
       :doi:`10.1017/CBO9781107447615`.
    .. [2] N. Brunel and M. C. W. van Rossum (2007), Lapicque's 1907 paper: from frogs
       to integrate-and-fire, Biological Cybernetics 97, 337-339,
       :doi:`10.1007/s00422-007-0190-0`.

    Examples
    --------
    With 2 nA the membrane is on its way to -50 mV and fires after 10 ln 4 ms:

    >>> from skneuron.brain import membrane_trace
    >>> membrane_trace([2.0] * 500, dt=0.1).spike_times.round(3)
    array([13.863, 32.726])

    With 1.5 nA it approaches the threshold and never crosses it:

    >>> len(membrane_trace([1.5] * 500, dt=0.1).spike_times)
    0

    However strong the current, 200 firings a second are the most:

    >>> len(membrane_trace([1e6] * 10_000, dt=0.1).spike_times)
    200
    """
    constants = {
        "dt": dt,
        "time_constant": time_constant,
        "resistance": resistance,
        "refractory_period": refractory_period,
    }
    for name, value in constants.items():
        check_positive(name, value, "membrane_trace")
    potentials = (resting_potential, threshold, action_potential)
    check_rising(potentials)
    current = _checked_current(current, resistance)
    columns = current[:, None] if current.ndim == 1 else current
    membrane = Membrane(resting_potential, threshold, time_constant, refractory_period)
    target = resting_potential + resistance * columns
    potential, spikes = simulate(membrane, target, dt)
    time = dt * np.arange(len(potential))
    for neuron, times in enumerate(spikes):
        after = np.searchsorted(time[:-1], times, side="right")
        potential[after, neuron] = action_potential
    return MembraneTrace(
        time,
        potential.reshape(len(potential), *current.shape[1:]),
        spikes[0] if current.ndim == 1 else tuple(spikes),
        *potentials,
    )


def _checked_current(current, resistance):
    current = np.asarray(current)
    if current.ndim not in (1, 2) or current.dtype.kind not in "iuf":
        raise ValueError(
            "The 'current' parameter of membrane_trace must be an array of real "
            "numbers of shape (n_steps,) or (n_steps, n_neurons). Got an array of "
            f"shape {current.shape} and dtype {current.dtype} instead."
        )
    with np.errstate(over="ignore"):
        finite = np.isfinite(current * float(resistance)).all()
    if not finite:
        raise ValueError(
            "The 'current' parameter of membrane_trace must be finite, and times "
            "'resistance', too. Got an array with values that are not: mend or leave "
            "out these steps."
        )
    return current.astype(np.float64)
