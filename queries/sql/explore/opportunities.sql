-- The view "opportunities": what is on the lists of practices on a day, whatever its status.
-- Grain: one row for each opportunity, the latest first; so many at most.
select
    practices.name as practice,
    opportunities.opportunity_id,
    opportunities.patient_id,
    opportunities.cot_number,
    opportunities.provider_initials as provider,
    opportunities.payor_name as payor,
    opportunities.payor_kind,
    opportunities.opened_on,
    ($today::date - opportunities.opened_on)::integer as days_open,
    opportunities.last_updated_on,
    opportunities.status,
    opportunities.snoozed_until,
    opportunities.reject_reason,
    opportunities.assigned_to,
    coalesce(opportunities.attempts, 0) as attempts,
    opportunities.last_attempt_at::date as last_attempt_on,
    opportunities.last_contact_at::date as last_contact_on,
    opportunities.reason,
    opportunities.next_visit_on,
    opportunities.is_partly_done,
    (opportunities.value_pence / 100.0)::decimal(12, 2) as value_pounds,
    opportunities.uda,
    (opportunities.charge_pence / 100.0)::decimal(12, 2) as charge_pounds,
    (opportunities.worth_pence / 100.0)::decimal(12, 2) as worth_pounds
from listing.matching($today::date, $filters) as opportunities
join practices on practices.practice_id = opportunities.practice_id
order by opportunities.opened_on desc, opportunities.practice_id, opportunities.opportunity_id
limit $most
