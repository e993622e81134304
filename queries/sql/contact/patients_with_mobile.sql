-- The patients of a practice whose mobile number has these digits at its end. Grain: one row for each.
select patient_id, mobile
from patients
where practice_id = $practice_id and mobile is not null
    and ends_with(regexp_replace(mobile, '[^0-9]', '', 'g'), $digits)
order by patient_id
