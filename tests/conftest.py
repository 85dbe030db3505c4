"""What every test shares."""

import importlib
import os
import warnings
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(scope="session")
def checkout():
    """Return the folder that holds pyproject.toml."""
    return Path(__file__).parents[1]


@pytest.fixture
def neighbour():
    """Return a function that imports an optional package, or skips the test.

    The package may warn and, as emlearn does, change how NumPy treats an underflow:
    both are its own affair, and are undone.
    """
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        yield _imported


def _imported(name):
    before = np.geterr()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        pytest.skip(f'{error}: see the extra "neighbours" in pyproject.toml')
    finally:
        np.seterr(**before)
