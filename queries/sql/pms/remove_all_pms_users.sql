-- Remove every user known to the PMS of a practice.
delete from pms_users
where practice_id = $practice_id
