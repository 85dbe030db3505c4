"""
White means "no data here"
==========================

A network is asked about a voter unlike any that it has seen. The honest answer is "I do
not know". The plain probability of a network says something else: the farther away, the
surer. The Laplace correction (``predictive="laplace"``, used by default) takes into
account how well the data determine the weights, and fades towards white where they do
not.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons

from skneuron import TinyNeuralNet, TinyNeuralNetRegressor
from skneuron.plotting import DecisionDisplay

X, y = make_moons(120, noise=0.15, random_state=0)
corners = np.array([[-4.5, -4.0], [5.5, 4.5]])  # far beyond the data

figure, axes = plt.subplots(1, 2, figsize=(12, 4.8), layout="constrained")
for ax, predictive in zip(axes, ["plain", "laplace"], strict=True):
    net = TinyNeuralNet(8, predictive=predictive).fit(X, y)
    DecisionDisplay.from_estimator(
        net, corners, colorbar=predictive == "laplace", ax=ax
    )
    for label, color in enumerate(["#b2182b", "#2166ac"]):
        ax.scatter(*X[y == label].T, c=color, s=14, edgecolors="white", lw=0.4)
    ax.set_title(f'predictive="{predictive}"')
plt.show()

# %%
# Both networks have the same weights and the same border: the predicted class never
# changes, only how sure it is. Left, all of the map is dark red or dark blue. Right,
# the colours are dark around the points, fade beyond them, and whole sectors are nearly
# white: there the data hardly say which class it is.

far = [[-6.0, 5.0]]
for predictive in ["plain", "laplace"]:
    net = TinyNeuralNet(8, predictive=predictive).fit(X, y)
    print(f"{predictive:8s} P(1) far away: {net.predict_proba(far)[0, 1]:.3f}")

# %%
# The same for a number
# ---------------------
#
# A regressor answers with a mean and a standard deviation. Between 2 and 4 there are no
# data, and beyond 6 neither; the band (two standard deviations) opens there.

rng = np.random.default_rng(1)
x = np.concatenate([rng.uniform(0, 2, 30), rng.uniform(4, 6, 30)])
target = np.sin(2 * x) + rng.normal(scale=0.15, size=60)
net = TinyNeuralNetRegressor(8).fit(x.reshape(-1, 1), target)

grid = np.linspace(-1, 8, 300)
mean, std = net.predict(grid.reshape(-1, 1), return_std=True)
figure, ax = plt.subplots(figsize=(9, 4.2), layout="constrained")
ax.fill_between(grid, mean - 2 * std, mean + 2 * std, color="#92c5de", alpha=0.5)
ax.plot(grid, mean, color="#053061", lw=2)
ax.plot(x, target, "o", color="#b2182b", ms=4)
ax.set(xlabel="x", ylabel="y", ylim=(-4, 4))
plt.show()

# %%
# How far to trust it: Laplace's approximation is an approximation around one optimum.
# It knows what *this* network does not know, not that another kind of network might be
# right.
