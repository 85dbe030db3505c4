"""
Activations: sigmoid, ReLU and others
=====================================

How a neuron responds to the sum of its inputs. The sigmoid came first and resembles
biology; ReLU is simple and fast; the others are smooth versions of either.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import make_moons

from skneuron import TinyNeuralNet
from skneuron.plotting import ActivationDisplay, DecisionDisplay

figure, axes = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained")
saturating = ["sigmoid", "tanh"]
ActivationDisplay.from_names(saturating, derivative=True, ax=axes[0])
axes[0].set(title="they saturate", ylim=(-1.1, 2.2))
rectifying = ["relu", "leaky_relu", "elu", "softplus", "gelu", "silu"]
ActivationDisplay.from_names(rectifying, ax=axes[1])
axes[1].set(title="they rectify", ylim=(-1.1, 3.6))
plt.show()

# %%
# Dotted lines are derivatives. Those of the sigmoid and of tanh vanish on both sides: a
# neuron far from its border hardly learns. A rectifier's is 1 on the right for ever.
#
# The same eight neurons with four activations
# --------------------------------------------
#
# Look at the borders. Rectifiers are linear in pieces, so that their border has
# corners, and their certainty grows along straight rays; sigmoid and tanh bend softly.

X, y = make_moons(200, noise=0.2, random_state=0)
figure, axes = plt.subplots(2, 2, figsize=(9, 7.4), layout="constrained")
for ax, name in zip(axes.flat, ["sigmoid", "tanh", "relu", "softplus"], strict=True):
    net = TinyNeuralNet(8, activation=name, predictive="plain").fit(X, y)
    display = DecisionDisplay.from_estimator(net, X, y, colorbar=False, ax=ax)
    display.legend_.remove()
    ax.set_title(f"{name}: {net.n_iter_} iterations")
plt.show()

# %%
# On most real tables the choice matters little (:doc:`/defaults` has the figures).
# "tanh", the sigmoid shifted to lie around 0, is the default: the fastest here, and as
# good.
