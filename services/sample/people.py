"""The people of the sample practice: names, households and contact details, none of them anybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from services.actors import Role
from services.sample.names import COMMUNITIES, Community
from services.sample.records import Patient
from services.search_text import normalised, patient_text

CONTRACT = "nhs-1"


@dataclass(frozen=True, slots=True)
class Provider:
    """A row of providers, with the working weekdays and the share of the patients."""

    provider_id: str
    name: str
    initials: str
    role: str
    weekdays: tuple[int, ...]
    nhs_weight: int
    other_weight: int
    contract_id: str | None = CONTRACT
    is_active: bool = True
    is_online_bookable: bool = True


PROVIDERS = (
    Provider("1", "Sarah Bennett", "SB", "dentist", (0, 1, 2, 3), 4, 38),
    Provider("2", "Daniel Okoro", "DO", "dentist", (0, 1, 2, 3, 4), 29, 15),
    Provider("3", "Mei-Ling Chan", "MC", "dentist", (0, 1, 3, 4), 23, 21),
    Provider("4", "Rhys Llewellyn", "RL", "dentist", (1, 2, 3, 4), 19, 18),
    Provider("5", "Aisha Rahman", "AR", "dentist", (0, 1, 2, 3), 23, 8, is_online_bookable=False),
    Provider("6", "Joanna Kowalska", "JK", "hygienist", (0, 1, 2), 0, 0, contract_id=None),
    Provider("7", "Ewan Fraser", "EF", "therapist", (2, 3, 4), 0, 0, contract_id=None, is_online_bookable=False),
)
DENTISTS = [provider for provider in PROVIDERS if provider.role == "dentist"]


@dataclass(frozen=True, slots=True)
class Payor:
    """A row of payors, with the share of the households."""

    payor_id: str
    name: str
    kind: str
    weight: int


PAYORS = (
    Payor("nhs", "NHS", "nhs", 67),
    Payor("private", "Private", "private", 17),
    Payor("denplan", "Denplan", "plan", 8),
    Payor("riverside", "Riverside Care Plan", "plan", 5),
    Payor("bupa", "Bupa", "insurance", 3),
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A row of users and of pms_users; a clinician is one of the providers."""

    user_id: str
    name: str
    pms_user_id: str
    role: Role = Role.RECEPTION
    provider_id: str | None = None
    is_active: bool = True


AMARA = Colleague("sample-amara", "Amara Nwosu", "AN")
CHLOE = Colleague("sample-chloe", "Chloe Evans", "CE")
PRIYA = Colleague("sample-priya", "Priya Shah", "PS")
TOM = Colleague("sample-tom", "Tom Hughes", "TH", Role.MANAGER)
BEN = Colleague("sample-dentist", PROVIDERS[0].name, PROVIDERS[0].initials, Role.CLINICIAN, PROVIDERS[0].provider_id)
STAFF = (AMARA, CHLOE, PRIYA, TOM, BEN)

HYGIENE = ("6", "7")
IMPLANTS = "1"

HOUSEHOLD_SIZES = ((1, 45), (2, 26), (3, 12), (4, 12), (5, 5))
DOMAINS = ("example.com", "example.com", "example.com", "example.org", "example.net")


def patients(rng: Random, *, number: int, first: date, today: date) -> list[Patient]:
    """Make so many patients, household by household."""
    weights = [community.weight for community in COMMUNITIES]
    made: list[Patient] = []
    while len(made) < number:
        community = rng.choices(COMMUNITIES, weights)[0]
        made += _household(rng, community, start=len(made), first=first, today=today)
    return made[:number]


def _household(rng: Random, community: Community, *, start: int, first: date, today: date) -> list[Patient]:
    """Make the people of one address: a landline or none, children on a parent's mobile and e-mail."""
    size = rng.choices([size for size, _ in HOUSEHOLD_SIZES], [weight for _, weight in HOUSEHOLD_SIZES])[0]
    family = rng.choice(community.families)
    landline = _landline(rng) if rng.random() < 0.42 else None
    payor = rng.choices(PAYORS, [payor.weight for payor in PAYORS])[0]
    shares = [one.nhs_weight if payor.kind == "nhs" else one.other_weight for one in DENTISTS]
    dentist = rng.choices(DENTISTS, shares)[0]
    joined_on = first - timedelta(days=1)
    if rng.random() < 0.2:
        joined_on = first + timedelta(days=rng.randrange((today - first).days))
    left_on = date.max
    if rng.random() < 0.05:
        left_on = joined_on + timedelta(days=rng.randrange(60, 1200))
    household: list[Patient] = []
    for place in range(size):
        is_child = place >= 2
        is_woman = rng.random() < 0.52 if place != 1 else household[0].title == "Mr"
        first_name = rng.choice(community.women if is_woman else community.men)
        last_name = family if rng.random() < 0.9 else rng.choice(community.families)
        parent = household[0] if is_child else None
        mobile = parent.mobile if parent else (_mobile(rng) if rng.random() < 0.88 else None)
        email = parent.email if parent else (_email(rng, first_name, last_name) if rng.random() < 0.74 else None)
        if place == 1 and household[0].email and rng.random() < 0.2:
            email = household[0].email
        phone = landline
        if place == 0 and not mobile and not phone and rng.random() < 0.6:
            phone = _landline(rng)
        household.append(
            Patient(
                patient_id=str(10001 + start + place),
                title=_title(rng, is_woman, is_child),
                first_name=first_name,
                last_name=last_name,
                household_id=f"H{10001 + start}" if size > 1 else None,
                mobile=mobile,
                phone=phone,
                email=email,
                preferred_contact=rng.choices(("phone", "sms", "email", None), (24, 20, 10, 46))[0],
                is_email_allowed=rng.choices((True, False, None), (66, 9, 25))[0],
                is_sms_allowed=rng.choices((True, False, None), (70, 7, 23))[0],
                is_marketing_allowed=rng.choices((True, False, None), (24, 36, 40))[0],
                is_do_not_contact=rng.random() < 0.015,
                is_charge_exempt=True if is_child else rng.choices((True, False, None), (17, 76, 7))[0],
                is_active=left_on > today,
                search_text=patient_text(
                    first_name=first_name, last_name=last_name, mobile=mobile, phone=phone, email=email
                ),
                payor_id="nhs" if is_child and payor.kind != "plan" else payor.payor_id,
                provider_id=dentist.provider_id,
                recall_days=rng.choices((182, 273, 365, 730), (34, 20, 32, 14))[0],
                joined_on=joined_on,
                left_on=left_on,
            )
        )
    return household


def _title(rng: Random, is_woman: bool, is_child: bool) -> str | None:
    if is_child:
        return rng.choice(("Miss" if is_woman else "Master", None))
    if rng.random() < 0.02:
        return "Dr"
    return rng.choices(("Mrs", "Ms", "Miss"), (50, 25, 25))[0] if is_woman else "Mr"


# Ofcom keeps these ranges for drama: they reach nobody. A thousand numbers each, so strangers share some too.
def _mobile(rng: Random) -> str:
    number = f"900{rng.randrange(1000):03}"
    return rng.choices(("07700 {}", "07700{}", "+44 7700 {}", "07700-{}"), (70, 18, 8, 4))[0].format(number)


def _landline(rng: Random) -> str:
    return rng.choices(("01632 {}", "01632{}", "(01632) {}"), (75, 15, 10))[0].format(f"960{rng.randrange(1000):03}")


def _email(rng: Random, first_name: str, last_name: str) -> str:
    plain_first = normalised(first_name).replace(" ", "")
    plain_last = normalised(last_name).replace(" ", "")
    pattern = rng.choices(("{}.{}", "{}{}", "{}.{}{}", "{}{}{}"), (40, 15, 30, 15))[0]
    return f"{pattern.format(plain_first, plain_last, rng.randrange(1950, 2006))}@{rng.choice(DOMAINS)}"
