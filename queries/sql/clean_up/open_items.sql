-- What the chart has left to do on courses named by practice and id side by side.
-- Grain: one row for each treatment item that is neither done nor deleted.
with named as (
    select unnest($practice_ids::text[]) as practice_id, unnest($course_ids::text[]) as course_id
)
select
    named.practice_id, named.course_id, coalesce(treatment_items.description, treatment_items.code) as description,
    treatment_items.charged_to, treatment_items.price_pence
from named
join treatment_items on treatment_items.practice_id = named.practice_id and treatment_items.course_id = named.course_id
where not treatment_items.is_deleted
    and (treatment_items.completed_on is null or treatment_items.completed_on > $today::date)
order by named.practice_id, named.course_id, treatment_items.treatment_item_id
