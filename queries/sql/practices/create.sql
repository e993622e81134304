-- Add a practice.
insert into practices (practice_id, name, nation, phone, colour, is_sample, created_by, created_at)
values ($practice_id, $name, $nation, $phone, $colour, $is_sample, $by, $now)
