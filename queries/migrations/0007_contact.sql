-- Contact: what may be sent to whom, what was, and what came back.

-- How a practice sends. A practice without a row has the defaults (services/contact_settings.py); secrets are not here.
create table contact_settings (
    practice_id text primary key,
    email_sender text not null,             -- outbox, sendgrid, smtp
    sms_sender text not null,               -- outbox, twilio
    from_name text,
    from_email text,
    reply_to text,
    sms_from text,                          -- a number, or the id of a messaging service
    public_url text,                        -- where patients and providers reach this server
    quiet_from time not null,               -- nothing is sent from then ...
    quiet_to time not null,                 -- ... until then, in the practice's time
    per_minute integer not null,
    attempts_most integer not null,
    is_household_joined boolean not null,   -- one message for a household with one address
    is_tracked boolean not null,            -- opens and clicks
    changed_by text not null,
    changed_at timestamp not null
);

create table templates (
    practice_id text not null,
    template_id text not null,              -- that of a shipped one is its own again when a practice changes it
    name text not null,
    channel text not null,                  -- email, sms
    kind text not null,                     -- service, marketing
    subject text,
    body text not null,
    is_removed boolean not null,
    version integer not null,
    changed_by text not null,
    changed_at timestamp not null,
    primary key (practice_id, template_id)
);

-- What a patient said here, which counts more than what the PMS says.
create table consents (
    practice_id text not null,
    patient_id text not null,
    about text not null,                    -- email, sms, marketing, contact (no: do not contact), preferred
    value text not null,                    -- yes, no; of preferred: email, sms, phone
    source text not null,                   -- told us, STOP, START, unsubscribe link, spam report
    said_at timestamp not null,
    by_user text not null,
    primary key (practice_id, patient_id, about)
);

-- Addresses and numbers that nothing can be delivered to.
create table bad_addresses (
    practice_id text not null,
    channel text not null,
    address text not null,
    reason text not null,
    marked_at timestamp not null,
    primary key (practice_id, channel, address)
);

create table messages (
    message_id text primary key,
    practice_id text not null,
    channel text not null,                  -- email, sms
    kind text not null,                     -- service, marketing
    template_id text,
    template text,                          -- its name when the message was written
    address text not null,
    name text,                              -- whom it is to
    subject text,
    body text not null,
    unsubscribe_url text,
    state text not null,                    -- queued, sending, sent, delivered, opened, bounced, failed, unknown, cancelled
    reason text,                            -- why it failed, bounced, is unknown or was cancelled
    state_at timestamp not null,
    queued_by text not null,
    queued_at timestamp not null,
    send_at timestamp not null,             -- not before
    tries integer not null,
    tried_at timestamp,
    sent_at timestamp,
    sender text,                            -- who took it: outbox, sendgrid, smtp, twilio
    provider_id text,                       -- the sender's own id of it
    is_tracked boolean not null,
    action_id text not null,                -- the press of the button, or the step of the sequence
    resends text                            -- the message that this one is sent instead of
);

-- About which opportunities of which patients a message is; a household's is about several.
create table message_opportunities (
    message_id text not null,
    practice_id text not null,
    opportunity_id text not null,
    patient_id text not null,
    primary key (message_id, practice_id, opportunity_id)
);

-- What the senders told us about messages, each thing once.
create table message_events (
    event_id text primary key,
    message_id text not null,
    state text not null,
    reason text,
    happened_at timestamp not null,
    received_at timestamp not null
);

create table inbound_messages (
    inbound_id text primary key,
    practice_id text not null,
    patient_id text,
    channel text not null,
    address text not null,
    body text not null,
    received_at timestamp not null
);

-- The links in our e-mails by which patients opt out, a household's by one; only the hash of each is kept.
create table unsubscribe_links (
    token_hash text not null,
    practice_id text not null,
    patient_id text not null,
    channel text not null,
    made_at timestamp not null,
    primary key (token_hash, patient_id)
);

create table sequences (
    practice_id text not null,
    sequence_id text not null,
    name text not null,
    steps text not null,                    -- JSON: day, channel (email, sms, phone), template_id
    is_removed boolean not null,
    version integer not null,
    changed_by text not null,
    changed_at timestamp not null,
    primary key (practice_id, sequence_id)
);

create table sequence_runs (
    run_id text primary key,
    practice_id text not null,
    sequence_id text not null,
    opportunity_id text not null,
    patient_id text not null,
    started_by text not null,
    started_at timestamp not null,
    started_on date not null,
    steps text not null,                    -- as they were when it started
    next_step integer,                      -- null: ended
    next_on date,
    ended_at timestamp,
    ended_why text
);

-- Why an opportunity needs somebody whatever else holds: the patient replied, asked for a call, or a step is a call.
alter table care_states add column needs_action_since timestamp;
alter table care_states add column needs_action_why text;
