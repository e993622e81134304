-- What a patient said here about being contacted. Grain: one row for each thing said.
select about, value, source, said_at, coalesce(users.name, consents.by_user) as by_user
from consents
left join users on users.user_id = consents.by_user
where practice_id = $practice_id and patient_id = $patient_id
order by about
