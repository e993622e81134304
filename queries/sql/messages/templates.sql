-- The templates that messages of practices, as one person sees them, were written with. Grain: one row for each name.
select distinct template
from messages
where list_contains($practice_ids::text[], practice_id) and template is not null
    and (kind <> 'digest' or queued_by = $user_id)
order by template
