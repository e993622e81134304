-- The NHS opportunities of a contract that are on the list, open or contacted, with the visits that each still needs.
-- Grain: one row for each opportunity. days_needed is in how many days the last visit can be. The kept list is fresh.
with visits as (
    select
        planned_visits.course_id, planned_visits.interval_days, planned_visits.position, planned_visits.planned_visit_id,
        coalesce(work.items_left, case when appointments.status = 'completed' then 0 else 1 end) > 0 as is_left,
        coalesce(work.last_done_on, appointments.starts_at::date) as made_on
    from planned_visits
    left join (
        select
            planned_visit_id,
            count(*) filter (where completed_on is null or completed_on > $today::date) as items_left,
            max(completed_on) filter (where completed_on <= $today::date) as last_done_on
        from treatment_items
        where practice_id = $practice_id and planned_visit_id is not null and not is_deleted
        group by planned_visit_id
    ) as work on work.planned_visit_id = planned_visits.planned_visit_id
    left join appointments on appointments.practice_id = $practice_id
        and appointments.appointment_id = planned_visits.appointment_id
    where planned_visits.practice_id = $practice_id
),
made as (
    select course_id, max(made_on) as made_on
    from visits
    where not is_left and made_on <= $today::date
    group by course_id
),
visits_left as (
    select
        visits.course_id, visits.interval_days, made.made_on,
        row_number() over (
            partition by visits.course_id order by visits.position, visits.planned_visit_id
        ) as place
    from visits
    left join made on made.course_id = visits.course_id
    where visits.is_left
),
needs as (
    select
        course_id, count(*) as visits_left,
        sum(
            case
                when place > 1 then coalesce(interval_days, 0)
                -- The first that is left waits for its interval after what was made last.
                when made_on + coalesce(interval_days, 0) > $today::date
                    then made_on + coalesce(interval_days, 0) - $today::date
                else 0
            end
        ) as days_needed
    from visits_left
    group by course_id
)
select
    opportunities.practice_id, opportunities.opportunity_id, opportunities.course_id, opportunities.cot_number,
    opportunities.patient_id, opportunities.patient_name as patient, opportunities.provider_initials as provider,
    opportunities.opened_on, opportunities.is_partly_done, opportunities.phone, opportunities.value_pence,
    opportunities.next_visit_on,
    courses.band, courses.pathway, courses.is_unscheduled,
    case when courses.pathway is null or courses.claim_pence is null then opportunities.uda::double end as uda_left,
    courses.claim_pence,
    coalesce(needs.visits_left, 1) as visits_left,
    coalesce(needs.days_needed, 0)::integer as days_needed,
    coalesce(care_states.status, 'open') as status,
    coalesce(care_states.attempts, 0) as attempts,
    users.name as assigned_to,
    coalesce(care_states.version, 0) as version
from listing.opportunities
join nhs_courses($practice_id) as courses on courses.course_id = opportunities.course_id
left join needs on needs.course_id = opportunities.course_id
left join main.care_states on care_states.practice_id = opportunities.practice_id
    and care_states.opportunity_id = opportunities.opportunity_id
left join main.users on users.user_id = care_states.assigned_to
where opportunities.practice_id = $practice_id and opportunities.today = $today::date
    and coalesce(courses.contract_id, $first_contract_id) = $contract_id
    and listing.status_of(care_states.status, care_states.booked_on, care_states.snoozed_until, $today)
        in ('open', 'contacted')
order by opportunities.opened_on, opportunities.opportunity_id
