"""A writer of return files, in the way a bank writes them. For tests alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BANK, COMPANY = "07100030", "1234567890"


@dataclass(frozen=True)
class Back:
    """An entry that comes back; ``addenda`` 98 makes it a notification of change."""

    code: str = "R01"
    cents: int = 12_900
    who: str = "T-1"
    name: str = "WHITFIELD DANA"
    original: str = "071000300000001"
    trace: str = "091000010000001"
    routing: str = "091000019"
    transaction: str = "26"
    more: str = ""

    @property
    def is_change(self) -> bool:
        return self.code.startswith("C")

    def records(self) -> list[str]:
        amount = 0 if self.is_change else self.cents
        entry = f"6{self.transaction}{self.routing}{'123456789':<17}{amount:010}"
        entry += f"{self.who:<15}{self.name:<22}  1{self.trace}"
        kind = "98" if self.is_change else "99"
        addenda = f"7{kind}{self.code}{self.original}{'':6}{self.routing[:8]}"
        return [entry, f"{addenda}{self.more:<44}{self.trace}"]


def control(backs: Sequence[Back]) -> str:
    """Return the figures that batch and file control share: count, hash, debits, credits."""
    money = [(b.transaction[1] in "67", 0 if b.is_change else b.cents) for b in backs]
    debits, credits_ = (sum(c for d, c in money if d == side) for side in (True, False))
    hash_ = sum(int(back.routing[:8]) for back in backs) % 10**10
    return f"{hash_:010}{debits:012}{credits_:012}"


def batch(backs: Sequence[Back], number: int = 1, day: str = "261116") -> list[str]:
    """Return a batch of returns, or of notifications where its first entry is one."""
    sec = "COR" if backs[0].is_change else "PPD"
    head = f"5200{'TENANTLINE':<16}{'':20}{COMPANY}{sec}{'RENT':<10}{'':6}{day}3211"
    end = f"8200{2 * len(backs):06}{control(backs)}{COMPANY}{'':25}{BANK}{number:07}"
    return [f"{head}{BANK}{number:07}", *(r for b in backs for r in b.records()), end]


def records(*batches: Sequence[Back], filled: bool = True) -> list[str]:
    """Return a whole file's records; ``filled``: up to the end of the last block."""
    head = f"101{' 071000301':>10}{'1234567890':>10}2611201200A094101{'OUR BANK':<23}"
    lines = [f"{head}{'FIRST BANK':<23}{'':8}"]
    for number, backs in enumerate(batches, 1):
        lines += batch(backs, number)
    every = [back for backs in batches for back in backs]
    blocks = -(-(len(lines) + 1) // 10)
    lines.append(f"9{len(batches):06}{blocks:06}{2 * len(every):08}{control(every)}{'':39}")
    return lines + ["9" * 94] * ((blocks * 10 - len(lines)) if filled else 0)


def written(*batches: Sequence[Back], ending: str = "\n", filled: bool = True) -> bytes:
    """Return a return file as bytes."""
    return "".join(line + ending for line in records(*batches, filled=filled)).encode()
