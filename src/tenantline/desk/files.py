"""Pictures and other files of a text, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.template.defaultfilters import filesizeformat

from tenantline.kernel.filetypes import is_shown

if TYPE_CHECKING:
    from tenantline.intake.models import CallFile, InboundCall

_WORDS: Final = {"image": "Picture", "video": "Video", "audio": "Sound", "text": "Contact card"}
_OTHERS: Final = {"application/pdf": "PDF document", "text/calendar": "Calendar entry"}


@dataclass(frozen=True)
class ShownFile:
    """A file of a text. ``state`` is fetching, there, refused or gone; ``problem`` says why.

    ``is_picture``: it is there and a browser may show it, ``width`` by ``height`` pixels large.
    """

    pk: int
    state: str
    problem: str
    words: str
    size: str = ""
    is_picture: bool = False
    width: int = 0
    height: int = 0


def shown(call: InboundCall | None) -> list[ShownFile]:
    """Return the files of a call, loaded with ``intake.queries.with_files``."""
    return [] if call is None else [_one(file) for file in call.files.all()]


def words_for(kind: str) -> str:
    """Return what a kind of file is called; what is not known yet is a picture as a rule."""
    return _OTHERS.get(kind) or _WORDS.get(
        kind.partition("/")[0], "Picture" if not kind else "File"
    )


def _one(file: CallFile) -> ShownFile:
    content = file.content
    if content is None:
        return ShownFile(file.pk, file.state, file.problem, words_for(file.declared))
    return ShownFile(
        pk=file.pk,
        state=file.state,
        problem=file.problem,
        words=words_for(content.kind),
        size=filesizeformat(content.size),
        is_picture=is_shown(content.kind, content.width, content.height),
        width=content.width or 0,
        height=content.height or 0,
    )
