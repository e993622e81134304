-- How often sign-in failed since a time: for an account from an address, for the account, from the address.
-- Grain: one row.
select
    count(*) filter (account = $account and address = $address) as of_both,
    count(*) filter (account = $account) as of_account,
    count(*) filter (address = $address) as of_address
from sign_in_failures
where failed_at > $since
order by of_account
