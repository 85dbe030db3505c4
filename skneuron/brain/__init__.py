"""The power of the brain in operations a second, and the time course of a spike.

Neither is a simulation of a brain: a real neuron does more than add up, and learns in
another way than the artificial ones.
"""

from skneuron.brain._membrane import MembraneTrace, membrane_trace
from skneuron.brain._power import (
    brain_flops,
    comparison_table,
    machine_flops,
    neurons_in_real_time,
    operations_per_second,
)

__all__ = [
    "MembraneTrace",
    "brain_flops",
    "comparison_table",
    "machine_flops",
    "membrane_trace",
    "neurons_in_real_time",
    "operations_per_second",
]
