-- For the policy offices: how far each obstacle has got, and what became of
-- claims after they were told.

CREATE TABLE obstacle_status (
    id          TEXT NOT NULL PRIMARY KEY,
    -- open, in_progress, accepted or resolved
    status      TEXT NOT NULL,
    note        TEXT NOT NULL,
    changed_at  TEXT NOT NULL
);

-- One row for each step of a claim; the same step sent twice is kept once.
CREATE TABLE claim_step (
    subject     TEXT NOT NULL,
    policy      TEXT NOT NULL,
    version     TEXT NOT NULL,
    case_type   TEXT NOT NULL,
    unit        TEXT NOT NULL,
    -- opened, applied, approved, rejected or paid
    step        TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    reason      TEXT NOT NULL,
    PRIMARY KEY (subject, policy, version, case_type, unit, step)
);
CREATE INDEX claim_step_policy ON claim_step (policy, version, step);
