"""The views that typed SQL may read, with each column in words: what docs/explore.md and the page show."""

from __future__ import annotations

PRACTICE = "The practice's name"
PATIENT = "The PMS's id of the patient"
OPPORTUNITY = "As in opportunities: the PMS's id of the course, or of the first course of a pathway"
PROVIDER = "Initials of the provider"
NUMBER = "The number of the course of treatment"

VIEWS: dict[str, tuple[str, dict[str, str]]] = {
    "opportunities": (
        "What the page Opportunities can list today, whatever its status: a row for each opportunity",
        {
            "practice": PRACTICE,
            "opportunity_id": "The PMS's id of the course, or of the first course of a pathway",
            "patient_id": PATIENT,
            "cot_number": NUMBER,
            "provider": PROVIDER,
            "payor": "The payor's name",
            "payor_kind": "nhs, private, plan or insurance",
            "opened_on": "The day the course was opened",
            "days_open": "Days from then until today",
            "last_updated_on": "The day the course was last changed in the PMS",
            "status": "open, contacted, snoozed, booked or rejected",
            "snoozed_until": "The day a snooze ends",
            "reject_reason": "Why it was rejected",
            "assigned_to": "The name of whoever works it",
            "attempts": "How often somebody tried to reach the patient about it",
            "last_attempt_on": "The day of the last try",
            "last_contact_on": "The day of the last contact",
            "reason": "no_visit, visit_not_linked or booked_too_far_ahead",
            "next_visit_on": "The patient's next visit, where there is one",
            "is_partly_done": "Whether some of its treatment is done",
            "value_pounds": "Private value left",
            "uda": "UDAs left; none where it is no NHS course",
            "charge_pounds": "The patient charge due",
            "worth_pounds": "Private value, UDAs at the contract's value and tariffs together",
        },
    ),
    "patients": (
        "The patients, without names, addresses and numbers: a row for each patient",
        {
            "practice": PRACTICE,
            "patient_id": PATIENT,
            "household_id": "The PMS's id of the household",
            "is_active": "Whether the PMS has the patient as active",
            "is_do_not_contact": "Whether the PMS says not to contact them",
            "has_mobile": "Whether there is a mobile number",
            "has_phone": "Whether there is any number",
            "has_email": "Whether there is an e-mail address",
            "preferred_contact": "phone, email or sms",
            "is_email_allowed": "What the PMS says; empty where it says nothing",
            "is_sms_allowed": "What the PMS says; empty where it says nothing",
            "is_marketing_allowed": "What the PMS says; empty where it says nothing",
        },
    ),
    "courses": (
        "All courses of treatment as the PMS has them: a row for each course",
        {
            "practice": PRACTICE,
            "course_id": "The PMS's id of the course",
            "patient_id": PATIENT,
            "cot_number": NUMBER,
            "provider": PROVIDER,
            "payor": "The payor's name",
            "payor_kind": "nhs, private, plan or insurance",
            "opened_on": "The day it was opened",
            "started_on": "The day treatment began",
            "completed_on": "The day it was completed",
            "last_updated_on": "The day it was last changed in the PMS",
            "is_active": "False: made inactive in the chart",
            "is_deleted": "Whether it was deleted in the PMS",
            "absent_since": "The day from which a full extract no longer had it",
            "band": "The NHS band",
            "uda": "UDAs that the PMS states",
            "uda_done": "UDAs done already",
            "pathway": "pathway 1, 2 or 3",
            "claim_number": "Which claim of the pathway it is",
            "suspended_on": "The day a pathway was suspended",
        },
    ),
    "treatment_items": (
        "What is planned or done on courses: a row for each item",
        {
            "practice": PRACTICE,
            "treatment_item_id": "The PMS's id of the item",
            "course_id": "The PMS's id of the course",
            "code": "The PMS's code of the treatment",
            "description": "The treatment",
            "charged_to": "nhs, private or plan",
            "price_pounds": "Its price",
            "completed_on": "The day it was done",
            "is_deleted": "Whether it was deleted in the PMS",
        },
    ),
    "appointments": (
        "The appointment book: a row for each appointment",
        {
            "practice": PRACTICE,
            "appointment_id": "The PMS's id of the appointment",
            "patient_id": PATIENT,
            "course_id": "The course it is linked to, where it is",
            "provider": PROVIDER,
            "starts_at": "When it starts, at the practice",
            "starts_on": "Its day",
            "minutes": "How long it is",
            "status": "booked, confirmed, arrived, pending, cancelled, failed, waiting_list or completed",
        },
    ),
    "bookings": (
        "The visits that were booked here: a row for each visit",
        {
            "practice": PRACTICE,
            "booking_id": "The id of the visit",
            "opportunity_id": OPPORTUNITY,
            "patient_id": PATIENT,
            "provider": PROVIDER,
            "starts_at": "When it starts, at the practice",
            "starts_on": "Its day",
            "minutes": "How long it is",
            "state": "to enter (in the PMS), entered, confirmed (by an import), conflict or cancelled",
            "appointment_id": "The PMS's id of the appointment, once an import has it",
            "person": "Who booked it; The patient: by a link",
            "made_at": "When it was booked, at the practice",
            "made_on": "The day on which it was booked",
        },
    ),
    "booking_links": (
        "The links by which patients book, without the links themselves: a row for each link",
        {
            "practice": PRACTICE,
            "opportunity_id": OPPORTUNITY,
            "patient_id": PATIENT,
            "message_id": "The message that carries it, where one does",
            "made_at": "When it was made, at the practice",
            "made_on": "The day on which it was made",
            "expires_at": "Until when it can be used, at the practice",
            "opened_at": "When the patient opened it, at the practice",
            "used_at": "When it was used, at the practice",
            "used_for": "booked, later, declined or call",
            "booking_id": "The visit that was booked by it",
            "revoked_why": "Why it can be used no more: booked, rejected or replaced",
        },
    ),
    "events": (
        "What was done about opportunities, without the notes: a row for each event",
        {
            "practice": PRACTICE,
            "event_id": "A number that rises with time",
            "opportunity_id": OPPORTUNITY,
            "patient_id": PATIENT,
            "kind": "attempted, contacted, assigned, snoozed, rejected, restored, booked, returned, noted, undone ...",
            "how": "The outcome of a call, or the channel of a contact",
            "reason": "Why it was rejected or snoozed",
            "person": "Who did it",
            "is_undone": "Whether it was taken back by Undo, or because its message did not arrive",
            "happened_at": "When, at the practice",
            "happened_on": "The day",
        },
    ),
    "messages": (
        "What was sent, without addresses and texts: a row for each message and opportunity it was about",
        {
            "practice": PRACTICE,
            "message_id": "The id of the message",
            "opportunity_id": OPPORTUNITY,
            "patient_id": PATIENT,
            "channel": "email or sms",
            "kind": "service or marketing",
            "template": "The template's name when it was written",
            "state": "queued, sending, sent, delivered, opened, bounced, failed, unknown or cancelled",
            "queued_at": "When it was written, at the practice",
            "sent_at": "When it left, at the practice",
        },
    ),
    "providers": (
        "Who treats: a row for each provider",
        {
            "practice": PRACTICE,
            "provider": PROVIDER,
            "name": "The provider's name",
            "role": "dentist, hygienist, therapist or other",
            "is_active": "Whether they still treat here",
        },
    ),
}
"""Each view: what it is, and its columns."""

EXAMPLES = {
    "Which treatment is waiting": """\
select description, sum(price_pounds) as price_pounds, count(*) as items
from treatment_items
join opportunities on opportunities.opportunity_id = treatment_items.course_id
    and opportunities.practice = treatment_items.practice
where treatment_items.completed_on is null and not treatment_items.is_deleted
group by description
order by price_pounds desc""",
    "Who rang, week by week": """\
select date_trunc('week', happened_on)::date as week, person, count(*) as calls
from events
where kind = 'attempted' and not is_undone and happened_on >= practice_today() - 90
group by week, person
order by week, person""",
    "What became of booking links": """\
select made_on, count(*) as links, count(opened_at) as opened, count(*) filter (where used_for = 'booked') as booked
from booking_links
group by made_on
order by made_on""",
    "Visits that patients missed": """\
select provider, count(*) as missed
from appointments
where status = 'failed' and starts_on >= practice_today() - 365
group by provider
order by missed desc""",
}
"""Questions to begin with."""
