"""
A million rows
==============

One neuron does not need a sample of a large table: it takes the table. The optimum is
that of scikit-learn's ``LogisticRegression``, and the time grows about as the rows do.
"""

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from skneuron import LogisticNeuron

rng = np.random.default_rng(0)
X = rng.normal(size=(1_000_000, 10)) * 10.0 ** rng.uniform(-2, 2, 10)
truth = rng.normal(size=10) / X.std(axis=0)
y = X @ truth + rng.logistic(size=len(X)) > 0

# %%
# The columns differ in scale by up to four powers of ten, as raw columns do. Nothing is
# scaled beforehand.


def fastest(X, y):
    """Return the fewest seconds of two fits, and the neuron."""
    seconds = []
    for _ in range(2):
        start = perf_counter()
        neuron = LogisticNeuron().fit(X, y)
        seconds.append(perf_counter() - start)
    return min(seconds), neuron


counts = [1_000, 10_000, 100_000, 1_000_000]
seconds = []
for count in counts:
    time, neuron = fastest(X[:count], y[:count])
    seconds.append(time)
    print(f"{count:9,} rows: {time:.3f} s, {neuron.n_iter_} iterations")

figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
ax.loglog(counts, seconds, "o-", color="#00406e", lw=2, label="LogisticNeuron")
linear = seconds[-1] * np.array(counts) / counts[-1]
ax.loglog(counts, linear, ":", color="gray", label="in proportion to rows")
ax.set(xlabel="rows", ylabel="seconds to fit")
ax.legend(frameon=False)
plt.show()

# %%
# The coefficients that made the data come back, and they are those of scikit-learn's
# ``newton-cholesky`` solver (compared on a tenth of the rows):

print("largest error in units of the truth: ", abs(neuron.coef_ / truth - 1).max())
part = slice(100_000)
ours = LogisticNeuron().fit(X[part], y[part])
peer = LogisticRegression(solver="newton-cholesky").fit(X[part], y[part])
print("largest difference to scikit-learn's:", abs(ours.coef_ / peer.coef_ - 1).max())

# %%
# Networks take longer (:doc:`/benchmarks` has times and memory up to a million rows,
# and what peers take). More rows than fit into memory: :doc:`/large`.
