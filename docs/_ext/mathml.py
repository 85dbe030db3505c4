"""Formulas as MathML, which browsers draw themselves: no script and no network."""

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml


def write_inline(translator, node):
    """Write a formula within a line."""
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    raise SkipNode


def write_block(translator, node):
    """Write a formula of its own."""
    formula = tex2mathml(node.astext().strip(), as_block=True)
    translator.body.append(f'<div class="formula">{formula}</div>')
    raise SkipNode


def setup(app):
    """Register this way to write formulas."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(write_inline, None),
        block_renderers=(write_block, None),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
