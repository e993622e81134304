-- The imports of some practices with their sums, newest first. Grain: one row for each import.
with counts as (
    select
        import_id,
        sum(rows_new)::bigint as rows_new,
        sum(rows_changed)::bigint as rows_changed,
        sum(rows_gone)::bigint as rows_gone
    from import_counts
    group by import_id
),
refused as (
    select import_id, count(*) as rows_refused
    from import_refusals
    group by import_id
)
select
    imports.import_id, imports.imported_at, practices.name as practice, imports.source_name, imports.preset,
    imports.is_full, imports.imported_by,
    coalesce(counts.rows_new, 0) as rows_new,
    coalesce(counts.rows_changed, 0) as rows_changed,
    coalesce(counts.rows_gone, 0) as rows_gone,
    coalesce(refused.rows_refused, 0) as rows_refused,
    imports.note
from imports
join practices on practices.practice_id = imports.practice_id
left join counts on counts.import_id = imports.import_id
left join refused on refused.import_id = imports.import_id
where list_contains($practice_ids, imports.practice_id)
order by imports.imported_at desc, imports.import_id
