"""
Training: going downhill with and without a map
===============================================

Training lowers the loss. Gradient descent looks at the slope under its feet; the
methods used here also know, or learn, how the slope changes: the curvature. On a small
network that is the difference between dozens of steps and many hundreds.
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from skneuron import TinyNeuralNet
from skneuron.plotting import LossCurveDisplay

X, y = load_breast_cancer(return_X_y=True)

# %%
# One objective, three solvers. "gauss-newton" uses the exact curvature, "lbfgs" learns
# it on its way from a few past steps, "adam" is gradient descent on batches of 200
# rows, one pass an iteration, as deep learning does it. Whatever has not converged
# after 500 iterations is cut off; the warning that says so is silenced here.

figure, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
warnings.simplefilter("ignore", ConvergenceWarning)
for solver, color in [
    ("gauss-newton", "#00406e"),
    ("lbfgs", "#3f90da"),
    ("adam", "#bd1f01"),
]:
    net = TinyNeuralNet(8, alpha=1.0, solver=solver, tol=1e-6, max_iter=500)
    curve = net.fit(X, y).loss_curve_
    label = f"{solver}: {net.n_iter_} iterations, ends at {net.loss_:.2f}"
    ax.plot(range(1, len(curve) + 1), curve, color=color, lw=2.5, label=label)
ax.set(xscale="log", yscale="log", xlabel="iteration", ylabel="training objective")
ax.legend(frameon=False)
plt.show()

# %%
# An iteration of Gauss-Newton costs more than one of the others, so that
# ``solver="auto"`` weighs one against the other. What a curve cannot show: the three
# may end in different minima, since a network's objective has many.
#
# Validation
# ----------
#
# Training lowers the *training* loss for as long as one lets it. With held-out rows,
# which you choose and pass to ``fit``, it stops once their loss rises, and the best
# weights are kept; no rows are ever held out behind your back. Here the decay is too
# weak on purpose.

X_train, X_val, y_train, y_val = train_test_split(X, y, random_state=0, stratify=y)
net = TinyNeuralNet(30, alpha=1e-3, tol=1e-6)
net.fit(X_train, y_train, X_val=X_val, y_val=y_val)
LossCurveDisplay.from_estimator(net)
plt.show()

# %%
# The two curves have axes of their own. The vertical line is the iteration whose
# weights the network kept.

print(f"kept iteration {net.best_iter_} of {len(net.validation_loss_curve_)}")
