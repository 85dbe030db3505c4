"""
The power of the brain, and of this machine
===========================================

A neuron has some 7,000 dendrites and fires at most 200 times a second. Counted as an
artificial neuron that is 7,000 multiplications and 7,000 additions, 200 times a second:
2.8 million operations. How many neurons could a computer run in real time?
"""

import matplotlib.pyplot as plt

from skneuron import brain

print(f"{brain.operations_per_second():,} operations a second for one neuron")
table = brain.comparison_table(brain.machine_flops())
table

# %%
# ``machine_flops`` measured the machine that built this page. Every step of the axis is
# a factor of ten.

table = table.sort_values("flops")
colors = ["#b2182b" if name == "your machine" else "#2166ac" for name in table.index]
figure, ax = plt.subplots(figsize=(9, 4), layout="constrained")
bars = ax.barh(table.index, table["flops"], color=colors)
labels = [f"{n:,.0f} neurons" if n > 1 else "" for n in table["neurons"]]
ax.bar_label(bars, labels, padding=5)
ax.set(xscale="log", xlabel="operations a second", xlim=(1e5, 1e24))
plt.show()

# %%
# A processor of 200 GFLOPS runs 71,428 neurons. The supercomputer Fugaku, with 488
# PFLOPS, could run a whole brain of 1e11 neurons, counted in this way. The counting is
# the catch: it is the arithmetic of *artificial* neurons. It leaves out everything else
# that a cell does, and how it learns; a neural network is not a simulation of a brain.
# Estimates of the number of neurons are nearer to 8e10 than to 1e11
# (:doi:`10.1002/cne.21974`).
