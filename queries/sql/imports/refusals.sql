-- The rows that an import refused, in the order of their files. Grain: one row each.
select file, line, column_name, reason, row_text
from import_refusals
where import_id = $import_id
order by position
