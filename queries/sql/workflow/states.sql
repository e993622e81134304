-- What people did about the opportunities of a practice. Grain: one row for each opportunity that anybody touched.
select
    opportunity_id, status, snoozed_until, snooze_reason, reject_reason, assigned_to, attempts, last_attempt_at,
    last_contact_at, booked_on, needs_action_since, needs_action_why, link_sent_at, link_opened_at, version, changed_by,
    changed_at
from care_states
where practice_id = $practice_id
order by opportunity_id
