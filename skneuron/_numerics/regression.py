"""Training where the noise is estimated, too: from a weak penalty and from a strong."""

from dataclasses import replace

from skneuron._numerics.training import train


def train_from_both_sides(objective, plan, monitor, to_beat):
    """Return the better of two networks by their evidence, as `train` returns one.

    With the noise's variance free the evidence has maxima of two kinds: wide awake ones
    (little noise, many parameters determined), which a strong penalty, whose optimum is
    all but linear, never finds, and sober ones, which a weak penalty runs past.
    """
    below = train(objective, plan, monitor, to_beat)
    convex = len(objective.predictor.layer_shapes) == 1
    if convex or plan.alpha is not None or monitor.held_out is not None:
        return below
    above = train(objective, replace(plan, from_above=True), monitor, to_beat)
    # The first is kept unless the other is clearly better: rounding must not choose.
    return above if above.log_evidence > below.log_evidence + 1e-6 else below
