"""One linear scan of wikitext: comments, nowiki and other opaque tags, templates, tables, and what is left unclosed."""

from bot.reading.wikitext.scanner import scan
from bot.reading.wikitext.spans import Cover, Opaque, Scan, TemplateSpan, Unclosed
from bot.reading.wikitext.tags import OPAQUE_TAGS, tags_of
from bot.reading.wikitext.templates import MAX_TEMPLATE_CHARS, MAX_TEMPLATE_DEPTH, Parameter, Template, template

__all__ = [
    "MAX_TEMPLATE_CHARS",
    "MAX_TEMPLATE_DEPTH",
    "OPAQUE_TAGS",
    "Cover",
    "Opaque",
    "Parameter",
    "Scan",
    "Template",
    "TemplateSpan",
    "Unclosed",
    "scan",
    "tags_of",
    "template",
]
