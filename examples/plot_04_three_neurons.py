"""
Three neurons, nine parameters
==============================

Two neurons, A and B, look at the same voter; a third listens to them. With two inputs
that makes 3 + 3 + 3 = 9 parameters, few enough to look at every one.

The voters are synthetic (:func:`skneuron.datasets.make_votes`): those in a band from
poor and old to rich and young vote R, those on either side L. No straight line can tell
them apart.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skneuron import TinyNeuralNet
from skneuron.datasets import make_votes
from skneuron.plotting import NetworkDisplay

X, y = make_votes(300, random_state=0)
X = pd.DataFrame(X, columns=["income", "age"])
net = TinyNeuralNet(2, activation="sigmoid").fit(X, y)
print(net.n_parameters_, "parameters,", f"{net.score(X, y):.1%} right")

# %%
# The network: blue connections excite, orange ones inhibit, and a wide line is a strong
# connection. The nodes "1" are the biases.

NetworkDisplay.from_estimator(net, X)
plt.show()

# %%
# What A, B and the output see
# ----------------------------
#
# Each of A and B is a logistic neuron and has one straight border. Neither of them
# knows the answer. The output neuron adds them up, and two borders make a band.

income, age = np.meshgrid(np.linspace(10, 120, 150), np.linspace(18, 90, 150))
plane = pd.DataFrame({"income": income.ravel(), "age": age.ravel()})
maps = [*net.hidden_activations(plane).T, net.predict_proba(plane)[:, 1]]
titles = ["neuron A", "neuron B", "the output: P(R)"]

figure, axes = plt.subplots(1, 3, figsize=(12, 4.3), layout="constrained", sharey=True)
colors = np.where(y == "L", "#b2182b", "#2166ac")
for ax, values, title in zip(axes, maps, titles, strict=True):
    values = values.reshape(income.shape)
    image = ax.pcolormesh(income, age, values, cmap="RdBu", vmin=0, vmax=1)
    ax.contour(income, age, values, levels=[0.5], colors="black")
    ax.scatter(X["income"], X["age"], c=colors, s=12, edgecolors="white", lw=0.4)
    ax.set(xlabel="income", title=title)
axes[0].set_ylabel("age")
figure.colorbar(image, ax=axes, label="activation")
plt.show()

# %%
# All nine numbers, in the inputs' own units:

net.weights_table().round(3)
