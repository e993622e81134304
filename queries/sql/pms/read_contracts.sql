-- Every contract term of a practice, without the practice's id. Grain: one row each.
select
    contract_id, from_on, to_on, uda_value_pence, uda_target
from contracts
where practice_id = $practice_id
order by contract_id, from_on
