"""A user's own CSV file as training data; what is wrong with it is one clear line."""

import csv
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Table:
    """Training data with names.

    Attributes
    ----------
    X : DataFrame of shape (n, d) of finite numbers
    y : ndarray of shape (n,) of labels
    target : str, what the labels are
    title : str, what the rows are
    left_out : list of str, columns that hold no numbers
    """

    X: Any
    y: np.ndarray
    target: str
    title: str
    left_out: list


def read_table(path, target, features, rows_per_class):
    """Return the Table in a CSV file.

    `features` is a comma-separated line of column names or None, which is all columns
    of numbers. Whatever is wrong is a ValueError or OSError of one line.
    """
    frame = _read(path)
    names = None if features is None else next(csv.reader([features]))
    _require_columns(frame, [target, *(names or [])])
    numeric = [name for name in frame if _has_numbers(frame[name])]
    if names is None:
        names = [name for name in numeric if name != target]
    _require_inputs(names, target)
    return Table(
        X=frame[names].apply(_numbers),
        y=_labels(frame[target], rows_per_class),
        target=target,
        title=f"{target} in {Path(path).name}",
        left_out=[name for name in frame if name not in {target, *names, *numeric}],
    )


def _read(path):
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            # Without index_col, longer rows would move the names one column along.
            return pd.read_csv(
                path, index_col=False, encoding="utf-8-sig", low_memory=False
            )
    except FileNotFoundError:
        raise FileNotFoundError(f"no such file: {path}") from None
    except OSError as error:
        raise OSError(f"cannot read {path}: {error.strerror or error}") from None
    except (ValueError, pd.errors.ParserWarning) as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"{path} is not a CSV file of UTF-8 text, separated by commas, with a line "
            f"of column names: {reason}"
        ) from None


def _require_columns(frame, names):
    columns = list(frame.columns)
    for name in names:
        if name not in columns:
            message = f"no column {name!r}; the columns are: {', '.join(columns)}"
            if any(mark in column for column in columns for mark in ";\t"):
                message += " (columns must be separated by commas)"
            raise ValueError(message)
    if frame.empty:
        raise ValueError("the table has column names but no rows")


def _require_inputs(names, target):
    if target in names:
        raise ValueError(f"column {target!r} is both target and feature")
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            "the map needs at least two different columns of numbers besides "
            f"{target!r}; got: {', '.join(names) or 'none'}"
        )


def _has_numbers(column):
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").notna().any()


def _numbers(column):
    """Return a column as float64; it must have no text, no gap and no infinity."""
    import pandas as pd

    _require_complete(column)
    values = pd.to_numeric(column, errors="coerce").astype(np.float64)
    if values.isna().any():
        row = int(np.argmax(values.isna()))
        raise ValueError(
            f"column {column.name!r} holds text in row {row + 1}: {column.iloc[row]!r};"
            " a feature must be numbers: correct it, or list others with --features"
        )
    if np.isinf(values).any():
        row = int(np.argmax(np.isinf(values)))
        raise ValueError(f"column {column.name!r} is infinite in row {row + 1}")
    return values


def _require_complete(column):
    missing = column.isna()
    if missing.any():
        raise ValueError(
            f"column {column.name!r} has {missing.sum()} missing value(s), the first "
            f"in row {int(np.argmax(missing)) + 1}; fill them in or delete those rows"
        )


def _labels(column, rows_per_class):
    _require_complete(column)
    y = np.asarray(column)
    if y.dtype.kind == "f" and (y % 1 != 0).any():
        raise ValueError(
            f"the target {column.name!r} holds fractions such as "
            f"{y[y % 1 != 0][0].item()!r}; it must be the classes of the rows"
        )
    classes, counts = np.unique(y, return_counts=True)
    if len(classes) < 2:
        raise ValueError(
            f"the target {column.name!r} is {str(classes[0])!r} in every row; two or "
            "more classes are needed"
        )
    if counts.min() < rows_per_class:
        raise ValueError(
            f"class {str(classes[counts.argmin()])!r} of the target {column.name!r} "
            f"has {counts.min()} of the at least {rows_per_class} rows that each class "
            "needs, one for each fold of the cross-validation"
        )
    return y
