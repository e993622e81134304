-- The day on which a patient was last contacted about another of their courses, while that is so recent that the
-- practice wants them left in peace (suppression_days). Grain: one row for each opportunity of which that is true.
-- Days are those of UTC: nobody contacts a patient in the hour by which British summer time differs.
create macro listing.contacts_elsewhere(today) as table
with recent as (
    select
        care_states.practice_id, care_states.opportunity_id, care_states.patient_id,
        care_states.last_contact_at::date as contact_on
    from main.care_states
    join main.practice_settings on practice_settings.practice_id = care_states.practice_id
    where care_states.last_contact_at::date > today::date - practice_settings.suppression_days
)
select opportunities.practice_id, opportunities.opportunity_id, max(recent.contact_on) as contact_on
from listing.opportunities
join recent on recent.practice_id = opportunities.practice_id
    and recent.patient_id = opportunities.patient_id
    and recent.opportunity_id <> opportunities.opportunity_id
where opportunities.today = today::date
group by opportunities.practice_id, opportunities.opportunity_id
