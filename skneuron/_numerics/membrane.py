"""A leaky integrate-and-fire membrane, exact for currents that change in steps."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Membrane:
    """Constants of a membrane that relaxes towards a target, fires and starts again.

    Attributes
    ----------
    rest : float, potential without input and after a spike, mV
    threshold : float, potential at which it fires, mV
    time_constant : float, ms
    refractory_period : float, how long it stays at rest after a spike, ms
    """

    rest: float
    threshold: float
    time_constant: float
    refractory_period: float

    def relaxed(self, potential, target, duration):
        """Return the potential after some ms without a spike.

        Written as a change, which is exactly 0 for a duration of 0.
        """
        share = -np.expm1(-duration / self.time_constant)
        return potential + (target - potential) * share

    def delay(self, potential, target):
        """Return after how many ms the threshold is crossed; inf where it never is."""
        crosses = target > self.threshold
        share = np.ones_like(potential)
        np.divide(
            self.threshold - potential, target - potential, out=share, where=crosses
        )
        with np.errstate(divide="ignore"):
            return -self.time_constant * np.log1p(-np.maximum(share, 0.0))


def simulate(membrane, target, dt):
    """Follow neurons from rest, each towards a target that is constant for dt ms.

    Parameters
    ----------
    membrane : Membrane
    target : ndarray of shape (n_steps, n_neurons)
        Potential that the membrane would settle at, in each step, mV.
    dt : float
        Duration of a step, ms.

    Returns
    -------
    potential : ndarray of shape (n_steps + 1, n_neurons), between the steps
    spike_times : list of ndarray, one a neuron, ms
    """
    n_steps, n_neurons = target.shape
    potential = np.full((n_steps + 1, n_neurons), float(membrane.rest))
    ready, spikes = np.zeros(n_neurons), []
    for k in range(n_steps):
        potential[k + 1], ready = _step(
            membrane, potential[k], target[k], ready, (k * dt, (k + 1) * dt), spikes
        )
    return potential, _by_neuron(spikes, n_neurons)


def _step(membrane, potential, target, ready, interval, spikes):
    """Return the potential at the end and from when on each neuron moves again.

    A crossing at the very end belongs to the next step.
    """
    start, end = interval
    clock = np.maximum(ready, start)
    while True:
        crossing = clock + membrane.delay(potential, target)
        fires = crossing < end
        if not fires.any():
            break
        spikes.append((np.flatnonzero(fires), crossing[fires]))
        potential = np.where(fires, membrane.rest, potential)
        clock = np.where(fires, crossing + membrane.refractory_period, clock)
    moving = np.maximum(end - clock, 0.0)
    return membrane.relaxed(potential, target, moving), clock


def _by_neuron(spikes, n_neurons):
    if not spikes:
        return [np.empty(0) for _ in range(n_neurons)]
    neurons, times = map(np.concatenate, zip(*spikes, strict=True))
    order = np.argsort(neurons, kind="stable")
    counts = np.bincount(neurons, minlength=n_neurons)
    return np.split(times[order], np.cumsum(counts)[:-1])
