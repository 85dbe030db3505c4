"""After the build: local links lead somewhere, no page loads from elsewhere."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

from sphinx.util import logging

logger = logging.getLogger(__name__)
LOADING = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")}


class Page(HTMLParser):
    """What a page links to, what it loads, and where links can lead within it."""

    def __init__(self, path):
        super().__init__()
        self.links, self.loads, self.anchors = set(), set(), set()
        self.feed(path.read_text("utf8"))

    def handle_starttag(self, tag, attributes):
        """Collect the addresses and the ids of a tag."""
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            elif (tag, name) in LOADING:
                self.loads.add(value)
            elif name == "href" and value:
                self.links.add(value)


def check(app, exception):
    """Warn of links that lead nowhere; a strict build then fails."""
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    pages = {
        path: Page(path) for path in root.rglob("*.html") if "_static" not in str(path)
    }
    for path, page in pages.items():
        for address in sorted(page.links | page.loads):
            problem = _problem(path, address, pages, address in page.loads)
            if problem:
                logger.warning("%s: %s: %s", path.relative_to(root), address, problem)
    logger.info("%d pages, links checked", len(pages))


def _problem(path, address, pages, loads):
    if urlsplit(address).scheme or address.startswith("//"):
        elsewhere = loads and not address.startswith("data:")
        return "is loaded from elsewhere" if elsewhere else None
    address, anchor = urldefrag(address)
    target = (
        (path.parent / unquote(urlsplit(address).path)).resolve() if address else path
    )
    if not target.exists():
        return "leads nowhere"
    points_at_text = anchor.startswith(":~:text=")
    if (
        anchor
        and not points_at_text
        and target in pages
        and unquote(anchor) not in pages[target].anchors
    ):
        return "has no such anchor"
    return None


def setup(app):
    """Check once all pages are written."""
    app.connect("build-finished", check, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
