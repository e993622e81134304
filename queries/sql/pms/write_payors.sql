-- Add or change the staged rows of a practice. Grain of `staged`: one row for each payor.
insert into payors (
    practice_id,
    payor_id, name, kind
)
select
    $practice_id,
    payor_id, name, kind
from staged
on conflict (practice_id, payor_id) do update set
    name = excluded.name,
    kind = excluded.kind
