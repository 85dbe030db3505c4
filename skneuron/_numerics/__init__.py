"""Mathematics of neurons: free functions of arrays, NumPy and SciPy only.

Conventions, used in every module here:

- ``X`` (n, d1) are inputs whose last column is ones where there is an intercept;
  ``target`` (n, m) has m = 1 for two classes (0 or 1) or one number to predict, and
  m = n_classes one-hot columns otherwise; ``weight`` (n,).
- ``raw`` (n, m) is the prediction before the sigmoid or softmax.
- ``theta`` (P,) holds all parameters; each layer is a matrix whose last row is the
  bias, raveled in C order, the hidden layer first.
- A *predictor* (`linear.Linear`, `network.Network`) maps theta and X to raw and carries
  slopes back; a *loss* (`losses`) compares raw with the target; an *objective*
  (`objective.DataLoss`) sums the losses of the training data as a function of theta; a
  *solver* (`solvers`) minimises an objective plus ``sum(ridge * theta**2) / 2``.
"""
