"""Pictures of neurons, in the manner of scikit-learn's displays."""

from skneuron.plotting._decision_display import DecisionDisplay
from skneuron.plotting._neuron_count_display import NeuronCountDisplay

__all__ = ["DecisionDisplay", "NeuronCountDisplay"]
