-- Reading for pages.

-- name: conversations
-- what: One page of the list, newest first, behind (:listed, :after).  What is not asked for is bound as NULL.
-- in: :channel, :person, :behaviour, :outcome, :unsure, :listed, :after, :limit
SELECT c.id, c.started, c.offset_minutes, c.external_id, s.name, c.subject, c.channel, c.speakers, c.utterance_count,
       r.outcome, r.ends, r.strengths, r.harms, c.listed
FROM   conversation AS c JOIN source AS s ON s.id = c.source_id LEFT JOIN reading AS r ON r.id = c.reading_id
WHERE  (c.listed, c.id) < (:listed, :after)
  AND  (:channel IS NULL OR c.channel = :channel)
  AND  (:outcome IS NULL OR r.outcome = :outcome)
  AND  (:unsure IS NULL OR r.outcome IS NULL)
  AND  (:person IS NULL OR EXISTS (SELECT 1 FROM participant AS p
                                   WHERE p.person_id = :person AND p.conversation_id = c.id))
  AND  (:behaviour IS NULL OR EXISTS (SELECT 1 FROM counter AS k
                                      WHERE k.reading_id = c.reading_id AND k.behaviour_id = :behaviour))
ORDER  BY c.listed DESC, c.id DESC LIMIT :limit;

-- name: among
-- what: The same, for what few conversations match: found by one of the filters' own indexes (the other two :by_… are
--       NULL), then put in order, where walking the list would pass all of it.
SELECT c.id, c.started, c.offset_minutes, c.external_id, s.name, c.subject, c.channel, c.speakers, c.utterance_count,
       r.outcome, r.ends, r.strengths, r.harms, c.listed
FROM   conversation AS c NOT INDEXED JOIN source AS s ON s.id = c.source_id LEFT JOIN reading AS r ON r.id = c.reading_id
WHERE  c.id IN (SELECT conversation_id FROM participant WHERE person_id = :by_person
                UNION ALL
                SELECT n.conversation_id FROM counter AS m JOIN reading AS n ON n.id = m.reading_id
                WHERE  m.behaviour_id = :by_behaviour
                UNION ALL
                SELECT conversation_id FROM reading WHERE outcome = :by_outcome)
  AND  (c.listed, c.id) < (:listed, :after)
  AND  (:channel IS NULL OR c.channel = :channel)
  AND  (:outcome IS NULL OR r.outcome = :outcome)
  AND  (:unsure IS NULL OR r.outcome IS NULL)
  AND  (:person IS NULL OR EXISTS (SELECT 1 FROM participant AS p
                                   WHERE p.person_id = :person AND p.conversation_id = c.id))
  AND  (:behaviour IS NULL OR EXISTS (SELECT 1 FROM counter AS k
                                      WHERE k.reading_id = c.reading_id AND k.behaviour_id = :behaviour))
ORDER  BY c.listed DESC, c.id DESC LIMIT :limit;

-- name: count_person
-- what: How many there are at least: counting ends at :most.
SELECT count(*) FROM (SELECT 1 FROM participant WHERE person_id = :value LIMIT :most);

-- name: count_behaviour
SELECT count(*) FROM (SELECT 1 FROM counter WHERE behaviour_id = :value LIMIT :most);

-- name: count_outcome
SELECT count(*) FROM (SELECT 1 FROM reading WHERE outcome = :value LIMIT :most);

-- name: names
-- what: Who took part in a conversation: a few names for its line in the list.
-- in: :conversation    out: role, name
SELECT role, name FROM participant
WHERE  conversation_id = :conversation AND name <> '' AND role IN ('customer', 'agent') ORDER BY number LIMIT 8;

-- name: people
SELECT id, name FROM person ORDER BY name COLLATE NOCASE, id LIMIT 1000;

-- name: behaviours
-- what: Behaviours that were heard at all, with the name that the newest reader gives them.
SELECT b.id, b.name, (SELECT title FROM reader_behaviour WHERE behaviour_id = b.id ORDER BY reader_id DESC LIMIT 1)
FROM   behaviour AS b WHERE EXISTS (SELECT 1 FROM counter WHERE behaviour_id = b.id) ORDER BY b.id;

-- name: behaviour_id
SELECT id FROM behaviour WHERE name = :name;

-- name: count
SELECT count(*) FROM conversation;

-- name: conversation
SELECT c.external_id, c.id_given, c.channel, c.started, c.offset_minutes, s.name, c.subject, c.file, c.line, c.speakers,
       c.utterance_count, c.reading_id, (SELECT count(*) FROM reading AS r WHERE r.conversation_id = c.id)
FROM   conversation AS c JOIN source AS s ON s.id = c.source_id WHERE c.id = :id;

-- name: participants
SELECT external_id, name, email, role FROM participant WHERE conversation_id = :id ORDER BY number;

-- name: utterances
SELECT participant, role, is_public, doubtful, at_ms, end_ms, text FROM utterance
WHERE  conversation_id = :id ORDER BY number;

-- name: reading
SELECT r.reader_id, r.utterance_count, r.outcome, r.outcome_confidence, r.first_contact, r.first_contact_confidence,
       r.ends, r.ends_confidence, r.talk_share, r.response_median_ms, r.response_max_ms, r.detail, r.marks, v.rules
FROM   reading AS r JOIN reader AS v ON v.id = r.reader_id WHERE r.id = :id;

-- name: reader_behaviours
SELECT m.number, b.name, m.who, m.sign, m.title, m.counts, m.does_not_count
FROM   reader_behaviour AS m JOIN behaviour AS b ON b.id = m.behaviour_id
WHERE  m.reader_id = :reader ORDER BY m.number;

-- name: reason
SELECT w.text FROM reason AS w JOIN reader AS v ON v.id = w.reader_id WHERE v.rules = :rules AND w.rule = :rule;
