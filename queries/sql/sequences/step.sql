-- Say which step of a sequence comes next, and when.
update sequence_runs
set next_step = $next_step, next_on = $next_on
where run_id = $run_id
