-- Say of queued messages that are made up (the sample practice's) that they left at the first try, and what became of them.
-- Grain of `staged`: one row for each message.
update messages
set
    state = staged.state, reason = staged.reason, state_at = staged.state_at, tries = 1, tried_at = staged.sent_at,
    sent_at = staged.sent_at, sender = staged.sender
from staged
where messages.message_id = staged.message_id
