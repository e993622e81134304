-- Which practice's list was worked out for which day from which revision of its data. Grain: one row each.
create table listing.freshness (
    practice_id text,
    today date,
    revision bigint
)
