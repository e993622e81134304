-- Note an import.
insert into imports (import_id, practice_id, preset, source_name, is_full, note, imported_by, imported_at)
values ($import_id, $practice_id, $preset, $source_name, $is_full, $note, $by, $now)
