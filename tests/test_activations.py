"""Activations: values against their formulas, slopes against finite differences."""

import numpy as np
import pytest

from skneuron._numerics.activations import ACTIVATIONS

# Values at -1 and 1, from the formulas in the activations' original papers.
VALUES = {
    "sigmoid": (0.2689414213699951, 0.7310585786300049),
    "tanh": (-0.7615941559557649, 0.7615941559557649),
    "relu": (0.0, 1.0),
    "leaky_relu": (-0.01, 1.0),
    "elu": (-0.6321205588285577, 1.0),
    "softplus": (0.31326168751822286, 1.3132616875182228),
    "gelu": (-0.15865525393145707, 0.8413447460685429),
    "silu": (-0.2689414213699951, 0.7310585786300049),
    "identity": (-1.0, 1.0),
}


def test_the_nine_activations_are_there():
    assert set(ACTIVATIONS) == set(VALUES)


@pytest.mark.parametrize("name", VALUES)
def test_value_at_minus_one_and_one(name):
    values = ACTIVATIONS[name].value(np.array([-1.0, 1.0]))
    np.testing.assert_allclose(values, VALUES[name], rtol=1e-14)


@pytest.mark.parametrize("name", VALUES)
def test_derivative_is_the_slope_of_the_value(name):
    value, derivative = ACTIVATIONS[name].value, ACTIVATIONS[name].derivative
    z, step = np.linspace(-6, 6, 48), 1e-6  # an even number of points: none at a kink
    slope = (value(z + step) - value(z - step)) / (2 * step)
    np.testing.assert_allclose(derivative(z, value(z)), slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("name", VALUES)
def test_second_derivative_is_the_slope_of_the_derivative(name):
    activation, z, step = ACTIVATIONS[name], np.linspace(-6, 6, 48), 1e-6
    right, left = z + step, z - step
    slope = activation.derivative(right, activation.value(right))
    slope = slope - activation.derivative(left, activation.value(left))
    second = activation.second(z, activation.value(z))
    np.testing.assert_allclose(second, slope / (2 * step), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", VALUES)
def test_extreme_inputs_stay_finite_and_are_not_changed(name):
    activation = ACTIVATIONS[name]
    z = np.array([-1e4, -745.0, -40.0, -1e-300, 0.0, 1e-300, 40.0, 745.0, 1e4])
    before = z.copy()
    value = activation.value(z.reshape(3, 3))
    slope = activation.derivative(z.reshape(3, 3), value)
    assert value.shape == slope.shape == (3, 3)
    assert np.isfinite(value).all()
    assert np.isfinite(slope).all()
    np.testing.assert_array_equal(z, before)
