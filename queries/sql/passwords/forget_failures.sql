-- Forget the failures of an account that has signed in, and everybody's old ones.
delete from sign_in_failures
where account = $account or failed_at <= $since
