-- The providers that practices have courses of. Grain: one row for each provider of each practice.
select
    providers.practice_id || '/' || providers.provider_id as provider_key,
    providers.initials, providers.name, practices.name as practice
from providers
join practices on practices.practice_id = providers.practice_id
where list_contains($practice_ids, providers.practice_id)
order by providers.initials, practices.name, providers.provider_id
