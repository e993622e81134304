-- Take back a day off or a closure.
delete from closures
where practice_id = $practice_id and closure_id = $closure_id
returning provider_id, from_on, to_on, from_time, to_time, reason
