"""The lecture's tables, real votes, and a synthetic electorate."""

from skneuron.datasets._loaders import (
    load_anes96,
    load_lecture_incomes,
    load_lecture_votes,
)
from skneuron.datasets._synthetic import make_votes

__all__ = ["load_anes96", "load_lecture_incomes", "load_lecture_votes", "make_votes"]
