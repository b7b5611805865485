"""What became of every row, as CSV. A spreadsheet that opens it runs nothing of what is in it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final, TextIO

from tenantline.imports.preparing import Line
from tenantline.kernel.csv_safe import safe

HEADER: Final = ("line", "outcome", "reason", "tenant")


def rows(lines: Iterable[Line]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the report's rows for these lines."""
    for line, outcome, reason, tenant_id in lines:
        yield str(line), outcome, safe(reason), "" if tenant_id is None else str(tenant_id)


def line(row: Sequence[str]) -> str:
    """Return one line of the report as text, for a file that is sent while it is made."""
    text = StringIO()
    csv.writer(text).writerow(row)
    return text.getvalue()


def write(file: TextIO, lines: Iterable[Line]) -> None:
    """Write the report: a header, then one line for each row of the file."""
    writer = csv.writer(file)
    writer.writerow(HEADER)
    writer.writerows(rows(lines))
