-- A page of the opportunities that match, a group's rows together, and beside each row the totals of all that match.
-- Grain: one row for each opportunity of the page; a single row without an opportunity when the page is empty.
with
ranked as (
    select * from listing.ranked($today, $filters, $sort, $is_descending)
),
placed as (
    select
        ranked.*,
        case $grouping when 'household' then household_key else patient_key end as group_key,
        row_number() over (
            order by
                number_key nulls last, text_up nulls last, text_down desc nulls last,
                opened_on, value_pence desc, practice_id, opportunity_id
        ) as place
    from ranked
),
grouped as (
    select placed.*, min(place) over (partition by group_key) as group_place
    from placed
),
totals as (
    select
        count(*) as total_courses,
        count(distinct patient_key) as total_patients,
        coalesce(sum(value_pence), 0)::bigint as total_value_pence,
        coalesce(sum(uda), 0)::double as total_uda,
        coalesce(sum(worth_pence), 0)::bigint as total_worth_pence
    from ranked
),
page as (
    select *
    from grouped
    order by group_place, place
    limit $limit offset $offset
)
select
    totals.total_courses, totals.total_patients, totals.total_value_pence, totals.total_uda, totals.total_worth_pence,
    page.practice_id || '/' || page.opportunity_id as row_id,
    page.practice_id, practices.name as practice, page.opportunity_id, shown.course_id, shown.cot_number,
    shown.patient_id, shown.patient_name as patient, shown.household_id, shown.provider_key,
    shown.provider_initials as provider,
    shown.payor_name as payor, shown.payor_kind, shown.opened_on, shown.last_updated_on, page.status, page.snoozed_until,
    page.reject_reason, page.booked_on, page.assignee_id, page.assigned_to, page.is_assignee_active,
    page.needs_action_since, page.needs_action_why, page.attempts,
    page.last_attempt_at, page.last_contact_at, page.patient_contacted_on, page.contact_again_on, page.version,
    shown.value_pence, shown.uda::double as uda, shown.worth_pence, shown.charge_pence, shown.phone, shown.email,
    shown.counted_visit_on, shown.unlinked_visit_on, shown.next_visit_on, shown.reason, shown.is_partly_done,
    shown.is_active
from totals
left join page on true
left join listing.opportunities as shown on shown.rowid = page.listing_row
left join practices on practices.practice_id = page.practice_id
order by page.group_place, page.place
