-- The open NHS courses of a contract that have a visit by a day: live in the PMS's book, or said by somebody here to be.
-- Of a pathway, which has one claim at a time, the last course; uda is without what was claimed already.
-- Grain: one row for each course. The kept list is fresh.
with told as (
    select opportunities.course_id, care_states.booked_on
    from listing.opportunities
    join main.care_states on care_states.practice_id = opportunities.practice_id
        and care_states.opportunity_id = opportunities.opportunity_id
    where opportunities.practice_id = $practice_id and opportunities.today = $today::date
        and care_states.status <> 'rejected' and care_states.booked_on >= $today::date
),
open_courses as (
    select
        courses.*,
        row_number() over (
            partition by chain_id order by claim_number desc nulls last, course_id desc
        ) as place
    from nhs_courses($practice_id) as courses
    where completed_on is null or completed_on > $today::date
)
select
    open_courses.course_id, least(visits.visit_on, told.booked_on) as visit_on,
    open_courses.is_unscheduled,
    case when open_courses.uda > coalesce(claimed.uda_done, 0) then open_courses.uda - coalesce(claimed.uda_done, 0) else 0 end
        ::double as uda,
    open_courses.claim_pence
from open_courses
join courses as claimed on claimed.practice_id = $practice_id and claimed.course_id = open_courses.course_id
left join nhs_visits($practice_id, $today, $is_unlinked_visit_counted) as visits
    on visits.course_id = open_courses.course_id
left join told on told.course_id = open_courses.course_id
where place = 1
    and least(visits.visit_on, told.booked_on) <= $to_on::date
    and coalesce(open_courses.contract_id, $first_contract_id) = $contract_id
order by open_courses.course_id
