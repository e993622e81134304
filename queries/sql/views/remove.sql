-- Remove a saved view. Grain: one row.
delete from saved_views
where view_id = $view_id
