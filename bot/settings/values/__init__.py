"""The kinds of value that settings are made of: durations, sizes, counts, names of pages and templates, patterns.

Each is an annotated type for pydantic models. A value that does not fit raises ``PydanticCustomError`` of type
``wanted`` whose context says what is wanted, as the end of the sentence "found X, wanted …". Where a name depends on
the wiki (local namespace and group names) the wiki's facts are taken from the validation context; without them English
is assumed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from bot.settings.values.measures import (
    at_least,
    at_most,
    between,
    read_count,
    read_duration,
    read_flag,
    read_optional_duration,
    read_percent,
    read_size,
    say_duration,
)
from bot.settings.values.names import (
    PATTERN_LIMIT,
    PATTERNS_ON_A_PAGE,
    is_pattern,
    one_of,
    read_group,
    read_namespace,
    read_template,
    read_text,
    read_title,
    read_title_pattern,
    read_words,
)
from bot.settings.values.refusal import misfit, shown

__all__ = [
    "PATTERNS_ON_A_PAGE",
    "PATTERN_LIMIT",
    "Count",
    "Duration",
    "Flag",
    "GroupName",
    "NamespaceName",
    "OptionalDuration",
    "PageTitle",
    "Pattern",
    "Percent",
    "Size",
    "TemplateName",
    "Text",
    "TitlePattern",
    "at_least",
    "at_most",
    "between",
    "is_pattern",
    "misfit",
    "one_of",
    "read_count",
    "read_duration",
    "read_flag",
    "read_group",
    "read_namespace",
    "read_optional_duration",
    "read_percent",
    "read_size",
    "read_template",
    "read_text",
    "read_title",
    "read_title_pattern",
    "read_words",
    "say_duration",
]

Duration = Annotated[timedelta, BeforeValidator(read_duration), shown("24 h", "15 min", "3 days")]
OptionalDuration = Annotated[timedelta | None, BeforeValidator(read_optional_duration), shown("24 h", "never")]
Size = Annotated[int, BeforeValidator(read_size), shown("500 kB", "1 MB")]
Count = Annotated[int, BeforeValidator(read_count), WithJsonSchema({"type": "integer", "minimum": 0})]
Flag = Annotated[bool, BeforeValidator(read_flag)]
Percent = Annotated[float, BeforeValidator(read_percent), shown("20 %")]
Text = Annotated[str, BeforeValidator(read_text)]
PageTitle = Annotated[str, BeforeValidator(read_title), shown("Project:Incidents")]
TitlePattern = Annotated[str, BeforeValidator(read_title_pattern), shown("{board}/Archive {counter}")]
NamespaceName = Annotated[str, BeforeValidator(read_namespace), shown("Project", "User talk")]
TemplateName = Annotated[str, BeforeValidator(read_template), shown("resolved", "{{resolved}}")]
GroupName = Annotated[str, BeforeValidator(read_group), shown("sysop")]
Pattern = Annotated[str, BeforeValidator(read_words), shown("(erl.)", "/\\bdone\\b/")]
