"""Few rows of many inputs, in the axes of the space that the rows span."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Turn:
    """A rotation of the inputs into r axes, and back; none where `axes` is None.

    A penalty on the sum of squares does not see a rotation, and the first layer's
    optimum is a combination of the rows it is trained on (Kimeldorf & Wahba 1971,
    doi:10.1016/0022-247X(71)90184-3). So with fewer rows than inputs a layer of r + 1
    inputs is trained for that of d + 1, and it is the same layer.

    Attributes
    ----------
    axes : ndarray of shape (d, r) with orthogonal columns, or None
    """

    axes: np.ndarray | None

    def objective(self, objective):
        """Return the objective of the turned inputs."""
        if self.axes is None:
            return objective
        X = np.asarray(objective.X, np.float64)
        X = np.column_stack([X[:, :-1] @ self.axes, X[:, -1]])
        predictor = objective.predictor.turned(X.shape[1])
        return replace(objective, predictor=predictor, X=X)

    def back(self, theta, predictor):
        """Return theta of turned inputs for a predictor of the inputs as they were."""
        first, others = self._split(theta, predictor)
        turned = self.axes @ first[:-1]
        return np.concatenate([turned.ravel(), first[-1], others])

    def shared(self, values, predictor):
        """Return a value for each parameter of such a predictor.

        Those of a neuron's turned inputs are equal, and so are those for its inputs.
        """
        first, others = self._split(values, predictor)
        each = np.tile(first[0], len(self.axes))
        return np.concatenate([each, first[-1], others])

    def _split(self, theta, predictor):
        n_columns = predictor.layer_shapes[0][1]
        size = (self.axes.shape[1] + 1) * n_columns
        return theta[:size].reshape(-1, n_columns), theta[size:]


# No turn at all.
AS_IT_IS = Turn(None)


def turn_into(X):
    """Return the Turn into the rows of X (n, d + 1), the last column ones."""
    n_rows, n_columns = X.shape
    if n_rows >= n_columns - 1:
        return AS_IT_IS
    return Turn(np.linalg.qr(np.asarray(X, np.float64)[:, :-1].T)[0])
