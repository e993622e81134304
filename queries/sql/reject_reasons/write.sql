-- Add reasons of a practice. Grain of `staged`: one row for each.
insert into reject_reasons (practice_id, reason, position)
select practice_id, reason, position
from staged
