"""Formulas as MathML, which browsers draw themselves: no script and no network."""

from docutils.utils.math.latex2mathml import tex2mathml


def visit_inline(translator, node):
    """Write a formula within a line."""
    translator.body.append(tex2mathml(node.astext(), as_block=False))
    translator.context.append("")


def visit_block(translator, node):
    """Write a formula of its own."""
    formula = tex2mathml(node.astext().strip(), as_block=True)
    translator.body.append(f'<div class="formula">{formula}</div>')
    translator.context.append("")


def depart(translator, node):
    """Nothing is left to close."""
    translator.context.pop()


def setup(app):
    """Register this way to write formulas."""
    app.add_html_math_renderer(
        "mathml",
        inline_renderers=(visit_inline, depart),
        block_renderers=(visit_block, depart),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
