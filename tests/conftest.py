"""What every test shares."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")


@pytest.fixture(scope="session")
def checkout():
    """Return the folder that holds pyproject.toml."""
    return Path(__file__).parents[1]
