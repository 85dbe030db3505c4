"""
Regression, classification, network: one family
===============================================

A weighted sum, something at its end, a loss, and examples. The three pictures belong to
the homework (:doc:`/homework`), which has the formulas.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LinearRegression

from skneuron import LogisticNeuron, TinyNeuralNet

rng = np.random.default_rng(0)
x = np.sort(rng.uniform(10, 120, 60))
X, grid = x.reshape(-1, 1), np.linspace(0, 130, 400).reshape(-1, 1)

spent = 5 + 0.4 * x + rng.normal(scale=5, size=60)
votes = (x + rng.normal(scale=12, size=60) > 65).astype(int)
middle = (np.abs(x + rng.normal(scale=6, size=60) - 65) < 22).astype(int)

# %%
# Left, a number is predicted: a line. In the middle, one of two classes: a line, here
# dotted, promises less than nothing and more than everything; a line put through a
# sigmoid is a probability. Right, voters of the middle incomes vote 1. No curve that
# only rises can follow them, but of two hidden neurons one rises early and one late,
# and the last neuron takes the one minus the other.

figure, axes = plt.subplots(1, 3, figsize=(13, 4.2), layout="constrained")
dots = {"color": "#00406e", "ms": 5, "alpha": 0.6}
axes[0].plot(x, spent, "o", **dots)
axes[0].plot(grid, LinearRegression().fit(X, spent).predict(grid), "#bd1f01", lw=2.5)
axes[0].set(title="linear regression", ylabel="spent")

axes[1].plot(x, votes, "o", **dots)
axes[1].plot(grid, LinearRegression().fit(X, votes).predict(grid), "k:", label="line")
neuron = LogisticNeuron(alpha=0).fit(X, votes)
probability = neuron.predict_proba(grid)[:, 1]
axes[1].plot(grid, probability, "#bd1f01", lw=2.5, label="line and sigmoid")
axes[1].set(title="classification: a logistic neuron", ylabel="P(vote 1)")
axes[1].legend(frameon=False)

net = TinyNeuralNet(2, activation="sigmoid", predictive="plain").fit(X, middle)
axes[2].plot(x, middle, "o", **dots)
axes[2].plot(grid, net.predict_proba(grid)[:, 1], "#bd1f01", lw=2.5, label="network")
for k, style in enumerate(["--", "-."]):
    hidden = net.hidden_activations(grid)[:, k]
    axes[2].plot(grid, hidden, style, color="gray", label=f"hidden neuron {'AB'[k]}")
axes[2].set(title="a network of three neurons", ylabel="P(vote 1)", ylim=(-0.05, 1.5))
axes[2].legend(frameon=False, loc="upper left")
for ax in axes:
    ax.set_xlabel("income")
plt.show()

# %%
# What the last neuron makes of A and B: a weighted sum, and a sigmoid.

net.weights_table().round(2)
