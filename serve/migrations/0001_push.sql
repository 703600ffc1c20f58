-- State of the service. Written for SQLite and PostgreSQL alike: days and
-- moments are ISO 8601 text, truth values are 0 and 1, ids are hexadecimal.

CREATE TABLE push_run (
    id          TEXT   NOT NULL PRIMARY KEY,
    snapshot    TEXT   NOT NULL,
    as_of       TEXT   NOT NULL,
    started_at  TEXT   NOT NULL,
    finished_at TEXT,
    subjects    BIGINT NOT NULL DEFAULT 0,
    created     BIGINT NOT NULL DEFAULT 0,
    digested    BIGINT NOT NULL DEFAULT 0,
    withdrawn   BIGINT NOT NULL DEFAULT 0
);

-- One row for each recipient, subject, policy, version, case and unit; the id
-- is made from these, so that no run can deliver the same push twice.
CREATE TABLE push (
    id           TEXT   NOT NULL PRIMARY KEY,
    recipient    TEXT   NOT NULL,
    subject      TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    policy       TEXT   NOT NULL,
    version      TEXT   NOT NULL,
    case_type    TEXT   NOT NULL,
    unit         TEXT   NOT NULL,
    title        TEXT   NOT NULL,
    verdict      TEXT   NOT NULL,
    amount_fen   BIGINT,
    reason       TEXT   NOT NULL,
    route        TEXT   NOT NULL,
    deadline     TEXT,
    topics       TEXT   NOT NULL,
    -- open, digest or withdrawn
    state        TEXT   NOT NULL,
    state_reason TEXT,
    created_run  TEXT   NOT NULL,
    created_at   TEXT   NOT NULL,
    changed_at   TEXT   NOT NULL
);
CREATE INDEX push_recipient ON push (recipient, state);
CREATE INDEX push_subject ON push (subject, state);
CREATE INDEX push_run_recipient ON push (created_run, recipient);

-- The latest answer of a recipient to a push.
CREATE TABLE acknowledgement (
    push         TEXT NOT NULL PRIMARY KEY REFERENCES push (id),
    answer       TEXT NOT NULL,
    answered_at  TEXT NOT NULL
);

-- What a subject allows; the topic `*` stands for every push.
CREATE TABLE preference (
    subject      TEXT   NOT NULL,
    topic        TEXT   NOT NULL,
    allowed      BIGINT NOT NULL,
    changed_at   TEXT   NOT NULL,
    PRIMARY KEY (subject, topic)
);

-- The answer that a request with an idempotency key was given.
CREATE TABLE idempotency (
    scope        TEXT   NOT NULL,
    token        TEXT   NOT NULL,
    fingerprint  TEXT   NOT NULL,
    status       BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    created_at   TEXT   NOT NULL,
    PRIMARY KEY (scope, token)
);
