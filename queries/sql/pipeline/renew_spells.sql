-- Bring the spells of what is on a practice's list up to the day where they differ; one that ended on this very day goes
-- on. Most do not differ, and to write a spell anew takes long.
update spells
set
    patient_id = listed.patient_id,
    provider_id = listed.provider_id,
    payor_id = listed.payor_id,
    last_status = listed.status,
    listed_to = null,
    left_why = null,
    first_value_pence = case when listed_from = $today::date then listed.value_pence else first_value_pence end,
    first_uda = case when listed_from = $today::date then listed.uda else first_uda end,
    first_worth_pence = case when listed_from = $today::date then listed.worth_pence else first_worth_pence end,
    last_value_pence = listed.value_pence,
    last_uda = listed.uda,
    last_worth_pence = listed.worth_pence
from (
    select
        opportunities.opportunity_id, opportunities.patient_id, opportunities.provider_id, opportunities.payor_id,
        opportunities.value_pence, opportunities.uda, opportunities.worth_pence,
        listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today) as status
    from listing.opportunities
    left join care_states on care_states.practice_id = opportunities.practice_id
        and care_states.opportunity_id = opportunities.opportunity_id
    where opportunities.practice_id = $practice_id and opportunities.today = $today::date
) as listed
where spells.practice_id = $practice_id
    and spells.opportunity_id = listed.opportunity_id
    and (spells.listed_to is null or spells.listed_to = $today::date)
    and (
        spells.patient_id, spells.provider_id, spells.payor_id, spells.last_status, spells.listed_to, spells.left_why,
        spells.last_value_pence, spells.last_uda, spells.last_worth_pence
    ) is distinct from (
        listed.patient_id, listed.provider_id, listed.payor_id, listed.status, null::date, null::text,
        listed.value_pence, listed.uda, listed.worth_pence
    )
