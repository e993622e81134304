-- Keep a day's list of a practice. Grain: one row for each status, age band, provider, payor and assignee.
insert into daily_figures
select
    practice_id, $today::date, status, age_band($today::date - opened_on) as band, provider_id, payor_id, assignee_id,
    count(*), sum(value_pence), coalesce(sum(uda), 0), sum(worth_pence)
from listing.matching($today, $filters)
group by practice_id, status, age_band($today::date - opened_on), provider_id, payor_id, assignee_id
order by status, band, provider_id, payor_id, assignee_id
