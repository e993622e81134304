-- What is to be expected of what is still to be booked at a practice: how many of those that have a chance, and what they
-- are worth. Grain: one row. The kept list must be fresh.
select
    count(*) as opportunities,
    coalesce(sum(chances.chance), 0)::double as booked,
    coalesce(sum(opportunities.worth_pence), 0)::bigint as worth_pence,
    coalesce(sum(opportunities.worth_pence * chances.chance), 0)::double as booked_worth_pence
from listing.opportunities
join chances on chances.practice_id = opportunities.practice_id
    and chances.opportunity_id = opportunities.opportunity_id
left join care_states on care_states.practice_id = opportunities.practice_id
    and care_states.opportunity_id = opportunities.opportunity_id
where opportunities.practice_id = $practice_id and opportunities.today = $today::date
    and list_contains(
        $statuses::text[],
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today)
    )
order by count(*)
