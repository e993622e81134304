-- Keep a day's list of a practice. Grain: one row for each status, age band, provider, payor and assignee.
insert into daily_figures
with listed as (
    select
        opportunities.*,
        age_band($today::date - opportunities.opened_on) as band,
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today) as status,
        care_states.assigned_to as assignee_id
    from listing.opportunities
    left join care_states on care_states.practice_id = opportunities.practice_id
        and care_states.opportunity_id = opportunities.opportunity_id
    where opportunities.practice_id = $practice_id and opportunities.today = $today::date
)
select
    practice_id, $today::date, status, band, provider_id, payor_id, assignee_id,
    count(*), sum(value_pence), coalesce(sum(uda), 0), sum(worth_pence)
from listed
group by practice_id, status, band, provider_id, payor_id, assignee_id
order by status, band, provider_id, payor_id, assignee_id
