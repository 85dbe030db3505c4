"""
Searching over the number of neurons
====================================

``n_neurons`` is a plain integer, so that a grid search in a pipeline needs no tuples and
no tricks. Missing values are filled in by the pipeline; scaling happens inside the
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
counts = [0, 1, 2, 3, 4, 6, 8, 12, 16]
search = GridSearchCV(
    pipeline, {"tinyneuralnet__n_neurons": counts}, scoring="neg_log_loss", cv=5
)
search.fit(X, y)

# %%
# What to see: no hidden neuron and one are both a single straight border, and both too
# few. Two suffice. More do no harm, because the weight decay adapts to their number; the
# curve stays flat, where a network without it would climb again. The shaded band is the
# standard deviation over the folds.

loss = -search.cv_results_["mean_test_score"]
spread = search.cv_results_["std_test_score"]
figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
ax.fill_between(counts, loss - spread, loss + spread, color="#3f90da", alpha=0.2)
ax.plot(counts, loss, "o-", color="#00406e", lw=2)
best = search.best_params_["tinyneuralnet__n_neurons"]
ax.plot(best, loss.min(), "o", ms=14, mfc="none", mec="#bd1f01", mew=2)
ax.annotate("best", (best, loss.min()), xytext=(8, 12), textcoords="offset points")
ax.set(xlabel="hidden neurons", ylabel="log loss on held-out rows", ylim=(0, None))
plt.show()

# %%
# One need not search at all. ``n_neurons="auto"``, the default, compares counts by their
# evidence within a single fit:

auto = make_pipeline(SimpleImputer(), TinyNeuralNet()).fit(X, y)
print("grid search:", best, "neurons;", "evidence:", auto[-1].n_neurons_)

# %%
# The fitted pipeline, as a notebook shows it:

search.best_estimator_
