-- Every provider of a practice, without the practice's id. Grain: one row each.
select
    provider_id, name, initials, role, contract_id, is_active, is_online_bookable
from providers
where practice_id = $practice_id
order by provider_id
