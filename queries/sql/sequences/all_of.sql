-- The sequences of a practice, with how many patients are in each now. Grain: one row for each that is not removed.
select
    sequences.sequence_id, sequences.name, sequences.steps, sequences.version,
    coalesce(users.name, sequences.changed_by) as changed_by, sequences.changed_at,
    count(sequence_runs.run_id) as running
from sequences
left join users on users.user_id = sequences.changed_by
left join sequence_runs on sequence_runs.practice_id = sequences.practice_id
    and sequence_runs.sequence_id = sequences.sequence_id and sequence_runs.ended_at is null
where sequences.practice_id = $practice_id and not sequences.is_removed
group by
    sequences.sequence_id, sequences.name, sequences.steps, sequences.version, users.name, sequences.changed_by,
    sequences.changed_at
order by sequences.name, sequences.sequence_id
