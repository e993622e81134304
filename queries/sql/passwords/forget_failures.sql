-- Forget the failures of an account that has signed in, from one address or from all, and everybody's old ones.
delete from sign_in_failures
where (account = $account and ($address::text is null or address = $address::text)) or failed_at <= $since
