"""The main job: `python -m skneuron`, on real votes and on tables of one's own."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from sklearn.datasets import load_iris

from skneuron import __main__ as program
from skneuron import _comparison
from skneuron.datasets import make_votes

HEADER = "income,age,party\n"
GOOD = HEADER + "".join(
    f"{income:g},{age:g},{party}\n"
    for (income, age), party in zip(*make_votes(60, random_state=0), strict=True)
)


@pytest.fixture(autouse=True)
def _work_in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="small")
def _small(monkeypatch):
    monkeypatch.setattr(program, "HIDDEN_COUNTS", (0, 1, 2))


def _write(text, name="table.csv"):
    Path(name).write_text(text, "utf-8")
    return name


def _rows(output):
    """Return the numbers of the table's rows, by count of neurons."""
    lines = [line.split() for line in output.splitlines()]
    return {
        int(words[0]): [float(word) for word in words[1:]]
        for words in lines
        if len(words) == 7 and words[0].isdigit()
    }


def test_main_job_on_real_votes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "skneuron", "--out", "votes.png"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, ""), "no progress in a pipe"
    told = done.stdout.replace(str(tmp_path), "")
    assert max(map(len, told.splitlines())) <= 80
    rows = _rows(done.stdout)
    assert [row[0] for row in rows.values()] == [3, 9, 397]
    assert list(rows) == [1, 3, 100]
    for _, effective, training, accuracy, held_out, _ in rows.values():
        assert 1 < effective < 397
        assert 0.5 < training < 0.679 < np.log(2), "better than the shares alone"
        assert 0.55 < accuracy < 0.7
        assert 0.6 < held_out < 0.75
    assert "Clinton (551), Dole (393)" in done.stdout
    assert f"Picture: {tmp_path / 'votes.png'}" in done.stdout
    _assert_L9_worked_example(done.stdout)
    _assert_three_panels(imread("votes.png"))


def _assert_three_panels(picture):
    """Count the long dark lines from top to bottom: the frames of the maps."""
    dark = (picture[..., :3].max(axis=2) < 0.6).sum(axis=0)
    edges = np.flatnonzero(dark > 0.5 * len(picture))
    n_lines = 1 + (np.diff(edges) > 2).sum()
    assert n_lines in (6, 8), "two a panel, and two of the key to the colours"
    assert picture[..., :3].std() > 0.1


def _assert_L9_worked_example(output):
    table = output[output.index("income  vote") :].splitlines()[1:4]
    assert [line.split() for line in table] == [
        ["40", "0", "-4", "0.018", "0", "0.018"],
        ["70", "1", "-1", "0.269", "0", "1.313"],
        ["20", "0", "-6", "0.002", "0", "0.002"],
    ]


def test_own_table_with_text_labels(small, capsys, tmp_path):
    arguments = ["--csv", _write(GOOD), "--target", "party", "--out", "own.svg"]
    assert program.main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert [row[0] for row in _rows(captured.out).values()] == [3, 5, 9]
    assert "60 rows. Learnt: income, age -> party: L" in captured.out
    assert "worked example" not in captured.out
    assert "party in table.csv" in (tmp_path / "own.svg").read_text("utf-8")


def test_a_page_of_the_smallest_network_on_request(small, capsys, tmp_path):
    arguments = ["--csv", _write(GOOD), "--target", "party", "--html", "page.html"]
    assert program.main(arguments) == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert '"features": ["income", "age"], "classes": ["L", "R"]' in page
    assert f"Page:    {tmp_path / 'page.html'}" in capsys.readouterr().out


def test_own_table_of_three_classes_and_four_features(small, capsys):
    iris = load_iris(as_frame=True)
    frame = iris.data.assign(site="Gaspe", species=iris.target_names[iris.target])
    frame.to_csv("iris.csv", index=False)
    assert program.main(["--csv", "iris.csv", "--target", "species"]) == 0
    output = capsys.readouterr().out
    assert list(_rows(output)) == [3, 4, 5]
    assert "Left out, no numbers: site." in output
    _assert_three_panels(imread("skneuron.png"))


def test_features_are_those_learnt(small, capsys):
    rows = "".join(f"{i},{row}\n" for i, row in enumerate(GOOD.splitlines()[1:]))
    path = _write('id,"a,b",c,y\n' + rows)
    program.main(["--csv", path, "--target", "y", "--features", 'c,"a,b"'])
    assert "Learnt: c, a,b -> y" in capsys.readouterr().out


ROWS = GOOD.removeprefix(HEADER)
BAD_TABLES = {
    "not a table": ("\0\xff" * 9, "no column"),
    "empty": ("", "not a CSV file"),
    "no rows": (HEADER, "no rows"),
    "longer rows": (HEADER + "1,2,L,4\n" * 20, "not a CSV file"),
    "ragged rows": (GOOD + "1,2,L,4\n", "not a CSV file"),
    "no such column": (GOOD.replace("party", "vote", 1), "income, age, vote"),
    "semicolons": (GOOD.replace(",", ";"), "separated by commas"),
    "decimal commas": (GOOD.replace(",", ";").replace("1;", "1,5;"), "separated by c"),
    "constant target": (GOOD.replace("R\n", "L\n"), "'party' is 'L' in every row"),
    "too few of a class": (GOOD + "1,2,X\n", "class 'X' of the target 'party' has 1"),
    "fractions as target": (HEADER + "1,2,0.5\n2,1,1\n" * 9, "such as 0.5"),
    "text in a feature": (GOOD + "1,old,L\n", "column 'age' holds text in row 61: 'ol"),
    "text column": (HEADER + "1,old,L\n2,old,R\n" * 9, "columns of numbers besides"),
    "missing value": (GOOD + "1,,L\n,,R\n", "'income' has 1 missing value(s)"),
    "missing label": (GOOD + "1,1,\n2,2,\n", "'party' has 2 missing value(s), .* 61"),
    "infinite value": (GOOD + "1,inf,L\n", "'age' is infinite in row 61"),
}


@pytest.mark.parametrize(("text", "message"), BAD_TABLES.values(), ids=BAD_TABLES)
def test_a_bad_table_is_one_line_and_exit_code_2(text, message, capsys):
    line = _failure(["--csv", _write(text), "--target", "party"], capsys)
    for part in message.split(" .* "):
        assert part in line


BAD_ARGUMENTS = {
    "no such file": (["--csv", "none.csv", "--target", "y"], "no such file: none.csv"),
    "folder": (["--csv", ".", "--target", "y"], "cannot read .: "),
    "picture": (["--csv", "picture.csv", "--target", "y"], "not a CSV file of UTF-8"),
    "no target": (["--csv", "table.csv"], "--csv needs --target COLUMN"),
    "no csv": (["--target", "party"], "need --csv FILE"),
    "features without csv": (["--features", "a,b"], "need --csv FILE"),
    "target as feature": (
        ["--csv", "table.csv", "--target", "party", "--features", "age,party"],
        "'party' is both target and feature",
    ),
    "one feature": (
        ["--csv", "table.csv", "--target", "party", "--features", "age"],
        "at least two",
    ),
    "text as feature": (
        ["--csv", "table.csv", "--target", "age", "--features", "income,party"],
        "'party' holds text in row 1",
    ),
    "no folder": (["--out", "nowhere/x.png"], "cannot write nowhere/x.png: No such"),
    "page in no folder": (["--html", "nowhere/x.html"], "cannot write nowhere/x.html"),
    "out is a folder": (["--out", "folder.png"], "cannot write folder.png: Is a dir"),
    "out is no picture": (["--out", "x.txt"], "--out must end in .png, .svg or .pdf"),
    "unknown option": (["--hidden", "3"], "unrecognized arguments: --hidden 3"),
    "no value": (["--out"], "expected one argument"),
}


@pytest.mark.parametrize(
    ("arguments", "message"), BAD_ARGUMENTS.values(), ids=BAD_ARGUMENTS
)
def test_bad_arguments_are_one_line_and_exit_code_2(
    arguments, message, capsys, tmp_path
):
    _write(GOOD)
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "folder.png").mkdir()
    assert message in _failure(arguments, capsys)


def _failure(arguments, capsys):
    """Return the one line that the program leaves when it refuses its input."""
    assert program.main(arguments) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert captured.out == ""
    return line.removeprefix("python -m skneuron: error: ")


def test_a_run_as_a_process_ends_with_exit_code_2_and_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "skneuron", "--csv", "none.csv", "--target", "y"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "python -m skneuron: error: no such file: none.csv\n"


def test_a_check_for_writing_leaves_no_file_and_harms_none(tmp_path):
    program._require_picture(tmp_path / "new.png")
    (tmp_path / "old.png").write_text("old")
    program._require_picture(tmp_path / "old.png")
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
    assert (tmp_path / "old.png").read_text() == "old"


def test_without_matplotlib_one_line_says_what_to_install(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setattr(program, "compare", None)
    assert 'pip install "skneuron[plot]"' in _failure([], capsys)


def test_an_interrupt_ends_with_130_and_one_line(capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "compare", interrupted)
    assert program.main([]) == 130
    assert capsys.readouterr().err == "python -m skneuron: interrupted\n"


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_overwrites_one_line_on_a_terminal(small, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    assert program.main([]) == 0
    shown = terminal.getvalue()
    assert "\n" not in shown
    assert "\rfitting 3 neurons, fold 5 of 5 ..." in shown
    assert shown.endswith(" \r"), "the line is wiped in the end"


def test_a_fit_that_did_not_converge_is_mentioned(small, capsys, monkeypatch):
    class Hasty(_comparison.TinyNeuralNet):
        def fit(self, X, y):
            self.set_params(max_iter=1)
            return self._fit(self._learn_rows, X, y, None, held_out=[None] * 3)

    monkeypatch.setattr(_comparison, "TinyNeuralNet", Hasty)
    program.main([])
    assert "3 neurons: stopped at the limit of 1 iter" in capsys.readouterr().out
