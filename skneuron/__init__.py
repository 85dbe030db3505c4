"""Neurons and tiny neural networks as scikit-learn estimators."""

from skneuron import brain, datasets, plotting
from skneuron._biological_neuron import BiologicalNeuronClassifier
from skneuron._logistic_neuron import LogisticNeuron
from skneuron._tiny_neural_net import TinyNeuralNet
from skneuron._tiny_neural_net_regressor import TinyNeuralNetRegressor

__version__ = "0.1.0"

__all__ = [
    "BiologicalNeuronClassifier",
    "LogisticNeuron",
    "TinyNeuralNet",
    "TinyNeuralNetRegressor",
    "brain",
    "datasets",
    "plotting",
]
