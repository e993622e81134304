-- The opportunities of some patients of a practice. Grain: one row for each on the kept list, whatever its status.
select practice_id, opportunity_id, patient_id
from listing.opportunities
where today = $today::date and practice_id = $practice_id and list_contains($patient_ids::text[], patient_id)
order by practice_id, opportunity_id
