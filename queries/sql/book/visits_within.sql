-- How many visits lie in a closure. Grain: one row.
select count(*) as visits
from taken_on($practice_id, $from_on::date, $to_on::date, $now::timestamp, null, null)
where ($provider_id = '' or provider_id = $provider_id)
    and from_at >= $from_on::date and from_at < $to_on::date + 1
    and ($from_time::time is null or (from_at::time < $to_time::time and to_at::time > $from_time::time))
order by visits
