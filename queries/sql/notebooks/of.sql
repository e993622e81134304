-- The notebooks of a person and those shared with practices, with whose they are. Grain: one row for each notebook.
select
    notebooks.notebook_id, notebooks.user_id, notebooks.practice_id, notebooks.name, notebooks.cells,
    notebooks.version, notebooks.changed_by, notebooks.changed_at,
    coalesce(users.name, notebooks.user_id) as owner_name
from notebooks
left join users on users.user_id = notebooks.user_id
where (notebooks.practice_id is null and notebooks.user_id = $user_id)
    or list_contains($practice_ids::text[], notebooks.practice_id)
order by lower(notebooks.name), notebooks.notebook_id
