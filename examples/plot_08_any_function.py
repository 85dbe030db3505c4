"""
Any function at all
===================

Two layers of neurons approximate any continuous function as closely as you like, given
enough neurons (:doi:`10.1007/BF02551274`, :doi:`10.1016/0893-6080(89)90020-8`). Here is
a function without noise, with waves and a kink, and what 1 to 8 neurons make of it.
"""

import matplotlib.pyplot as plt
import numpy as np

from skneuron import TinyNeuralNetRegressor

x = np.linspace(-3, 3, 400)
y = np.sin(3 * x) * np.exp(-(x**2) / 4) + 0.5 * np.abs(x)
X = x.reshape(-1, 1)

counts = [1, 2, 3, 4, 6, 8]
networks = [TinyNeuralNetRegressor(n, n_init=6).fit(X, y) for n in counts]

# %%
# With every neuron the network (red) comes nearer to the function (grey): first the
# rise on the right, then one wave after the other.

figure, axes = plt.subplots(2, 3, figsize=(11, 6), layout="constrained", sharey=True)
errors = []
for ax, net in zip(axes.flat, networks, strict=True):
    errors.append(np.sqrt(np.mean((net.predict(X) - y) ** 2)))
    ax.plot(x, y, color="black", lw=3, alpha=0.35)
    ax.plot(x, net.predict(X), color="#bd1f01")
    ax.set_title(f"hidden neurons: {net.n_neurons}; error {errors[-1]:.4f}")
plt.show()

# %%
# The error falls as neurons are added, and the theorem says it can fall for ever. It
# does not say that *training* finds the weights, nor that two layers are the most
# economical way.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.loglog(counts, errors, "o-", color="#bd1f01", lw=2)
ax.set_xticks(counts, [str(n) for n in counts])
ax.minorticks_off()
ax.set(xlabel="hidden neurons", ylabel="root mean square error")
plt.show()

# %%
# What the largest network is made of: the responses of its eight hidden neurons, each
# times its output weight. Their sum, and a constant, is the curve above.

net = networks[-1]
parts = net.hidden_activations(X) * net.coefs_[1][:, 0]
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.plot(x, parts, lw=1.5)
ax.plot(x, net.predict(X), color="black", lw=3, label="their sum, and a constant")
ax.set(xlabel="x")
ax.legend(frameon=False, loc="lower right")
plt.show()
