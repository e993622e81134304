-- Every payor of a practice, without the practice's id. Grain: one row each.
select
    payor_id, name, kind
from payors
where practice_id = $practice_id
order by payor_id
