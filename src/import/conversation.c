/* conversation.c -- building a Conversation turn by turn, and the words that other systems use for roles and channels.
 *
 * In: what a reader found.  Out: a Conversation whose texts are valid UTF-8
 * without NUL.  Cost: adding a turn does not grow with the number of
 * participants, so that no file can make a reader slow.
 */
#include "import/conversation.h"

#include "base/utf8.h"
#include "import/import.h"

typedef struct Word {
    const char *word; /* lower case; blank, '-' and '_' are the same and written as '_' */
    int meaning;
} Word;

static const char *const ROLE_NAME[ROLE_COUNT] = {
    [ROLE_UNKNOWN] = "unknown", [ROLE_CUSTOMER] = "customer", [ROLE_AGENT] = "agent",
    [ROLE_BOT] = "bot",         [ROLE_SYSTEM] = "system",
};

static const Word ROLE_WORD[] = {
    { "customer", ROLE_CUSTOMER },
    { "agent", ROLE_AGENT },
    { "bot", ROLE_BOT },
    { "system", ROLE_SYSTEM },
    { "user", ROLE_CUSTOMER },
    { "end_user", ROLE_CUSTOMER },
    { "enduser", ROLE_CUSTOMER },
    { "visitor", ROLE_CUSTOMER },
    { "client", ROLE_CUSTOMER },
    { "lead", ROLE_CUSTOMER },
    { "contact", ROLE_CUSTOMER },
    { "guest", ROLE_CUSTOMER },
    { "external", ROLE_CUSTOMER },
    { "caller", ROLE_CUSTOMER },
    { "consumer", ROLE_CUSTOMER },
    { "buyer", ROLE_CUSTOMER },
    { "shopper", ROLE_CUSTOMER },
    { "requester", ROLE_CUSTOMER },
    { "inbound", ROLE_CUSTOMER },
    { "incoming", ROLE_CUSTOMER },
    { "in", ROLE_CUSTOMER },
    { "admin", ROLE_AGENT },
    { "operator", ROLE_AGENT },
    { "assistant", ROLE_AGENT }, /* "user" and "assistant" are the two sides of many data sets */
    { "rep", ROLE_AGENT },
    { "representative", ROLE_AGENT },
    { "csr", ROLE_AGENT },
    { "advisor", ROLE_AGENT },
    { "adviser", ROLE_AGENT },
    { "specialist", ROLE_AGENT },
    { "staff", ROLE_AGENT },
    { "employee", ROLE_AGENT },
    { "support", ROLE_AGENT },
    { "support_agent", ROLE_AGENT },
    { "service_agent", ROLE_AGENT },
    { "human_agent", ROLE_AGENT },
    { "customer_service", ROLE_AGENT },
    { "customer_support", ROLE_AGENT },
    { "internal", ROLE_AGENT },
    { "supervisor", ROLE_AGENT },
    { "manager", ROLE_AGENT },
    { "teammate", ROLE_AGENT },
    { "team_member", ROLE_AGENT },
    { "outbound", ROLE_AGENT },
    { "outgoing", ROLE_AGENT },
    { "out", ROLE_AGENT },
    { "chatbot", ROLE_BOT },
    { "virtual_agent", ROLE_BOT },
    { "virtual_assistant", ROLE_BOT },
    { "answer_bot", ROLE_BOT },
    { "custom_bot", ROLE_BOT },
    { "ivr", ROLE_BOT },
    { "ai", ROLE_BOT },
    { "robot", ROLE_BOT },
    { "workflow", ROLE_BOT },
    { "automation", ROLE_BOT },
    { "automated", ROLE_BOT },
    { "acd", ROLE_SYSTEM },
    { "event", ROLE_SYSTEM },
    { "activity", ROLE_SYSTEM },
    { "notification", ROLE_SYSTEM },
    { "trigger", ROLE_SYSTEM },
};

static const char *const CHANNEL_NAME[CHANNEL_COUNT] = {
    [CHANNEL_UNKNOWN] = "unknown", [CHANNEL_PHONE] = "phone",         [CHANNEL_CHAT] = "chat",
    [CHANNEL_EMAIL] = "email",     [CHANNEL_IN_PERSON] = "in_person", [CHANNEL_SOCIAL] = "social",
};

static const Word CHANNEL_WORD[] = {
    { "phone", CHANNEL_PHONE },
    { "chat", CHANNEL_CHAT },
    { "email", CHANNEL_EMAIL },
    { "in_person", CHANNEL_IN_PERSON },
    { "social", CHANNEL_SOCIAL },
    { "voice", CHANNEL_PHONE },
    { "call", CHANNEL_PHONE },
    { "callback", CHANNEL_PHONE },
    { "phone_call", CHANNEL_PHONE },
    { "telephone", CHANNEL_PHONE },
    { "telephony", CHANNEL_PHONE },
    { "voicemail", CHANNEL_PHONE },
    { "live_chat", CHANNEL_CHAT },
    { "livechat", CHANNEL_CHAT },
    { "webchat", CHANNEL_CHAT },
    { "web_chat", CHANNEL_CHAT },
    { "web", CHANNEL_CHAT },
    { "web_widget", CHANNEL_CHAT },
    { "widget", CHANNEL_CHAT },
    { "messaging", CHANNEL_CHAT },
    { "native_messaging", CHANNEL_CHAT },
    { "message", CHANNEL_CHAT },
    { "webmessaging", CHANNEL_CHAT },
    { "conversation", CHANNEL_CHAT },
    { "whatsapp", CHANNEL_CHAT },
    { "sms", CHANNEL_CHAT },
    { "text", CHANNEL_CHAT },
    { "mms", CHANNEL_CHAT },
    { "messenger", CHANNEL_CHAT },
    { "facebook_messenger", CHANNEL_CHAT },
    { "telegram", CHANNEL_CHAT },
    { "viber", CHANNEL_CHAT },
    { "wechat", CHANNEL_CHAT },
    { "line", CHANNEL_CHAT },
    { "apple_business_chat", CHANNEL_CHAT },
    { "slack", CHANNEL_CHAT },
    { "teams", CHANNEL_CHAT },
    { "zoom", CHANNEL_CHAT },
    { "mobile_sdk", CHANNEL_CHAT },
    { "e_mail", CHANNEL_EMAIL },
    { "mail", CHANNEL_EMAIL },
    { "letter", CHANNEL_EMAIL },
    { "inperson", CHANNEL_IN_PERSON },
    { "face_to_face", CHANNEL_IN_PERSON },
    { "store", CHANNEL_IN_PERSON },
    { "counter", CHANNEL_IN_PERSON },
    { "desk", CHANNEL_IN_PERSON },
    { "walk_in", CHANNEL_IN_PERSON },
    { "visit", CHANNEL_IN_PERSON },
    { "social_media", CHANNEL_SOCIAL },
    { "twitter", CHANNEL_SOCIAL },
    { "x", CHANNEL_SOCIAL },
    { "tweet", CHANNEL_SOCIAL },
    { "facebook", CHANNEL_SOCIAL },
    { "instagram", CHANNEL_SOCIAL },
    { "linkedin", CHANNEL_SOCIAL },
    { "tiktok", CHANNEL_SOCIAL },
    { "reddit", CHANNEL_SOCIAL },
    { "youtube", CHANNEL_SOCIAL },
    { "review", CHANNEL_SOCIAL },
    { "forum", CHANNEL_SOCIAL },
};

enum { WORD_LEN_MAX = 32 };

static int word_meaning(const Word *word, size_t count, Str name)
{
    char folded[WORD_LEN_MAX];
    name = str_trim(name);
    if (name.len == 0 || name.len > WORD_LEN_MAX) return 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = ascii_lower(name.data[i]);
        folded[i] = c == ' ' || c == '-' ? '_' : c;
    }
    Str key = str_make(folded, name.len);
    for (size_t i = 0; i < count; i++)
        if (word[i].word[0] == folded[0] && str_equal(key, str_from(word[i].word))) return word[i].meaning;
    return 0;
}

const char *role_name(Role role) { return role < ROLE_COUNT ? ROLE_NAME[role] : ROLE_NAME[ROLE_UNKNOWN]; }

Role role_from(Str name)
{
    for (int role = ROLE_UNKNOWN + 1; role < ROLE_COUNT; role++) /* our own words, which most turns bring, at once */
        if (name.len && name.data[0] == ROLE_NAME[role][0] && str_equal(name, str_from(ROLE_NAME[role])))
            return (Role)role;
    return (Role)word_meaning(ROLE_WORD, COUNT(ROLE_WORD), name);
}

const char *channel_name(Channel channel)
{
    return channel < CHANNEL_COUNT ? CHANNEL_NAME[channel] : CHANNEL_NAME[CHANNEL_UNKNOWN];
}

Channel channel_from(Str name) { return (Channel)word_meaning(CHANNEL_WORD, COUNT(CHANNEL_WORD), name); }

void conversation_init(Conversation *ret) { *ret = (Conversation){ .started = WHEN_NONE }; }

/* ---- Participants: a plain search while they are few, a table of their keys after that. ---- */

enum { FEW_PARTICIPANTS = 16 };

/* A participant is known by its id; by its name when it has none. */
static bool is_participant(const Participant *p, Str id, Str name)
{
    if (id.len) return str_equal(p->id, id);
    return p->id.len == 0 ? str_equal(p->name, name) : name.len > 0 && str_equal(p->name, name);
}

static void table_put(Conversation *c, Str key, uint32_t index)
{
    size_t mask = c->participant_table_size - 1;
    size_t at = str_hash(key) & mask;
    while (c->participant_table[at]) at = (at + 1) & mask;
    c->participant_table[at] = index + 1;
}

/* Brings the table up to date with what was added since; each participant is in it under its id and under its name. */
static void table_fill(Conversation *c, Arena *arena)
{
    size_t needed = (size_t)c->participant_count * 4; /* two keys each, at most half full */
    if (c->participant_table_size < needed) {
        uint32_t size = 256;
        while (size < needed * 2) size *= 2;
        c->participant_table = ARENA_NEW(arena, uint32_t, size);
        c->participant_table_size = size;
        c->participant_table_count = 0;
    }
    for (; c->participant_table_count < c->participant_count; c->participant_table_count++) {
        const Participant *p = &c->participant[c->participant_table_count];
        if (p->id.len) table_put(c, p->id, c->participant_table_count);
        if (p->name.len || !p->id.len) table_put(c, p->name, c->participant_table_count);
    }
}

uint32_t conversation_find(Conversation *c, Arena *arena, Str id, Str name)
{
    if (c->participant_count <= FEW_PARTICIPANTS) {
        for (uint32_t i = 0; i < c->participant_count; i++)
            if (is_participant(&c->participant[i], id, name)) return i;
        return NO_PARTICIPANT;
    }
    table_fill(c, arena);
    size_t mask = c->participant_table_size - 1;
    for (size_t at = str_hash(id.len ? id : name) & mask; c->participant_table[at]; at = (at + 1) & mask) {
        uint32_t index = c->participant_table[at] - 1;
        if (is_participant(&c->participant[index], id, name)) return index;
    }
    return NO_PARTICIPANT;
}

uint32_t conversation_participant(Conversation *c, Arena *arena, Str id, Str name, Role role)
{
    uint32_t index = conversation_find(c, arena, id, name);
    if (index == NO_PARTICIPANT && c->participant_count > IMPORT_PARTICIPANTS_MAX) {
        return c->participant_count - 1; /* import_give will refuse it: no need to keep them all */
    } else if (index == NO_PARTICIPANT) {
        index = c->participant_count;
        Participant *p = ARENA_PUSH(arena, c->participant, c->participant_count, c->participant_capacity);
        *p = (Participant){ .id = id, .name = name, .role = role };
    } else {
        Participant *p = &c->participant[index];
        if (p->role == ROLE_UNKNOWN) p->role = role;
        if (p->name.len == 0) p->name = name;
    }
    return index;
}

Str conversation_text(Arena *arena, Str text)
{
    if (text.len == 0) return text;
    if (utf8_is_plain(text)) return text;
    text = utf8_repair(arena, text);
    if (text.len == 0 || !memchr(text.data, 0, text.len)) return text;
    char *copy = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++) copy[i] = text.data[i] ? text.data[i] : ' ';
    return str_make(copy, text.len);
}

Utterance *conversation_say(Conversation *c, Arena *arena, uint32_t participant, Role role, Str text)
{
    assert(participant == NO_PARTICIPANT || participant < c->participant_count);
    if (role == ROLE_UNKNOWN && participant != NO_PARTICIPANT) role = c->participant[participant].role;
    Utterance *u = c->utterance_count > IMPORT_TURNS_MAX /* import_give will refuse it: no need to keep them all */
                       ? &c->utterance[c->utterance_count - 1]
                       : ARENA_PUSH(arena, c->utterance, c->utterance_count, c->utterance_capacity);
    *u = (Utterance){ .participant = participant,
                      .role = role,
                      .is_public = true,
                      .at_ms = WHEN_NONE,
                      .end_ms = WHEN_NONE,
                      .text = conversation_text(arena, text) };
    return u;
}
