-- The NHS courses of a contract that were begun and left: no visit coming, the last one by a day.
-- Grain: one row for each course, the longest left first.
-- A pathway is left out: it ends as incomplete or suspended by rules of its own. So is a course whose NHS items are all
-- done: it is to be completed.
with visits as (
    select course_id, max(visit_on) as last_visit_on
    from linked_appointments($practice_id)
    where status = 'completed' and visit_on <= $today::date
    group by course_id
),
items as (
    select
        course_id,
        count(*) filter (where charged_to = 'nhs') as items,
        count(*) filter (where charged_to = 'nhs' and completed_on <= $today::date) as items_done,
        max(completed_on) filter (where completed_on <= $today::date) as last_done_on
    from treatment_items
    where practice_id = $practice_id and not is_deleted
    group by course_id
),
begun as (
    select
        courses.course_id, courses.cot_number, courses.patient_id, courses.provider_id, courses.band,
        courses.uda::double as uda, courses.opened_on, items.items, items.items_done,
        coalesce(greatest(visits.last_visit_on, items.last_done_on), courses.started_on) as last_visit_on
    from nhs_courses($practice_id) as courses
    left join visits on visits.course_id = courses.course_id
    left join items on items.course_id = courses.course_id
    left join care_states on care_states.practice_id = $practice_id and care_states.opportunity_id = courses.course_id
    left join nhs_visits($practice_id, $today, $is_unlinked_visit_counted) as next_visits
        on next_visits.course_id = courses.course_id
    where courses.pathway is null
        and (courses.completed_on is null or courses.completed_on > $today::date)
        and next_visits.visit_on is null
        and (care_states.booked_on is null or care_states.booked_on < $today::date)
        and coalesce(courses.contract_id, $first_contract_id) = $contract_id
        and (coalesce(items.items, 0) = 0 or items.items_done < items.items)
)
select
    begun.course_id, begun.cot_number, begun.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    providers.initials as provider, begun.band, begun.uda, begun.opened_on, begun.last_visit_on,
    coalesce(begun.items, 0) as items, coalesce(begun.items_done, 0) as items_done
from begun
join patients on patients.practice_id = $practice_id and patients.patient_id = begun.patient_id
left join providers on providers.practice_id = $practice_id and providers.provider_id = begun.provider_id
where begun.last_visit_on <= $left_by::date
order by begun.last_visit_on, begun.course_id
