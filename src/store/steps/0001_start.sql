-- The first shape of the store: who said what in which conversation, and what was heard in it.
--
--   source ─< conversation ─< utterance            person ─< participant >─ conversation
--                  │
--                  └─< reading (one a reader version; marks packed) ─< counter >─ behaviour
--
-- Times are milliseconds since 1970 (UTC), NULL when not known.  Confidences are hundredths.
-- A conversation names the one reading that is in force for it: another reader's is kept beside, and never takes its
-- place by itself.

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE                       -- the format or system it came from: zendesk, talk
) STRICT;

-- Staff, as conversations name them.  Accounts and teams join here later.
CREATE TABLE person (
    id   INTEGER PRIMARY KEY,
    key  TEXT NOT NULL UNIQUE,                      -- the name case-folded
    name TEXT NOT NULL                              -- as first met
) STRICT;

CREATE TABLE conversation (
    id              INTEGER PRIMARY KEY,
    source_id       INTEGER NOT NULL REFERENCES source (id),
    external_id     TEXT    NOT NULL,               -- the source's own, or a hash of the first turns
    id_given        INTEGER NOT NULL CHECK (id_given IN (0, 1)),
    channel         TEXT    NOT NULL CHECK (channel IN ('unknown', 'phone', 'chat', 'email', 'in_person', 'social')),
    started         INTEGER,
    offset_minutes  INTEGER NOT NULL,               -- of local time to UTC, as the source wrote it
    subject         TEXT    NOT NULL,
    file            TEXT    NOT NULL,               -- where it came from, for people
    line            INTEGER NOT NULL,
    speakers        TEXT    NOT NULL CHECK (speakers IN ('given', 'decided', 'swapped')),
    utterance_count INTEGER NOT NULL,
    text_hash       BLOB    NOT NULL,               -- chained over the turns: tells a longer version from another one
    reading_id      INTEGER REFERENCES reading (id),  -- the reading in force
    imported        INTEGER NOT NULL,
    changed         INTEGER NOT NULL,
    listed          INTEGER GENERATED ALWAYS AS (coalesce(started, 0)) VIRTUAL,   -- the order of lists: newest first
    UNIQUE (source_id, external_id)
) STRICT;
CREATE INDEX conversation_listed ON conversation (listed, id);

CREATE TABLE participant (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number          INTEGER NOT NULL,
    external_id     TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    email           TEXT    NOT NULL,
    role            TEXT    NOT NULL CHECK (role IN ('unknown', 'customer', 'agent', 'bot', 'system')),
    person_id       INTEGER REFERENCES person (id),  -- staff only
    PRIMARY KEY (conversation_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_person ON participant (person_id, conversation_id) WHERE person_id IS NOT NULL;

-- One row a turn: pages read a range of the primary key, growing appends, and nothing has to be unpacked to erase a
-- person's words or to build a full-text index over (conversation_id << 18 | number).
CREATE TABLE utterance (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    number          INTEGER NOT NULL,
    participant     INTEGER,
    role            TEXT    NOT NULL CHECK (role IN ('unknown', 'customer', 'agent', 'bot', 'system')),
    is_public       INTEGER NOT NULL CHECK (is_public IN (0, 1)),
    doubtful        INTEGER NOT NULL CHECK (doubtful IN (0, 1)),
    at_ms           INTEGER,                        -- from the conversation's start
    end_ms          INTEGER,
    text            TEXT    NOT NULL,
    PRIMARY KEY (conversation_id, number)
) STRICT, WITHOUT ROWID;

-- A version of the reader: its words and rules by their hash.
CREATE TABLE reader (
    id    INTEGER PRIMARY KEY,
    rules TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE behaviour (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE                       -- recovery.apology
) STRICT;

-- What a reader version meant by each behaviour, by the number that its packed marks use.
CREATE TABLE reader_behaviour (
    reader_id      INTEGER NOT NULL REFERENCES reader (id),
    number         INTEGER NOT NULL,
    behaviour_id   INTEGER NOT NULL REFERENCES behaviour (id),
    who            TEXT    NOT NULL CHECK (who IN ('agent', 'customer')),
    sign           TEXT    NOT NULL CHECK (sign IN ('+', '-', '.')),
    title          TEXT    NOT NULL,
    counts         TEXT    NOT NULL,
    does_not_count TEXT    NOT NULL,
    PRIMARY KEY (reader_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE reason (
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    rule      INTEGER NOT NULL,
    text      TEXT    NOT NULL,
    PRIMARY KEY (reader_id, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading (
    id                       INTEGER PRIMARY KEY,
    conversation_id          INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    reader_id                INTEGER NOT NULL REFERENCES reader (id),
    utterance_count          INTEGER NOT NULL,      -- it has read so far
    outcome                  TEXT CHECK (outcome IN ('resolved', 'deferred', 'escalated', 'refused', 'abandoned')),
    outcome_confidence       INTEGER NOT NULL,
    first_contact            INTEGER CHECK (first_contact IN (0, 1)),
    first_contact_confidence INTEGER NOT NULL,
    ends                     TEXT CHECK (ends IN ('happy', 'calm', 'unhappy', 'angry', 'left')),
    ends_confidence          INTEGER NOT NULL,
    talk_share               INTEGER,
    response_median_ms       INTEGER,
    response_max_ms          INTEGER,
    strengths                INTEGER NOT NULL,      -- marks of each sign
    harms                    INTEGER NOT NULL,
    detail                   BLOB NOT NULL,         -- demand, need, emotion, promises, asked twice: reading_pack.h
    marks                    BLOB NOT NULL,         -- marks.h
    UNIQUE (conversation_id, reader_id)
) STRICT;
CREATE INDEX reading_outcome ON reading (outcome, conversation_id);

-- How often each behaviour was heard, for filters and trends without unpacking.
CREATE TABLE counter (
    reading_id   INTEGER NOT NULL REFERENCES reading (id) ON DELETE CASCADE,
    behaviour_id INTEGER NOT NULL REFERENCES behaviour (id),
    count        INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (reading_id, behaviour_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX counter_behaviour ON counter (behaviour_id, reading_id);
