-- Note that a button was pressed. Grain: one row.
insert into actions (action_id, kind, by_user, happened_at)
values ($action_id, $kind, $by, $now)
