"""The power of the brain: every number of the lecture's rows L17 to L19."""

import math

import numpy as np
import pytest

from skneuron import brain

FUGAKU = "Fugaku (2021), 158,976 nodes"


def test_L19_a_brain_of_8e10_neurons_needs_224_pflops():
    assert brain.brain_flops(8e10) / 1e15 == 224


def test_L18_L19_table_holds_the_lectures_rows():
    table = brain.comparison_table()
    assert table["flops"].to_dict() == {
        "one neuron": 2.8e6,
        "Intel CPU, about 200 GFLOPS": 200e9,
        "brain of 8e10 neurons": 2.24e17,
        "brain of 1e11 neurons": 2.8e17,
        FUGAKU: 488e15,
    }
    assert table["neurons"].to_list()[:4] == [1, 71_428, 8 * 10**10, 10**11]
    np.testing.assert_array_equal(table["brains"], table["flops"] / 2.8e17)


def test_table_adds_a_machine_of_ones_own():
    table = brain.comparison_table(flops=2.8e9)
    assert table.index[-1] == "your machine"
    assert table.iloc[-1].to_list() == [2.8e9, 1000, 1e-8]
    assert len(table) == len(brain.comparison_table()) + 1


def test_operations_are_proportional_to_dendrites_and_rate():
    assert brain.operations_per_second(14_000, 100) == 2_800_000
    assert brain.operations_per_second(dendrites=3.5, firing_rate=2) == 14


def test_neurons_are_whole():
    assert brain.neurons_in_real_time(2.8e6 - 1) == 0
    assert brain.neurons_in_real_time(2_800_000) == 1
    assert isinstance(brain.neurons_in_real_time(np.float64(1e9)), int)


def test_machine_is_measured():
    assert 0 < brain.machine_flops() < math.inf


CALLS = {
    "dendrites": lambda value: brain.operations_per_second(dendrites=value),
    "firing_rate": lambda value: brain.operations_per_second(firing_rate=value),
    "n_neurons": brain.brain_flops,
    "flops": brain.neurons_in_real_time,
    "flops of comparison_table": brain.comparison_table,
}


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf], ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_bad_value_is_named(name, value):
    message = rf"'{name.split()[0]}' parameter of .* positive finite .* Got {value!r} "
    with pytest.raises(ValueError, match=message):
        CALLS[name](value)


@pytest.mark.parametrize("value", ["fast", [1, 2], True], ids=["str", "list", "bool"])
@pytest.mark.parametrize("name", CALLS)
def test_bad_type_is_named(name, value):
    with pytest.raises(TypeError, match=rf"'{name.split()[0]}' parameter of"):
        CALLS[name](value)
