-- How often a person looked at a patient since a time. Grain: one row.
select count(*) as views
from events
where practice_id = $practice_id and patient_id = $patient_id and kind = 'patient viewed' and by_user = $by
    and happened_at > $since
order by views
