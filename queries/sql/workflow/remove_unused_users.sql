-- Remove those of the named people who left no trace. Grain: one row for each person.
delete from users
where list_contains($user_ids, user_id)
    and not exists (select 1 from events where events.by_user = users.user_id)
    and not exists (
        select 1
        from care_states
        where users.user_id in (care_states.assigned_to, care_states.changed_by)
    )
