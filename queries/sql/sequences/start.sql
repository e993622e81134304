-- Start sequences. Grain of `staged`: one row for each opportunity.
insert into sequence_runs (
    run_id, practice_id, sequence_id, opportunity_id, patient_id, started_by, started_at, started_on, steps, next_step,
    next_on
)
select
    run_id, practice_id, sequence_id, opportunity_id, patient_id, started_by, started_at, started_on, steps, next_step,
    next_on
from staged
