"""Each table is found from a wheel and from an editable install, outside the checkout.

Both go into a virtual environment of their own that sees the dependencies of this one,
but not its skneuron: nothing is downloaded.
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import sklearn

import skneuron
from skneuron import _explorer

LOAD_EVERY_TABLE = """
import skneuron
from skneuron import datasets

for name in ("load_lecture_votes", "load_lecture_incomes", "load_anes96"):
    bunch = getattr(datasets, name)(as_frame=True)
    print(bunch.frame.shape, bunch.filename)
print(skneuron.__version__, skneuron.__file__)
"""


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    """Build the wheel from the source distribution, so that both are complete."""
    folder = tmp_path_factory.mktemp("dist")
    _python(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=checkout)
    (built,) = folder.glob("*.whl")
    (sources,) = folder.glob("*.tar.gz")
    again = folder / "from_sources"
    build = ("-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", again)
    _python(sys.executable, *build, sources, cwd=folder)
    assert _names(again / built.name) == _names(built)
    return built


@pytest.fixture
def environment(tmp_path):
    """Create an empty virtual environment that sees this one's dependencies."""
    folder = tmp_path / "environment"
    _python(sys.executable, "-m", "venv", "--without-pip", folder, cwd=tmp_path)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = Path(_python(python, "-c", ask, cwd=tmp_path).strip())
    # A folder named in a .pth file is searched, but its own .pth files, among them that
    # of an editable skneuron, are not read.
    dependencies = Path(sklearn.__file__).parents[1]
    (site_packages / "dependencies.pth").write_text(str(dependencies))
    return python


def test_wheel_holds_the_package_and_one_copy_of_each_table(wheel, checkout):
    assert wheel.name.startswith(f"skneuron-{skneuron.__version__}-")
    names = _names(wheel)
    tables = [name for name in names if name.endswith(".csv")]
    assert tables == [
        f"skneuron/datasets/data/{path.name}"
        for path in sorted((checkout / "data").glob("*.csv"))
    ]
    package = checkout / "skneuron"
    sources = [*package.rglob("*.py"), *(package / "explorer").iterdir()]
    assert {"skneuron/__init__.pyi", "skneuron/py.typed"} <= set(names)
    assert {path.relative_to(checkout).as_posix() for path in sources} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "docs", "data"))]


def test_the_page_is_made_of_what_the_wheel_holds(wheel):
    names = {name for name in _names(wheel) if name.startswith("skneuron/explorer/")}
    scripts = {f"{name}.js" for name in _explorer._SCRIPTS}
    others = {"page.html", "style.css"}
    assert names == {f"skneuron/explorer/{name}" for name in scripts | others}


def test_the_version_is_the_same_everywhere(wheel, checkout):
    citation = (checkout / "docs" / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {skneuron.__version__}\n" in citation
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(
            name for name in archive.namelist() if name.endswith("METADATA")
        )
        assert f"\nVersion: {skneuron.__version__}\n" in archive.read(metadata).decode()


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_installed_package_finds_every_table(
    kind, wheel, environment, checkout, tmp_path
):
    install = ["-m", "pip", "--python", environment, "install", "--no-deps"]
    what = [wheel] if kind == "wheel" else ["--no-build-isolation", "-e", checkout]
    _python(sys.executable, *install, *what, cwd=tmp_path)
    home = environment.parents[1] if kind == "wheel" else checkout
    *tables, package = _python(
        environment, "-c", LOAD_EVERY_TABLE, cwd=tmp_path
    ).splitlines()
    assert [line.split(") ")[0] for line in tables] == ["(6, 3", "(3, 2", "(944, 3"]
    assert all(line.split(") ")[1].startswith(str(home)) for line in tables)
    assert package.startswith(f"{skneuron.__version__} {home}")


def _python(python, *arguments, cwd):
    outside = {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH"
    }
    outside["PYTHONWARNINGS"] = "ignore"  # pip's and the build backend's are their own
    done = subprocess.run(
        [str(python), *map(str, arguments)],
        cwd=cwd,
        env=outside,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return sorted(archive.namelist())
