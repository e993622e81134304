-- Keep the rows that an import refused. Grain of `staged`: one row for each refused row.
insert into import_refusals (import_id, position, file, line, column_name, reason, row_text)
select $import_id, position, file, line, column_name, reason, row_text
from staged
