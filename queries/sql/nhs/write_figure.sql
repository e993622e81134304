-- Keep what was typed in for a month of a contract.
insert into nhs_figures (
    practice_id, contract_id, month_on, uda, unscheduled_courses, unscheduled_pence, typed_by, typed_at
)
values ($practice_id, $contract_id, $month_on, $uda, $unscheduled_courses, $unscheduled_pence, $by, $now)
on conflict (practice_id, contract_id, month_on) do update set
    uda = excluded.uda,
    unscheduled_courses = excluded.unscheduled_courses,
    unscheduled_pence = excluded.unscheduled_pence,
    typed_by = excluded.typed_by,
    typed_at = excluded.typed_at
