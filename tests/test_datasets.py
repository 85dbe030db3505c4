"""The tables: what the lecture prints, real votes unchanged, and the synthetic ones."""

import hashlib
import inspect
import re

import numpy as np
import pandas as pd
import pytest

from skneuron import datasets

LOADERS = [
    datasets.load_lecture_votes,
    datasets.load_lecture_incomes,
    datasets.load_anes96,
]


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request):
    return request.param


def test_lecture_incomes_are_the_three_rows_of_L9():
    X, y = datasets.load_lecture_incomes(return_X_y=True)
    assert list(zip(X[:, 0], y, strict=True)) == [(40, 0), (70, 1), (20, 0)]


def test_anes96_equals_the_table_of_statsmodels():
    from statsmodels.datasets import anes96

    theirs = anes96.load_pandas().data
    X, y = datasets.load_anes96(return_X_y=True)
    np.testing.assert_array_equal(X, theirs[["income", "age"]])
    np.testing.assert_array_equal(y, theirs["vote"])


def test_anes96_keeps_what_its_readme_says():
    votes = datasets.load_anes96()
    assert votes.data.shape == (944, 2)
    assert votes.data.min(axis=0).tolist() == [1, 19]
    assert votes.data.max(axis=0).tolist() == [24, 91]
    assert np.bincount(votes.target).tolist() == [551, 393]
    assert votes.target_names == ["Clinton", "Dole"]


def test_loader_follows_scikit_learns_signature(loader):
    parameters = inspect.signature(loader).parameters.values()
    assert [(p.name, p.default, p.kind) for p in parameters] == [
        ("return_X_y", False, inspect.Parameter.KEYWORD_ONLY),
        ("as_frame", False, inspect.Parameter.KEYWORD_ONLY),
    ]


def test_bunch_and_tuple_hold_the_same_arrays(loader):
    bunch = loader()
    X, y = loader(return_X_y=True)
    assert (X.dtype, X.ndim, y.ndim) == (np.float64, 2, 1)
    assert X.shape == (len(y), len(bunch.feature_names))
    assert bunch.frame is None
    np.testing.assert_array_equal(bunch.data, X)
    np.testing.assert_array_equal(bunch.target, y)


def test_target_names_name_the_sorted_classes(loader):
    bunch = loader()
    classes = np.unique(bunch.target)
    assert len(bunch.target_names) == len(classes)
    if classes.dtype.kind == "U":
        assert bunch.target_names == classes.tolist()


def test_frame_holds_the_same_values(loader):
    arrays, frames = loader(), loader(as_frame=True)
    assert isinstance(frames.data, pd.DataFrame)
    assert isinstance(frames.target, pd.Series)
    assert frames.target.name == "vote"
    assert list(frames.frame.columns) == [*arrays.feature_names, "vote"]
    np.testing.assert_array_equal(frames.data, arrays.data)
    np.testing.assert_array_equal(frames.target, arrays.target)
    X, y = loader(return_X_y=True, as_frame=True)
    pd.testing.assert_frame_equal(X, frames.data)
    pd.testing.assert_series_equal(y, frames.target)


def test_file_is_readable_as_a_table(loader):
    bunch = loader(as_frame=True)
    theirs = pd.read_csv(bunch.filename)
    pd.testing.assert_frame_equal(theirs, bunch.frame, check_dtype=False)


def test_description_is_the_files_own(loader):
    bunch = loader()
    title, *text = bunch.DESCR.splitlines()
    assert bunch.filename.endswith(title)
    assert "| column | meaning |" in text
    assert "##" not in bunch.DESCR


def test_each_load_is_a_fresh_copy(loader):
    loader().data[:] = 0
    assert loader().data.all()


def test_every_file_matches_its_checksum(checkout):
    data = checkout / "data"
    listed = re.findall(
        r"^\| (\S+\.csv) \| (\d+) \| ([0-9a-f]{64}) \|$",
        (data / "README.md").read_text("utf-8"),
        flags=re.MULTILINE,
    )
    found = [
        (
            path.name,
            str(path.read_text("utf-8").count("\n") - 1),
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(data.glob("*.csv"))
    ]
    assert found == listed


def test_make_votes_is_reproducible():
    X, y = datasets.make_votes(50, random_state=3)
    X_again, y_again = datasets.make_votes(50, random_state=3)
    np.testing.assert_array_equal(X, X_again)
    np.testing.assert_array_equal(y, y_again)
    assert not np.array_equal(X, datasets.make_votes(50, random_state=4)[0])


def test_make_votes_has_the_documented_shapes_and_ranges():
    X, y = datasets.make_votes(random_state=0)
    assert X.shape == (100, 2)
    assert set(y) == {"L", "R"}
    np.testing.assert_array_equal(X, np.round(X))
    assert (X >= [10, 18]).all()
    assert (X <= [120, 90]).all()


def test_make_votes_needs_more_than_one_straight_border():
    X, y = datasets.make_votes(4000, random_state=0)
    position = (X - [65, 54]) / [110, 72]
    angles = np.linspace(0, np.pi, 180, endpoint=False)
    directions = np.array([np.cos(angles), np.sin(angles)])
    one_border = max(_best_cut(side, y == "R") for side in (position @ directions).T)
    two_borders = ((abs(position.sum(axis=1)) < 0.2) == (y == "R")).mean()
    assert one_border < 0.72
    assert two_borders > 0.92


def _best_cut(side, is_right):
    """Return the accuracy of the best threshold on `side`, in either direction."""
    gain = np.cumsum(np.where(is_right[np.argsort(side)], 1, -1))
    n_right = is_right.sum()
    best = max(len(side) - n_right + gain.max(), n_right - gain.min())
    return best / len(side)


@pytest.mark.parametrize("n_samples", [0, -1, 2.5, "ten", None])
def test_make_votes_rejects_a_bad_count(n_samples):
    with pytest.raises(ValueError, match=r"'n_samples' parameter of make_votes must"):
        datasets.make_votes(n_samples)
