-- Whether a provider is free for the whole of a visit. Grain: one row.
-- Outside of the hours only what is taken counts, and the hours that the clock skips or repeats.
select
    case when $is_outside_hours_allowed then not exists (
        select 1
        from taken_on(
            $practice_id, $starts_at::date, $starts_at::date, $now::timestamp, $besides_link, $besides_booking
        ) as taken
        where taken.provider_id = $provider_id and taken.from_at < $ends_at::timestamp
            and taken.to_at > $starts_at::timestamp
    ) and not exists (
        select 1
        from (select unnest($clock_from::timestamp[]) as from_at, unnest($clock_to::timestamp[]) as to_at) as clock
        where clock.from_at < $ends_at::timestamp and clock.to_at > $starts_at::timestamp
    )
    else exists (
        select 1
        from gaps_on(
            $practice_id, [$provider_id], $starts_at::date, $starts_at::date, $now::timestamp, $besides_link,
            $besides_booking, $clock_from::timestamp[], $clock_to::timestamp[]
        ) as gaps
        where gaps.from_at <= $starts_at::timestamp and gaps.to_at >= $ends_at::timestamp
    ) end as is_free
order by 1
