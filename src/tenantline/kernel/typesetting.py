"""Documents set by typst: the one place that calls it.

A template takes data and never markup: what people wrote reaches it as JSON in ``sys.inputs``. The
fonts are those inside typst, so that a document is the same on every machine. What papers that are
posted have in common (``sheet.typ``) stands before every template.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from tenantline.kernel.glyphs import printable

_SHEET: Final = Path(__file__).with_name("sheet.typ")
# A window takes six lines. So few capital letters W surely fit in one of them.
_IN_A_LINE: Final = 24
_LINES: Final = 6
# Tagged, for screen readers, and for archives; a-3a lets a document carry data along.
ACCESSIBLE: Final = ("a-3a", "ua-1")
_KEPT_FOR: Final = 11  # documents


def pdf(
    template: Path,
    data: Mapping[str, Any],
    *,
    at: datetime,
    more: Mapping[str, str] | None = None,
    standards: tuple[str, ...] = ACCESSIBLE,
) -> bytes:
    """Set a document as PDF. The same template, data and moment give the same bytes.

    ``more`` are further inputs, passed on as they are.
    """
    made: bytes = _compile(template, data, at, more, format="pdf", pdf_standards=list(standards))
    return made


def pictures(
    template: Path,
    data: Mapping[str, Any],
    *,
    at: datetime,
    more: Mapping[str, str] | None = None,
    ppi: float = 96,
) -> list[bytes]:
    """Return a document's pages as PNG pictures, for documents about it."""
    made = _compile(template, data, at, more, format="png", ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def is_long(lines: Sequence[str]) -> bool:
    """Tell whether a recipient may not fit into an envelope's window in the usual size."""
    shown = (printable(line) for line in lines)
    return sum(-(-len(line) // _IN_A_LINE) or 1 for line in shown) > _LINES


def forget() -> None:
    """Give back what typst keeps of documents that were set: for many files, after each of them.

    It keeps pieces for as long as the next ten documents may use them again, so that large ones
    pile up; empty ones push them out, and there is no other way.
    """
    import typst  # noqa: PLC0415 - megabytes that most processes never need

    for _ in range(_KEPT_FOR):
        typst.compile(b"", ignore_system_fonts=True)


def _compile(
    template: Path,
    data: Mapping[str, Any],
    at: datetime,
    more: Mapping[str, str] | None,
    **how: Any,
) -> Any:
    import typst  # noqa: PLC0415 - megabytes that most processes never need

    return typst.compile(
        _SHEET.read_bytes() + template.read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={**(more or {}), "data": json.dumps(_cleaned(data))},
        timestamp=int(at.timestamp()),
        **how,
    )


def _cleaned(value: Any) -> Any:
    """Return data with every text in characters that the document's fonts have."""
    match value:
        case str():
            return printable(value)
        case dict():
            return {name: _cleaned(one) for name, one in value.items()}
        case list() | tuple():
            return [_cleaned(one) for one in value]
    return value
