-- Add or change the staged rows of a practice. Grain of `staged`: one row for each provider.
insert into providers (
    practice_id,
    provider_id, name, initials, role, contract_id, is_active, is_online_bookable
)
select
    $practice_id,
    provider_id, name, initials, role, contract_id, is_active, is_online_bookable
from staged
on conflict (practice_id, provider_id) do update set
    name = excluded.name,
    initials = excluded.initials,
    role = excluded.role,
    contract_id = excluded.contract_id,
    is_active = excluded.is_active,
    is_online_bookable = excluded.is_online_bookable
