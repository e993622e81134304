-- The practice that an import went into. Grain: one row, or none.
select practice_id
from imports
where import_id = $import_id
order by import_id
