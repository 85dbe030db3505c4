"""
The logistic neuron, step by step
=================================

Score, sigmoid, class, cost: the four numbers that an artificial neuron computes for
every example. The parameters are given here, -8 and 0.1 for an income in thousands, so
nothing is learnt yet.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skneuron import LogisticNeuron
from skneuron.datasets import load_lecture_incomes

X, y = load_lecture_incomes(return_X_y=True, as_frame=True)
neuron = LogisticNeuron.from_parameters(
    coef=[0.1], intercept=-8, classes=[0, 1], feature_names=["income"]
)
neuron.score_table(X, y).round(3)

# %%
# A row is a voter. ``score`` is -8 + 0.1 income, ``prediction`` is sigmoid(score), the
# probability of class 1; ``predicted_class`` is 1 where that exceeds one half, and
# ``cost`` is the negative logarithm of the probability given to what really happened.
#
# The middle voter costs most: the neuron said 27 % and it was a 1. On the left are the
# three voters on the sigmoid; on the right what each answer would have cost.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
incomes = pd.DataFrame({"income": np.linspace(0, 150, 301)})
left.plot(incomes, neuron.predict_proba(incomes)[:, 1], color="black")
left.axhline(0.5, color="gray", lw=1, ls=":")
answers = neuron.predict_proba(X)[:, 1]
colors = np.where(y == 1, "#2166ac", "#b2182b")
left.scatter(X["income"], answers, c=colors, s=70, zorder=3)
left.vlines(X["income"], answers, y, colors=colors, linestyles="--")
left.scatter(X["income"], y, c=colors, marker="x", s=60)
left.set(xlabel="income, thousands", ylabel="V", title="dots: said; crosses: happened")

V = np.linspace(0.005, 0.995, 300)
right.plot(V, -np.log(V), color="#2166ac", label="cost if y = 1: -ln V")
right.plot(V, -np.log(1 - V), color="#b2182b", label="cost if y = 0: -ln(1 - V)")
cost = neuron.score_table(X, y)["cost"]
right.scatter(answers, cost, c=colors, s=70, zorder=3)
right.set(xlabel="V, what the neuron said", title="being sure and wrong is dear")
right.set_ylim(0, 4)
right.legend(frameon=False)
plt.show()

# %%
# Learning is making the sum of the costs small. Given the three rows, the neuron finds
# parameters with a lower one; its penalty ``alpha`` keeps them finite, for three rows
# are easily told apart.

learnt = LogisticNeuron().fit(X, y)
print("given: ", neuron.score_table(X, y)["cost"].sum().round(4))
print("learnt:", learnt.score_table(X, y)["cost"].sum().round(4))
