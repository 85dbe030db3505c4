"""
The action potential
====================

Rest, a graded rise, the threshold, a spike, and back to rest: how a neuron's potential
changes with time. The simulation is the simplest one that has all of these, the *leaky
integrate-and-fire* neuron, with the lecture's constants.
"""

import matplotlib.pyplot as plt
import numpy as np

from skneuron.brain import membrane_trace
from skneuron.plotting import MembraneTraceDisplay

currents = [1.2, 1.6, 3.0]  # nA, each for 80 ms
steps = np.tile(currents, (800, 1))
trace = membrane_trace(steps, dt=0.1)
names = [f"{current} nA" for current in currents]
MembraneTraceDisplay.from_trace(trace, names=names)
plt.show()

# %%
# 1.2 nA lifts the membrane towards -58 mV, below the threshold of -55 mV: silent for
# ever. 1.6 nA carries it across, slowly. 3 nA carries it across faster and so more
# often. The spike is always the same: all or none. What tells a strong input from a
# weak one is how *often* the neuron fires.
#
# How often
# ---------
#
# Nothing up to 1.5 nA, then quickly more, and never more than 200 times a second: after
# each spike the neuron rests for 5 ms. The dots are counted in ten simulated seconds,
# the line is the formula: 1000 / (5 + 10 ln(10 I / (10 I - 15))) a second.

current = np.linspace(0.5, 20, 40)
long = membrane_trace(np.tile(current, (1000, 1)), dt=10.0)
counted = np.array([len(times) for times in long.spike_times]) / 10

fine = np.linspace(1.5001, 20, 500)
formula = 1000 / (5 + 10 * np.log(10 * fine / (10 * fine - 15)))
figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
ax.plot(fine, formula, color="#00406e", lw=2)
ax.plot(current, counted, "o", color="#bd1f01", ms=5)
ax.axhline(200, color="gray", ls=":")
ax.annotate("200 a second: the refractory period's limit", (0.6, 203))
ax.set(xlabel="input, nA", ylabel="firings a second", ylim=(0, 220))
plt.show()

# %%
# An artificial neuron has no time: its output, a number between 0 and 1, stands for how
# often the biological one fires.
