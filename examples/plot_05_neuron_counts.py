"""
One, three, a hundred neurons
=============================

A network grows more powerful with its neurons, and with power comes the temptation to
learn the noise by heart. What prevents it here is not fewer neurons but the *evidence*:
a measure of how plausible the data make a network, which chooses the weight decay.
"""

import matplotlib.pyplot as plt
import pandas as pd

from skneuron import TinyNeuralNet
from skneuron.datasets import make_votes
from skneuron.plotting import NeuronCountDisplay

X, y = make_votes(200, random_state=1)
X_new, y_new = make_votes(5000, random_state=99)
X, X_new = (pd.DataFrame(rows, columns=["income", "age"]) for rows in (X, X_new))

# %%
# Without it
# ----------
#
# A tiny fixed weight decay lets the network do what it likes. One neuron has one
# straight border, and none helps here: it calls all of the map L, without conviction.
# Three have room for a third zone; a hundred get every one of the two hundred voters
# right, and bend around single ones to do so.

free = [TinyNeuralNet(n, alpha=1e-4, max_iter=3000).fit(X, y) for n in (0, 2, 99)]
NeuronCountDisplay.from_estimators(free, X, y, grid_resolution=150)
plt.show()

# %%
# With it
# -------
#
# The same counts, and nothing else given. A hundred neurons now draw nearly the border
# of three: the weight decay that the evidence chose leaves them little more freedom
# than they need, and near the border they admit that they do not know.

sober = [TinyNeuralNet(n).fit(X, y) for n in (0, 2, 99)]
NeuronCountDisplay.from_estimators(sober, X, y, grid_resolution=150)
plt.show()

# %%
# In numbers: the share of right answers on the two hundred voters and on 5,000 new
# ones, and how many of the parameters the data determine (MacKay's gamma). Some 6 % of
# the votes are noise, so that about 94 % is the best that anyone could do on new ones.

print("neurons  decay       trained  new    parameters  effective")
for name, networks in [("1e-4", free), ("evidence", sober)]:
    for net in networks:
        right, new = net.score(X, y), net.score(X_new, y_new)
        print(
            f"{net.n_neurons_ + 1:7d}  {name:10s}  {right:7.2f}  {new:.3f}"
            f"  {net.n_parameters_:10d}  {net.effective_n_parameters_:9.1f}"
        )
