"""The fewest mistakes of a half-space: proofs, invariances and the margin."""

import itertools

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from sklearn.svm import SVC

from skneuron._numerics.halfspace_exact import best_cut, widest_gap
from skneuron._numerics.halfspace_search import Rows, climb, line_searches
from skneuron._numerics.threshold import fit_half_space, fit_half_spaces, merge


def _mistakes(found, X, fires, weight):
    return weight[(X @ found.coef + found.intercept > 0) != fires].sum()


def _problem(seed, n, d, grid=None):
    """Return noisy data; on a grid, points repeat and many lie on a line."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) if grid is None else rng.integers(0, grid, (n, d)) * 0.1
    fires = X @ rng.normal(size=d) + 0.7 * X.std() * rng.normal(size=n) > X.mean()
    return X, fires, rng.integers(1, 4, n).astype(float)


def _fewest_by_milp(X, fires, weight, apart=1e-4):
    """Return the optimum by mixed-integer programming: one binary a row, 1 if wrong.

    side * (X coef + intercept) >= apart - bound * wrong, with coefficients in a box.
    """
    side = np.where(fires, 1.0, -1.0)
    X = X / np.abs(X).max()
    n, d = X.shape
    bound = d + 2.0 + d
    rows = np.column_stack((side[:, None] * X, side, bound * np.eye(n)))
    box = np.concatenate((np.ones(d), [d + 1.0]))
    result = milp(
        np.concatenate((np.zeros(d + 1), weight)),
        constraints=LinearConstraint(rows, lb=apart),
        integrality=np.concatenate((np.zeros(d + 1), np.ones(n))),
        bounds=(np.append(-box, np.zeros(n)), np.append(box, np.ones(n))),
    )
    assert result.success
    return round(result.fun)


@pytest.mark.parametrize("grid", [None, 5], ids=["general position", "grid"])
@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("seed", range(8))
def test_exact_search_equals_mixed_integer_programming(seed, d, grid):
    problem = _problem(seed, 16, d, grid)
    found = fit_half_space(*problem)
    assert found.mistakes == _fewest_by_milp(*problem)
    assert found.optimal


@pytest.mark.parametrize("d", [3, 4])
@pytest.mark.parametrize("seed", range(4))
def test_line_searches_reach_the_optimum_of_small_problems(seed, d):
    problem = _problem(seed, 24, d)
    assert fit_half_space(*problem, n_init=100).mistakes == _fewest_by_milp(*problem)


@pytest.mark.parametrize("seed", range(4))
def test_plane_with_all_signs_of_three_points(seed):
    """Any labels of three points that are not on a line can be had."""
    X = np.random.default_rng(seed).normal(size=(3, 2))
    for fires in itertools.product([False, True], repeat=3):
        found = fit_half_space(X, np.array(fires), np.ones(3))
        assert found.mistakes == 0
        assert _mistakes(found, X, np.array(fires), np.ones(3)) == 0


def test_xor_costs_one_mistake():
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    found = fit_half_space(X, np.array([False, True, True, False]), np.ones(4))
    assert found.mistakes == 1
    assert found.optimal


@pytest.mark.parametrize("d", [1, 2, 5])
@pytest.mark.parametrize("grid", [None, 4], ids=["general position", "grid"])
class TestSameData:
    """What is the same data must give the same half-space, to the last bit."""

    def test_order_of_rows(self, d, grid):
        X, fires, weight = _problem(1, 60, d, grid)
        order = np.random.default_rng(0).permutation(60)
        _assert_equal(
            fit_half_space(X, fires, weight),
            fit_half_space(X[order], fires[order], weight[order]),
        )

    def test_weights_are_repeats_and_zero_is_absence(self, d, grid):
        X, fires, weight = _problem(2, 60, d, grid)
        weight[:20] = 0
        rows = np.repeat(np.arange(60), weight.astype(int))
        _assert_equal(
            fit_half_space(X, fires, weight),
            fit_half_space(X[rows], fires[rows], np.ones(len(rows))),
        )

    def test_factor_of_all_weights(self, d, grid):
        X, fires, weight = _problem(3, 60, d, grid)
        found = fit_half_space(X, fires, weight)
        scaled = fit_half_space(X, fires, 8 * weight)
        np.testing.assert_array_equal(scaled.coef, found.coef)
        assert scaled.mistakes == 8 * found.mistakes

    def test_units_of_inputs(self, d, grid):
        X, fires, weight = _problem(4, 60, d, grid)
        units, offset = 2.0 ** np.arange(-3, d - 3), 5.0
        found = fit_half_space(X, fires, weight)
        scaled = fit_half_space(X * units + offset, fires, weight)
        assert scaled.mistakes == found.mistakes


def _assert_equal(one, other):
    np.testing.assert_array_equal(one.coef, other.coef)
    assert one.intercept == other.intercept
    assert one.loss_curve == other.loss_curve


@pytest.mark.parametrize("grid", [None, 5], ids=["general position", "grid"])
@pytest.mark.parametrize("seed", range(5))
def test_plane_does_not_know_its_axes_or_which_class_is_which(seed, grid):
    X, fires, weight = _problem(seed, 40, 2, grid)
    found = fit_half_space(X, fires, weight).mistakes
    skewed = X @ np.array([[1.0, 2.0], [-3.0, 0.5]]) + 7
    assert fit_half_space(skewed, fires, weight).mistakes == found
    assert fit_half_space(X[:, ::-1], fires, weight).mistakes == found
    assert fit_half_space(X, ~fires, weight).mistakes == found


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_curve_never_rises_and_ends_with_the_mistakes_made(d):
    X, fires, weight = _problem(d, 120, d)
    found = fit_half_space(X, fires, weight)
    assert (np.diff(found.loss_curve) <= 0).all()
    assert found.n_iter == len(found.loss_curve)
    assert found.loss_curve[-1] == found.mistakes == _mistakes(found, X, fires, weight)
    assert found.converged


@pytest.mark.parametrize(("n", "d"), [(30, 1), (300, 2), (300, 8), (40, 39), (20, 60)])
def test_separable_rows_are_separated_and_that_is_optimal(n, d):
    rng = np.random.default_rng(n + d)
    X = rng.normal(size=(n, d)) * 10.0 ** rng.uniform(-6, 6, d)
    fires = (X / X.std(axis=0)) @ rng.normal(size=d) > 0.3
    found = fit_half_space(X, fires, np.ones(n))
    assert _mistakes(found, X, fires, np.ones(n)) == 0
    assert found.optimal


def test_more_starts_and_line_searches_never_make_more_mistakes():
    problem = _problem(0, 300, 6)
    few, more, most = (fit_half_space(*problem, n_init=k).mistakes for k in (1, 3, 9))
    assert few >= more >= most


def test_search_cut_short_says_so():
    found = fit_half_space(*_problem(0, 300, 6), max_iter=1)
    assert not found.converged
    assert not found.optimal


def test_rows_that_contradict_each_other_cost_the_lighter_side():
    X = np.array([[0.0], [0.0], [1.0]])
    found = fit_half_space(X, np.array([True, False, True]), np.array([1.0, 3.0, 1.0]))
    assert found.mistakes == 1
    assert found.optimal


@pytest.mark.parametrize("d", [1, 2, 3])
def test_inputs_that_say_nothing_leave_the_commoner_answer(d):
    fires = np.array([True, True, False])
    found = fit_half_space(np.full((3, d), 4.0), fires, np.ones(3))
    assert found.mistakes == 1
    assert found.intercept > 0
    np.testing.assert_array_equal(found.coef, 0)


@pytest.mark.parametrize("d", [1, 2, 4])
def test_class_of_a_millionth_of_the_weight_is_not_learnt(d):
    X, fires, _ = _problem(0, 50, d)
    found = fit_half_space(X, fires, np.where(fires, 1e-4, 1e3))
    assert _mistakes(found, X, fires, fires.astype(float)) == fires.sum()


@pytest.mark.parametrize("offset", [0.0, 1e9])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12, 1e200])
def test_extreme_units(scale, offset):
    X, fires, weight = _problem(0, 60, 3, grid=6)
    expected = fit_half_space(X, fires, weight).mistakes
    found = fit_half_space((X * 10 + offset) * scale, fires, weight)
    assert np.isfinite(found.coef).all()
    assert found.mistakes == expected


def test_repeated_and_constant_columns_change_nothing():
    X, fires, weight = _problem(3, 80, 2)
    wide = np.column_stack((X, X, np.ones(80), X.sum(axis=1)))
    found = fit_half_space(wide, fires, weight)
    assert found.mistakes == fit_half_space(X, fires, weight).mistakes
    assert found.optimal
    assert found.coef[4] == 0


@pytest.mark.parametrize("offset", [1e3, 1e5, 1e8])
def test_collinear_inputs_far_from_zero_change_nothing(offset):
    X, fires, weight = _problem(3, 80, 3)
    wide = np.column_stack((X, X[:, 0] + X[:, 1], 1.8 * X[:, 2] - X[:, 0])) + offset
    wide = np.column_stack((wide, np.full(80, 1e20)))
    found = fit_half_space(wide, fires, weight)
    assert found.mistakes == fit_half_space(X, fires, weight).mistakes


def test_threshold_is_midway_between_the_nearest_rows():
    X = np.array([[1.0], [2.0], [6.0], [9.0]])
    found = fit_half_space(X, np.array([False, False, True, True]), np.ones(4))
    assert -found.intercept / found.coef[0] == pytest.approx(4.0, rel=1e-15)


def test_of_equally_good_thresholds_the_widest_gap_is_taken():
    X = np.array([[0.0], [1.0], [2.0], [7.0], [8.0]])
    fires = np.array([False, True, False, True, True])
    found = fit_half_space(X, fires, np.ones(5))
    assert found.mistakes == 1
    assert -found.intercept / found.coef[0] == pytest.approx(4.5, rel=1e-15)


@pytest.mark.parametrize("d", [2, 3, 10])
def test_margin_of_separable_rows_is_the_support_vector_machines(d):
    rng = np.random.default_rng(d)
    X = rng.normal(size=(200, d))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    score = X @ rng.normal(size=d)
    X, score = X[np.abs(score) > 0.3], score[np.abs(score) > 0.3]
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    found = fit_half_space(X, score > 0, np.ones(len(X)))
    machine = SVC(kernel="linear", C=1e8).fit(X, score > 0)
    widest = 1 / np.linalg.norm(machine.coef_)
    margin = np.abs(X @ found.coef + found.intercept).min() / np.linalg.norm(found.coef)
    assert margin == pytest.approx(widest, rel=2e-3)


@pytest.mark.parametrize("d", [2, 5])
def test_margin_of_noisy_rows_is_that_of_the_sides_they_fell_on(d):
    X, fires, _ = _problem(11, 60, d)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    found = fit_half_space(X, fires, np.ones(60))
    score = X @ found.coef + found.intercept
    machine = SVC(kernel="linear", C=1e10).fit(X, score > 0)
    widest = 1 / np.linalg.norm(machine.coef_)
    assert np.abs(score).min() / np.linalg.norm(found.coef) >= 0.99 * widest
    assert score[score > 0].min() == pytest.approx(-score[score <= 0].max(), rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_line_searches_find_the_best_interval_of_every_line(seed):
    rng = np.random.default_rng(seed)
    score, slopes = rng.normal(size=30), rng.normal(size=(4, 30))
    slopes[:, :5] = 0
    gain = rng.integers(-3, 4, 30).astype(float)
    now = gain[score > 0].sum()
    more, step = line_searches(score, slopes, gain)
    for slope, best_more, t in zip(slopes, more, step, strict=True):
        crossing = np.sort(-score[5:] / slope[5:])
        between = (crossing[1:] + crossing[:-1]) / 2
        best = max(gain[score + s * slope > 0].sum() for s in between)
        assert gain[score + t * slope > 0].sum() == best == now + best_more


def test_line_search_goes_nowhere_where_nothing_turns():
    more, _ = line_searches(np.ones(4), np.zeros((1, 4)), np.ones(4))
    assert np.isneginf(more[0])


def test_line_search_does_not_stand_between_rows_that_turn_together():
    score, slopes = np.array([-1.0, -1.0, -2.0]), np.ones((1, 3))
    more, step = line_searches(score, slopes, np.array([1.0, -3.0, 1.0]))
    assert more[0] == -2
    assert step[0] == pytest.approx(1.5)


def test_rows_that_make_no_vertex_stop_no_climb():
    """Lifted by 1e-12, these rows are singular all the same."""
    rows = Rows(np.tile([-1e-12, 0.0, 0.0], (8, 1)), np.resize([1.0, -1.0], 8))
    here = rows.place(np.ones(3))
    rng = np.random.default_rng(0)
    found, curve, _ = climb(rows, here, rng, max_iter=6, to_beat=-np.inf)
    assert found.gain >= here.gain
    assert len(curve) == 6


def test_cut_needs_two_positions():
    assert best_cut(np.ones(3), np.ones(3)) is None


def test_no_gap_between_sides_that_overlap():
    X, fires, _ = _problem(0, 100, 3)
    assert widest_gap(X, fires, np.eye(3)[0])[1] < 0


def test_merged_weights_add_up_exactly():
    rng = np.random.default_rng(0)
    weight = rng.uniform(size=1000)
    points = merge(rng.integers(0, 5, (1000, 1)) * 1.0, weight > 0.5, weight)
    assert len(points.X) == 5
    assert points.mass.sum() * points.unit == pytest.approx(weight.sum(), rel=1e-9)
    assert points.mistakes(0.0) == pytest.approx(weight[weight > 0.5].sum(), rel=1e-9)


def test_several_half_spaces_are_those_of_each():
    X, fires, weight = _problem(0, 50, 3)
    targets = np.column_stack((fires, X[:, 0] > 1))
    options = {"max_iter": 100, "n_init": 1, "random_state": 0}
    found = fit_half_spaces(X, targets, weight, **options)
    each = [fit_half_space(X, column, weight, **options) for column in targets.T]
    np.testing.assert_array_equal(found.coef, [one.coef for one in each])
    assert found.loss_curve[-1] == sum(one.mistakes for one in each)
    assert found.n_iter == max(one.n_iter for one in each) == len(found.loss_curve)


def test_climbs_above_what_was_found_before_are_given_up_later():
    rng = np.random.default_rng(0)
    design = np.column_stack([rng.normal(size=(60, 3)), np.ones(60)])
    rows = Rows(design, rng.choice([-1.0, 1.0], 60))
    end = climb(rows, rows.place(np.eye(4)[3]), rng, 10_000, to_beat=-np.inf)[0]
    lengths = [
        len(climb(rows, end, rng, 10_000, to_beat=end.gain + k)[1]) for k in (1, -1)
    ]
    assert lengths[0] < lengths[1]
