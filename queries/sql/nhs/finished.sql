-- Of the practice's banded NHS courses that were still open at an age, how many were completed within so many days more.
-- Only courses that long ago enough to know. Grain: one row for each of the ages asked for.
with ages as (
    select unnest($ages::integer[]) as age
)
select
    ages.age,
    count(courses.course_id) as courses,
    count(courses.course_id) filter (where courses.completed_on <= courses.opened_on + ages.age + $days::integer)
        as finished
from ages
left join nhs_courses($practice_id) as courses
    on courses.pathway is null and not courses.is_unscheduled
    and courses.opened_on >= $from_on::date
    and courses.opened_on + ages.age + $days::integer <= $today::date
    and (courses.completed_on is null or courses.completed_on > courses.opened_on + ages.age)
group by ages.age
order by ages.age
