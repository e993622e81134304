-- Add lines of history. Grain of `staged`: one row for each event.
insert into events (
    practice_id, opportunity_id, patient_id, kind, by_user, happened_at, note, before, after, action_id, undoes
)
select practice_id, opportunity_id, patient_id, kind, by_user, happened_at, note, before, after, action_id, undoes
from staged
order by happened_at
