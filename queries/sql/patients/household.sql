-- The other members of a patient's household with what is open for each. Grain: one row for each member.
select
    patients.patient_id,
    concat_ws(', ', patients.last_name, nullif(patients.first_name, '')) as patient,
    count(opportunities.opportunity_id) as courses,
    coalesce(sum(opportunities.value_pence), 0)::bigint as value_pence,
    sum(opportunities.uda)::double as uda
from patients
join patients as asked on asked.practice_id = patients.practice_id and asked.household_id = patients.household_id
left join listing.opportunities on opportunities.practice_id = patients.practice_id
    and opportunities.patient_id = patients.patient_id and opportunities.today = $today::date
where asked.practice_id = $practice_id and asked.patient_id = $patient_id and patients.patient_id <> asked.patient_id
group by patients.patient_id, patients.last_name, patients.first_name
order by patient, patients.patient_id
