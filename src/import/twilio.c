/* twilio.c -- Twilio: messages of Conversations (or Chat, or SMS), and sentences of a Voice Intelligence transcript.
 *
 *   messages    one object, an array, {"messages":[…]} or JSON Lines; brought together by conversation, or by the two
 *               telephone numbers
 *   sentences   {"sentences":[…]}; which channel is whose stands on the transcript resource ("channel.participants"),
 *               when that is given beside them; else --roles "1=agent,2=customer" says it, else nobody does
 *
 * Whoever writes from a telephone number is the customer; then the others are
 * staff.  When nobody does, authors keep an unknown role.
 */
#include "import/draft.h"
#include "import/formats.h"

#include <stdlib.h>

#include "import/records.h"
#include "import/shape.h"

/* ---- Messages. ---- */

static Str author_of(const Json *message)
{
    Str author = str_trim(json_scalar(json_get(message, "author")));
    return author.len ? author : str_trim(json_scalar(json_get(message, "from")));
}

/* Flex writes "dana@example.org" as "dana_40example_2Eorg". */
static Str decoded(Str author, Arena *arena)
{
    if (str_find(author, STR("_40")) == STR_NOT_FOUND) return author;
    char *text = arena_alloc(arena, author.len);
    size_t len = 0;
    for (size_t i = 0; i < author.len; i++) {
        Str rest = str_from_byte(author, i);
        char c = author.data[i];
        if (str_starts(rest, STR("_40")))
            c = '@';
        else if (str_starts_nocase(rest, STR("_2E")))
            c = '.';
        else if (str_starts_nocase(rest, STR("_2B")))
            c = '+';
        else if (str_starts_nocase(rest, STR("_2D")))
            c = '-';
        else if (str_starts_nocase(rest, STR("_5F")))
            c = '_';
        if (c != author.data[i] || str_starts_nocase(rest, STR("_5F"))) i += 2;
        text[len++] = c;
    }
    return str_make(text, len);
}

/* SMS: every message names its direction as the company sees it. */
static Role role_of_direction(const Json *message)
{
    Str direction = json_str(json_get(message, "direction"));
    if (str_starts_nocase(direction, STR("inbound"))) return ROLE_CUSTOMER;
    return str_starts_nocase(direction, STR("outbound")) ? ROLE_AGENT : ROLE_UNKNOWN;
}

static bool is_address(Str author)
{
    return draft_is_telephone(author) || str_starts_nocase(author, STR("messenger:")) ||
           str_starts_nocase(author, STR("whatsapp:"));
}

static Role role_of_author(const Json *message, Str author)
{
    Role role = role_of_direction(message);
    bool both = is_address(json_scalar(json_get(message, "to"))); /* then the company is a number too */
    if (role == ROLE_UNKNOWN && !both && is_address(author)) role = ROLE_CUSTOMER;
    return role == ROLE_UNKNOWN ? role_from(author) : role;
}

typedef struct Sent {
    const Json *message;
    int64_t at, index;
    size_t order;
} Sent;

static int by_index(const void *a, const void *b)
{
    const Sent *x = a, *y = b;
    if (x->index != y->index) return x->index < y->index ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Times are whole seconds, so that the order in which messages stand decides too: by their index, or, in lists that
 * begin with the newest, backwards. */
static void put_in_order(Sent *sent, size_t count)
{
    bool indexed = true;
    for (size_t i = 0; i < count; i++) indexed &= sent[i].index >= 0;
    if (indexed) {
        qsort(sent, count, sizeof *sent, by_index);
    } else if (sent[0].at > sent[count - 1].at ||
               (sent[0].at == sent[count - 1].at && json_get(sent[0].message, "direction"))) { /* SMS: newest first */
        for (size_t i = 0; i < count / 2; i++) {
            Sent other = sent[i];
            sent[i] = sent[count - 1 - i];
            sent[count - 1 - i] = other;
        }
    }
}

static Sent sent_of(const Json *message, size_t order)
{
    static const char *const time[] = { "date_sent", "date_created", "timestamp", "dateCreated" };
    Sent sent = { .message = message, .at = WHEN_NONE, .order = order };
    for (size_t i = 0; sent.at == WHEN_NONE && i < COUNT(time); i++)
        sent.at = draft_when(json_get(message, time[i]), NULL);
    if (!json_i64(json_get(message, "index"), &sent.index)) sent.index = -1;
    return sent;
}

/* With a customer who writes from a telephone, whoever has an account is staff. */
static void settle_roles(Conversation *c)
{
    bool customer = false;
    for (uint32_t i = 0; i < c->participant_count; i++) customer |= c->participant[i].role == ROLE_CUSTOMER;
    for (uint32_t i = 0; customer && i < c->participant_count; i++)
        if (c->participant[i].role == ROLE_UNKNOWN) c->participant[i].role = ROLE_AGENT;
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        Utterance *u = &c->utterance[i];
        if (u->role == ROLE_UNKNOWN && u->participant != NO_PARTICIPANT) u->role = c->participant[u->participant].role;
    }
}

/* The conversation's participants, when they are given beside the messages: a customer is bound to an address. */
enum { BINDINGS_MAX = 1000 }; /* Twilio's own limit of participants */

typedef struct Binding {
    Str author;
    Role role;
} Binding;

typedef struct Bindings {
    Binding item[BINDINGS_MAX];
    size_t count;
} Bindings;

static const void *prepare_bindings(const Json *around, Arena *arena)
{
    const Json *participants = json_get(around, "participants");
    if (!json_is(participants, JSON_ARRAY)) return NULL;
    Bindings *bindings = ARENA_NEW(arena, Bindings, 1);
    JSON_EACH(told, participants)
    {
        if (bindings->count == BINDINGS_MAX) break;
        Str address = json_str(json_path(told, "messaging_binding.address"));
        Str identity = json_str(json_get(told, "identity"));
        Role role = address.len ? ROLE_CUSTOMER : role_from(json_str(json_get(told, "role")));
        if (role != ROLE_UNKNOWN)
            bindings->item[bindings->count++] = (Binding){ address.len ? address : identity, role };
    }
    return bindings;
}

static void add_bindings(Conversation *c, const Bindings *bindings)
{
    enum { FEW = 64 }; /* participants looked at; more have not written in one conversation */
    for (uint32_t i = 0; bindings && i < c->participant_count && i < FEW; i++) {
        Participant *p = &c->participant[i];
        for (size_t k = 0; p->role == ROLE_UNKNOWN && k < bindings->count; k++)
            if (str_equal(p->id, bindings->item[k].author)) p->role = bindings->item[k].role;
    }
}

static Str conversation_sid(const Json *message)
{
    static const char *const name[] = { "conversation_sid", "channel_sid", "conversationSid", "channelSid" };
    Str sid = { NULL, 0 };
    for (size_t i = 0; sid.len == 0 && i < COUNT(name); i++) sid = json_scalar(json_get(message, name[i]));
    return sid;
}

static bool read_messages(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record,
                          size_t count)
{
    Conversation c;
    conversation_init(&c);
    c.id = conversation_sid(record->json);
    c.channel = CHANNEL_CHAT;
    Sent *sent = ARENA_NEW(scratch, Sent, count);
    for (size_t i = 0; i < count; i++) sent[i] = sent_of(record[i].json, i);
    put_in_order(sent, count);
    for (size_t i = 0; i < count; i++) {
        Str text = json_str(json_get(sent[i].message, "body"));
        if (str_trim(text).len == 0) continue; /* a picture */
        Str author = decoded(author_of(sent[i].message), scratch);
        Role role = role_of_author(sent[i].message, author);
        uint32_t participant =
            author.len ? conversation_participant(&c, scratch, author, (Str){ NULL, 0 }, role) : NO_PARTICIPANT;
        conversation_say(&c, scratch, participant, role, text)->at_ms = sent[i].at;
    }
    add_bindings(&c, record->prepared);
    settle_roles(&c);
    return draft_give(sink, block, &c, record->line, scratch);
}

/* ---- Sentences. ---- */

/* The transcript resource, when it is given with the sentences: around them, or as a member of its own. */
static const Json *transcript_of(const Json *json)
{
    const Json *transcript = json_get(json, "transcript");
    return json_is(transcript, JSON_OBJECT) ? transcript : json;
}

/* ".../Transcripts/GT…/Sentences?…" names the transcript of a page of sentences. */
static Str transcript_sid(const Json *json)
{
    Str sid = json_scalar(json_get(json, "transcript_sid"));
    if (sid.len == 0) sid = json_scalar(json_get(transcript_of(json), "sid"));
    if (sid.len) return sid;
    Str address = json_str(json_path(json, "meta.url"));
    size_t at = str_find(address, STR("/Transcripts/"));
    if (at == STR_NOT_FOUND) return (Str){ NULL, 0 };
    Str rest = str_from_byte(address, at + strlen("/Transcripts/"));
    (void)str_next_part(&rest, '/', &sid);
    return sid;
}

static void add_channels(Conversation *c, Arena *arena, const Json *participants)
{
    JSON_EACH(told, participants)
    {
        Str number = json_scalar(json_get(told, "channel_participant"));
        if (number.len == 0) number = json_scalar(json_get(told, "channel"));
        if (number.len == 0) continue;
        uint32_t index = conversation_participant(c, arena, number, str_trim(json_str(json_get(told, "full_name"))),
                                                  role_from(json_str(json_get(told, "role"))));
        if (c->participant[index].email.len == 0) c->participant[index].email = json_str(json_get(told, "email"));
    }
}

static void add_sentence(Conversation *c, Arena *arena, const Json *sentence)
{
    Str text = json_str(json_get(sentence, "transcript")), channel = json_scalar(json_get(sentence, "media_channel"));
    if (str_trim(text).len == 0) return;
    uint32_t participant =
        channel.len ? conversation_participant(c, arena, channel, (Str){ NULL, 0 }, ROLE_UNKNOWN) : NO_PARTICIPANT;
    Utterance *u = conversation_say(c, arena, participant, ROLE_UNKNOWN, text);
    u->at_ms = draft_seconds_ms(json_get(sentence, "start_time"));
    u->end_ms = draft_seconds_ms(json_get(sentence, "end_time"));
    const Json *words = json_get(sentence, "words");
    if (u->at_ms == WHEN_NONE && json_is(words, JSON_ARRAY))
        u->at_ms = draft_seconds_ms(json_get(words->first, "start_time"));
}

static bool read_sentences(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record,
                           size_t count)
{
    Conversation c;
    conversation_init(&c);
    c.channel = CHANNEL_PHONE;
    for (size_t i = 0; i < count; i++) {
        const Json *json = record[i].json, *transcript = transcript_of(json);
        if (c.id.len == 0) c.id = transcript_sid(json);
        if (c.started == WHEN_NONE) c.started = draft_when(json_get(transcript, "media_start_time"), &c.offset_minutes);
        add_channels(&c, scratch, json_path(transcript, "channel.participants"));
        add_channels(&c, scratch, json_get(json, "participants"));
        if (!json_is(json_get(json, "sentences"), JSON_ARRAY))
            add_sentence(&c, scratch, json);
        else
            JSON_EACH(sentence, json_get(json, "sentences")) add_sentence(&c, scratch, sentence);
    }
    draft_roles(&c, block->options);
    draft_hide_addresses(&c, scratch);
    draft_sort(&c, 0, scratch);
    return import_give(sink, block, &c, record->line, scratch);
}

/* ---- Which of the two. ---- */

static bool is_sentence(const Json *json)
{
    return json_get(json, "media_channel") && json_is(json_get(json, "transcript"), JSON_STRING);
}

/* Both numbers, the customer's last. */
static Str key_of_numbers(const Json *message, Arena *arena)
{
    Str from = author_of(message), to = json_scalar(json_get(message, "to"));
    bool swap = role_of_direction(message) == ROLE_CUSTOMER ||
                (role_of_direction(message) == ROLE_UNKNOWN && str_compare(from, to) > 0);
    return arena_printf(arena, "numbers %.*s %.*s", STR_ARG(swap ? to : from), STR_ARG(swap ? from : to));
}

static bool group_of(const Record *record, Arena *arena, Str *key)
{
    const Json *json = record->json;
    if (is_sentence(json)) {
        *key = STR("sentences");
        return true;
    }
    if (json_get(json, "sentences")) {
        *key = transcript_sid(json);
        return key->len > 0;
    }
    *key = conversation_sid(json);
    if (key->len == 0 && json_get(json, "to")) *key = key_of_numbers(json, arena);
    return json_get(json, "body") != NULL;
}

static bool read_one(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    const Json *json = record->json;
    if (json_get(json, "sentences") || is_sentence(json)) return read_sentences(block, sink, scratch, record, count);
    if (!json_get(json, "body"))
        return import_reject(sink, block, record->line, record->offset,
                             "neither a message nor sentences of a transcript");
    return read_messages(block, sink, scratch, record, count);
}

static bool read_all(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const char *const lists[] = { "messages", NULL };
    static const RecordReader reader = {
        .lists = lists, .prepare = prepare_bindings, .group = group_of, .read = read_one
    };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum {
        S_CHANNEL,
        S_INDEX,
        S_TEXT,
        CHANNEL,
        INDEX,
        ACCOUNT,
        BODY,
        AUTHOR,
        CONVERSATION,
        OLD_CHANNEL,
        DIRECTION,
        M_ACCOUNT,
        M_BODY,
        M_AUTHOR,
        M_CONVERSATION,
        M_OLD_CHANNEL,
        M_DIRECTION,
        SEGMENTS,
        M_SEGMENTS
    };
    static const char *const marks[] = {
        [S_CHANNEL] = "sentences.media_channel",
        [S_INDEX] = "sentences.sentence_index",
        [S_TEXT] = "sentences.transcript",
        [CHANNEL] = "media_channel",
        [INDEX] = "sentence_index",
        [ACCOUNT] = "account_sid",
        [BODY] = "body",
        [AUTHOR] = "author",
        [CONVERSATION] = "conversation_sid",
        [OLD_CHANNEL] = "channel_sid",
        [DIRECTION] = "direction",
        [M_ACCOUNT] = "messages.account_sid",
        [M_BODY] = "messages.body",
        [M_AUTHOR] = "messages.author",
        [M_CONVERSATION] = "messages.conversation_sid",
        [M_OLD_CHANNEL] = "messages.channel_sid",
        [M_DIRECTION] = "messages.direction",
        [SEGMENTS] = "num_segments",
        [M_SEGMENTS] = "messages.num_segments",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool sentences = (SEEN(S_CHANNEL) && (SEEN(S_INDEX) || SEEN(S_TEXT))) || (SEEN(S_INDEX) && SEEN(S_TEXT)) ||
                     (SEEN(CHANNEL) && SEEN(INDEX));
    bool message = SEEN(BODY) && (SEEN(CONVERSATION) || SEEN(OLD_CHANNEL) ||
                                  (SEEN(ACCOUNT) && (SEEN(AUTHOR) || SEEN(DIRECTION) || SEEN(SEGMENTS))));
    bool messages = SEEN(M_BODY) && (SEEN(M_CONVERSATION) || SEEN(M_OLD_CHANNEL) ||
                                     (SEEN(M_ACCOUNT) && (SEEN(M_AUTHOR) || SEEN(M_DIRECTION) || SEEN(M_SEGMENTS))) ||
                                     (SEEN(M_DIRECTION) && SEEN(M_SEGMENTS)));
#undef SEEN
    (void)file_name, (void)whole;
    return sentences || message || messages ? 90 : 0;
}

const Format format_twilio = { .name = "twilio",
                               .about = "Twilio messages, and sentences of Voice Intelligence transcripts",
                               .recognise = recognise,
                               .read = read_all };
