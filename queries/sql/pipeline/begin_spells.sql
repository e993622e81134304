-- Begin a spell for what is new on a practice's list. Grain: one row for each opportunity.
-- When the practice's history begins, only what leaves the days of grace on that day is known to be new.
insert into spells
select
    opportunities.practice_id, opportunities.opportunity_id, $today::date,
    not $is_beginning or opportunities.opened_on = $today::date - $grace_days::integer,
    opportunities.patient_id, opportunities.provider_id, opportunities.payor_id, opportunities.opened_on, $today::date,
    listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today),
    null, null,
    opportunities.value_pence, opportunities.uda, opportunities.worth_pence,
    opportunities.value_pence, opportunities.uda, opportunities.worth_pence
from listing.opportunities
left join care_states on care_states.practice_id = opportunities.practice_id
    and care_states.opportunity_id = opportunities.opportunity_id
left join spells on spells.practice_id = opportunities.practice_id
    and spells.opportunity_id = opportunities.opportunity_id and spells.listed_to is null
where opportunities.practice_id = $practice_id and opportunities.today = $today::date
    and spells.opportunity_id is null
