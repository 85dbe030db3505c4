"""Pictures of neurons, in the manner of scikit-learn's displays."""

from skneuron.plotting._activation_display import ActivationDisplay
from skneuron.plotting._decision_display import DecisionDisplay
from skneuron.plotting._loss_curve_display import LossCurveDisplay
from skneuron.plotting._membrane_trace_display import MembraneTraceDisplay
from skneuron.plotting._network_display import NetworkDisplay
from skneuron.plotting._neuron_count_display import NeuronCountDisplay
from skneuron.plotting._neuron_display import NeuronDisplay

__all__ = [
    "ActivationDisplay",
    "DecisionDisplay",
    "LossCurveDisplay",
    "MembraneTraceDisplay",
    "NetworkDisplay",
    "NeuronCountDisplay",
    "NeuronDisplay",
]
