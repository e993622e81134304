-- The figures that people typed in for a contract. Grain: one row for each month.
select
    nhs_figures.month_on, nhs_figures.uda::double as uda, nhs_figures.unscheduled_courses,
    nhs_figures.unscheduled_pence, coalesce(users.name, nhs_figures.typed_by) as typed_by, nhs_figures.typed_at
from nhs_figures
left join users on users.user_id = nhs_figures.typed_by
where nhs_figures.practice_id = $practice_id and nhs_figures.contract_id = $contract_id
order by nhs_figures.month_on
