-- Keep which booked opportunities of a practice are completed by now, in the spell that was booked last, and on the day
-- on which they were, or on the first one that is not over. Grain: one row for each opportunity. A chain of courses is completed when each of them is.
insert into spell_steps
with
booked as (
    select opportunity_id, max(listed_from) as listed_from, max(day) as day
    from spell_steps
    where practice_id = $practice_id and step = 'booked'
    group by opportunity_id
),
waiting as (
    select booked.opportunity_id, booked.listed_from, booked.day
    from booked
    left join spell_steps as completed on completed.practice_id = $practice_id
        and completed.opportunity_id = booked.opportunity_id and completed.step = 'completed'
    where completed.step is null
),
ended as (
    select waiting.opportunity_id, waiting.listed_from, waiting.day as booked_on, max(members.completed_on) as completed_on
    from waiting
    join courses on courses.practice_id = $practice_id and courses.course_id = waiting.opportunity_id
    join courses as members on members.practice_id = $practice_id
        and members.patient_id = courses.patient_id and members.opened_on = courses.opened_on
        and (members.course_id = courses.course_id or members.pathway = courses.pathway)
    where not members.is_deleted
    group by waiting.opportunity_id, waiting.listed_from, waiting.day
    having count(*) = count(members.completed_on) and max(members.completed_on) <= $today::date
)
select
    spells.practice_id, spells.opportunity_id, spells.listed_from, spells.patient_id, 'completed',
    greatest(ended.completed_on, ended.booked_on, $from_day::date),
    spells.last_value_pence, spells.last_uda, spells.last_worth_pence
from ended
join spells on spells.practice_id = $practice_id and spells.opportunity_id = ended.opportunity_id
    and spells.listed_from = ended.listed_from
