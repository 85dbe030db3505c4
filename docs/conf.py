"""How the documentation is built: ``python -m sphinx -W docs docs/_build/html``.

Nothing is fetched, neither by the build nor by the pages: formulas are MathML, fonts
and styles come with the theme.
"""

import os
import re
import sys
from pathlib import Path

import matplotlib as mpl

from skneuron import __version__
from skneuron._base import BaseNeuron

# Thread pools of small products take longer than the products.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent / "_ext"))
mpl.use("Agg")

project = "skneuron"
author = "the skneuron developers"
project_copyright = author
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.extlinks",
    "numpydoc",
    "myst_parser",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "layers",
    "local_links",
    "mathml",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "_templates", "auto_examples/*.ipynb"]
source_suffix = {".rst": "restructuredtext", ".md": "markdown"}
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(numpy|sklearn)\..*")]  # their pages are not here

extlinks = {"doi": ("https://doi.org/%s", "doi:%s")}
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

autosummary_generate = True
toc_object_entries_show_parents = "hide"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

copybutton_exclude = ".linenos, .gp, .go"

html_theme = "pydata_sphinx_theme"
html_title = "skneuron"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"index": [], "homework": [], "benchmarks": []}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_start": ["navbar-logo"],
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_prev_next": True,
    "header_links_before_dropdown": 6,
}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "within_subsection_order": "FileNameSortKey",
    "filename_pattern": "plot_",
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skneuron",),
    "reference_url": {"skneuron": None},
    "remove_config_comments": True,
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "abort_on_example_error": True,
    "matplotlib_animations": False,
    "thumbnail_size": (480, 336),
    "capture_repr": ("_repr_html_", "__repr__"),
    "ignore_repr_types": r"matplotlib\.|.*Display",
    "reset_modules": ("matplotlib", "_gallery.prepare"),
    "reset_modules_order": "both",
}


def setup(app):
    """Link neurons that an example shows to their page on this site."""
    BaseNeuron._doc_link_template = (
        "../generated/{estimator_module}.{estimator_name}.html"
    )
    app.connect("autodoc-skip-member", skip_foreign_members)
    app.connect("autodoc-process-docstring", drop_foreign_references)


def skip_foreign_members(app, what, name, member, skip, options):
    """Leave out what scikit-learn adds to every estimator, except the best known."""
    home = getattr(member, "__module__", None) or ""
    known = name in {"get_params", "set_params", "score"}
    return True if home.startswith("sklearn") and not known else None


def drop_foreign_references(app, what, name, obj, options, lines):
    """Keep the text of references to scikit-learn's guide; its labels are not here."""
    if (getattr(obj, "__module__", None) or "").startswith("sklearn"):
        lines[:] = [re.sub(r":ref:`(.*?) <.*?>`", r"\1", line) for line in lines]
