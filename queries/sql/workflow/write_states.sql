-- Add or change the state of opportunities, with the patient of each. Grain of `staged`: one row for each opportunity.
insert into care_states (
    practice_id, opportunity_id, patient_id, status, snoozed_until, snooze_reason, reject_reason, assigned_to, attempts,
    last_attempt_at, last_contact_at, booked_on, needs_action_since, needs_action_why, link_sent_at, link_opened_at,
    version, changed_by, changed_at
)
select
    staged.practice_id, staged.opportunity_id, courses.patient_id, staged.status, staged.snoozed_until,
    staged.snooze_reason, staged.reject_reason, staged.assigned_to, staged.attempts, staged.last_attempt_at,
    staged.last_contact_at, staged.booked_on, staged.needs_action_since, staged.needs_action_why,
    staged.link_sent_at, staged.link_opened_at, 1, staged.changed_by, staged.changed_at
from staged
left join courses on courses.practice_id = staged.practice_id and courses.course_id = staged.opportunity_id
on conflict (practice_id, opportunity_id) do update set
    patient_id = excluded.patient_id,
    status = excluded.status,
    snoozed_until = excluded.snoozed_until,
    snooze_reason = excluded.snooze_reason,
    reject_reason = excluded.reject_reason,
    assigned_to = excluded.assigned_to,
    attempts = excluded.attempts,
    last_attempt_at = excluded.last_attempt_at,
    last_contact_at = excluded.last_contact_at,
    booked_on = excluded.booked_on,
    needs_action_since = excluded.needs_action_since,
    needs_action_why = excluded.needs_action_why,
    link_sent_at = excluded.link_sent_at,
    link_opened_at = excluded.link_opened_at,
    version = care_states.version + 1,
    changed_by = excluded.changed_by,
    changed_at = excluded.changed_at
