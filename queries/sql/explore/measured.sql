-- The measures of the opportunities that match, by one or two groups. Grain: one row for each group, or pair of groups.
-- A group is the code or the name that the list has; null is "none". Days are counted from the day it was opened.
with matching as (
    select
        opportunities.patient_key, opportunities.value_pence, opportunities.uda, opportunities.worth_pence,
        opportunities.attempts, opportunities.status, opportunities.reason, opportunities.reject_reason,
        opportunities.payor_name, opportunities.payor_kind, opportunities.provider_initials,
        opportunities.assigned_to, opportunities.opened_on, practices.name as practice,
        $today::date - opportunities.opened_on as days_open
    from listing.matching($today::date, $filters) as opportunities
    join practices on practices.practice_id = opportunities.practice_id
),
aged as (
    select
        matching.*,
        case
            when days_open <= 30 then '0-30'
            when days_open <= 60 then '31-60'
            when days_open <= 90 then '61-90'
            when days_open <= 180 then '91-180'
            when days_open <= 365 then '181-365'
            else '366-'
        end as age,
        case when attempts >= 3 then '3-' else coalesce(attempts, 0)::text end as tries,
        substr(opened_on::text, 1, 7) as opened_month
    from matching
),
grouped as (
    select
        case $by
            when 'practice' then practice
            when 'provider' then provider_initials
            when 'payor' then payor_name
            when 'payor_kind' then payor_kind
            when 'assigned_to' then assigned_to
            when 'status' then status
            when 'reason' then reason
            when 'reject_reason' then reject_reason
            when 'age' then age
            when 'opened_month' then opened_month
            when 'tries' then tries
        end as by_group,
        case $split
            when 'practice' then practice
            when 'provider' then provider_initials
            when 'payor' then payor_name
            when 'payor_kind' then payor_kind
            when 'assigned_to' then assigned_to
            when 'status' then status
            when 'reason' then reason
            when 'reject_reason' then reject_reason
            when 'age' then age
            when 'opened_month' then opened_month
            when 'tries' then tries
        end as split_group,
        patient_key, value_pence, uda, worth_pence, attempts
    from aged
)
select
    by_group, split_group,
    count(*) as opportunities,
    count(distinct patient_key) as patients,
    coalesce(sum(value_pence), 0)::bigint as value_pence,
    coalesce(sum(uda), 0)::double as uda,
    coalesce(sum(worth_pence), 0)::bigint as worth_pence,
    coalesce(sum(attempts), 0)::bigint as attempts
from grouped
group by by_group, split_group
order by by_group nulls last, split_group nulls last
