-- Remove the named rows, which a later full extract of the practice no longer had.
delete from treatment_items
where practice_id = $practice_id and list_contains($ids, treatment_item_id)
