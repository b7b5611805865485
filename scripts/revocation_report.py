"""Measure how well inbound texts are decided, by kind; write the tables into docs/revocation.md.

Run by `make revocation-report`. Only the part between the two marks in the document is replaced.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenantline.consent import revocation

ROOT = Path(__file__).parent.parent
TEXTS = ROOT / "tests/consent/wordings"
DOCUMENT = ROOT / "docs/revocation.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
DECISIONS: tuple[revocation.Heard, ...] = ("revoke", "ask", "start", "help", "nothing")


@dataclass(frozen=True)
class Text:
    """A text, what it should be decided to be, and of what kind it is."""

    label: str
    kind: str
    text: str


def texts(name: str) -> list[Text]:
    """Return a set of labelled texts: ``development`` or ``heldout``."""
    with (TEXTS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [Text(**row) for row in csv.DictReader(file)]


def counted(rows: list[Text]) -> dict[str, Counter[str]]:
    """Return, for each label, how many of its texts were decided to be what."""
    found: dict[str, Counter[str]] = {label: Counter() for label in DECISIONS}
    for row in rows:
        found[row.label][revocation.decide(row.text).heard] += 1
    return found


def share(counts: Counter[str], *decisions: str) -> float:
    """Return the share of a label's texts that were decided to be one of these."""
    return sum(counts[decision] for decision in decisions) / max(1, counts.total())


def main() -> None:
    """Measure both sets, write the tables, print the sums."""
    lines: list[str] = []
    for name, title in (("heldout", "Held-out texts"), ("development", "Development texts")):
        rows = texts(name)
        lines += [f"### {title}", "", *_sums(rows), "", *_by_kind(rows), ""]
    lines += [_pace()]
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    measured = "\n".join(lines)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")
    print("\n".join(line for line in lines if not line.startswith("|")))


def _sums(rows: list[Text]) -> Iterator[str]:
    found = counted(rows)
    yield f"{len(rows)} texts."
    yield ""
    wanted = found["revoke"]
    yield f"- true revocations: {wanted.total()}, revoked {share(wanted, 'revoke'):.1%}, revoked or asked {share(wanted, 'revoke', 'ask'):.1%}"  # noqa: E501
    other = found["nothing"]
    yield f"- ordinary texts: {other.total()}, revoked {share(other, 'revoke'):.2%}, asked {share(other, 'ask'):.2%}"  # noqa: E501
    for label in (label for label in ("start", "help", "ask") if found[label]):
        yield f"- texts labelled {label}: {found[label].total()}, decided so {share(found[label], label):.1%}"  # noqa: E501


def _by_kind(rows: list[Text]) -> Iterator[str]:
    yield "| should be | kind | texts | " + " | ".join(DECISIONS) + " |"
    yield "| --- | --- | ---: |" + " ---: |" * len(DECISIONS)
    kinds: dict[tuple[str, str], Counter[str]] = {}
    for row in rows:
        decided = revocation.decide(row.text).heard
        kinds.setdefault((row.label, row.kind), Counter())[decided] += 1
    for (label, kind), counts in sorted(kinds.items()):
        cells = " | ".join(str(counts[decision] or "") for decision in DECISIONS)
        yield f"| {label} | {kind} | {counts.total()} | {cells} |"


def _pace() -> str:
    """Return how long a decision takes, after the files have been read."""
    rows = [row.text for name in ("heldout", "development") for row in texts(name)]
    began = time.process_time()
    for text in rows:
        revocation.decide(text)
    each = (time.process_time() - began) / len(rows) * 1000
    return f"One decision takes {each:.2f} ms of one core on average over all these texts."


if __name__ == "__main__":
    main()
