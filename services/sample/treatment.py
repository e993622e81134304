"""What the sample practice plans for its patients: items with their fees, gathered into visits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of treatment; charged to the NHS, to the patient (private) or to a plan."""

    code: str
    description: str
    price_pence: int
    charged_to: str = "private"


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to plan: who does it (dentist, hygiene or implants), how long, and how long after the one before."""

    role: str
    minutes: int
    items: tuple[Item, ...]
    interval_days: int | None = None


Plan = tuple[Visit, ...]

EXAM = Item("EXAM", "Examination", 58_00)
EMERGENCY = Item("EMER", "Emergency appointment", 95_00)
HYGIENE = Item("HYG", "Hygiene visit", 68_00)
LONG_HYGIENE = Item("PERIO", "Gum treatment", 145_00)
WHITE_FILLING = Item("COMP", "White filling", 135_00)
LARGE_FILLING = Item("COMPL", "White filling, large", 185_00)
BONDING = Item("BOND", "Composite bonding", 240_00)
CROWN = Item("CRPFM", "Crown, porcelain bonded", 640_00)
CERAMIC_CROWN = Item("CRZIR", "Crown, all-ceramic", 750_00)
ROOT_CANAL = Item("RCTM", "Root canal treatment, molar", 590_00)
SMALL_ROOT_CANAL = Item("RCTA", "Root canal treatment, front tooth", 420_00)
IMPLANT = Item("IMP", "Dental implant", 1_750_00)
IMPLANT_CROWN = Item("IMPCR", "Implant crown", 1_150_00)
BRIDGE_UNIT = Item("BRU", "Bridge unit", 690_00)
WHITENING = Item("WHT", "Tooth whitening", 350_00)
DENTURE = Item("DENT", "Denture, acrylic", 780_00)
CHROME_DENTURE = Item("DENTC", "Denture, cobalt chrome", 1_350_00)
ALIGNERS = Item("ALIG", "Clear aligners, stage", 820_00)
VENEER = Item("VEN", "Porcelain veneer", 780_00)
NIGHT_GUARD = Item("GUARD", "Night guard", 295_00)
EXTRACTION = Item("EXT", "Extraction", 185_00)
REVIEW = Item("REV", "Review", 0)

NHS_EXAM = Item("N-EXAM", "NHS examination", 0, "nhs")
NHS_URGENT = Item("N-URG", "NHS urgent treatment", 0, "nhs")
NHS_SCALE = Item("N-SCALE", "NHS scale and polish", 0, "nhs")
NHS_FILLING = Item("N-FILL", "NHS filling", 0, "nhs")
NHS_EXTRACTION = Item("N-EXT", "NHS extraction", 0, "nhs")
NHS_ROOT_CANAL = Item("N-RCT", "NHS root canal treatment", 0, "nhs")
NHS_CROWN = Item("N-CRN", "NHS crown", 0, "nhs")
NHS_DENTURE = Item("N-DENT", "NHS denture", 0, "nhs")
NHS_STABILISING = Item("N-STAB", "NHS stabilising visit", 0, "nhs")

NHS_BANDS = {"1": 10, "2a": 56, "2b": 13, "2c": 6, "3": 15}
"""The share of each band among NHS courses that do not end on the day of the examination."""


def covered(item: Item) -> Item:
    """Return the item as the patient's plan pays it."""
    return replace(item, charged_to="plan")


def nhs(rng: Random, band: str) -> Plan:
    """Plan an NHS course of a band, with private work beside it now and then."""
    if band == "1":
        visits = [Visit("hygiene", 20, (NHS_SCALE,))]
    elif band == "2a":
        work = rng.choices((NHS_FILLING, NHS_EXTRACTION), (4, 1))[0]
        visits = [Visit("dentist", 30, (work,) * rng.choice((1, 1, 2)))]
    elif band == "2b":
        visits = [
            Visit("dentist", 40, (NHS_FILLING,) * 2),
            Visit("dentist", 40, (NHS_FILLING,) * rng.choice((1, 2)), 7),
        ]
    elif band == "2c":
        visits = [Visit("dentist", 60, (NHS_ROOT_CANAL,)), Visit("dentist", 40, (NHS_FILLING,), 14)]
    elif rng.random() < 0.55:
        visits = [Visit("dentist", 50, (NHS_CROWN,)), Visit("dentist", 30, (REVIEW_OF_NHS,), 14)]
    else:
        visits = [Visit("dentist", 30, (NHS_STABILISING,))]
        visits += [Visit("dentist", 30, (REVIEW_OF_NHS,), 7) for _ in range(rng.choice((1, 2)))]
        visits += [Visit("dentist", 30, (NHS_DENTURE,), 7)]
    if band != "1":
        beside = rng.random()
        if beside < 0.12:
            visits.append(Visit("hygiene", 30, (HYGIENE,)))
        elif beside < 0.22:
            visits[0] = replace(visits[0], items=(*visits[0].items, WHITE_FILLING))
        elif beside < 0.25:
            visits.append(Visit("dentist", 30, (WHITENING,), 14))
        elif beside < 0.27:
            visits.append(Visit("dentist", 60, (CERAMIC_CROWN,), 14))
    return tuple(visits)


REVIEW_OF_NHS = replace(REVIEW, charged_to="nhs")


def private(rng: Random) -> Plan:
    """Plan a private course: mostly fillings and crowns, now and then something of thousands."""
    plans = list(PRIVATE)
    plan = rng.choices(plans, [PRIVATE[one] for one in plans])[0](rng)
    if rng.random() < 0.22:
        plan = (*plan, Visit("hygiene", 30, (HYGIENE,)))
    return plan


def member(rng: Random, payor_id: str) -> Plan:
    """Plan the course of a plan member: care is covered, laboratory work and cosmetics are not."""
    if rng.random() < 0.42:
        return private(rng)
    if payor_id == "riverside" or rng.random() < 0.35:
        visits = [Visit("hygiene", 30, (covered(HYGIENE),))]
        if rng.random() < 0.5:
            visits.append(Visit("dentist", 40, (WHITE_FILLING,) * rng.choice((1, 1, 2))))
        return tuple(visits)
    return (Visit("dentist", 40, (covered(WHITE_FILLING),) * rng.choice((1, 1, 2))),)


def _fillings(rng: Random) -> Plan:
    number = rng.choices((1, 2, 3, 4), (48, 30, 14, 8))[0]
    work = [rng.choices((WHITE_FILLING, LARGE_FILLING), (65, 35))[0] for _ in range(number)]
    first = Visit("dentist", 40, tuple(work[:2]))
    return (first, Visit("dentist", 40, tuple(work[2:]), 7)) if number > 2 else (first,)


def _crowns(rng: Random) -> Plan:
    crown = rng.choice((CROWN, CERAMIC_CROWN))
    number = rng.choices((1, 2, 3), (80, 16, 4))[0]
    return (Visit("dentist", 60, (crown,) * number), Visit("dentist", 30, (REVIEW,), 14))


def _root_canal(rng: Random) -> Plan:
    if rng.random() < 0.4:
        return (Visit("dentist", 70, (SMALL_ROOT_CANAL,)),)
    visits = [Visit("dentist", 90, (ROOT_CANAL,)), Visit("dentist", 30, (REVIEW,), 7)]
    if rng.random() < 0.6:
        visits.append(Visit("dentist", 60, (CROWN,), 21))
    return tuple(visits)


def _implants(rng: Random) -> Plan:
    number = rng.choices((1, 2, 3, 4, 6), (66, 20, 8, 4, 2))[0]
    return (
        Visit("implants", 90, (IMPLANT,) * number),
        Visit("implants", 20, (REVIEW,), 10),
        Visit("implants", 60, (IMPLANT_CROWN,) * number, 84),
    )


def _bridge(rng: Random) -> Plan:
    return (Visit("dentist", 90, (BRIDGE_UNIT,) * rng.choice((2, 3, 3, 4))), Visit("dentist", 40, (REVIEW,), 14))


def _whitening(_: Random) -> Plan:
    return (Visit("dentist", 30, (WHITENING,)), Visit("dentist", 20, (REVIEW,), 14))


def _denture(rng: Random) -> Plan:
    visits = [Visit("dentist", 30, (REVIEW,), 7 if number else None) for number in range(rng.choice((2, 3)))]
    return (*visits, Visit("dentist", 40, (rng.choices((DENTURE, CHROME_DENTURE), (60, 40))[0],), 7))


def _aligners(rng: Random) -> Plan:
    return tuple(Visit("dentist", 40, (ALIGNERS,), 42 if number else None) for number in range(rng.choice((3, 4, 5))))


def _bonding(rng: Random) -> Plan:
    return (Visit("dentist", 60, (BONDING,) * rng.choice((1, 2, 2, 4, 6))),)


def _veneers(rng: Random) -> Plan:
    return (Visit("dentist", 90, (VENEER,) * rng.choice((2, 4, 4, 6))), Visit("dentist", 60, (REVIEW,), 14))


def _night_guard(_: Random) -> Plan:
    return (Visit("dentist", 30, (NIGHT_GUARD,)), Visit("dentist", 20, (REVIEW,), 14))


def _extraction(_: Random) -> Plan:
    return (Visit("dentist", 40, (EXTRACTION,)),)


def _gums(rng: Random) -> Plan:
    return tuple(Visit("hygiene", 50, (LONG_HYGIENE,), 7 if number else None) for number in range(rng.choice((2, 4))))


PRIVATE: dict[Callable[[Random], Plan], int] = {
    _fillings: 36,
    _crowns: 16,
    _root_canal: 8,
    _night_guard: 7,
    _whitening: 7,
    _gums: 6,
    _bonding: 6,
    _extraction: 5,
    _denture: 4,
    _implants: 3,
    _bridge: 2,
    _aligners: 2,
    _veneers: 1,
}
"""The share of each kind of private course."""
