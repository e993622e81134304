-- The view "treatment_items": what is planned or done on the courses of practices.
-- Grain: one row for each item of treatment; so many at most.
select
    practices.name as practice,
    treatment_items.treatment_item_id,
    treatment_items.course_id,
    treatment_items.code,
    treatment_items.description,
    treatment_items.charged_to,
    (treatment_items.price_pence / 100.0)::decimal(12, 2) as price_pounds,
    treatment_items.completed_on,
    treatment_items.is_deleted
from treatment_items
join practices on practices.practice_id = treatment_items.practice_id
where list_contains($practice_ids, treatment_items.practice_id)
order by treatment_items.practice_id, treatment_items.course_id desc, treatment_items.treatment_item_id
limit $most
