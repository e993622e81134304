-- Let the states of a practice follow courses that now belong to another patient, whose records the PMS merged.
update care_states
set patient_id = courses.patient_id
from courses
where care_states.practice_id = $practice_id
    and courses.practice_id = $practice_id and courses.course_id = care_states.opportunity_id
    and courses.patient_id is distinct from care_states.patient_id
