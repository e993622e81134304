-- Practices without settings. Grain: one row for each such practice.
select practices.practice_id, practices.practice_id as id
from practices
left join practice_settings on practice_settings.practice_id = practices.practice_id
where practice_settings.practice_id is null
order by practices.practice_id
