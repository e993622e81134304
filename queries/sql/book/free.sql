-- The times at which a visit of so many minutes can begin, at whole steps after the hour. Grain: one row for each
-- provider and time, the earliest first.
select
    gaps.provider_id, providers.name as provider, providers.initials, starts.starts_at, $minutes::integer as minutes,
    gaps.room
from gaps_on(
    $practice_id, $provider_ids::text[], $from_on::date, $to_on::date, $now::timestamp, $besides_link,
    $besides_booking, $clock_from::timestamp[], $clock_to::timestamp[]
) as gaps
join providers on providers.practice_id = $practice_id and providers.provider_id = gaps.provider_id
cross join lateral (
    select unnest(generate_series(
        date_trunc('hour', gaps.from_at),
        gaps.to_at - $minutes::integer * interval 1 minute,
        $step_minutes::integer * interval 1 minute
    )) as starts_at
) as starts
where starts.starts_at >= greatest(gaps.from_at, $from_on::date::timestamp, $not_before::timestamp)
    and starts.starts_at < $to_on::date + 1
order by starts.starts_at, providers.name, gaps.provider_id
limit $limit
