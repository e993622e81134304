-- The chances of opportunities named by practice and id. Grain: one row for each that has one.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($opportunity_ids::text[]) as opportunity_id
)
select chances.practice_id, chances.opportunity_id, chances.chance, chances.raises, chances.lowers
from named
join chances on chances.practice_id = named.practice_id and chances.opportunity_id = named.opportunity_id
order by chances.practice_id, chances.opportunity_id
