"""
From the step to the sigmoid
============================

A biological neuron is all or none, an artificial one answers with a probability. What
lies between them is noise: a membrane whose potential trembles fires *sometimes*, and
how often it fires follows the sigmoid.
"""

import matplotlib.pyplot as plt
import numpy as np

from skneuron import BiologicalNeuronClassifier
from skneuron.datasets import load_anes96

rng = np.random.default_rng(0)
potential = np.linspace(-75, -35, 33)

fine = np.linspace(-75, -35, 401)

# One synapse of 1 mV per unit, so that inputs are millivolts above rest.
neuron = BiologicalNeuronClassifier.from_parameters([1.0], -15.0, [0, 1])
fires = neuron.predict((fine + 70).reshape(-1, 1))

# %%
# Let the membrane tremble by logistic noise, a thousand times at each potential, and
# count how often it ends above the threshold. Points are these counts; lines are
# sigmoid((potential - threshold) / noise). With more noise the step softens.

figure, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
ax.plot(fine, fires, color="black", lw=2, label="no noise: the step")
for noise, color in [(1, "#440033"), (3, "#bd1f01"), (8, "#3f90da")]:
    trembling = potential + rng.logistic(scale=noise, size=(1000, len(potential)))
    ax.plot(potential, (trembling > -55).mean(axis=0), "o", color=color, ms=4)
    probability = 1 / (1 + np.exp(-(fine + 55) / noise))
    ax.plot(fine, probability, color=color, lw=2, label=f"noise of {noise} mV")
ax.axvline(-55, color="gray", lw=1, ls=":")
ax.annotate("threshold", (-54.5, -0.03))
ax.set(xlabel="graded potential, mV", ylabel="how often it fires")
ax.legend(frameon=False)
plt.show()

# %%
# The same in real votes
# ----------------------
#
# ``noise="auto"`` estimates from the data how much the membrane trembles. Voters are
# not well explained by income and age, so the noise is large against the 15 mV between
# rest and threshold:

X, y = load_anes96(return_X_y=True)
noisy = BiologicalNeuronClassifier(noise="auto").fit(X, y)
print(f"noise: {noisy.noise_:.1f} mV")

# %%
# A noisy biological neuron *is* a logistic neuron. The conversion divides millivolts by
# the noise, and the probabilities agree to rounding:

logistic = noisy.to_logistic()
difference = abs(logistic.predict_proba(X) - noisy.predict_proba(X)).max()
print(f"largest difference of any probability: {difference:.0e}")

# %%
# That is where the artificial neuron comes from; how it *learns* is another matter, and
# not how brains do it.
