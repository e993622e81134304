-- Whether an import was noted already. Grain: one row if so, none if not.
select import_id, practice_id
from imports
where import_id = $import_id
order by import_id
