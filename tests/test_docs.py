"""The Python on the pages of the documentation runs as it stands."""

import ast
import doctest
import inspect
import re
from pathlib import Path

import matplotlib as mpl
import pytest

import skneuron

ROOT = Path(__file__).parents[1]
PAGES = {
    page.relative_to(ROOT / "docs").as_posix(): page
    for page in sorted((ROOT / "docs").rglob("*.md"))
    if "```python\n" in page.read_text("utf8")
    and page.name != "exchange.md"  # tests/test_export.py runs it
}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("name", PAGES)
def test_code_blocks_run_in_order(name):
    mpl.use("Agg")
    text = PAGES[name].read_text("utf8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names = {}
    for block in blocks:
        _run(block, name, names)


def _run(block, page, names):
    """Run a block: a session with its answers, or plain statements."""
    if ">>> " not in block:
        exec(compile(block, page, "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(block, names, page, page, 0)
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.append, clear_globs=False)
    names.update(test.globs)
    assert runner.failures == 0, "".join(report)


def test_pages_have_code():
    assert {"homework.md", "index.md", "guide/faq.md"} <= set(PAGES)


def test_reference_lists_every_public_name():
    listed = set((ROOT / "docs" / "api.rst").read_text("utf8").split())
    modules = [getattr(skneuron, name) for name in ("brain", "datasets", "plotting")]
    names = {name for module in modules for name in module.__all__}
    estimators = set(skneuron.__all__) - {"brain", "datasets", "plotting"}
    assert names | estimators <= listed


ADVICE = (ROOT / "docs" / "guide" / "parameters.md").read_text("utf8")
SECTIONS = dict(
    re.findall(r"^## (.+?)\n(.+?)(?=^## |\Z)", ADVICE, re.DOTALL | re.MULTILINE)
)


@pytest.mark.parametrize("section", SECTIONS)
def test_advice_covers_every_parameter_and_its_default(section):
    signatures = [
        inspect.signature(getattr(skneuron, name)).parameters
        for name in section.split(" and ")
    ]
    text = SECTIONS[section]
    named = set(re.findall(r"`(\w+)`", text))
    assert {name for signature in signatures for name in signature} <= named
    for name, value in re.findall(r"`(\w+)`, default `?([^\s`,]+)", text):
        defaults = [sign[name].default for sign in signatures if name in sign]
        assert ast.literal_eval(value) in defaults, name
