"""The main text of web pages."""

import re
from collections.abc import Iterator
from typing import Any

from store.decoding import decode
from store.reading_text import Extraction, clean

_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption"
    "|figure|footer|form|h[1-6]|header|hr|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot"
    "|th|thead|tr|ul"
)
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_IGNORED = ("script", "style", "noscript", "template", "head", "nav", "header", "footer", "aside")
_SPACE = re.compile(r"\s+")
_PARTS = "descendant::*[self::table or self::ul or self::ol or self::h1 or self::h2 or self::h3]"


def extract_html(data: bytes) -> Extraction:
    """A web page's main text, in the encoding that the page declares. Raises DocumentError."""
    declared = _DECLARED.search(data, 0, 4096)
    return read_html(decode(data, declared[1].decode("ascii", "replace") if declared else None))


def read_html(html: str) -> Extraction:
    """A page's main text: headings marked with #, list items with -, cells apart by |."""
    import trafilatura
    from trafilatura.settings import use_config

    if "<html" not in html.lower():
        html = f"<html><body>{html}</body></html>"
    tree = trafilatura.load_html(html)
    title = " ".join(tree.xpath("string((//title|//h1)[normalize-space()][1])").split())
    visible = _text_of(tree)
    config = use_config()
    # Below its usual size a page would come back as one line, menus and all.
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"
    found = trafilatura.extract(
        _as_article(tree),
        output_format="html",
        include_comments=False,
        favor_recall=True,
        config=config,
    )
    main = _text_of(trafilatura.load_html(found)) if found else ""
    # Less than half of what is to be seen is a part of the page mistaken for the whole.
    return Extraction(main if 2 * len(main) >= len(visible) else visible, clean(title))


def _as_article(tree: Any) -> Any:
    """The page with its body marked as its article, since otherwise headings are dropped."""
    body = tree.find("body")
    if body is not None and not tree.xpath("//article|//main"):
        body.tag = "article"
    return tree


def _text_of(tree: Any) -> str:
    paragraphs = []
    for paragraph in "".join(_pieces(tree)).split("\f"):
        lines = (" ".join(line.split()) for line in paragraph.split("\n"))
        paragraphs.append("\n".join(line for line in lines if line.strip("#-")))
    return clean("\n\n".join(filter(None, paragraphs)))


def _pieces(node: Any) -> Iterator[str]:
    """The text under a node: newlines around lines, form feeds around paragraphs."""
    if not isinstance(node.tag, str) or node.tag in _IGNORED:
        return
    if node.tag == "tr" and not node.xpath(_PARTS):
        yield "\n" + " | ".join(" ".join(cell.text_content().split()) for cell in node) + "\n"
        return
    if node.tag == "pre":
        yield "\f" + node.text_content() + "\f"
        return
    edge = "\f" if node.tag in ("p", *_HEADINGS) else "\n" if _BLOCK.fullmatch(node.tag) else ""
    yield edge + _HEADINGS.get(node.tag, "- " if node.tag == "li" else "")
    yield _SPACE.sub(" ", node.text or "")
    for child in node:
        yield from _pieces(child)
        yield _SPACE.sub(" ", child.tail or "")
    yield edge
