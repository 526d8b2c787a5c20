/* genesys.c -- Genesys Cloud transcripts: one document a communication; those of one conversation are put together.
 *
 * A phrase only says on which side it was spoken.  Who spoke is the participant
 * of that side whose time holds the phrase; machines (acd, ivr, voicemail, fax)
 * are nobody, and what only they can have said is left out.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

enum {
    PARTIES_MAX = 200,             /* of one conversation are looked through for each phrase; real ones have a few */
    EPOCH_SECONDS_MIN = 100000000, /* times 1000: later than 1973, so a point in time and no offset into a call */
};

typedef enum Side { SIDE_NONE, SIDE_CUSTOMER, SIDE_STAFF, SIDE_BOT, SIDE_MACHINE } Side;

typedef struct Party {
    Side side;
    int64_t begin, end; /* as phrases' times; end INT64_MAX while it is not known */
    uint32_t participant;
} Party;

typedef struct Contact {
    Conversation c;
    Arena *arena;
    Party *party;
    size_t party_count, party_capacity;
    bool any_absolute, any_relative;
    int64_t base; /* start of the document being read, when its times are offsets; else WHEN_NONE */
} Contact;

static Side side_of(Str purpose)
{
    static const struct {
        const char *purpose;
        Side side;
    } row[] = {
        { "external", SIDE_CUSTOMER }, { "customer", SIDE_CUSTOMER }, { "internal", SIDE_STAFF },
        { "agent", SIDE_STAFF },       { "user", SIDE_STAFF },        { "acd", SIDE_MACHINE },
        { "ivr", SIDE_MACHINE },       { "voicemail", SIDE_MACHINE }, { "fax", SIDE_MACHINE },
        { "bot", SIDE_BOT },           { "botflow", SIDE_BOT },       { "workflow", SIDE_MACHINE },
        { "dialer", SIDE_MACHINE },    { "campaign", SIDE_MACHINE },  { "station", SIDE_STAFF },
        { "group", SIDE_STAFF },       { "manual", SIDE_STAFF },      { "outbound", SIDE_STAFF },
        { "inbound", SIDE_CUSTOMER },
    };
    for (size_t i = 0; i < COUNT(row); i++)
        if (str_equal_nocase(purpose, str_from(row[i].purpose))) return row[i].side;
    return SIDE_NONE;
}

static Role role_of(Side side)
{
    static const Role role[] = { [SIDE_NONE] = ROLE_UNKNOWN,
                                 [SIDE_CUSTOMER] = ROLE_CUSTOMER,
                                 [SIDE_STAFF] = ROLE_AGENT,
                                 [SIDE_BOT] = ROLE_BOT,
                                 [SIDE_MACHINE] = ROLE_SYSTEM };
    return role[side];
}

/* ---- Times: points in time or offsets into the communication, and durations as objects. ---- */

static int64_t milliseconds(const Json *value)
{
    static const char *const ms[] = { "milliseconds", "millis", "totalMilliseconds", "ms" };
    static const char *const seconds[] = { "seconds", "standardSeconds", "totalSeconds" };
    double number;
    for (size_t i = 0; i < COUNT(ms); i++)
        if (json_double(json_get(value, ms[i]), &number) && number >= 0 && number < 1e15) return (int64_t)number;
    for (size_t i = 0; i < COUNT(seconds); i++) {
        int64_t found = draft_seconds_ms(json_get(value, seconds[i]));
        if (found != WHEN_NONE) return found;
    }
    return json_double(value, &number) && number >= 0 && number < 1e15 ? (int64_t)number : WHEN_NONE;
}

static bool is_epoch(int64_t ms) { return ms != WHEN_NONE && ms / 1000 >= EPOCH_SECONDS_MIN; }

/* A number, or a text as the API writes times; with offsets counted from the document's start when that is known. */
static int64_t point(const Contact *contact, const Json *value)
{
    bool is_date = str_find_char(json_str(value), '-') != STR_NOT_FOUND;
    int64_t at = is_date ? draft_when(value, NULL) : milliseconds(value);
    return at == WHEN_NONE || is_epoch(at) || contact->base == WHEN_NONE ? at : contact->base + at;
}

/* ---- Who spoke. ---- */

static void add_party(Contact *contact, const Json *told)
{
    Side side = side_of(json_str(json_get(told, "participantPurpose")));
    if (side == SIDE_NONE) side = side_of(json_str(json_get(told, "purpose")));
    if (side == SIDE_NONE || contact->party_count >= PARTIES_MAX) return;
    Party party = { .side = side,
                    .begin = point(contact, json_get(told, "startTimeMs")),
                    .participant = NO_PARTICIPANT };
    int64_t end = point(contact, json_get(told, "endTimeMs"));
    if (party.begin == WHEN_NONE) party.begin = point(contact, json_get(told, "startTime"));
    if (end == WHEN_NONE) end = point(contact, json_get(told, "endTime"));
    party.end = end == WHEN_NONE ? INT64_MAX : end;
    if (side != SIDE_MACHINE) {
        static const char *const id_name[] = { "userId", "externalContactId", "participantId", "id" };
        Str id = { NULL, 0 }, name = str_trim(json_str(json_get(told, "participantName")));
        for (size_t i = 0; id.len == 0 && i < COUNT(id_name); i++) id = json_scalar(json_get(told, id_name[i]));
        if (name.len == 0) name = str_trim(json_str(json_get(told, "name")));
        if (id.len == 0 && name.len == 0) id = str_from(role_name(role_of(side)));
        party.participant = conversation_participant(&contact->c, contact->arena, id, name, role_of(side));
        Participant *p = &contact->c.participant[party.participant];
        Str from = json_str(json_get(told, "from"));
        if (p->email.len == 0 && side == SIDE_CUSTOMER && draft_is_email(from)) p->email = from;
    }
    for (size_t i = 0; i < contact->party_count; i++) { /* each document of a conversation tells all of them */
        const Party *known = &contact->party[i];
        if (known->side == party.side && known->participant == party.participant && known->begin == party.begin &&
            known->end == party.end)
            return;
    }
    *ARENA_PUSH(contact->arena, contact->party, contact->party_count, contact->party_capacity) = party;
}

static bool holds(const Party *party, int64_t at) { return at != WHEN_NONE && party->begin <= at && at <= party->end; }

/* Whose time holds the phrase comes before who came earlier, and that before who came later; of equals whoever came
 * last before the phrase, as after a transfer, and the first of those after it. */
static int nearness(const Party *party, int64_t at) { return holds(party, at) ? 2 : party->begin <= at; }

static const Party *who(const Contact *contact, Side side, int64_t at)
{
    const Party *found = NULL;
    for (size_t i = 0; i < contact->party_count; i++) {
        const Party *party = &contact->party[i];
        if (party->side != side) continue;
        int near = nearness(party, at), best = found ? nearness(found, at) : -1;
        if (near > best || (near == best && (near ? party->begin > found->begin : party->begin < found->begin)))
            found = party;
    }
    return found;
}

static bool machine_holds(const Contact *contact, int64_t at)
{
    for (size_t i = 0; i < contact->party_count; i++)
        if (contact->party[i].side == SIDE_MACHINE && holds(&contact->party[i], at)) return true;
    return false;
}

/* ---- Phrases. ---- */

/* `begin`: of the transcript, for phrases that only say how far they are from it. */
static void add_phrase(Contact *contact, const Json *phrase, int64_t begin)
{
    Str text = json_str(json_get(phrase, "decoratedText"));
    if (str_trim(text).len == 0) text = json_str(json_get(phrase, "text"));
    if (str_trim(text).len == 0) return;
    Side side = side_of(json_str(json_get(phrase, "participantPurpose")));
    int64_t at = point(contact, json_get(phrase, "startTimeMs"));
    if (at == WHEN_NONE) {
        int64_t offset = milliseconds(json_get(phrase, "offset"));
        at = offset == WHEN_NONE ? begin : begin == WHEN_NONE ? offset : begin + offset;
    }
    const Party *party = side == SIDE_NONE ? NULL : who(contact, side, at);
    if (side == SIDE_MACHINE) return;
    if (side == SIDE_STAFF && !(party && holds(party, at)) && machine_holds(contact, at)) return;
    uint32_t participant = party ? party->participant : NO_PARTICIPANT;
    if (!party && side != SIDE_NONE)
        participant = conversation_participant(&contact->c, contact->arena, str_from(role_name(role_of(side))),
                                               (Str){ NULL, 0 }, role_of(side));
    Utterance *u = conversation_say(&contact->c, contact->arena, participant, role_of(side), text);
    int64_t duration = milliseconds(json_get(phrase, "duration"));
    u->at_ms = at;
    if (at != WHEN_NONE && duration != WHEN_NONE) u->end_ms = at + duration;
    contact->any_absolute |= is_epoch(at);
    contact->any_relative |= at != WHEN_NONE && !is_epoch(at);
}

static void add_document(Contact *contact, const Json *json)
{
    Conversation *c = &contact->c;
    contact->base = draft_when(json_get(json, "startTime"), NULL);
    int64_t started = draft_when(json_get(json, "conversationStartTime"), NULL);
    if (contact->base == WHEN_NONE) contact->base = started;
    if (!is_epoch(contact->base)) contact->base = WHEN_NONE;
    if (is_epoch(started) && (c->started == WHEN_NONE || started < c->started)) c->started = started;
    if (c->channel == CHANNEL_UNKNOWN) c->channel = channel_from(json_str(json_get(json, "mediaType")));
    JSON_EACH(told, json_get(json, "participants")) add_party(contact, told);
    JSON_EACH(transcript, json_get(json, "transcripts"))
    {
        if (c->subject.len == 0) c->subject = str_trim(json_str(json_get(transcript, "subject")));
        if (c->channel == CHANNEL_UNKNOWN && json_str(json_get(transcript, "messageType")).len)
            c->channel = CHANNEL_CHAT;
        int64_t begin = point(contact, json_get(transcript, "startTime"));
        if (begin == WHEN_NONE) begin = contact->base;
        JSON_EACH(phrase, json_get(transcript, "phrases")) add_phrase(contact, phrase, begin);
    }
}

/* Offsets beside points in time, without the start that they count from, say nothing. */
static void drop_offsets(Conversation *c)
{
    for (uint32_t i = 0; i < c->utterance_count; i++)
        if (!is_epoch(c->utterance[i].at_ms)) c->utterance[i].at_ms = c->utterance[i].end_ms = WHEN_NONE;
}

static bool read_contact(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    Contact contact = { .arena = scratch };
    conversation_init(&contact.c);
    if (!json_is(json_get(record->json, "transcripts"), JSON_ARRAY))
        return import_reject(sink, block, record->line, record->offset, "no transcripts in this record");
    contact.c.id = json_scalar(json_get(record->json, "conversationId"));
    for (size_t i = 0; i < count; i++) add_document(&contact, record[i].json);
    if (contact.any_absolute && contact.any_relative) drop_offsets(&contact.c);
    draft_roles(&contact.c, block->options);
    draft_hide_addresses(&contact.c, scratch);
    draft_sort(&contact.c, 0, scratch);
    if (contact.any_absolute) draft_settle(&contact.c);
    return import_give(sink, block, &contact.c, record->line, scratch);
}

static bool group_of(const Record *record, Arena *arena, Str *key)
{
    (void)arena;
    *key = json_scalar(json_get(record->json, "conversationId"));
    return key->len > 0;
}

static bool read_contacts(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const RecordReader reader = { .group = group_of, .read = read_contact };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum { PHRASES, PURPOSE, ID, COMMUNICATION, TRANSCRIPT, PARTY };
    static const char *const marks[] = {
        [PHRASES] = "transcripts.phrases",
        [PURPOSE] = "transcripts.phrases.participantPurpose",
        [ID] = "conversationId",
        [COMMUNICATION] = "communicationId",
        [TRANSCRIPT] = "transcripts.transcriptId",
        [PARTY] = "participants.participantPurpose",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
    (void)file_name, (void)whole;
    if (shape_met(seen, PURPOSE) || (shape_met(seen, PHRASES) && shape_met(seen, ID))) return 90;
    if (shape_met(seen, ID) && shape_met(seen, COMMUNICATION) &&
        (shape_met(seen, TRANSCRIPT) || shape_met(seen, PARTY)))
        return 85;
    return shape_met(seen, PHRASES) ? 60 : 0;
}

const Format format_genesys = {
    .name = "genesys", .about = "Genesys Cloud transcripts", .recognise = recognise, .read = read_contacts
};
