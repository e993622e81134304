-- Keep presses of buttons that are made up (the sample practice's). Grain of `staged`: one row for each. A sample that was
-- removed leaves them: the next one has the same ids, and its own times.
insert into actions (action_id, kind, by_user, happened_at)
select action_id, kind, by_user, happened_at
from staged
on conflict (action_id) do update set
    kind = excluded.kind,
    by_user = excluded.by_user,
    happened_at = excluded.happened_at
