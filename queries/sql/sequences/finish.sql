-- End a sequence of an opportunity; nothing is returned when it had ended.
update sequence_runs
set ended_at = $now, ended_why = $why, next_step = null, next_on = null
where run_id = $run_id and ended_at is null
returning run_id
