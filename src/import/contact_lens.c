/* contact_lens.c -- Amazon Connect Contact Lens: one analysed call or chat a document, and what is like it.
 *
 *   voice   Transcript[] with BeginOffsetMillis; also Amazon Transcribe Call Analytics, which names no contact
 *   chat    Transcript[] with AbsoluteTime; only messages are turns, events are not
 *   live    Segments[] of {"Transcript":{…}}, as the real-time API and the stream give them, many of one contact
 *
 * The role is the turn's own, else that of its ParticipantId in Participants[],
 * else the ParticipantId itself, which is often the word AGENT or CUSTOMER.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

/* The first of two spellings that is there. */
static const Json *either(const Json *object, const char *name, const char *other)
{
    const Json *value = json_get(object, name);
    return value ? value : json_get(object, other);
}

static int64_t offset_ms(const Json *turn, const char *name, const char *other)
{
    enum { YEAR_MS_IN_SECONDS = 366 * 86400 }; /* times 1000; a longer call is a mistake in the file */
    int64_t ms;
    if (!json_i64(either(turn, name, other), &ms) || ms < 0 || ms > 1000LL * YEAR_MS_IN_SECONDS) return WHEN_NONE;
    return ms;
}

static bool is_mark(Str word) { return word.len == 1 && strchr(".,?!;:", word.data[0]); }

/* The words one by one, where the whole is missing; punctuation stands for itself in the list. */
static Str text_of_items(const Json *items, Arena *arena)
{
    size_t len = 0;
    JSON_EACH(item, items) len += json_str(json_get(item, "Content")).len + 1;
    if (len == 0) return (Str){ NULL, 0 };
    char *text = arena_alloc(arena, len);
    len = 0;
    JSON_EACH(item, items)
    {
        Str word = json_str(json_get(item, "Content"));
        if (len && word.len && !is_mark(word)) text[len++] = ' ';
        if (word.len) memcpy(text + len, word.data, word.len);
        len += word.len;
    }
    return str_make(text, len);
}

/* In a chat, joins, leaves, receipts, attachments and forms to click on are not said by anybody. */
static bool is_said(const Json *turn)
{
    Str type = json_str(json_get(turn, "Type")), content = json_str(json_get(turn, "ContentType"));
    if (type.len && !str_equal_nocase(type, STR("MESSAGE"))) return false;
    return content.len == 0 || str_starts_nocase(content, STR("text/plain")) ||
           str_starts_nocase(content, STR("text/markdown"));
}

static uint32_t speaker(Conversation *c, Arena *arena, const Json *turn, Role *role)
{
    Str id = json_scalar(json_get(turn, "ParticipantId")), word = json_str(json_get(turn, "ParticipantRole"));
    *role = role_from(word);
    if (id.len == 0) id = word;
    Str name = json_str(json_get(turn, "DisplayName"));
    if (id.len == 0 && name.len == 0) return NO_PARTICIPANT;
    Role likely = *role != ROLE_UNKNOWN ? *role : role_from(id);
    return conversation_participant(c, arena, id, name, likely);
}

static void add_turn(Conversation *c, Arena *arena, const Json *turn, bool *absolute)
{
    Role role;
    if (!json_is(turn, JSON_OBJECT) || !is_said(turn)) return;
    Str text = json_str(json_get(turn, "Content"));
    if (text.len == 0) text = text_of_items(json_get(turn, "Items"), arena);
    if (str_trim(text).len == 0) return;
    uint32_t participant = speaker(c, arena, turn, &role);
    Utterance *u = conversation_say(c, arena, participant, role, text);
    const Json *time = json_get(turn, "AbsoluteTime");
    if (!time) time = json_path(turn, "Time.AbsoluteTime");
    int offset = 0;
    u->at_ms = draft_when(time, &offset);
    if (u->at_ms != WHEN_NONE) {
        if (c->utterance_count == 1) c->offset_minutes = offset;
        *absolute = true;
    } else {
        u->at_ms = offset_ms(turn, "BeginOffsetMillis", "Begin");
        u->end_ms = offset_ms(turn, "EndOffsetMillis", "End");
    }
}

static void add_participants(Conversation *c, Arena *arena, const Json *participants)
{
    JSON_EACH(participant, participants)
    {
        Str id = json_scalar(json_get(participant, "ParticipantId"));
        if (id.len == 0) continue;
        Role role = role_from(json_str(json_get(participant, "ParticipantRole")));
        (void)conversation_participant(c, arena, id, json_str(json_get(participant, "DisplayName")), role);
    }
}

/* "…/<contact>_analysis_2026-03-02T09:15:00Z.json" is how Contact Lens names its files; the voice form has the contact
 * nowhere else. */
static Str contact_of_file(Str file)
{
    size_t slash = file.len;
    while (slash > 0 && file.data[slash - 1] != '/') slash--;
    Str name = str_from_byte(file, slash);
    size_t end = str_find(name, STR("_analysis"));
    return end == STR_NOT_FOUND ? (Str){ NULL, 0 } : str_sub(name, 0, end);
}

static Str contact_of(const Json *json)
{
    static const char *const path[] = { "CustomerMetadata.ContactId", "ContactId", "JobName", "SessionId" };
    Str id = { NULL, 0 };
    for (size_t i = 0; id.len == 0 && i < COUNT(path); i++) id = json_scalar(json_path(json, path[i]));
    return id;
}

/* `*absolute` is set when times are points in time; else they count from the start of the call. */
static void add_document(Conversation *c, Arena *arena, const Json *json, bool *absolute)
{
    if (c->id.len == 0) c->id = contact_of(json);
    if (c->channel == CHANNEL_UNKNOWN) c->channel = channel_from(json_str(json_get(json, "Channel")));
    add_participants(c, arena, json_get(json, "Participants"));
    JSON_EACH(turn, json_get(json, "Transcript")) add_turn(c, arena, turn, absolute);
    JSON_EACH(segment, json_get(json, "Segments")) add_turn(c, arena, json_get(segment, "Transcript"), absolute);
}

static bool read_contact(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    Conversation c;
    bool absolute = false;
    conversation_init(&c);
    const Json *first = record->json;
    if (!json_is(json_get(first, "Transcript"), JSON_ARRAY) && !json_is(json_get(first, "Segments"), JSON_ARRAY))
        return import_reject(sink, block, record->line, record->offset, "no Transcript in this record");
    for (size_t i = 0; i < count; i++) add_document(&c, scratch, record[i].json, &absolute);
    if (c.id.len == 0 && block->whole && record->offset == 0) c.id = contact_of_file(block->file);
    if (c.channel == CHANNEL_UNKNOWN) c.channel = absolute ? CHANNEL_CHAT : CHANNEL_PHONE;
    draft_sort(&c, 0, scratch);
    if (absolute) draft_settle(&c);
    draft_roles(&c, block->options);
    return import_give(sink, block, &c, record->line, scratch);
}

/* The stream gives a contact piece by piece. */
static bool group_of(const Record *record, Arena *arena, Str *key)
{
    (void)arena;
    *key = contact_of(record->json);
    return key->len > 0 && json_get(record->json, "Segments");
}

static bool read_contacts(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const RecordReader reader = { .group = group_of, .read = read_contact };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum {
        T_PARTICIPANT,
        T_ROLE,
        T_CONTENT,
        T_BEGIN,
        T_TIME,
        T_ITEMS,
        S_CONTENT,
        CHARACTERISTICS,
        TRANSCRIPT,
        P_ROLE,
        CATEGORIES,
        STATUS,
        LANGUAGE
    };
    static const char *const marks[] = {
        [T_PARTICIPANT] = "Transcript.ParticipantId",
        [T_ROLE] = "Transcript.ParticipantRole",
        [T_CONTENT] = "Transcript.Content",
        [T_BEGIN] = "Transcript.BeginOffsetMillis",
        [T_TIME] = "Transcript.AbsoluteTime",
        [T_ITEMS] = "Transcript.Items",
        [S_CONTENT] = "Segments.Transcript.Content",
        [CHARACTERISTICS] = "ConversationCharacteristics",
        [TRANSCRIPT] = "Transcript",
        [P_ROLE] = "Participants.ParticipantRole",
        [CATEGORIES] = "Categories.MatchedCategories",
        [STATUS] = "JobStatus",
        [LANGUAGE] = "LanguageCode",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    int who =
        (SEEN(T_PARTICIPANT) || SEEN(T_ROLE)) + (SEEN(T_CONTENT) || SEEN(T_ITEMS)) + (SEEN(T_BEGIN) || SEEN(T_TIME));
    /* The transcript may begin behind what we see: statistics of a long chat come first. */
    int around = SEEN(CHARACTERISTICS) + SEEN(P_ROLE) + SEEN(CATEGORIES) + SEEN(STATUS) + SEEN(LANGUAGE);
    (void)file_name, (void)whole;
    if (who >= 2 || SEEN(S_CONTENT)) return 90;
    return around >= 2 ? 80 : SEEN(TRANSCRIPT) && around ? 60 : 0;
#undef SEEN
}

const Format format_contact_lens = { .name = "contact-lens",
                                     .about = "Amazon Connect Contact Lens, voice and chat; Transcribe Call Analytics",
                                     .recognise = recognise,
                                     .read = read_contacts };
