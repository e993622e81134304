-- The templates that messages of practices were written with. Grain: one row for each name.
select distinct template
from messages
where list_contains($practice_ids::text[], practice_id) and template is not null
order by template
