-- One notebook, with whose it is and who changed it last. Grain: one row, or none.
select
    notebooks.notebook_id, notebooks.user_id, notebooks.practice_id, notebooks.name, notebooks.cells,
    notebooks.version, notebooks.changed_by, notebooks.changed_at,
    coalesce(owners.name, notebooks.user_id) as owner_name,
    coalesce(changers.name, notebooks.changed_by) as changer_name
from notebooks
left join users as owners on owners.user_id = notebooks.user_id
left join users as changers on changers.user_id = notebooks.changed_by
where notebooks.notebook_id = $notebook_id
order by notebooks.notebook_id
