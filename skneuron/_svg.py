"""The picture of a network as SVG text for a page, without matplotlib."""

import re
from html import escape

import numpy as np

from skneuron._diagram import (
    EXCITATORY,
    FACES,
    FONT,
    HEADING,
    INHIBITORY,
    KEY,
    diagram,
)

# Neurons of a layer up to which a picture tells more than it hides.
_MOST_NEURONS = 100

# A notebook keeps each picture: more lines than these, the strongest, say no more.
_MOST_LINES = 1000

# Up to so many, each line tells its weight to who points at it.
_MOST_TOLD = 500

# What XML cannot hold, not even escaped (section 2.2 of its specification).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def network_svg(network, name):
    """Return a Wiring as an SVG element, or "" where it has too many neurons.

    It takes the colour of text from the page, to be legible on light and dark ones.
    """
    if max(network.sizes[1:]) > _MOST_NEURONS:
        return ""
    page = diagram(network)
    parts = [
        f"<title>{_text(name)}</title>",
        f"<desc>{_text(_description(network, page))}</desc>",
        *_lines(page),
        *_circles(page),
        *_labels(page),
        *_key(page),
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
        f'viewBox="0 0 {page.width:.1f} {page.height:.1f}" width="{page.width:.0f}" '
        'style="max-width:100%;height:auto" font-family="sans-serif" '
        f'font-size="{FONT}" fill="currentColor">{"".join(parts)}</svg>'
    )


def _text(text):
    """Return text that is nothing but text, whatever a feature is called."""
    return escape(_NO_XML.sub("\N{REPLACEMENT CHARACTER}", str(text)))


def _description(network, page):
    """Return in words what the picture shows."""
    sizes = ", ".join(text for _, text in page.headings)
    strongest = ", ".join(_connection(page, k) for k in _strongest(page))
    n_lines = len(page.weights)
    return (
        f"{sizes}. Inputs: {', '.join(network.inputs)}. "
        f"Outputs: {', '.join(network.outputs)}. Blue lines excite, orange ones "
        f"inhibit, the wider the stronger. Strongest of each layer: {strongest}. "
        f"{min(n_lines, _MOST_LINES)} of {n_lines} connections are drawn."
    )


def _strongest(page):
    """Yield the index of the strongest connection from each column."""
    columns = page.columns[page.source]
    for column in np.unique(columns):
        yield np.flatnonzero(columns == column)[-1]


def _connection(page, k):
    source, target = page.names[page.source[k]], page.names[page.target[k]]
    return f"{source} \N{RIGHTWARDS ARROW} {target} {page.weights[k]:+.3g}"


def _lines(page):
    """Yield the connections, the strongest last and at most so many."""
    n_lines, segments, colors = len(page.weights), page.segments, page.colors
    for k in range(max(n_lines - _MOST_LINES, 0), n_lines):
        (x0, y0), (x1, y1) = segments[k]
        told = f"<title>{_text(_connection(page, k))}</title>"
        yield (
            f'<path d="M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}" '
            f'stroke="{colors[k]}" stroke-width="{page.line_widths[k]:.2f}" '
            f'opacity="{page.opacities[k]:.2f}">'
            f"{told if n_lines <= _MOST_TOLD else ''}</path>"
        )


def _circles(page):
    for (x, y), radius, kind, name in zip(
        page.centers, page.radii, page.kinds, page.names, strict=True
    ):
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{FACES[kind]}">'
            f"<title>{_text(name)}</title></circle>"
        )
        if kind == "bias":
            yield _label(x, y, "1", "middle", 1.1 * radius, ' fill="white"')


def _labels(page):
    for x, text in page.headings:
        yield _label(x, HEADING / 2, text, "middle", 12, ' font-weight="bold"')
    for label in page.labels():
        yield _label(*label)


def _label(x, y, text, anchor, size, more=""):
    # dy instead of dominant-baseline, which not every viewer knows.
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" dy="0.35em" text-anchor="{anchor}" '
        f'font-size="{size:.1f}"{more}>{_text(text)}</text>'
    )


def _key(page):
    middle, y = page.width / 2, page.height - KEY / 2
    for x, color, text in (
        (middle - 115, EXCITATORY, "excitatory"),
        (middle + 5, INHIBITORY, "inhibitory"),
    ):
        yield f'<path d="M{x:.1f} {y:.1f}h26" stroke="{color}" stroke-width="4"/>'
        yield _label(x + 33, y, text, "start", 12)
