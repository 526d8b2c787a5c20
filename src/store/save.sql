-- Writing what was heard.  All of these run in the writer's transaction.

-- name: find_source
-- in: :name    out: id
SELECT id FROM source WHERE name = :name;

-- name: add_source
INSERT INTO source (name) VALUES (:name);

-- name: find_conversation
-- what: The conversation that we know by this name, if we do.
-- in: :source, :external    out: id, utterance_count, text_hash, reading_id
SELECT id, utterance_count, text_hash, reading_id FROM conversation WHERE source_id = :source AND external_id = :external;

-- name: add_conversation
INSERT INTO conversation (source_id, external_id, id_given, channel, started, offset_minutes, subject, file, line,
                          speakers, utterance_count, text_hash, imported, changed)
VALUES (:source, :external, :id_given, :channel, :started, :offset, :subject, :file, :line,
        :speakers, :count, :hash, :now, :now);

-- name: grow_conversation
-- what: It has more turns now; what the source did not know before may be known by now.
UPDATE conversation
SET    utterance_count = :count, text_hash = :hash, speakers = :speakers, changed = :now,
       started = coalesce(started, :started), channel = CASE channel WHEN 'unknown' THEN :channel ELSE channel END,
       file = :file, line = :line
WHERE  id = :id;

-- name: put_in_force
UPDATE conversation SET reading_id = :reading WHERE id = :id;

-- name: put_participant
-- what: Speakers' roles may be decided otherwise once more has been said.
INSERT INTO participant (conversation_id, number, external_id, name, email, role, person_id)
VALUES (:conversation, :number, :external, :name, :email, :role, :person)
ON CONFLICT (conversation_id, number) DO UPDATE
SET external_id = excluded.external_id, name = excluded.name, email = excluded.email, role = excluded.role,
    person_id = excluded.person_id
WHERE (external_id, name, email, role, person_id)
      IS NOT (excluded.external_id, excluded.name, excluded.email, excluded.role, excluded.person_id);

-- name: add_utterance
INSERT INTO utterance (conversation_id, number, participant, role, is_public, doubtful, at_ms, end_ms, text)
VALUES (:conversation, :number, :participant, :role, :is_public, :doubtful, :at, :end, :text);

-- name: update_utterance
-- what: A turn that we had: its words are the same, who said it may be decided otherwise by now.
UPDATE utterance SET participant = :participant, role = :role
WHERE  conversation_id = :conversation AND number = :number AND (participant, role) IS NOT (:participant, :role);

-- name: text_of
-- what: The turns of a conversation in order, for telling a shorter version from another one.
-- in: :conversation, :limit    out: text, is_public
SELECT text, is_public FROM utterance WHERE conversation_id = :conversation ORDER BY number LIMIT :limit;

-- name: find_person
SELECT id FROM person WHERE key = :key;

-- name: add_person
INSERT INTO person (key, name) VALUES (:key, :name);

-- name: find_reader
SELECT id FROM reader WHERE rules = :rules;

-- name: add_reader
INSERT INTO reader (rules) VALUES (:rules);

-- name: find_behaviour
SELECT id FROM behaviour WHERE name = :name;

-- name: add_behaviour
INSERT INTO behaviour (name) VALUES (:name);

-- name: add_reader_behaviour
INSERT INTO reader_behaviour (reader_id, number, behaviour_id, who, sign, title, counts, does_not_count)
VALUES (:reader, :number, :behaviour, :who, :sign, :title, :counts, :not);

-- name: add_reason
INSERT INTO reason (reader_id, rule, text) VALUES (:reader, :rule, :text) ON CONFLICT DO NOTHING;

-- name: find_reading
-- in: :conversation, :reader    out: id, utterance_count
SELECT id, utterance_count FROM reading WHERE conversation_id = :conversation AND reader_id = :reader;

-- name: drop_reading
-- what: A reader reads again what has grown: its reading of the shorter version ends.
DELETE FROM reading WHERE id = :id;

-- name: add_reading
INSERT INTO reading (conversation_id, reader_id, utterance_count, outcome, outcome_confidence, first_contact,
                     first_contact_confidence, ends, ends_confidence, talk_share, response_median_ms, response_max_ms,
                     strengths, harms, detail, marks)
VALUES (:conversation, :reader, :count, :outcome, :outcome_confidence, :first_contact, :first_contact_confidence,
        :ends, :ends_confidence, :talk_share, :response_median, :response_max, :strengths, :harms, :detail, :marks);

-- name: add_counter
INSERT INTO counter (reading_id, behaviour_id, count) VALUES (:reading, :behaviour, :count);
