"""The tests under old and new Pythons and dependencies.

`nox -f .ci/noxfile.py` runs all sessions, `-s oldest -- tests/test_common.py` a part of
one. "oldest" has the first of all versions that pyproject.toml allows, "newest" the
last that pip finds; "cluster" has local ones of Dask and Ray.
"""

import re
import tomllib
from pathlib import Path

import nox

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

# Old packages use names that new ones deprecate, and scikit-learn 1.6 lists the check
# of cloning twice.
OF_OLD = ["-W", "ignore::DeprecationWarning", "-o", "strict_parametrization_ids=false"]

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = True


def lower_bounds():
    """Return a pin to the first allowed version of each package that tests need."""
    extras = PROJECT["optional-dependencies"]
    needed = [*PROJECT["dependencies"], *extras["plot"], *extras["test"]]
    bounds = (re.fullmatch(r"([\w-]+)>=([\d.]+)(,.*)?", need) for need in needed)
    return [f"{bound[1]}=={bound[2]}.*" for bound in bounds if bound]


def run_tests(session, *pins, extras="test", tests=()):
    """Test the checkout with pinned packages, the rest as new as they allow."""
    session.chdir(ROOT)
    session.install("-e", f".[{extras}]", *pins)
    session.run("python", "-m", "pip", "list", "--format=freeze")
    options = [*(OF_OLD if pins else []), *tests, *session.posargs]
    session.run("python", "-m", "pytest", *options, env={"MPLBACKEND": "Agg"})


@nox.session(python="3.11")
def oldest(session):
    """Test the first version of everything."""
    run_tests(session, *lower_bounds())


@nox.session(python="3.12", name="scikit-learn-1.7")
def scikit_learn_1_7(session):
    """Test the second scikit-learn."""
    run_tests(session, "scikit-learn==1.7.*")


@nox.session(python="3.13", name="scikit-learn-1.8")
def scikit_learn_1_8(session):
    """Test the third scikit-learn."""
    run_tests(session, "scikit-learn==1.8.*")


@nox.session(python="3.13")
def newest(session):
    """Test the last version of everything."""
    run_tests(session)


@nox.session(python="3.11")
def cluster(session):
    """Test searches and fits on two workers of Dask, and of Ray."""
    tests = ["tests/test_distributed.py", "tests/test_ray.py"]
    run_tests(session, extras="test,distributed,ray", tests=tests)
