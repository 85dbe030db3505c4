"""Types of the public estimators; tests/test_typing.py compares them with the code."""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Self, TypeAlias, overload

import numpy as np
from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import LogisticRegression

from skneuron import brain as brain
from skneuron import datasets as datasets
from skneuron import plotting as plotting

__version__: str
__all__ = [
    "BiologicalNeuronClassifier",
    "LogisticNeuron",
    "TinyNeuralNet",
    "TinyNeuralNetRegressor",
    "brain",
    "datasets",
    "plotting",
]

_Floats: TypeAlias = NDArray[np.float64]
_ClassWeight: TypeAlias = Literal["balanced"] | Mapping[Any, float] | None
_Seed: TypeAlias = int | RandomState | None
_Activation: TypeAlias = Literal[
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "softplus",
    "gelu",
    "silu",
    "identity",
]
_Solver: TypeAlias = Literal["auto", "gauss-newton", "lbfgs", "adam"]
_Predictive: TypeAlias = Literal["auto", "laplace", "plain"]

class _Neuron(BaseEstimator):
    converged_: bool
    feature_names_in_: NDArray[np.object_]
    loss_curve_: list[float]
    n_features_in_: int
    n_iter_: int

    def to_json(self) -> str: ...
    @classmethod
    def from_json(cls, text: str) -> Self: ...

class _Classifier(ClassifierMixin, _Neuron):
    classes_: NDArray[Any]

    def decision_function(self, X: ArrayLike) -> _Floats: ...
    def predict_proba(self, X: ArrayLike) -> _Floats: ...
    def predict_log_proba(self, X: ArrayLike) -> _Floats: ...
    def predict(self, X: ArrayLike) -> NDArray[Any]: ...
    def score(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float: ...
    def to_html(
        self, path: str | PathLike[str], X: ArrayLike, y: ArrayLike
    ) -> None: ...

class _SingleNeuron(_Classifier):
    coef_: _Floats
    intercept_: _Floats

    def fit(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self: ...
    @classmethod
    def from_parameters(
        cls,
        coef: ArrayLike,
        intercept: ArrayLike,
        classes: ArrayLike,
        feature_names: Sequence[str] | None = None,
    ) -> Self: ...

class BiologicalNeuronClassifier(_SingleNeuron):
    drive_: _Floats
    noise_: float
    optimal_: bool

    def __init__(
        self,
        *,
        resting_potential: float = -70.0,
        threshold: float = -55.0,
        action_potential: float = 30.0,
        noise: float | Literal["auto"] = 0.0,
        class_weight: _ClassWeight = None,
        max_iter: int = 1000,
        n_init: int = 3,
        random_state: _Seed = None,
    ) -> None: ...
    def graded_potential(self, X: ArrayLike) -> _Floats: ...
    def fire(self, X: ArrayLike) -> _Floats: ...
    def synapses(self) -> DataFrame: ...
    def to_logistic(self) -> LogisticNeuron: ...

class LogisticNeuron(_SingleNeuron):
    alpha_: float
    separable_: bool

    def __init__(
        self,
        *,
        alpha: float | Literal["auto"] = 1.0,
        fit_intercept: bool = True,
        predictive: _Predictive = "auto",
        class_weight: _ClassWeight = None,
        max_iter: int = 100,
        tol: float = 1e-10,
        random_state: _Seed = None,
    ) -> None: ...
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self: ...
    def fit_blocks(
        self, blocks: Iterable[Any], classes: ArrayLike | None = None
    ) -> Self: ...
    @property
    def standard_errors_(self) -> _Floats: ...
    def summary(self) -> DataFrame: ...
    def score_table(self, X: ArrayLike, y: ArrayLike | None = None) -> DataFrame: ...
    def as_sklearn(self) -> LogisticRegression: ...

class _Network(_Neuron):
    alpha_: float
    best_iter_: int
    coefs_: list[_Floats]
    intercepts_: list[_Floats]
    loss_: float
    n_neurons_: int
    n_parameters_: int
    validation_loss_curve_: list[float]

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self: ...
    @property
    def effective_n_parameters_(self) -> float: ...
    @property
    def log_evidence_(self) -> float: ...
    def hidden_activations(self, X: ArrayLike) -> _Floats: ...
    def weights_table(self) -> DataFrame: ...
    def as_sklearn(self) -> BaseEstimator: ...

class TinyNeuralNet(_Network, _Classifier):
    def __init__(
        self,
        n_neurons: int | Literal["auto"] = "auto",
        *,
        activation: _Activation = "tanh",
        alpha: float | Literal["auto"] = "auto",
        solver: _Solver = "auto",
        standardize: bool = True,
        predictive: _Predictive = "auto",
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 1000,
        tol: float = 1e-3,
        class_weight: _ClassWeight = None,
        random_state: _Seed = None,
        verbose: bool | int = False,
    ) -> None: ...
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self: ...

class TinyNeuralNetRegressor(_Network, RegressorMixin):
    noise_: float

    def __init__(
        self,
        n_neurons: int | Literal["auto"] = "auto",
        *,
        activation: _Activation = "tanh",
        alpha: float | Literal["auto"] = "auto",
        solver: _Solver = "auto",
        standardize: bool = True,
        n_init: int | Literal["auto"] = "auto",
        max_iter: int = 1000,
        tol: float = 1e-5,
        random_state: _Seed = None,
        verbose: bool | int = False,
    ) -> None: ...
    @overload
    def predict(self, X: ArrayLike, return_std: Literal[False] = False) -> _Floats: ...
    @overload
    def predict(
        self, X: ArrayLike, return_std: Literal[True]
    ) -> tuple[_Floats, _Floats]: ...
    def score(
        self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float: ...
