-- Every treatment item of a practice, without the practice's id. Grain: one row each.
select
    treatment_item_id, course_id, planned_visit_id, code, description, charged_to, price_pence, completed_on,
    is_deleted
from treatment_items
where practice_id = $practice_id
order by treatment_item_id
