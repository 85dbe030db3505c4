"""A synthetic electorate for which one neuron is too few and three will do."""

from numbers import Integral

import numpy as np
from scipy.special import expit
from sklearn.utils import check_random_state

_INCOME = (10.0, 120.0)
_AGE = (18.0, 90.0)
# In units of the sum of both ranges: a fifth to each side leaves about a third of the
# voters in each of the three zones. The softness takes some 6 % of the votes across.
_HALF_WIDTH = 0.2
_SOFTNESS = 0.03


def make_votes(n_samples=100, random_state=None):
    r"""Make synthetic voters: income, age -> vote L or R (classification).

    Invented, not the lecture's table (of which only the six rows of
    `load_lecture_votes` are known). Voters for R live in a band between two zones of L:
    poor and young on one side, rich and old on the other. One straight border cannot
    separate that. Three neurons can: two hidden ones draw the two borders of the band,
    the third takes what lies between.

    Parameters
    ----------
    n_samples : int, default=100
        Number of voters, at least 1.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same voters at every call.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        Income (in thousands of dollars a year, 10 to 120) and age (years, 18 to 90),
        independent, uniform, and rounded to whole numbers.
    y : ndarray of shape (n_samples,)
        The vote, "L" or "R".

    Raises
    ------
    ValueError
        If `n_samples` is not an integer of at least 1.

    Notes
    -----
    With u and v the income and age mapped from their ranges to [-1/2, 1/2], before
    rounding, the vote is R with probability

    .. math:: P(R) = \sigma\left(\frac{0.2 - |u + v|}{0.03}\right),

    so that votes near the borders of the band are noisy and a network that gets every
    one of them right has overfitted.

    Examples
    --------
    >>> from skneuron.datasets import make_votes
    >>> X, y = make_votes(3, random_state=0)
    >>> X
    array([[70., 69.],
           [76., 57.],
           [57., 65.]])
    >>> y.tolist()
    ['L', 'L', 'R']
    """
    if not isinstance(n_samples, Integral) or n_samples < 1:
        raise ValueError(
            "The 'n_samples' parameter of make_votes must be an int of at least 1. "
            f"Got {n_samples!r} instead."
        )
    rng = check_random_state(random_state)
    position = rng.uniform(-0.5, 0.5, size=(n_samples, 2))
    low, high = np.transpose([_INCOME, _AGE])
    X = np.round(low + (position + 0.5) * (high - low))
    p_right = expit((_HALF_WIDTH - abs(position.sum(axis=1))) / _SOFTNESS)
    return X, np.where(rng.uniform(size=n_samples) < p_right, "R", "L")
