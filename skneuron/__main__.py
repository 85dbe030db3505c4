"""One neuron, three and a hundred on real votes: `python -m skneuron`."""

import argparse
import sys
import textwrap
from pathlib import Path

import numpy as np

from skneuron._comparison import N_FOLDS, compare, report_lines
from skneuron._csv_table import Table, read_table
from skneuron._logistic_neuron import LogisticNeuron
from skneuron.datasets import load_anes96, load_lecture_incomes
from skneuron.plotting import NeuronCountDisplay
from skneuron.plotting._style import plain

# Hidden neurons: with the output neuron 1, 3 and 100.
HIDDEN_COUNTS = (0, 2, 99)

# Which of them the page of --html shows: the smallest network.
_PLAYED_WITH = 1

_PROGRAM = "python -m skneuron"
_WIDTH = 79
_ANES96_LABELS = "income bracket (1 to 24)", "age (years)"

_DESCRIPTION = """\
Train one neuron, three neurons and a hundred; print how well each does on rows it has
not seen, and draw where each is certain. The data are the votes of 944 Americans in
1996, or a table of your own."""

_EPILOG = """\
With --csv all FEATURES are learnt from. The map varies the first two of them and holds
the others at their median. Counts of neurons include the output: one neuron for two
classes, else one for each class. Exit code 2 means that the input was not usable."""


def main(argv=None):
    """Run the command line and return its exit code."""
    progress = _Progress(sys.stderr)
    try:
        _run(_parser().parse_args(argv), progress)
    except (ValueError, OSError) as error:
        progress.clear()
        print(f"{_PROGRAM}: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        progress.clear()
        print(f"{_PROGRAM}: interrupted", file=sys.stderr)
        return 130
    return 0


class _OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        raise ValueError(f"{message} (see {_PROGRAM} --help)")


def _parser():
    parser = _OneLineParser(_PROGRAM, description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument(
        "--out",
        metavar="FILE.png",
        type=Path,
        default=Path("skneuron.png"),
        help="where the picture goes (%(default)s)",
    )
    parser.add_argument(
        "--html",
        metavar="FILE.html",
        type=Path,
        help="also write a page in which the three neurons can be played with",
    )
    parser.add_argument(
        "--csv", metavar="FILE", help="table of your own: a line of names, then rows"
    )
    parser.add_argument(
        "--target", metavar="COLUMN", help="column of the CSV file that holds the class"
    )
    parser.add_argument(
        "--features",
        metavar="A,B",
        help="columns to learn from, two or more (all that hold numbers)",
    )
    return parser


def _run(arguments, progress):
    _require_csv_with_target(arguments)
    _require_picture(arguments.out)
    if arguments.html is not None:
        _require_writable(arguments.html)
    table = _table(arguments)
    print(*_summary(table), "", sep="\n", flush=True)
    comparisons = list(compare(table, HIDDEN_COUNTS, progress.show))
    progress.show("drawing ...")
    networks = [comparison.network for comparison in comparisons]
    _draw(table, networks, arguments.csv is None).savefig(arguments.out, dpi=150)
    progress.clear()
    print(*report_lines(table, comparisons), "", sep="\n")
    if arguments.csv is None:
        print(_worked_example(), end="\n\n")
    print(f"Picture: {arguments.out.resolve()}")
    if arguments.html is not None:
        networks[_PLAYED_WITH].to_html(arguments.html, table.X, table.y)
        print(f"Page:    {arguments.html.resolve()}")


def _require_csv_with_target(arguments):
    if arguments.csv is None and (arguments.target or arguments.features):
        raise ValueError("--target and --features need --csv FILE")
    if arguments.csv is not None and arguments.target is None:
        raise ValueError("--csv needs --target COLUMN, the column of the classes")


def _require_picture(path):
    """Find out before the training whether a picture can be drawn and written."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise ValueError(
            'the picture needs matplotlib: pip install "skneuron[plot]"'
        ) from None

    mpl.use("Agg")
    formats = Figure().canvas.get_supported_filetypes()
    if path.suffix.lower().removeprefix(".") not in formats:
        raise ValueError(f"--out must end in .png, .svg or .pdf; got {str(path)!r}")
    _require_writable(path)


def _require_writable(path):
    existed = path.exists()
    try:
        path.open("ab").close()
    except OSError as error:
        raise OSError(f"cannot write {path}: {error.strerror}") from None
    if not existed:
        path.unlink()


def _table(arguments):
    if arguments.csv is not None:
        return read_table(arguments.csv, arguments.target, arguments.features, N_FOLDS)
    votes = load_anes96(as_frame=True)
    return Table(
        X=votes.data,
        y=np.array(votes.target_names)[votes.target],
        target="vote",
        title="Clinton or Dole? 944 voters of the United States, 1996",
        left_out=[],
    )


def _summary(table):
    classes = zip(*np.unique(table.y, return_counts=True), strict=True)
    shares = ", ".join(f"{label} ({count})" for label, count in classes)
    inputs = ", ".join(table.X)
    text = [f"{len(table.y)} rows. Learnt: {inputs} -> {table.target}: {shares}."]
    if table.left_out:
        text.append(f"Left out, no numbers: {', '.join(table.left_out)}.")
    return [line for sentence in text for line in textwrap.wrap(sentence, _WIDTH)]


def _worked_example():
    incomes = load_lecture_incomes(as_frame=True)
    X, votes = incomes.data, incomes.target
    neuron = LogisticNeuron.from_parameters([0.1], -8, [0, 1], incomes.feature_names)
    table = neuron.score_table(X, votes)
    table.insert(1, "vote", votes)
    decimals = {"income": 0, "score": 0, "prediction": 3, "cost": 3}
    formatters = {name: f"{{:.{digits}f}}".format for name, digits in decimals.items()}
    return (
        "The lecture's worked example: one neuron with given parameters, nothing "
        "learnt,\nscore = -8 + 0.1 income, prediction = P(vote 1) = sigmoid(score):\n"
        + table.to_string(index=False, formatters=formatters)
    )


def _draw(table, networks, are_votes):
    display = NeuronCountDisplay.from_estimators(networks, table.X, table.y)
    title = plain(table.title)
    if len(networks[0].classes_) == 2:
        first, second = map(plain, networks[0].classes_)
        title += (
            f"\ndark red: certain of {first}      white: uncertain      "
            f"dark blue: certain of {second}"
        )
    if table.X.shape[1] > 2:
        title += (
            f"\na slice through {table.X.shape[1]} inputs: the others are held at "
            "their median, the points are not"
        )
    display.figure_.suptitle(title, fontsize="xx-large")
    if are_votes:
        for ax in display.axes_:
            ax.set_xlabel(_ANES96_LABELS[0])
        display.axes_[0].set_ylabel(_ANES96_LABELS[1])
    return display.figure_


class _Progress:
    """A line on a terminal, overwritten in place; nothing in a pipe."""

    def __init__(self, stream):
        self._stream = stream if stream.isatty() else None

    def show(self, text):
        if self._stream is not None:
            self._stream.write(f"\r{text:<{_WIDTH}}")
            self._stream.flush()

    def clear(self):
        self.show("")
        if self._stream is not None:
            self._stream.write("\r")
            self._stream.flush()


if __name__ == "__main__":
    sys.exit(main())
