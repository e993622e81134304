-- Keep what happened within a practice's spells from one day to another, both in, from its events and from how spells
-- ended, with the value that was last seen. Grain: one row for each spell, step and day; what is there stays.
-- What was undone on the day on which it was done did not happen, nor did a booking that was given up on it. A booking
-- that was never seen as one, because the course was completed between two imports, is known from its visit.
insert into spell_steps
with
told as (
    select
        events.event_id, events.opportunity_id, events.kind, events.undoes, events.after,
        (events.happened_at at time zone 'UTC' at time zone practices.timezone)::date as day
    from events
    join practices on practices.practice_id = events.practice_id
    where events.practice_id = $practice_id
        and events.opportunity_id is not null
        and events.happened_at >= $from_day::date - 2 and events.happened_at < $to_day::date + 3
),
given_up as (
    select opportunity_id, day
    from told
    where kind in ('booked', 'returned') or after like '%"booked_on": %'
    group by opportunity_id, day
    having arg_max(kind = 'returned' or (kind <> 'booked' and after like '%"booked_on": null%'), event_id)
),
happened as (
    select told.opportunity_id, told.kind as step, told.day
    from told
    left join told as undoing on undoing.undoes = told.event_id and undoing.day = told.day
    left join given_up on given_up.opportunity_id = told.opportunity_id and given_up.day = told.day
    where told.kind in ('contacted', 'rejected', 'booked')
        and told.day between $from_day::date and $to_day::date
        and undoing.event_id is null
        and (told.kind <> 'booked' or given_up.day is null)
),
steps as (
    select spells.opportunity_id, spells.listed_from, happened.step, happened.day
    from happened
    join spells on spells.practice_id = $practice_id and spells.opportunity_id = happened.opportunity_id
        and happened.day >= spells.listed_from and (spells.listed_to is null or happened.day <= spells.listed_to)
    union all
    select opportunity_id, listed_from, 'booked', listed_to
    from spells
    where practice_id = $practice_id
        and listed_to between $from_day::date and $to_day::date
        and (
            left_why = 'booked'
            or (
                left_why in ('completed', 'nothing_left')
                and exists (
                    select 1
                    from appointments
                    where appointments.practice_id = spells.practice_id
                        and appointments.course_id = spells.opportunity_id
                        and appointments.status = 'completed'
                        and appointments.starts_at::date >= spells.listed_from
                )
            )
        )
),
first_steps as (
    select opportunity_id, listed_from, step, case step when 'contacted' then day else min(day) over (
        partition by opportunity_id, listed_from, step
    ) end as day
    from steps
)
select distinct
    spells.practice_id, spells.opportunity_id, spells.listed_from, spells.patient_id,
    first_steps.step, first_steps.day, spells.last_value_pence, spells.last_uda, spells.last_worth_pence
from first_steps
join spells on spells.practice_id = $practice_id and spells.opportunity_id = first_steps.opportunity_id
    and spells.listed_from = first_steps.listed_from
left join spell_steps as kept on kept.practice_id = $practice_id
    and kept.opportunity_id = first_steps.opportunity_id and kept.listed_from = first_steps.listed_from
    and kept.step = first_steps.step and (kept.step <> 'contacted' or kept.day = first_steps.day)
where kept.step is null
