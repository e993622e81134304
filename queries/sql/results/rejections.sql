-- Why opportunities were rejected from one day to another, each by its last rejection that was not taken back, with the
-- value that was last seen by then. Grain: one row for each reason.
with
told as (
    select
        rejected.practice_id, rejected.opportunity_id, day_at(rejected.happened_at, practices.timezone) as day,
        rejected.after::json ->> 'reject_reason' as reason,
        row_number() over (
            partition by rejected.practice_id, rejected.opportunity_id
            order by rejected.happened_at desc, rejected.event_id desc
        ) as place
    from kept_events($practice_ids, ['rejected']) as rejected
    join practices on practices.practice_id = rejected.practice_id
    where rejected.happened_at >= $from_day::date - 2 and rejected.happened_at < $to_day::date + 3
        and day_at(rejected.happened_at, practices.timezone) between $from_day::date and $to_day::date
),
valued as (
    select
        told.practice_id, told.opportunity_id, any_value(told.reason) as reason,
        coalesce(max(steps.value_pence), max(spells.last_value_pence)) as value_pence
    from told
    join spells on spells.practice_id = told.practice_id and spells.opportunity_id = told.opportunity_id
        and spells.listed_from <= told.day and (spells.listed_to is null or told.day <= spells.listed_to)
    left join spell_steps as steps on steps.practice_id = told.practice_id
        and steps.opportunity_id = told.opportunity_id and steps.step = 'rejected' and steps.day = told.day
    where told.place = 1
    group by told.practice_id, told.opportunity_id
)
select reason, count(*)::integer as opportunities, sum(value_pence)::bigint as value_pence
from valued
group by reason
order by opportunities desc, value_pence desc, reason
