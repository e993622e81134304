-- Note what an import did to each table. Grain of `staged`: one row for each table.
insert into import_counts (
    import_id, position, kind, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused, rows_gone
)
select $import_id, position, kind, rows_read, rows_new, rows_changed, rows_unchanged, rows_refused, rows_gone
from staged
