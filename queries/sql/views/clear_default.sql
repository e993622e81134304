-- Let a person's list open with nothing chosen. Grain: one row.
delete from default_views
where user_id = $user_id
