-- Note a failed sign-in.
insert into sign_in_failures (account, address, failed_at)
values ($account, $address, $now)
