"""What every example of the gallery starts from."""

import warnings

_FILTERS = list(warnings.filters)

_STYLE = {
    "figure.dpi": 100,
    "savefig.dpi": 150,
    "font.size": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def prepare(gallery_conf, name, when):
    """Set the style of figures, and make its warnings errors."""
    import matplotlib as mpl

    mpl.rcParams.update(_STYLE)
    if when == "before":
        warnings.simplefilter("error")
    else:
        warnings.filters[:] = _FILTERS
