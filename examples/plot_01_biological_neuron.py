"""
A biological neuron votes
=========================

A neuron adds up what arrives at its synapses and fires if that exceeds a threshold.
Everything about it is in millivolts, and nothing in between exists: it fires or it is
silent. Here it learns from 944 Americans, who said in 1996 what their household earns
(in 24 brackets, 1 to 24), how old they are, and whether they would vote for Clinton (0)
or for Dole (1).
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skneuron import BiologicalNeuronClassifier
from skneuron.datasets import load_anes96
from skneuron.plotting import NeuronDisplay

X, y = load_anes96(return_X_y=True, as_frame=True)
neuron = BiologicalNeuronClassifier().fit(X, y)
neuron.synapses()

# %%
# Both synapses excite: income and age bring the neuron nearer to firing, which means
# "Dole". One income bracket is worth as much as four years of life. At rest the neuron
# sits at -70 mV, and it fires above -55 mV, so the inputs have 15 mV to bridge:

neuron.intercept_

# %%
# One voter's way through the neuron, a 60-year-old in income bracket 22: what arrives,
# what each synapse makes of it, what it adds up to, and whether the neuron fires.

voter = [22, 60]
NeuronDisplay.from_estimator(neuron, voter)
plt.show()

# %%
# The potential of everybody
# --------------------------
#
# On the left, the graded potential over the plane of all possible voters. It rises
# evenly, and the black line is where it crosses -55 mV: one neuron is one straight
# border. On the right, the potentials that the two groups of voters reach. They
# overlap, so no threshold could tell them apart.

income, age = np.meshgrid(np.linspace(0.3, 24.7, 100), np.linspace(18, 92, 100))
plane = pd.DataFrame(np.column_stack([income.ravel(), age.ravel()]), columns=X.columns)
potential = neuron.graded_potential(plane).reshape(income.shape)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
image = left.pcolormesh(income, age, potential, cmap="RdBu", vmin=-70, vmax=-40)
left.contour(income, age, potential, levels=[-55], colors="black", linestyles="-")
jitter = np.random.default_rng(0).uniform(-0.4, 0.4, size=X.shape)
colors = np.where(y == 0, "#b2182b", "#2166ac")
left.scatter(*(X + jitter).T.to_numpy(), c=colors, s=9, edgecolors="white", lw=0.3)
left.set(xlabel="income bracket", ylabel="age", title="graded potential")
figure.colorbar(image, ax=left, label="mV")

bins = np.arange(-68, -48, 1)
for label, (name, color) in enumerate([("Clinton", "#b2182b"), ("Dole", "#2166ac")]):
    reached = neuron.graded_potential(X[y == label])
    right.hist(reached, bins, color=color, alpha=0.6, label=name)
right.axvline(-55, color="black", label="threshold")
right.set(xlabel="graded potential, mV", ylabel="voters", title="who reaches what")
right.legend(frameon=False)
plt.show()

# %%
# How well does it do? The neuron makes as few mistakes as any straight border can; the
# search is exact here, and ``optimal_`` says so. That is all that two numbers tell
# about these votes: a lesson, too.

mistakes = int((neuron.predict(X) != y).sum())
print(f"{mistakes} mistakes of {len(y)}; provably the fewest: {neuron.optimal_}")
