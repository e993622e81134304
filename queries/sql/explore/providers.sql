-- The view "providers": who treats at practices. Grain: one row for each provider; so many at most.
select
    practices.name as practice,
    providers.initials as provider,
    providers.name,
    providers.role,
    providers.is_active
from providers
join practices on practices.practice_id = providers.practice_id
where list_contains($practice_ids, providers.practice_id)
order by providers.practice_id, providers.initials, providers.provider_id
limit $most
