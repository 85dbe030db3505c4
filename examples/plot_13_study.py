"""
A study from table to decision
==============================

What a network has to go through in practice: columns of different types, missing
values, one class rarer and dearer than the other, probabilities that must mean
something, a threshold to act on, and the question "why?".

The table is scikit-learn's breast cancer data (569 tumours, measured under the
microscope). It is complete and all numbers, so two difficulties are *made* here,
openly: one measure is turned into a word, and 5 % of all cells are deleted at random.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.calibration import CalibrationDisplay
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.impute import SimpleImputer
from sklearn.inspection import permutation_importance
from sklearn.metrics import confusion_matrix, log_loss, make_scorer
from sklearn.model_selection import (
    TunedThresholdClassifierCV,
    cross_val_predict,
    train_test_split,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skneuron import LogisticNeuron, TinyNeuralNet

cancer = load_breast_cancer(as_frame=True)
X = cancer.data.filter(like="mean ").copy()
y = 1 - cancer.target.rename("malignant")
sizes = ["small", "medium", "large"]
X["size"] = pd.qcut(X.pop("mean area"), 3, labels=sizes).astype(object)
X = X.mask(np.random.default_rng(0).random(X.shape) < 0.05)
X.head()

# %%
# Words become indicator columns, gaps are filled; the network scales inside.

numbers = make_column_selector(dtype_include="number")
words = make_column_selector(dtype_exclude="number")
prepare = make_column_transformer(
    (SimpleImputer(strategy="median", add_indicator=True), numbers),
    (OneHotEncoder(handle_unknown="ignore", sparse_output=False), words),
)
network = make_pipeline(prepare, TinyNeuralNet())
X_train, X_test, y_train, y_test = train_test_split(
    X, y, test_size=0.4, stratify=y, random_state=0
)
network.fit(X_train, y_train)

# %%
# Are the probabilities to be believed?
# -------------------------------------
#
# Predicted on rows that were not learnt from. On the diagonal, of those told "30 %"
# three in ten are ill. Weights of the classes would shift the curve: they are for
# decisions, and a threshold does that without spoiling the probabilities.

proba = cross_val_predict(network, X, y, cv=5, method="predict_proba")[:, 1]
weighted = make_pipeline(prepare, TinyNeuralNet(class_weight={1: 10.0}))
shifted = cross_val_predict(weighted, X, y, cv=5, method="predict_proba")[:, 1]
figure, ax = plt.subplots(figsize=(6.5, 5), layout="constrained")
for values, name, color in [
    (proba, "as it is", "#00406e"),
    (shifted, "class_weight 10 : 1", "#bd1f01"),
]:
    loss = log_loss(y, values)
    CalibrationDisplay.from_predictions(
        y,
        values,
        n_bins=8,
        strategy="quantile",
        name=f"{name}, log loss {loss:.3f}",
        color=color,
        ax=ax,
    )
ax.set(xlabel="predicted probability of malignant", ylabel="share of malignant")
plt.show()

# %%
# From a probability to a decision
# --------------------------------
#
# Let a missed tumour cost ten times as much as a false alarm. scikit-learn's
# ``TunedThresholdClassifierCV`` finds the threshold of least cost on the training rows.


def saved(y_true, y_pred):
    """Return minus the cost: 10 for each missed tumour, 1 for each false alarm."""
    (_, alarms), (missed, _) = confusion_matrix(y_true, y_pred)
    return -(10 * missed + alarms)


careful = TunedThresholdClassifierCV(network, scoring=make_scorer(saved), cv=5)
careful.fit(X_train, y_train)
for name, model in [("threshold 0.5", network), ("tuned", careful)]:
    print(f"{name}: cost on the test rows {-saved(y_test, model.predict(X_test))}")
print(f"threshold found: {careful.best_threshold_:.2f}")

# %%
# Why?
# ----
#
# How much worse the log loss gets when one column is shuffled. Correlated columns share
# their importance; a short bar does not mean that a measure is useless.

effect = permutation_importance(
    network, X_test, y_test, scoring="neg_log_loss", n_repeats=5, random_state=0
)
order = effect.importances_mean.argsort()
figure, ax = plt.subplots(figsize=(8, 4.4), layout="constrained")
ax.barh(
    X.columns[order],
    effect.importances_mean[order],
    xerr=effect.importances_std[order],
    color="#3f90da",
)
ax.set(xlabel="rise of the log loss when shuffled")
plt.show()

# %%
# A single neuron can be read like a table in a paper. Three of the measures, complete
# rows only:

columns = ["mean radius", "mean texture", "mean smoothness"]
complete = X[columns].dropna()
neuron = LogisticNeuron(alpha=0).fit(complete, y[complete.index])
neuron.summary().round(3)
