"""Fits of rows in blocks, here and on a Dask cluster of two workers, and searches."""

import os
import signal
from functools import partial

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.stats import loguniform
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

from skneuron import LogisticNeuron, TinyNeuralNet

FORMS = {
    "default": {},
    "tuned": {"alpha": "auto"},
    "textbook": {"alpha": 0},
    "biasless": {"fit_intercept": False},
    "balanced": {"class_weight": "balanced"},
    "weighted": {"class_weight": {0: 2.0, 1: 0.5}},
    "uncertain": {"predictive": "laplace"},
}


def _rows(n_classes=2, n_rows=600):
    X, y = make_classification(
        n_rows,
        5,
        n_informative=4,
        n_redundant=0,
        n_classes=n_classes,
        flip_y=0.2,
        random_state=0,
    )
    weight = np.random.default_rng(0).integers(0, 3, n_rows).astype(float)
    return X * [1.0, 10.0, 100.0, 1.0, 1.0] + [0, 0, 1e4, 0, 0], y, weight


X, Y, WEIGHT = _rows()


def _blocks(*arrays, n_blocks=4):
    return list(
        zip(*(np.array_split(array, n_blocks) for array in arrays), strict=True)
    )


def _require_equal(blockwise, whole):
    np.testing.assert_allclose(_settled(blockwise), _settled(whole), rtol=1e-8)


def _settled(neuron):
    """Return all parameters, without what a softmax leaves open."""
    parameters = np.column_stack([neuron.coef_, neuron.intercept_])
    return parameters - (parameters.mean(axis=0) if len(parameters) > 1 else 0.0)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_blocks_are_fitted_as_the_whole(form, n_classes):
    arrays = _rows(n_classes)
    neuron = LogisticNeuron(tol=1e-14, **form)
    blockwise = clone(neuron).fit_blocks(_blocks(*arrays))
    whole = neuron.fit(*arrays)
    _require_equal(blockwise, whole)
    assert blockwise.alpha_ == pytest.approx(whole.alpha_, rel=1e-6)
    assert blockwise.classes_.tolist() == whole.classes_.tolist()
    np.testing.assert_allclose(
        blockwise.predict_proba(arrays[0]), whole.predict_proba(arrays[0]), atol=5e-6
    )
    if form == FORMS["textbook"] and n_classes == 2:
        np.testing.assert_allclose(
            blockwise.standard_errors_, whole.standard_errors_, rtol=1e-6
        )
    copied = LogisticNeuron.from_json(blockwise.to_json())
    assert copied.to_json() == blockwise.to_json()


def test_blocks_may_lack_a_class_and_have_names():
    order = np.argsort(Y, kind="stable")
    names = list("abcde")
    frame, labels = (
        pd.DataFrame(X[order], columns=names),
        np.array(["n", "y"])[Y[order]],
    )
    cuts = [slice(0, 100), slice(100, 450), slice(450, 600)]
    blocks = [(frame[rows], labels[rows]) for rows in cuts]
    neuron = LogisticNeuron().fit_blocks(blocks, classes=["y", "n"])
    assert neuron.feature_names_in_.tolist() == names
    _require_equal(neuron, LogisticNeuron().fit(frame, labels))


class Files:
    """Blocks that are opened anew, and closed, in every pass."""

    def __init__(self, folder, blocks):
        self.paths, self.n_passes = [], 0
        for i, (X, y, weight) in enumerate(blocks):
            frame = pd.DataFrame(X, columns=list("abcde")).assign(y=y, weight=weight)
            self.paths.append(folder / f"{i}.pkl")
            frame.to_pickle(self.paths[-1])

    def __iter__(self):
        self.n_passes += 1
        for frame in map(pd.read_pickle, self.paths):
            yield frame[list("abcde")], frame["y"], frame["weight"]


def test_blocks_may_be_files(tmp_path):
    files = Files(tmp_path, _blocks(X, Y, WEIGHT))
    neuron = LogisticNeuron(tol=1e-14).fit_blocks(files)
    _require_equal(neuron, LogisticNeuron(tol=1e-14).fit(X, Y, WEIGHT))
    assert neuron.feature_names_in_.tolist() == list("abcde")
    assert files.n_passes < neuron.n_iter_ + 5


def test_a_class_without_weight_is_refused():
    neuron = LogisticNeuron(class_weight={0: 1.0, 1: 0.0})
    with pytest.raises(ValueError, match=r"class_weight=.* no weight to \[1\]"):
        neuron.fit_blocks(_blocks(X, Y))


def test_what_cannot_be_passed_over_again_is_refused():
    neuron = LogisticNeuron()
    with pytest.raises(ValueError, match="used up by one"):
        neuron.fit_blocks((X, Y) for _ in range(3))
    with pytest.raises(ValueError, match="at least one block"):
        neuron.fit_blocks([])
    with pytest.raises(ValueError, match="same columns"):
        neuron.fit_blocks([(X, Y), (X[:, :3], Y)])
    with pytest.raises(ValueError, match=r"\(X, y\) or"):
        neuron.fit_blocks([X])
    with pytest.raises(ValueError, match=r"not among classes: \[1\]"):
        neuron.fit_blocks([(X, Y)], classes=[0, 2])
    with pytest.raises(ValueError, match="two classes"):
        neuron.fit_blocks([(X, np.ones(len(X)))])
    with pytest.raises(ValueError, match="NaN"):
        neuron.fit_blocks([(X, Y), (X * np.nan, Y)])
    assert not hasattr(neuron, "classes_")


TIED = np.where(np.abs(X[:, 0]) < 0.5, 0.0, X[:, 0])
SEPARABLE = {
    "apart": (X[:, 0], X[:, 0] > 0),
    "three apart": (X[:, 0], np.digitize(X[:, 0], [-1, 1])),
    "but for ties": (TIED, np.where(TIED == 0, Y, TIED > 0)),
    "one of three": (X[:, 0], np.where(X[:, 0] > 1, 2, Y)),
}


@pytest.mark.parametrize(("column", "labels"), SEPARABLE.values(), ids=SEPARABLE)
def test_separable_blocks_say_so(column, labels):
    blocks = _blocks(np.column_stack([column, X[:, 1]]), labels, n_blocks=7)
    for neuron in (LogisticNeuron(alpha=0), LogisticNeuron(alpha=0, max_iter=8)):
        with pytest.warns(ConvergenceWarning, match="linearly separable") as caught:
            neuron.fit_blocks(blocks)
        assert len(caught) == 1
        assert neuron.separable_
        assert not neuron.converged_
        with pytest.raises(ValueError, match="not defined"):
            neuron.summary()


def test_nearly_separable_blocks_are_fitted():
    labels = X[:, 0] > 0
    labels[np.argsort(X[:, 0])[[5, -5]]] ^= True
    whole = LogisticNeuron(alpha=0, tol=1e-14).fit(X, labels)
    neuron = LogisticNeuron(alpha=0, tol=1e-14).fit_blocks(_blocks(X, labels))
    assert not neuron.separable_
    _require_equal(neuron, whole)


# On a cluster.


@pytest.fixture(scope="module")
def dask():
    return pytest.importorskip("dask", reason='see the extra "distributed"')


@pytest.fixture(scope="module")
def client(dask):
    distributed = pytest.importorskip("distributed", reason='the extra "distributed"')
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GB"}),
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


pytestmark = pytest.mark.filterwarnings("default")


def test_arrays_and_frames_of_dask_are_fitted_as_the_whole(dask):
    from dask import array, dataframe

    whole = LogisticNeuron().fit(X, Y)
    arrays = array.from_array(X, chunks=(150, 5)), array.from_array(Y, chunks=150)
    frame = pd.DataFrame(X, columns=list("abcde")).assign(y=Y)
    frame = dataframe.from_pandas(frame, npartitions=3)
    lazy = [dask.delayed(block) for block in _blocks(X, Y)]
    with dask.config.set(scheduler="synchronous"):
        for blocks in (arrays, (frame[list("abcde")], frame["y"]), lazy):
            _require_equal(LogisticNeuron().fit_blocks(blocks), whole)


def _load(folder, i, block):
    """Return a block; the worker that loads the 11th dies of it, once."""
    (folder / f"{i}-{len(list(folder.iterdir()))}-{os.getpid()}").touch()
    if len(list(folder.iterdir())) > 10 and not (folder / "killed").exists():
        (folder / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return block


@pytest.mark.usefixtures("client")
def test_a_killed_worker_neither_loses_nor_repeats_a_block(dask, tmp_path):
    load = dask.delayed(partial(_load, tmp_path), pure=False)
    blocks = [load(i, block) for i, block in enumerate(_blocks(X, Y))]
    neuron = LogisticNeuron().fit_blocks(blocks)
    assert (tmp_path / "killed").exists()
    undisturbed = LogisticNeuron().fit_blocks(_blocks(X, Y))
    np.testing.assert_array_equal(neuron.coef_, undisturbed.coef_)
    assert neuron.loss_curve_ == undisturbed.loss_curve_


def _process(estimator, X, y):
    """Score with the process that asks."""
    return float(os.getpid())


def _searches():
    scoring = {"accuracy": "accuracy", "process": _process}
    options = {"scoring": scoring, "refit": "accuracy", "cv": 2}
    yield GridSearchCV(TinyNeuralNet(alpha=1.0), {"n_neurons": [0, 2]}, **options)
    penalties = {"alpha": loguniform(0.1, 10)}
    yield RandomizedSearchCV(
        LogisticNeuron(), penalties, n_iter=3, random_state=0, **options
    )


def require_the_same_there(backend):
    """Run searches here and, by joblib's backend, in other processes."""
    rows, labels = X[:200], Y[:200]
    for search in _searches():
        here = search.fit(rows, labels).cv_results_
        with joblib.parallel_config(backend=backend, n_jobs=2):
            there = search.fit(rows, labels).cv_results_
        np.testing.assert_array_equal(
            here["mean_test_accuracy"], there["mean_test_accuracy"]
        )
        assert (there["split0_test_process"] != os.getpid()).all()


def test_searches_run_on_a_cluster(client):
    # Joblib stays at home while there is but one, as after the death of the other.
    client.wait_for_workers(2)
    require_the_same_there("dask")
