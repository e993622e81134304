-- What is known now about opportunities named by practice and id: state, patient, and whether the kept list has them.
-- Grain: one row for each that is a course of its practice. Not chosen by status: a rejected one is on the kept list too.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
)
select
    named.practice_id, named.opportunity_id, courses.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    coalesce(listed.cot_number, courses.cot_number) as cot_number,
    listed.opportunity_id is not null as is_listed,
    coalesce(care_states.status, 'open') as status,
    listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today) as shown_status,
    care_states.snoozed_until, care_states.snooze_reason, care_states.reject_reason, care_states.assigned_to,
    coalesce(care_states.attempts, 0) as attempts,
    care_states.last_attempt_at, care_states.last_contact_at, care_states.booked_on,
    care_states.needs_action_since, care_states.needs_action_why, care_states.link_sent_at, care_states.link_opened_at,
    coalesce(care_states.version, 0) as version
from named
join courses on courses.practice_id = named.practice_id and courses.course_id = named.opportunity_id
left join patients on patients.practice_id = courses.practice_id and patients.patient_id = courses.patient_id
left join listing.opportunities as listed on listed.practice_id = named.practice_id
    and listed.opportunity_id = named.opportunity_id and listed.today = $today::date
left join care_states on care_states.practice_id = named.practice_id
    and care_states.opportunity_id = named.opportunity_id
order by named.practice_id, named.opportunity_id
