-- What the completed NHS courses of a contract come to, by day of completion. Grain: one row for each day that has any.
select
    completed_on,
    coalesce(sum(uda), 0)::double as uda,
    coalesce(sum(claim_pence) filter (where not is_unscheduled), 0)::bigint as pathway_pence,
    count(*) filter (where is_unscheduled) as unscheduled_courses,
    coalesce(sum(claim_pence) filter (where is_unscheduled), 0)::bigint as unscheduled_pence,
    count(*) filter (where uda is null and claim_pence is null) as unpriced_courses
from nhs_courses($practice_id)
where completed_on between $from_on::date and $to_on::date
    and coalesce(contract_id, $first_contract_id) = $contract_id
group by completed_on
order by completed_on
