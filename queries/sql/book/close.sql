-- Keep a day off or a closure.
insert into closures (
    practice_id, closure_id, provider_id, from_on, to_on, from_time, to_time, reason, changed_by, changed_at
)
values ($practice_id, $closure_id, $provider_id, $from_on, $to_on, $from_time, $to_time, $reason, $by, $now)
