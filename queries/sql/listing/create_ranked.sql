-- The matching opportunities with the keys of an order: sort by number_key, text_up, text_down descending (nulls last),
-- then oldest first, value descending and the id. Grain: one row for each opportunity.
-- `sort` names a column; any other word, such as 'oldest', leaves the keys empty and so the default order.
-- Only what sorting, grouping and adding up need: the rest of a row is fetched by listing_row, for one page.
create macro listing.ranked(today, filters, sort, is_descending) as table
with keyed as (
    select
        matching.listing_row, matching.practice_id, matching.opportunity_id, matching.patient_key,
        matching.household_key, matching.opened_on, matching.value_pence, matching.uda, matching.worth_pence,
        matching.status, matching.snoozed_until, matching.reject_reason, matching.booked_on, matching.assignee_id,
        matching.assigned_to, matching.is_assignee_active, matching.needs_action_since,
        matching.needs_action_why, matching.attempts, matching.last_attempt_at,
        matching.last_contact_at, matching.patient_contacted_on, matching.contact_again_on, matching.version,
        case sort
            when 'opened_on' then opened_on - '1970-01-01'::date
            when 'last_updated_on' then last_updated_on - '1970-01-01'::date
            when 'next_visit_on' then next_visit_on - '1970-01-01'::date
            when 'value' then value_pence
            when 'uda' then (uda * 100)::bigint
            when 'worth' then worth_pence
            when 'expected' then (worth_pence * likely.chance)::bigint
            when 'status' then list_position(['open', 'contacted', 'snoozed', 'booked', 'rejected'], status)
        end as plain_number,
        case sort
            when 'practice' then practices.name
            when 'patient' then sort_name
            when 'provider' then provider_initials
            when 'payor' then payor_name
            when 'cot_number' then lpad(cot_number, 40, ' ')
            when 'assigned_to' then matching.assigned_to
            when 'phone' then matching.phone
            when 'email' then lower(email)
            when 'reason' then reason
        end as plain_text
    from listing.matching(today, filters) as matching
    join main.practices on practices.practice_id = matching.practice_id
    -- Empty, and so for nothing, in every other order.
    left join (select * from main.chances where sort = 'expected') as likely
        on likely.practice_id = matching.practice_id and likely.opportunity_id = matching.opportunity_id
        and matching.status not in ('booked', 'rejected')
)
select
    keyed.*,
    case when is_descending then -plain_number else plain_number end as number_key,
    case when not is_descending then plain_text end as text_up,
    case when is_descending then plain_text end as text_down
from keyed
