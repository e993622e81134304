-- How often sign-in failed since a time, for an account and from an address. Grain: one row.
select
    count(*) filter (account = $account) as of_account,
    count(*) filter (address = $address) as of_address
from sign_in_failures
where failed_at > $since
order by of_account
