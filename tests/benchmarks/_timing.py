"""What the benchmarks share: medians of runs in turn, means of ratios, the machine."""

import os
import platform
import time

import numpy as np
import scipy
import sklearn


def machine():
    """Return a line about the machine and the versions."""
    return (
        f"{os.cpu_count()} CPUs ({platform.machine()}), Python "
        f"{platform.python_version()}, numpy {np.__version__}, scipy "
        f"{scipy.__version__}, scikit-learn {sklearn.__version__}"
    )


def timed(action, *arguments, **options):
    """Return the seconds that a call took."""
    started = time.perf_counter()
    action(*arguments, **options)
    return time.perf_counter() - started


def in_turn(actions, repeats):
    """Return the median seconds of each action: one call of each a round.

    `actions` maps names to functions of the round's number, which serves as a seed.
    """
    seconds = {name: [] for name in actions}
    for turn in range(repeats):
        for name, action in actions.items():
            seconds[name].append(timed(action, turn))
    return {name: float(np.median(values)) for name, values in seconds.items()}


def geometric_mean(ratios):
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(ratios))))
