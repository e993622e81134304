-- Add or change the staged rows of a practice. Grain of `staged`: one row for each treatment item.
insert into treatment_items (
    practice_id,
    treatment_item_id, course_id, planned_visit_id, code, description, charged_to, price_pence, completed_on,
    is_deleted
)
select
    $practice_id,
    treatment_item_id, course_id, planned_visit_id, code, description, charged_to, price_pence, completed_on,
    is_deleted
from staged
on conflict (practice_id, treatment_item_id) do update set
    course_id = excluded.course_id,
    planned_visit_id = excluded.planned_visit_id,
    code = excluded.code,
    description = excluded.description,
    charged_to = excluded.charged_to,
    price_pence = excluded.price_pence,
    completed_on = excluded.completed_on,
    is_deleted = excluded.is_deleted
