-- The treatment items of a patient's courses. Grain: one row for each item that is not deleted.
select
    treatment_items.course_id, treatment_items.treatment_item_id, treatment_items.planned_visit_id, treatment_items.code,
    treatment_items.description, treatment_items.charged_to, treatment_items.price_pence, treatment_items.completed_on
from treatment_items
join courses on courses.practice_id = treatment_items.practice_id and courses.course_id = treatment_items.course_id
where courses.practice_id = $practice_id and courses.patient_id = $patient_id and not treatment_items.is_deleted
order by treatment_items.course_id, treatment_items.completed_on nulls last, treatment_items.treatment_item_id
