"""Tables for the benchmarks: those that come with the packages, or a folder's."""

from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skneuron.datasets import load_anes96

BUNDLED = {
    "iris": load_iris,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
    "digits": load_digits,
    "anes96": load_anes96,
}


def add_options(parser):
    """Add the options that say which tables are used."""
    parser.add_argument("--folder", help="of *.csv and *.csv.gz, not the bundled ones")
    parser.add_argument("--target", default="__y", help="class column, else the last")
    parser.add_argument("--max-rows", type=int, default=4000, help="of a table")
    parser.add_argument("--only", default="", help="beginnings of names, by commas")


def tables(options, extra=None):
    """Yield (name, X, y): a frame, and classes coded 0, 1, ...

    `extra` maps names to functions that make (X, y), beside the bundled tables.
    """
    if options.folder:
        files = [p for p in sorted(Path(options.folder).iterdir()) if ".csv" in p.name]
        found = {p.name.split(".")[0]: (_read, p, options.target) for p in files}
    else:
        found = {name: (_bundled, load) for name, load in BUNDLED.items()}
        found |= {name: (make,) for name, make in (extra or {}).items()}
    for name, (load, *arguments) in found.items():
        if name.startswith(tuple(options.only.split(","))):
            X, y = load(*arguments)
            yield name, *_limited(pd.DataFrame(X), _codes(y), options.max_rows)


def encoder(scale):
    """Return a transformer: numbers imputed (and scaled), text one-hot encoded."""
    numbers = [SimpleImputer(strategy="median"), *([StandardScaler()] if scale else [])]
    text = [
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            sparse_output=False,
            max_categories=20,
            min_frequency=2,
        ),
    ]
    return make_column_transformer(
        (make_pipeline(*numbers), make_column_selector(dtype_include="number")),
        (make_pipeline(*text), make_column_selector(dtype_exclude="number")),
    )


def _bundled(load):
    return load(return_X_y=True)


def _read(path, target):
    frame = pd.read_csv(path, keep_default_na=False, na_values=[""])
    y = frame.pop(target if target in frame else frame.columns[-1])
    texts = frame.select_dtypes(exclude="number").columns
    return frame.astype(dict.fromkeys(texts, object)), y


def _codes(y):
    return pd.factorize(y, sort=True)[0]


def _limited(X, y, max_rows):
    counts = pd.Series(y).value_counts()
    kept = counts[y].to_numpy() > 1  # a class of one row cannot be split
    X, y = X[kept], _codes(y[kept])
    if len(y) <= max_rows:
        return X, y
    X, _, y, _ = train_test_split(X, y, train_size=max_rows, stratify=y, random_state=0)
    return X, y
