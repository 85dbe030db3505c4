"""The membrane: L20's time course, exact whatever the steps."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from skneuron import BiologicalNeuronClassifier
from skneuron.brain import MembraneTrace, membrane_trace

REST, THRESHOLD, TAU, RESISTANCE, REFRACTORY = -70.0, -55.0, 10.0, 10.0, 5.0
RNG = np.random.default_rng(0)


def _between_spikes(trace, potential):
    """Return potentials but for those at the times that show a spike."""
    return potential[trace.potential != trace.action_potential]


def _integrated(current, dt):
    """Return potentials and spikes by a general solver that looks for the crossing."""

    def slope(t, V, nA):
        return (REST - V + RESISTANCE * nA) / TAU

    def crossing(t, V, nA):
        return V[0] - THRESHOLD

    crossing.terminal, crossing.direction = True, 1
    potential, spikes, ready = [REST], [], 0.0
    for k, nA in enumerate(current):
        V, t, end = potential[-1], max(k * dt, ready), (k + 1) * dt
        while t < end:
            done = solve_ivp(
                slope, (t, end), [V], args=(nA,), events=crossing, rtol=1e-10, atol=1e-9
            )
            V, t = done.y[0, -1], done.t[-1]
            if done.status == 1:
                spikes.append(t)
                V, t = REST, t + REFRACTORY
                ready = t
        potential.append(V)
    return np.array(potential), np.array(spikes)


@pytest.mark.parametrize("dt", [0.5, 3.0, 25.0])
def test_equals_a_general_solver_with_events(dt):
    current = RNG.uniform(-1.0, 5.0, size=int(150 / dt))
    trace = membrane_trace(current, dt)
    potential, spikes = _integrated(current, dt)
    assert len(spikes) > 2
    np.testing.assert_allclose(trace.spike_times, spikes, rtol=1e-6)
    np.testing.assert_allclose(
        _between_spikes(trace, trace.potential),
        _between_spikes(trace, potential),
        atol=1e-5,
    )


@pytest.mark.parametrize("parts", [2, 7])
def test_finer_steps_change_nothing(parts):
    current = RNG.uniform(0.0, 6.0, size=40)
    coarse = membrane_trace(current, 4.2)
    fine = membrane_trace(np.repeat(current, parts), 4.2 / parts)
    np.testing.assert_allclose(fine.spike_times, coarse.spike_times, rtol=1e-12)
    silent = (fine.potential[::parts] < 0) & (coarse.potential < 0)
    assert silent.sum() > 10
    np.testing.assert_allclose(
        fine.potential[::parts][silent], coarse.potential[silent], rtol=1e-12
    )
    np.testing.assert_allclose(fine.time[::parts], coarse.time, rtol=1e-12)


def test_neurons_side_by_side_are_neurons_alone():
    current = RNG.uniform(-2.0, 6.0, size=(60, 5))
    together = membrane_trace(current, 1.5)
    assert together.potential.shape == (61, 5)
    for j in range(5):
        alone = membrane_trace(current[:, j], 1.5)
        np.testing.assert_array_equal(together.potential[:, j], alone.potential)
        np.testing.assert_array_equal(together.spike_times[j], alone.spike_times)


@pytest.mark.parametrize("current", [1.6, 2.0, 10.0, 1e3])
def test_constant_current_fires_at_the_rate_of_the_closed_form(current):
    trace = membrane_trace(np.full(1000, current), 1.0)
    drive = RESISTANCE * current
    rise = -TAU * np.log1p(-(THRESHOLD - REST) / drive)
    expected = rise + np.arange(len(trace.spike_times)) * (REFRACTORY + rise)
    np.testing.assert_allclose(trace.spike_times, expected, rtol=1e-9)
    assert expected[-1] + REFRACTORY + rise > 1000


@pytest.mark.parametrize("current", [2.0, 1e2, 1e6, 1e300])
@pytest.mark.parametrize("dt", [0.1, 7.0, 1000.0])
def test_L20_at_most_200_firings_a_second(current, dt):
    steps = int(np.ceil(1000 / dt))
    spikes = membrane_trace(np.full(steps, current), dt).spike_times
    assert np.diff(spikes).min() >= 5.0 - 1e-9
    assert np.sum(spikes < 1000) <= 200
    assert current < 1e6 or np.sum(spikes < 1000) == 200


def test_L3_a_tie_with_the_threshold_stays_silent():
    steps = 5000
    assert len(membrane_trace(np.full(steps, 1.5), 1.0).spike_times) == 0
    assert len(membrane_trace(np.full(steps, 1.5001), 1.0).spike_times) > 0


def test_L20_rest_rise_spike_and_back_to_rest():
    current = np.repeat([0.0, 2.0, 0.0], [100, 150, 400])
    trace = membrane_trace(current, 0.1)
    (spike,) = trace.spike_times
    assert 10 < spike < 25
    np.testing.assert_array_equal(trace.potential[:101], REST)
    rise = trace.potential[(trace.time >= 10) & (trace.time < spike)]
    assert (np.diff(rise) > 0).all()
    assert rise.max() < THRESHOLD
    resting = (trace.time > spike) & (trace.time < spike + REFRACTORY)
    seen, *rest = trace.potential[resting]
    assert seen == trace.potential.max() == 30
    np.testing.assert_array_equal(rest, REST)
    assert trace.potential[-1] == pytest.approx(REST, abs=0.5)


def test_constant_input_fires_just_where_the_all_or_none_neuron_does():
    X = RNG.normal(size=(50, 3))
    neuron = BiologicalNeuronClassifier.from_parameters([9.0, -4.0, 7.0], -2, [0, 1])
    current = (neuron.graded_potential(X) - REST) / RESISTANCE
    trace = membrane_trace(np.tile(current, (300, 1)), 1.0)
    fired = [len(spikes) > 0 for spikes in trace.spike_times]
    np.testing.assert_array_equal(fired, neuron.predict(X) == 1)


@pytest.mark.parametrize("dt", [0.1, 4.0, 25.0])
def test_L20_the_first_time_after_a_spike_shows_it(dt):
    trace = membrane_trace(RNG.uniform(0.0, 5.0, size=(int(200 / dt), 3)), dt)
    for potential, spikes in zip(trace.potential.T, trace.spike_times, strict=True):
        steps = np.unique(np.ceil(spikes / dt))
        np.testing.assert_array_equal(np.flatnonzero(potential == 30), steps)


def test_no_steps_and_no_neurons_are_traces_too():
    empty = membrane_trace(np.empty(0), 1.0)
    assert empty.time.tolist() == [0.0]
    assert empty.potential.tolist() == [REST]
    assert membrane_trace(np.empty((3, 0)), 1.0).spike_times == ()


def test_integers_and_other_constants_are_taken():
    trace = membrane_trace(
        np.arange(3), 1, resting_potential=-1, threshold=0, action_potential=1
    )
    assert isinstance(trace, MembraneTrace)
    assert (trace.resting_potential, trace.threshold, trace.action_potential) == (
        -1,
        0,
        1,
    )
    assert len(trace.spike_times) == 1


@pytest.mark.parametrize(
    "name", ["dt", "time_constant", "resistance", "refractory_period"]
)
@pytest.mark.parametrize(
    ("value", "error"), [(0, ValueError), (-1.0, ValueError), ("1", TypeError)], ids=str
)
def test_constants_that_are_not_positive_are_named(name, value, error):
    constants = {"dt": 1.0} | {name: value}
    with pytest.raises(error, match=f"'{name}' parameter of membrane_trace must be"):
        membrane_trace([1.0], **constants)


@pytest.mark.parametrize(
    ("potentials", "error"),
    [
        ({"threshold": -70.0}, ValueError),
        ({"threshold": 40.0}, ValueError),
        ({"resting_potential": np.nan}, ValueError),
        ({"action_potential": np.inf}, ValueError),
        ({"action_potential": None}, TypeError),
        ({"threshold": True}, TypeError),
    ],
    ids=str,
)
def test_potentials_that_do_not_rise_are_named(potentials, error):
    with pytest.raises(error, match="resting_potential < threshold < action"):
        membrane_trace([1.0], 1.0, **potentials)


@pytest.mark.parametrize(
    ("current", "message"),
    [
        (1.0, r"shape \(\)"),
        (np.ones((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (["a"], "dtype <U1"),
        ([1j], "dtype complex128"),
        ([True], "dtype bool"),
        ([np.nan], "must be finite"),
        ([np.inf], "must be finite"),
        ([1e308], "must be finite, and times 'resistance'"),
    ],
    ids=["scalar", "cube", "text", "complex", "bool", "nan", "inf", "overflow"],
)
def test_currents_that_are_not_finite_arrays_are_named(current, message):
    with pytest.raises(ValueError, match=f"'current' parameter of .*{message}"):
        membrane_trace(current, 1.0)
