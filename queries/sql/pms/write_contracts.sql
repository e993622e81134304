-- Add or change the staged rows of a practice. Grain of `staged`: one row for each contract term.
insert into contracts (
    practice_id,
    contract_id, from_on, to_on, uda_value_pence, uda_target
)
select
    $practice_id,
    contract_id, from_on, to_on, uda_value_pence, uda_target
from staged
on conflict (practice_id, contract_id, from_on) do update set
    to_on = excluded.to_on,
    uda_value_pence = excluded.uda_value_pence,
    uda_target = excluded.uda_target
