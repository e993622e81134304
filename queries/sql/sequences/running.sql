-- Where each patient in a sequence is, whose next step comes first. Grain: one row for each opportunity in a sequence.
select
    sequence_runs.run_id, sequence_runs.practice_id, sequence_runs.sequence_id, sequences.name as sequence,
    sequence_runs.opportunity_id, sequence_runs.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient, courses.cot_number,
    sequence_runs.started_by, coalesce(users.name, sequence_runs.started_by) as started_by_name,
    sequence_runs.started_at, sequence_runs.started_on, sequence_runs.steps, sequence_runs.next_step,
    sequence_runs.next_on
from sequence_runs
join sequences on sequences.practice_id = sequence_runs.practice_id
    and sequences.sequence_id = sequence_runs.sequence_id
left join patients on patients.practice_id = sequence_runs.practice_id
    and patients.patient_id = sequence_runs.patient_id
left join courses on courses.practice_id = sequence_runs.practice_id
    and courses.course_id = sequence_runs.opportunity_id
left join users on users.user_id = sequence_runs.started_by
where sequence_runs.ended_at is null and list_contains($practice_ids::text[], sequence_runs.practice_id)
    and ($until::date is null or sequence_runs.next_on <= $until::date)
order by sequence_runs.next_on, patient, sequence_runs.run_id
