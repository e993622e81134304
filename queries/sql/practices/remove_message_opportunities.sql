-- Remove about which opportunities messages are (a sample practice only: the caller checks).
delete from message_opportunities
where practice_id = $practice_id
