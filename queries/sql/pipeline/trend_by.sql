-- How the lists of practices stood on each day by status, age, provider, payor or assignee.
-- Grain: one row for each day and key; payors of the same name are one.
with keyed as (
    select
        figures.day, figures.opportunities, figures.value_pence, figures.uda, figures.worth_pence,
        case $what
            when 'status' then figures.status
            when 'age' then figures.age_band
            when 'provider' then figures.practice_id || '/' || figures.provider_id
            when 'payor' then payors.name
            else figures.assignee_id
        end as key,
        case $what
            when 'status' then figures.status
            when 'age' then figures.age_band
            when 'provider' then coalesce(nullif(providers.name, ''), providers.initials, figures.provider_id, 'No provider')
            when 'payor' then coalesce(payors.name, 'No payor')
            else coalesce(users.name, figures.assignee_id, 'Nobody')
        end as name,
        case $what when 'provider' then practices.name end as practice
    from daily_figures as figures
    join practices on practices.practice_id = figures.practice_id
    left join providers on providers.practice_id = figures.practice_id and providers.provider_id = figures.provider_id
    left join payors on payors.practice_id = figures.practice_id and payors.payor_id = figures.payor_id
    left join users on users.user_id = figures.assignee_id
    where list_contains($practice_ids, figures.practice_id)
        and list_contains($statuses, figures.status)
        and figures.day between $from_day::date and $to_day::date
)
select
    day, coalesce(key, '') as key, name, practice,
    sum(opportunities)::integer as opportunities,
    sum(value_pence)::bigint as value_pence,
    sum(uda)::double as uda,
    sum(worth_pence)::bigint as worth_pence
from keyed
group by day, key, name, practice
order by day, value_pence desc, key
