"""
Searching over the number of neurons
====================================

``n_neurons`` is a plain integer, so that a grid search in a pipeline needs no tuples
and no tricks. Missing values are filled in by the pipeline; scaling happens inside the
network.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skneuron import TinyNeuralNet
from skneuron.datasets import make_votes

X, y = make_votes(300, random_state=1)
X[np.random.default_rng(0).random(X.shape) < 0.03] = np.nan  # 3 % of the cells are lost

pipeline = make_pipeline(SimpleImputer(), TinyNeuralNet())
counts = [0, 1, 2, 3, 5, 8, 16]
grid = {"tinyneuralnet__n_neurons": counts}
search = GridSearchCV(pipeline, grid, scoring="neg_log_loss", cv=5).fit(X, y)
search.best_params_

# %%
# For comparison, the same with a small weight decay that is fixed instead of chosen by
# evidence:

weak = make_pipeline(SimpleImputer(), TinyNeuralNet(alpha=1e-3))
fixed = GridSearchCV(weak, grid, scoring="neg_log_loss", cv=5).fit(X, y)

# %%
# What to see: no hidden neuron and one are both a single straight border, and both too
# few. Two suffice. More do no harm, because the weight decay adapts to their number:
# the curve stays flat, where the fixed decay overfits more with every neuron. The
# shaded band is the standard deviation over the folds.

loss = -search.cv_results_["mean_test_score"]
spread = search.cv_results_["std_test_score"]
figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
ax.fill_between(counts, loss - spread, loss + spread, color="#3f90da", alpha=0.2)
ax.plot(counts, loss, "o-", color="#00406e", lw=2, label="decay by evidence")
overfitted = -fixed.cv_results_["mean_test_score"]
ax.plot(counts, overfitted, "s--", color="#bd1f01", label="decay fixed at 0.001")
best = search.best_params_["tinyneuralnet__n_neurons"]
ax.plot(best, loss.min(), "o", ms=14, mfc="none", mec="black", mew=2)
ax.annotate("best", (best, loss.min()), xytext=(-10, -24), textcoords="offset points")
ax.set(xlabel="hidden neurons", ylabel="log loss on held-out rows", ylim=(0, None))
ax.legend(frameon=False)
plt.show()

# %%
# One need not search at all. ``n_neurons="auto"``, the default, compares 0, 8, 16 and
# 32 by their evidence within a single fit. It need not find the smallest count, since a
# larger one is no worse:

auto = make_pipeline(SimpleImputer(), TinyNeuralNet()).fit(X, y)
print("grid search:", best, "neurons; evidence:", auto[-1].n_neurons_)

# %%
# The fitted pipeline, as a notebook shows it:

search.best_estimator_
