-- Take back what was typed in for a month of a contract.
delete from nhs_figures
where practice_id = $practice_id and contract_id = $contract_id and month_on = $month_on
