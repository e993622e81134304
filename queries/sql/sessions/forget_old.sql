-- Forget the sessions that nobody can use any more.
delete from sessions
where started_at <= $since
