-- Remove a notebook. Grain: one row.
delete from notebooks
where notebook_id = $notebook_id
