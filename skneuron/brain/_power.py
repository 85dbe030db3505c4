"""The power of the brain in operations a second: a calculator.

A neuron is counted as one multiplication and one addition for each dendrite, as often
as it can fire. That is the arithmetic of an artificial neuron run in real time, not a
simulation of a brain: a real neuron does more than add up, and learns in another way.
"""

from functools import partial
from timeit import repeat

import numpy as np

from skneuron.brain._checks import check_positive

_INTEL_CPU_FLOPS = 200e9
_FUGAKU_FLOPS = 488e15
# Large enough for BLAS to reach its full speed, small enough for some milliseconds.
_MATRIX_SIZE = 1024
_REPEATS = 5


def operations_per_second(dendrites=7000, firing_rate=200):
    """Return the multiplications and additions a second of one neuron.

    (dendrites multiplications + dendrites additions) * firing_rate.

    Parameters
    ----------
    dendrites : int or float, default=7000
        Inputs of the neuron, positive.
    firing_rate : int or float, default=200
        Firings a second at most, positive.

    Returns
    -------
    int or float
        Operations a second (FLOPS).

    Raises
    ------
    TypeError
        If a parameter is not a number.
    ValueError
        If a parameter is not positive and finite.

    Examples
    --------
    >>> from skneuron.brain import operations_per_second
    >>> operations_per_second()
    2800000
    >>> operations_per_second(dendrites=1000)
    400000
    """
    check_positive("dendrites", dendrites, "operations_per_second")
    check_positive("firing_rate", firing_rate, "operations_per_second")
    return (dendrites + dendrites) * firing_rate


def neurons_in_real_time(flops):
    """Return how many neurons a machine can run as fast as they live.

    flops / `operations_per_second()`, rounded down to whole neurons.

    Parameters
    ----------
    flops : int or float
        Speed of the machine in floating point operations a second, positive.

    Returns
    -------
    int
        Number of neurons.

    Raises
    ------
    TypeError
        If `flops` is not a number.
    ValueError
        If `flops` is not positive and finite.

    Examples
    --------
    An Intel CPU of about 200 GFLOPS:

    >>> from skneuron.brain import neurons_in_real_time
    >>> neurons_in_real_time(200e9)
    71428
    """
    check_positive("flops", flops, "neurons_in_real_time")
    return int(flops // operations_per_second())


def brain_flops(n_neurons=1e11):
    """Return the operations a second of a whole brain.

    n_neurons * `operations_per_second()`.

    Parameters
    ----------
    n_neurons : int or float, default=1e11
        Neurons of the brain, positive. Counts of the human brain come nearer to 8e10
        [1]_.

    Returns
    -------
    float
        Operations a second (FLOPS).

    Raises
    ------
    TypeError
        If `n_neurons` is not a number.
    ValueError
        If `n_neurons` is not positive and finite.

    References
    ----------
    .. [1] F. A. C. Azevedo et al. (2009), "Equal numbers of neuronal and nonneuronal
       cells make the human brain an isometrically scaled-up primate brain", Journal of
       Comparative Neurology 513(5), 532-541, :doi:`10.1002/cne.21974`.

    Examples
    --------
    280 PFLOPS:

    >>> from skneuron.brain import brain_flops
    >>> brain_flops() / 1e15
    280.0
    """
    check_positive("n_neurons", n_neurons, "brain_flops")
    return float(n_neurons * operations_per_second())


def machine_flops():
    """Measure the operations a second of this machine.

    The fastest of five products of two 1024 x 1024 matrices of float64 with NumPy, each
    2 * 1024**3 operations, on as many threads as NumPy's BLAS uses. It takes some tens
    of milliseconds to a second, differs from run to run, and is higher in float32.

    Returns
    -------
    float
        Operations a second (FLOPS).

    See Also
    --------
    comparison_table : Puts it beside a processor, the brain and a supercomputer.

    Examples
    --------
    How many neurons this machine could run in real time:

    >>> from skneuron.brain import machine_flops, neurons_in_real_time
    >>> neurons_in_real_time(machine_flops()) > 0
    True
    """
    matrix = np.full((_MATRIX_SIZE, _MATRIX_SIZE), 0.5)
    product = np.empty_like(matrix)
    multiply = partial(np.matmul, matrix, matrix, out=product)
    return 2 * _MATRIX_SIZE**3 / min(repeat(multiply, number=1, repeat=_REPEATS))


def comparison_table(flops=None):
    """Compare a neuron, a processor, the brain and a supercomputer.

    Parameters
    ----------
    flops : int, float or None, default=None
        Speed of a machine of your own, for example `machine_flops()`: adds a last row,
        "your machine".

    Returns
    -------
    DataFrame
        One row for each, with columns `flops` (operations a second), `neurons` (how
        many it can run in real time) and `brains` (the same in brains of 1e11 neurons).

    Raises
    ------
    TypeError
        If `flops` is not a number.
    ValueError
        If `flops` is not positive and finite.

    Examples
    --------
    >>> from skneuron.brain import comparison_table
    >>> table = comparison_table()
    >>> int(table.loc["Intel CPU, about 200 GFLOPS", "neurons"])
    71428
    >>> float(table.loc["Fugaku (2021), 158,976 nodes", "brains"].round(2))
    1.74
    """
    import pandas as pd

    speeds = {
        "one neuron": float(operations_per_second()),
        "Intel CPU, about 200 GFLOPS": _INTEL_CPU_FLOPS,
        "brain of 8e10 neurons": brain_flops(8e10),
        "brain of 1e11 neurons": brain_flops(),
        "Fugaku (2021), 158,976 nodes": _FUGAKU_FLOPS,
    }
    if flops is not None:
        check_positive("flops", flops, "comparison_table")
        speeds["your machine"] = float(flops)
    table = pd.DataFrame({"flops": speeds})
    table["neurons"] = [neurons_in_real_time(speed) for speed in table["flops"]]
    table["brains"] = table["flops"] / brain_flops()
    return table
