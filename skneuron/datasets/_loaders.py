"""Loaders of the tables in `data/`: the last column of each is the target."""

import csv
from importlib import resources
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch


def load_lecture_votes(*, return_X_y=False, as_frame=False):
    """Load the lecture's six voters: income, age -> vote L or R (classification).

    Six rows, printed in the lecture; its full table is not known. For a larger table
    see `load_anes96` (real votes) or `make_votes` (synthetic).

    Parameters
    ----------
    return_X_y : bool, default=False
        If True, return `(data, target)` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.

    Returns
    -------
    data : Bunch
        Dictionary-like object, with the following attributes.

        data : {ndarray, DataFrame} of shape (6, 2)
            Income (in thousands, as its size suggests: the lecture names no unit) and
            age (years).
        target : {ndarray, Series} of shape (6,)
            The vote, "L" or "R".
        feature_names : list of str
            `["income", "age"]`.
        target_names : list of str
            `["L", "R"]`.
        frame : DataFrame of shape (6, 3) or None
            `data` and `target` in one table; None unless `as_frame=True`.
        DESCR : str
            Origin, columns, units and licence.
        filename : str
            Path of the CSV file.
    (data, target) : tuple if `return_X_y=True`
        The first two attributes above.

    Examples
    --------
    >>> from skneuron.datasets import load_lecture_votes
    >>> X, y = load_lecture_votes(return_X_y=True)
    >>> X[0], y.tolist()
    (array([39., 42.]), ['L', 'L', 'L', 'R', 'R', 'R'])
    """
    bunch = _load("lecture_votes.csv", str, ["L", "R"], as_frame)
    return (bunch.data, bunch.target) if return_X_y else bunch


def load_lecture_incomes(*, return_X_y=False, as_frame=False):
    """Load the lecture's worked example: income -> vote 0 or 1 (classification).

    The lecture applies a logistic neuron with given parameters (-8 and 0.1) to these
    three rows; nothing is fitted.

    Parameters
    ----------
    return_X_y : bool, default=False
        If True, return `(data, target)` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.

    Returns
    -------
    data : Bunch
        Dictionary-like object, with the following attributes.

        data : {ndarray, DataFrame} of shape (3, 1)
            Income (in thousands, as its size suggests: the lecture names no unit).
        target : {ndarray, Series} of shape (3,)
            The vote, 0 or 1.
        feature_names : list of str
            `["income"]`.
        target_names : list of str
            `["0", "1"]`: the lecture does not say which party is which.
        frame : DataFrame of shape (3, 2) or None
            `data` and `target` in one table; None unless `as_frame=True`.
        DESCR : str
            Origin, columns, units and licence.
        filename : str
            Path of the CSV file.
    (data, target) : tuple if `return_X_y=True`
        The first two attributes above.

    Examples
    --------
    >>> from skneuron.datasets import load_lecture_incomes
    >>> X, y = load_lecture_incomes(return_X_y=True)
    >>> X.ravel(), y
    (array([40., 70., 20.]), array([0, 1, 0]))
    """
    bunch = _load("lecture_incomes.csv", int, ["0", "1"], as_frame)
    return (bunch.data, bunch.target) if return_X_y else bunch


def load_anes96(*, return_X_y=False, as_frame=False):
    """Load 944 real voters of 1996: income, age -> Clinton or Dole (classification).

    Respondents of the American National Election Study of 1996 with an expected vote,
    551 for Clinton and 393 for Dole. Income and age say little about the vote: the best
    models are right for some 60 % of the rows. Rows are sorted by income: folds of a
    cross-validation must be drawn from shuffled rows.

    Parameters
    ----------
    return_X_y : bool, default=False
        If True, return `(data, target)` instead of a Bunch.
    as_frame : bool, default=False
        If True, `data` is a pandas DataFrame and `target` a pandas Series.

    Returns
    -------
    data : Bunch
        Dictionary-like object, with the following attributes.

        data : {ndarray, DataFrame} of shape (944, 2)
            Household income bracket, 1 (none or less than $2,999) to 24 ($105,000 and
            over), and age (19 to 91 years).
        target : {ndarray, Series} of shape (944,)
            The expected vote, 0 (Clinton) or 1 (Dole).
        feature_names : list of str
            `["income", "age"]`.
        target_names : list of str
            `["Clinton", "Dole"]`.
        frame : DataFrame of shape (944, 3) or None
            `data` and `target` in one table; None unless `as_frame=True`.
        DESCR : str
            Origin, columns, units and licence.
        filename : str
            Path of the CSV file.
    (data, target) : tuple if `return_X_y=True`
        The first two attributes above.

    References
    ----------
    The American National Election Studies, 1996, http://www.electionstudies.org/, as
    distributed with statsmodels 0.15.0.

    Examples
    --------
    >>> from skneuron.datasets import load_anes96
    >>> votes = load_anes96()
    >>> votes.data.shape, votes.target_names
    ((944, 2), ['Clinton', 'Dole'])
    >>> [(votes.target == code).sum().item() for code in (0, 1)]
    [551, 393]
    """
    bunch = _load("anes96.csv", int, ["Clinton", "Dole"], as_frame)
    return (bunch.data, bunch.target) if return_X_y else bunch


def _load(name, target_type, target_names, as_frame):
    folder = _data_folder()
    header, *rows = csv.reader((folder / name).read_text("utf-8").splitlines())
    *feature_names, target_name = header
    data = np.array([row[:-1] for row in rows], dtype=np.float64)
    target = np.array([row[-1] for row in rows], dtype=target_type)
    frame = None
    if as_frame:
        frame = _frame(data, target, header)
        data, target = frame[feature_names], frame[target_name]
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        feature_names=feature_names,
        target_names=target_names,
        DESCR=_description(folder, name),
        filename=str(folder / name),
    )


def _data_folder():
    # A wheel carries the tables inside the package. An editable install leaves them in
    # the checkout, so that there is one copy of each.
    packaged = resources.files("skneuron.datasets") / "data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "data"


def _frame(data, target, header):
    import pandas as pd

    frame = pd.DataFrame(data, columns=header[:-1])
    frame[header[-1]] = target
    return frame


def _description(folder, name):
    sections = (folder / "README.md").read_text("utf-8").split("\n## ")
    return next(text for text in sections if text.startswith(name)).strip()
