-- Remove one term of a contract.
delete from contracts
where practice_id = $practice_id and contract_id = $contract_id and from_on = $from_on
