"""Draw the layers of the code as CI checks them, from `pyproject.toml`, in SVG."""

import tomllib
from pathlib import Path

WIDTH, MARGIN, ROW, GAP = 860, 14, 34, 12
TITLE = 26
FILLS = {"outer": "#d1e5f0", "inner": "#fddbc7"}
NAMES = {
    "__main__": "the command line",
    "plotting": "pictures",
    "_biological_neuron": "estimators",
    "_base_network": "what networks share",
    "_base": "the fit template",
    "_numerics": "the mathematics: functions of arrays",
}


def layers(contract):
    """Return the modules of each layer, from the top."""
    return [[name.strip() for name in row.split("|")] for row in contract["layers"]]


def picture(contracts):
    """Return the picture of the layers of the package and of its mathematics."""
    outer, inner = (layers(contract) for contract in contracts[:2])
    parts, y = [], MARGIN
    for row in outer:
        height = TITLE * (row[0] in NAMES) + ROW + 8
        if row == ["_numerics"]:
            height = TITLE + len(inner) * ROW + 8
        parts.append(_box(MARGIN, y, WIDTH - 2 * MARGIN, height, "#f7f7f7"))
        top = y + 4
        if row[0] in NAMES:
            parts.append(_text(MARGIN + 14, y + 21, NAMES[row[0]], "sans-serif", 15))
            top += TITLE
        fill, rows = ("outer", [row]) if row != ["_numerics"] else ("inner", inner)
        for modules in rows:
            parts += _boxes(modules, top, FILLS[fill])
            top += ROW
        y += height + GAP
    return _page(parts, y)


def _boxes(modules, y, fill):
    left = MARGIN + 14
    width = (WIDTH - 2 * left + 8) / len(modules)
    size = min(13.0, (width - 12) / max(map(len, modules)) / 0.61)
    for i, name in enumerate(modules):
        x = left + i * width
        yield _box(x, y, width - 8, ROW - 6, fill)
        middle = x + (width - 8) / 2
        yield _text(middle, y + 19, name, "monospace", size, "middle")


def _box(x, y, width, height, fill):
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="5" fill="{fill}" stroke="#777777"/>'
    )


def _text(x, y, words, family, size, anchor="start"):
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{family}" font-size="{size:.1f}" '
        f'text-anchor="{anchor}" fill="#1a1a1a">{words}</text>'
    )


def _page(parts, height):
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">'
    paper = f'<rect width="{WIDTH}" height="{height}" rx="8" fill="#ffffff"/>'
    return "\n".join([opening, paper, *parts, "</svg>"]) + "\n"


def draw(app):
    """Write the picture where the developers' page looks for it."""
    source = Path(app.srcdir)
    settings = tomllib.loads((source.parent / "pyproject.toml").read_text("utf8"))
    target = source / "generated" / "layers.svg"
    target.parent.mkdir(exist_ok=True)
    target.write_text(picture(settings["tool"]["importlinter"]["contracts"]), "utf8")


def setup(app):
    """Draw before pages are read."""
    app.connect("builder-inited", draw, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
