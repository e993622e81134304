-- Set what a practice is called, where it is, and how it is known on screen and by telephone.
update practices
set name = $name, nation = $nation, colour = $colour, phone = $phone
where practice_id = $practice_id
