-- Let the lists of everybody but one open without a view that is not theirs any more. Grain: one row for each person.
delete from default_views
where view_id = $view_id and user_id <> $but
