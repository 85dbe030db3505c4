"""What displays read of fitted estimators, by their public attributes."""

from sklearn.utils.validation import check_is_fitted

from skneuron._diagram import wiring


def network_of(estimator, display):
    """Return the Wiring of a fitted estimator; raise TypeError where it has none."""
    check_is_fitted(estimator)
    try:
        return wiring(estimator)
    except AttributeError as error:
        raise TypeError(
            f"{display} needs a network with coefs_ and intercepts_ or a linear model "
            f"with coef_ and intercept_. Got {estimator!r}, which has neither. Of a "
            "pipeline, give the last step."
        ) from error


def activation_of(estimator):
    """Return the name of the activation that a fitted estimator shows."""
    if getattr(estimator, "n_neurons_", None) == 0 or not hasattr(estimator, "coefs_"):
        return output_activation(estimator)
    return estimator.activation


def output_activation(estimator):
    """Return the name of the activation of a fitted estimator's output neurons."""
    if hasattr(estimator, "action_potential"):
        return "step"
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return "identity"
    return "sigmoid" if len(classes) == 2 else "softmax"


def potentials(estimator):
    """Return resting potential, threshold and action potential, where there are."""
    if not hasattr(estimator, "action_potential"):
        return None
    return (
        estimator.resting_potential,
        estimator.threshold,
        estimator.action_potential,
    )
