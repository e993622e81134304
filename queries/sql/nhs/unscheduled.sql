-- What is asked of unscheduled care on a day: the share of the contract's value, what a course of it pays, and since when.
-- Grain: one row where the nation has such a target, else none.
select
    unscheduled_targets.share::double as share, tariffs.total_pence as course_pence,
    unscheduled_targets.from_on
from unscheduled_targets
join tariffs on tariffs.nation = unscheduled_targets.nation and tariffs.kind = 'unscheduled'
    and $on_day::date between tariffs.from_on and coalesce(tariffs.to_on, '9999-12-31'::date)
where unscheduled_targets.nation = $nation
    and $on_day::date between unscheduled_targets.from_on and coalesce(unscheduled_targets.to_on, '9999-12-31'::date)
order by unscheduled_targets.from_on
