"""The demo's cast: who rents, and what has happened so far. Invented; numbers are fictional.

A story is a list of steps, each at ``days`` before today and ``clock`` where the facility is, or
``minutes`` before now.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Does = Literal["form", "submit", "texts", "office", "revoked", "number", "moves_out", "shared"]


@dataclass(frozen=True)
class Step:
    """One thing that happened. ``words`` are the text, the services, the medium or the number."""

    does: Does
    words: str = ""
    days: int = 0
    clock: str = "12:00"
    minutes: int | None = None


@dataclass(frozen=True)
class Person:
    """A tenant, or (without a name) somebody whom nobody knows."""

    facility: str
    name: str
    mobile: str = ""
    email: str = ""
    units: tuple[str, ...] = ()
    language: str = "en"
    balance_cents: int = 0
    autopay_method: str = "NET"
    since_days: int = 200
    story: tuple[Step, ...] = field(default=())


ALL_SERVICES: Final = "chat statements notices"


def _opted_in(days: int, clock: str = "10:05", services: str = ALL_SERVICES) -> tuple[Step, ...]:
    """The real way: form by e-mail, form submitted, START from the phone."""
    hour, minute = clock.split(":")
    later = f"{hour}:{int(minute) + 9:02}"
    return (
        Step("form", days=days, clock=clock),
        Step("submit", services, days=days, clock=f"{hour}:{int(minute) + 7:02}"),
        Step("texts", "START", days=days, clock=later),
    )


LAMAR: Final = (
    Person(
        "LAMAR",
        "Dana Whitfield",
        "+15125550143",
        "dana.whitfield@example.com",
        ("B-114",),
        since_days=12,
        balance_cents=12900,
    ),
    Person(
        "LAMAR",
        "Marisol Vega",
        "+15125550128",
        "marisol.vega@example.com",
        ("A-021", "A-022"),
        language="es",
        balance_cents=21400,
        story=(
            *_opted_in(41),
            Step("texts", "Buenas tardes, ¿a qué hora cierran el domingo?", days=9, clock="14:10"),
            Step(
                "office",
                "Buenas tardes, Marisol. El domingo el portón cierra a las 6 p. m.",
                days=9,
                clock="14:16",
            ),
            Step("texts", "Muchas gracias 🙏", days=9, clock="14:18"),
            Step("office", "Con gusto. ¡Buen fin de semana!", days=9, clock="14:20"),
        ),
    ),
    Person(
        "LAMAR",
        "Theo Brandt",
        "+15125550117",
        "theo.brandt@example.com",
        ("C-208",),
        balance_cents=9900,
        autopay_method="card",
        story=(
            *_opted_in(73),
            Step(
                "texts", "Hi, the light in the hallway by C-208 is out again", days=3, clock="16:32"
            ),
            Step(
                "office",
                "Thanks for telling us, Theo. An electrician comes tomorrow morning.",
                days=3,
                clock="16:41",
            ),
            Step(
                "office",
                "The hallway light is fixed. Let us know if it flickers.",
                days=2,
                clock="11:05",
            ),
            Step(
                "texts",
                "Works, thanks! Could I also get a second gate code for my brother?",
                minutes=26,
            ),
        ),
    ),
    Person(
        "LAMAR",
        "Priya Raman",
        "+15125550161",
        "priya.raman@example.com",
        ("D-310",),
        balance_cents=15400,
        story=(
            *_opted_in(28, "13:20", "chat notices"),
            Step("texts", "Is a bigger unit free next month? 10x15 would be great", minutes=54),
            Step("texts", "Ground floor if possible", minutes=52),
        ),
    ),
    Person(
        "LAMAR",
        "Walter Okafor",
        "+15125550135",
        "walter.okafor@example.com",
        ("A-007",),
        balance_cents=4500,
        story=(
            *_opted_in(120, "09:30"),
            Step(
                "office",
                "Good morning Walter, a parcel for you is at the front desk.",
                days=35,
                clock="10:15",
            ),
            Step("texts", "STOP", days=34, clock="08:50"),
        ),
    ),
    Person(
        "LAMAR",
        "June Castellano",
        "+15125550152",
        "june.castellano@example.com",
        ("B-132",),
        since_days=20,
        balance_cents=11900,
        story=(
            Step("form", days=2, clock="15:00"),
            Step("submit", ALL_SERVICES, days=2, clock="17:45"),
        ),
    ),
    Person(
        "LAMAR",
        "Gus Lindqvist",
        "+15125550174",
        "gus.lindqvist@example.com",
        ("B-140",),
        since_days=33,
        story=(Step("form", days=5, clock="11:20"),),
    ),
    Person("LAMAR", "Ruth Abernathy", "+15125550186", "", ("A-015",), balance_cents=8900),
    Person(
        "LAMAR",
        "Caleb Stone",
        "+15125550199",
        "caleb.stone@example.com",
        ("C-217",),
        balance_cents=17800,
        story=(
            *_opted_in(90, "12:10"),
            Step(
                "office",
                "Hi Caleb, your new gate card is ready whenever you are.",
                days=60,
                clock="13:00",
            ),
            Step("number", "+15125550190", days=6, clock="10:40"),
        ),
    ),
    Person(
        "LAMAR",
        "",
        "+15125550108",
        story=(
            Step("texts", "Do you have climate controlled units? How much for a 5x10?", minutes=95),
        ),
    ),
)
HARBOR: Final = (
    Person(
        "HARBOR",
        "Nora Pelletier",
        "+12075550121",
        "nora.pelletier@example.com",
        ("114",),
        balance_cents=13200,
        autopay_method="bank",
        story=(
            *_opted_in(55, "11:00"),
            Step(
                "office",
                "Hi Nora, the snow plow needs the lane by 114 clear on Friday.",
                days=15,
                clock="14:02",
            ),
            Step("texts", "No problem, I'll move the trailer Thursday.", days=15, clock="14:30"),
            Step("office", "Much appreciated!", days=15, clock="14:33"),
            Step("texts", "My lock is frozen, can someone help me this afternoon?", minutes=11),
        ),
    ),
    Person(
        "HARBOR",
        "Samuel Ouellette",
        "+12075550138",
        "sam.ouellette@example.com",
        ("201",),
        balance_cents=9400,
        story=(
            *_opted_in(80, "15:10"),
            Step("texts", "Can I pay at the desk on Saturday?", days=7, clock="12:40"),
            Step("office", "Yes, Sam, we are here from 9 to 4.", days=7, clock="12:52"),
        ),
    ),
    Person(
        "HARBOR",
        "Claire Ouellette",
        "+12075550138",
        "claire.ouellette@example.com",
        ("202",),
        since_days=190,
        story=(Step("shared", days=188, clock="12:00"),),
    ),
    Person(
        "HARBOR",
        "Ezra Doucette",
        "+12075550164",
        "ezra.doucette@example.com",
        ("305",),
        balance_cents=0,
        story=(
            *_opted_in(140, "10:20"),
            Step("moves_out", days=4, clock="17:00"),
        ),
    ),
    Person("HARBOR", "Lena Michaud", "", "lena.michaud@example.com", ("118",), balance_cents=7700),
    Person(
        "HARBOR",
        "Porter & Sons Marine LLC",
        "+12075550180",
        "office@portermarine.example.com",
        ("401", "402"),
        balance_cents=38600,
        story=(
            *_opted_in(65, "13:30", "statements notices"),
            Step("revoked", "phone", days=10, clock="09:15"),
        ),
    ),
)
PEOPLE: Final = (*LAMAR, *HARBOR)
