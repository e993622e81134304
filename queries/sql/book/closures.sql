-- Days off and closures that end on a day or later. Grain: one row for each; provider_id '' is the whole practice.
select closure_id, provider_id, from_on, to_on, from_time, to_time, reason
from closures
where practice_id = $practice_id and to_on >= $from_on::date
order by from_on, to_on, closure_id
