-- Keep spells that are made up (the sample practice's). Grain of `staged`: one row for each, with the status that was kept
-- on its last day and what a snooze made of it.
insert into spells
select
    practice_id, opportunity_id, listed_from, is_start_known, patient_id, provider_id, payor_id, opened_on, last_seen_on,
    listing.status_of(status, booked_on, snoozed_until, last_seen_on), listed_to, left_why,
    first_value_pence, first_uda, first_worth_pence, last_value_pence, last_uda, last_worth_pence
from staged
order by listed_from, opportunity_id
