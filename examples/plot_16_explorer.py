"""
Play with the weights yourself
==============================

What happens if this connection were stronger, or that bias gone? ``to_html`` writes a
page, one file for any browser, in which every weight of a trained classifier has a
slider, and everything else follows: the map, what each hidden neuron sees, the log
loss.
"""

from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import pandas as pd

from skneuron import TinyNeuralNet
from skneuron.datasets import make_votes
from skneuron.plotting import DecisionDisplay

X, y = make_votes(150, random_state=0)
X = pd.DataFrame(X, columns=["income", "age"])
net = TinyNeuralNet(2, activation="sigmoid").fit(X, y)
DecisionDisplay.from_estimator(net, X, y)
plt.show()

# %%
# The same network, alive
# -----------------------
#
# Try this: push the weight from one hidden neuron to the output towards 0, and watch
# the band lose one of its borders. Or turn every slider a little and try to get the log
# loss back down by hand: that is what training does.


class Framed:
    """A page within this page; ``to_html("votes.html", X, y)`` is all you need."""

    def __init__(self, net, X, y):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "votes.html"
            net.to_html(path, X, y)
            self.page = path.read_text("utf8")

    def _repr_html_(self):
        style = "width: 100%; height: 900px; border: 1px solid gray"
        return f'<iframe style="{style}" srcdoc="{escape(self.page)}"></iframe>'


Framed(net, X, y)

# %%
# The page needs no network and sends nothing anywhere. It holds the rows that it shows:
# mind that before you send one to somebody.
