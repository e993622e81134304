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
    page.practice_id, page.practice, page.opportunity_id, page.course_id, page.cot_number, page.patient_id,
    page.patient_name as patient, page.household_id, page.provider_initials as provider, page.payor_name as payor,
    page.payor_kind, page.opened_on, page.last_updated_on, page.status, page.snoozed_until, page.reject_reason,
    page.assignee_id, page.assigned_to, page.attempts, page.last_contact_at, page.version,
    page.value_pence, page.uda::double as uda, page.worth_pence, page.charge_pence, page.phone, page.email,
    page.counted_visit_on, page.unlinked_visit_on, page.next_visit_on, page.reason, page.is_partly_done, page.is_active
from totals
left join page on true
order by page.group_place, page.place
