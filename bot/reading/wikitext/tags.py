"""Which tags a wiki does not read as wikitext."""

from __future__ import annotations

OPAQUE_TAGS = frozenset(
    {
        "nowiki",
        "pre",
        "gallery",
        "source",
        "syntaxhighlight",
        "math",
        "chem",
        "ce",
        "score",
        "timeline",
        "hiero",
        "graph",
    }
    | {"templatedata", "templatestyles", "ref", "references", "imagemap", "inputbox", "categorytree", "mapframe"}
    | {"maplink", "charinsert", "includeonly"}
)
"""Tags whose content the preprocessor sets aside unread (Manual:Tag extensions): no heading, no template in there."""

NEEDS_EXTENSION = {
    "source": "SyntaxHighlight",
    "syntaxhighlight": "SyntaxHighlight",
    "math": "Math",
    "chem": "Math",
    "ce": "Math",
    "score": "Score",
    "timeline": "EasyTimeline",
    "hiero": "WikiHiero",
    "graph": "Graph",
    "templatedata": "TemplateData",
    "templatestyles": "TemplateStyles",
    "ref": "Cite",
    "references": "Cite",
    "imagemap": "ImageMap",
    "inputbox": "InputBox",
    "categorytree": "CategoryTree",
    "mapframe": "Kartographer",
    "maplink": "Kartographer",
    "charinsert": "CharInsert",
}


def tags_of(extensions: frozenset[str]) -> frozenset[str]:
    """Name the opaque tags of a wiki with these extensions (all where none is known)."""
    if not extensions:
        return OPAQUE_TAGS
    folded = {name.replace(" ", "").casefold() for name in extensions}

    def there(tag: str) -> bool:
        need = NEEDS_EXTENSION.get(tag)
        return need is None or any(name.startswith(need.casefold()) for name in folded)

    return frozenset(tag for tag in OPAQUE_TAGS if there(tag))
