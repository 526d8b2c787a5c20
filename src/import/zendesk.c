/* zendesk.c -- Zendesk Support tickets, as the API answers and as the account is exported.
 *
 *   zendesk         {"comments":[…]} with or without "ticket" and "users", {"tickets":[…]}, {"audits":[…]}, bare arrays
 *   zendesk-export  one ticket a line, its comments inside
 *
 * Who wrote a comment is only a number.  It is looked up, in this order: the
 * ticket's requester is the customer; users told beside or inside the ticket
 * have a role; assignee and submitter are staff; with a known requester,
 * whoever is not copied in on the customer's side is staff; whoever writes an
 * internal note is staff.  For the rest the role stays unknown.
 *
 * The first comment repeats the ticket's description, so that is used only when
 * there are no comments.
 */
#include "import/formats.h"

#include "import/draft.h"
#include "import/pasted.h"
#include "import/records.h"
#include "import/shape.h"
#include "import/zendesk_people.h"

static const void *prepare_people(const Json *around, Arena *arena)
{
    People *people = ARENA_NEW(arena, People, 1);
    people_add_all(people, arena, json_get(around, "users"));
    people_sort(people);
    return people;
}

/* ---- One ticket. ---- */

typedef struct Ticket {
    const Json *ticket; /* its own members; NULL when only comments are known */
    Str requester, submitter, assignee;
    /* Members of the ticket that each comment asks for: looked up once, since an object may have a million members. */
    const Json *requester_told, *assignee_told, *copied, *collaborators, *followers;
    People people;        /* told in the record itself */
    const People *around; /* told beside the list it stood in */
    bool has_history;     /* the messages of a chat were told one by one */
    Arena *arena;
    Conversation c;
} Ticket;

/* "requester_id":17 or "requester":{"id":17,…}. */
static Str party(const Json *ticket, const char *id_name, const char *object_name)
{
    Str id = json_scalar(json_get(ticket, id_name));
    return id.len ? id : json_scalar(json_get(json_get(ticket, object_name), "id"));
}

/* Zendesk allows 48 copies of a ticket; what stands behind a few times as many is no list of people. */
enum { COPIES_MAX = 200 };

static bool has_id(const Json *list, Str id)
{
    int left = COPIES_MAX;
    JSON_EACH(item, list)
    {
        if (str_equal(json_scalar(item), id)) return true;
        if (--left == 0) break;
    }
    return false;
}

/* Copied in by the customer; followers are staff. */
static bool is_copied(const Ticket *t, Str id)
{
    return (has_id(t->copied, id) || has_id(t->collaborators, id)) && !has_id(t->followers, id);
}

static Role author_role(const Ticket *t, Str id, const Person *told)
{
    if (id.len == 0) return ROLE_UNKNOWN;
    if (id.data[0] == '-') return ROLE_SYSTEM; /* -1 is Zendesk itself */
    if (str_equal(id, t->requester)) return ROLE_CUSTOMER;
    if (told && told->role != ROLE_UNKNOWN) return told->role;
    if (str_equal(id, t->assignee) || str_equal(id, t->submitter)) return ROLE_AGENT;
    if (t->requester.len == 0) return ROLE_UNKNOWN;
    return is_copied(t, id) ? ROLE_CUSTOMER : ROLE_AGENT;
}

static bool same(Str a, Str b) { return a.len && str_equal_nocase(a, b); }

/* In exports that leave out the numbers, people are known by e-mail or name. */
static bool is_party(const Json *party, const Person *person)
{
    Str email = str_trim(json_str(json_get(party, "email")));
    if (email.len && person->email.len) return same(email, person->email);
    return same(str_trim(json_str(json_get(party, "name"))), person->name);
}

static Role nameless_role(const Ticket *t, const Person *person)
{
    if (is_party(t->requester_told, person)) return ROLE_CUSTOMER;
    if (person->role != ROLE_UNKNOWN) return person->role;
    if (is_party(t->assignee_told, person)) return ROLE_AGENT;
    return json_is(t->requester_told, JSON_OBJECT) ? ROLE_AGENT : ROLE_UNKNOWN;
}

/* All that is known of an author: from the lists of people, from the comment's own `author` (an object or a name), and
 * from the sender of the mail that it came in. */
static Person person_of(const Ticket *t, Str id, const Json *writer, const Json *from)
{
    static const Person nobody = { .role = ROLE_UNKNOWN };
    const Person *told = people_find(&t->people, id), *around = people_find(t->around, id);
    Person person = told ? *told : around ? *around : nobody;
    if (told && around && person.role == ROLE_UNKNOWN) person.role = around->role;
    if (person.role == ROLE_UNKNOWN) person.role = person_role(writer);
    if (person.name.len == 0) person.name = str_trim(json_str(json_get(writer, "name")));
    if (person.name.len == 0) person.name = str_trim(json_str(writer));
    if (person.name.len == 0) person.name = str_trim(json_str(json_get(from, "name")));
    if (person.email.len == 0) person.email = str_trim(json_str(json_get(writer, "email")));
    if (person.email.len == 0) person.email = str_trim(json_str(json_get(from, "address")));
    return person;
}

static uint32_t author(Ticket *t, Str id, const Json *writer, const Json *from)
{
    Person person = person_of(t, id, writer, from);
    if (id.len == 0 && person.name.len == 0 && person.email.len == 0) return NO_PARTICIPANT;
    Role role = id.len ? author_role(t, id, &person) : nameless_role(t, &person);
    Str key = id.len ? id : person.email;
    uint32_t index = conversation_participant(&t->c, t->arena, key, person.name, role);
    if (t->c.participant[index].email.len == 0) t->c.participant[index].email = person.email;
    return index;
}

/* ---- Channels: Zendesk's words for where a ticket or comment came from. ---- */

static Channel channel_of(const Json *via)
{
    static const char *const by_mail[] = { "web",  "api",         "mobile", "email",       "web_form",
                                           "form", "help_center", "rule",   "web_service", "web_widget" };
    Str name = json_scalar(json_get(via, "channel"));
    if (name.len == 0) return CHANNEL_UNKNOWN;
    for (size_t i = 0; i < COUNT(by_mail); i++)
        if (str_equal(name, str_from(by_mail[i]))) return CHANNEL_EMAIL; /* written as letters, answered by mail */
    if (str_starts(name, STR("facebook")) || str_starts(name, STR("twitter")) || str_starts(name, STR("instagram")) ||
        str_starts(name, STR("x_corp")))
        return CHANNEL_SOCIAL;
    if (str_find(name, STR("chat")) != STR_NOT_FOUND || str_find(name, STR("messag")) != STR_NOT_FOUND ||
        str_starts(name, STR("sunshine")) || str_starts(name, STR("answer_bot")))
        return CHANNEL_CHAT;
    if (str_find(name, STR("voice")) != STR_NOT_FOUND || str_find(name, STR("phone")) != STR_NOT_FOUND)
        return CHANNEL_PHONE;
    return channel_from(name);
}

static bool is_rule(const Json *via)
{
    Str name = json_str(json_get(via, "channel"));
    return str_equal(name, STR("rule")) || str_equal(name, STR("trigger")) || str_equal(name, STR("automation"));
}

/* ---- Comments. ---- */

static Str without_nbsp(Arena *arena, Str s)
{
    static const Str nbsp = { "&nbsp;", 6 };
    if (str_find(s, nbsp) == STR_NOT_FOUND) return s;
    char *copy = arena_alloc(arena, s.len);
    size_t len = 0;
    for (size_t i = 0; i < s.len;) {
        bool here = str_starts(str_from_byte(s, i), nbsp);
        copy[len++] = here ? ' ' : s.data[i];
        i += here ? nbsp.len : 1;
    }
    return str_make(copy, len);
}

static Str comment_text(Arena *arena, const Json *comment)
{
    Str text = str_trim(json_str(json_get(comment, "body")));
    if (text.len == 0) text = str_trim(without_nbsp(arena, json_str(json_get(comment, "plain_body"))));
    if (text.len == 0) text = str_trim(draft_text(arena, json_str(json_get(comment, "html_body"))));
    return text;
}

/* What Zendesk itself writes about a call is nobody's words. */
static bool is_call_notice(Str text)
{
    static const char *const start[] = { "call from",      "call to",     "inbound call",  "outbound call",
                                         "voicemail from", "missed call", "abandoned call" };
    for (size_t i = 0; i < COUNT(start); i++)
        if (str_starts_nocase(text, str_from(start[i]))) return true;
    return str_find_nocase(text, STR("time of call:")) != STR_NOT_FOUND;
}

static void say(Ticket *t, uint32_t participant, Role role, Str text, int64_t at, bool is_public)
{
    if (str_trim(text).len == 0) return;
    Utterance *u = conversation_say(&t->c, t->arena, participant, role, text);
    u->at_ms = at;
    u->is_public = is_public;
}

/* A call or chat that stands in one comment as a transcript: each line becomes its speaker's turn. */
static void say_pasted(Ticket *t, Pasted *pasted, int64_t at, bool is_public)
{
    const Person *requester = people_find(&t->people, t->requester);
    if (!requester) requester = people_find(t->around, t->requester);
    bool customer_known = false;
    for (size_t i = 0; i < pasted->count; i++) {
        PastedTurn *turn = &pasted->turn[i];
        if (turn->role == ROLE_UNKNOWN && requester && str_equal(turn->name, requester->name))
            turn->role = ROLE_CUSTOMER;
        customer_known |= turn->role == ROLE_CUSTOMER;
    }
    for (size_t i = 0; i < pasted->count; i++) {
        const PastedTurn *turn = &pasted->turn[i];
        Role role = turn->role == ROLE_UNKNOWN && customer_known ? ROLE_AGENT : turn->role;
        uint32_t participant = turn->name.len
                                   ? conversation_participant(&t->c, t->arena, (Str){ NULL, 0 }, turn->name, role)
                                   : NO_PARTICIPANT;
        int64_t turn_at = at == WHEN_NONE || turn->after_ms == WHEN_NONE ? at : at + turn->after_ms;
        say(t, participant, role, turn->text, turn_at, is_public);
    }
}

/* What an audit says for all its events. */
typedef struct Audit {
    const Json *author_id, *created_at, *via;
} Audit;

static void add_comment(Ticket *t, const Json *comment, Audit audit)
{
    const Json *via = json_get(comment, "via") ? json_get(comment, "via") : audit.via;
    const Json *writer = json_get(comment, "author");
    Str id = json_scalar(json_get(comment, "author_id"));
    if (id.len == 0) id = json_scalar(json_get(writer, "id"));
    if (id.len == 0) id = json_scalar(audit.author_id);
    int offset = 0;
    int64_t at = draft_when(json_get(comment, "created_at"), &offset);
    if (at == WHEN_NONE) at = draft_when(audit.created_at, &offset);
    if (t->c.utterance_count == 0) t->c.offset_minutes = offset;
    bool is_public = !json_is(json_get(comment, "public"), JSON_FALSE);
    bool is_call = str_equal(json_str(json_get(comment, "type")), STR("VoiceComment"));
    Channel channel = is_call ? CHANNEL_PHONE : channel_of(via);
    if (t->c.channel == CHANNEL_UNKNOWN) t->c.channel = channel;

    Str text = comment_text(t->arena, comment);
    Str spoken = is_call ? str_trim(json_str(json_path(comment, "data.transcription_text"))) : (Str){ NULL, 0 };
    if (t->has_history && channel == CHANNEL_CHAT && !is_call) return;
    Pasted pasted = { .count = 0 };
    if (spoken.len ? pasted_call(spoken, t->arena, &pasted)
                   : channel == CHANNEL_CHAT && pasted_chat(text, t->arena, &pasted)) {
        say_pasted(t, &pasted, at,
                   is_public || is_call); /* who keeps the record private has still said it on the phone */
        return;
    }
    /* Source names the sender of a mail. */
    const Json *from = json_path(via, "source.from");
    uint32_t participant = author(t, id, writer, from);
    Role role = is_rule(via) ? ROLE_SYSTEM : ROLE_UNKNOWN;
    if (spoken.len)
        say(t, participant, json_scalar(json_path(comment, "data.answered_by_id")).len ? role : ROLE_CUSTOMER, spoken,
            at, true);
    else
        say(t, participant, is_call && is_call_notice(text) ? ROLE_SYSTEM : role, text, at, is_public);
}

/* The messages of a chat, as an audit's ChatStartedEvent keeps them. */
static void add_history(Ticket *t, const Json *history)
{
    JSON_EACH(message, history)
    {
        Str text = json_str(json_get(message, "message")), name = json_str(json_get(message, "actor_name"));
        Str type = json_str(json_get(message, "type"));
        if (text.len == 0 || (type.len && !str_equal(type, STR("ChatMessage")))) continue;
        Str id = json_scalar(json_get(message, "actor_id"));
        Role role = role_from(json_str(json_get(message, "actor_type")));
        if (role == ROLE_UNKNOWN) role = author_role(t, id, people_find(&t->people, id));
        uint32_t participant =
            id.len || name.len ? conversation_participant(&t->c, t->arena, id, name, role) : NO_PARTICIPANT;
        say(t, participant, role, text, draft_when(json_get(message, "timestamp"), NULL), true);
        t->has_history = true;
        if (t->c.channel == CHANNEL_UNKNOWN) t->c.channel = CHANNEL_CHAT;
    }
}

static void add_audit(Ticket *t, const Json *audit, bool with_comments)
{
    Audit around = { json_get(audit, "author_id"), json_get(audit, "created_at"), json_get(audit, "via") };
    JSON_EACH(event, json_get(audit, "events"))
    {
        Str type = json_str(json_get(event, "type"));
        if (str_equal(type, STR("ChatStartedEvent"))) {
            const Json *history = json_path(event, "value.history");
            add_history(t, history ? history : json_get(event, "history"));
        } else if (with_comments && (str_equal(type, STR("Comment")) || str_equal(type, STR("VoiceComment")))) {
            add_comment(t, event, around);
        }
    }
}

/* ---- A record. ---- */

/* The number in ".../tickets/35436/comments.json?page=2": a page of comments has no other name for its ticket. */
static Str id_in_address(Str address)
{
    size_t at = str_find(address, STR("/tickets/")), end;
    if (at == STR_NOT_FOUND) return (Str){ NULL, 0 };
    for (end = at + strlen("/tickets/"); end < address.len && ascii_digit(address.data[end]);) end++;
    return str_sub(address, at + strlen("/tickets/"), end);
}

static const Json *ticket_of(const Json *record)
{
    const Json *ticket = json_get(record, "ticket");
    if (json_is(ticket, JSON_OBJECT)) return ticket;
    if (json_get(record, "requester_id") || json_get(record, "requester") || json_get(record, "subject") ||
        json_get(record, "submitter_id") || json_get(record, "description"))
        return record;
    return NULL;
}

static Str ticket_id(const Json *record)
{
    static const char *const address[] = { "next_page", "previous_page", "links.next", "links.prev", "url" };
    const Json *ticket = ticket_of(record);
    Str id = json_scalar(json_get(ticket, "id"));
    if (id.len == 0) id = json_scalar(json_get(record, "ticket_id"));
    const Json *comments = json_get(record, "comments"), *audits = json_get(record, "audits");
    if (id.len == 0 && comments) id = json_scalar(json_get(comments->first, "ticket_id"));
    if (id.len == 0 && audits) id = json_scalar(json_get(audits->first, "ticket_id"));
    for (size_t i = 0; id.len == 0 && i < COUNT(address); i++)
        id = id_in_address(json_str(json_path(record, address[i])));
    if (id.len == 0 && json_is(comments, JSON_ARRAY) && !json_get(record, "audits"))
        id = json_scalar(json_get(record, "id"));
    return id;
}

static void add_party(Ticket *t, const Json *user)
{
    people_add(&t->people, t->arena, user, json_scalar(json_get(user, "id")));
}

static void add_people_of(Ticket *t, const Json *record)
{
    static const char *const party_name[] = { "requester", "submitter", "assignee" };
    people_add_all(&t->people, t->arena, json_get(record, "users"));
    for (size_t i = 0; i < COUNT(party_name); i++) add_party(t, json_get(record, party_name[i]));
    people_add_all(&t->people, t->arena, json_get(record, "collaborators"));
    JSON_EACH(comment, json_get(record, "comments")) add_party(t, json_get(comment, "author"));
}

/* Members of the ticket that the first record to name them decides. */
static void add_head(Ticket *t, const Json *record)
{
    const Json *ticket = ticket_of(record);
    if (t->c.id.len == 0) t->c.id = ticket_id(record);
    if (!ticket || t->ticket) return;
    t->ticket = ticket;
    t->requester = party(ticket, "requester_id", "requester");
    t->submitter = party(ticket, "submitter_id", "submitter");
    t->assignee = party(ticket, "assignee_id", "assignee");
    t->requester_told = json_get(ticket, "requester");
    t->assignee_told = json_get(ticket, "assignee");
    t->copied = json_get(ticket, "email_cc_ids");
    t->collaborators = json_get(ticket, "collaborator_ids");
    t->followers = json_get(ticket, "follower_ids");
    t->c.subject = str_trim(json_str(json_get(ticket, "subject")));
    if (t->c.subject.len == 0) t->c.subject = str_trim(json_str(json_get(ticket, "raw_subject")));
    t->c.channel = channel_of(json_get(ticket, "via"));
    t->c.started = draft_when(json_get(ticket, "created_at"), &t->c.offset_minutes);
}

static void add_turns(Ticket *t, const Record *record)
{
    const Json *json = record->json, *comments = json_get(json, "comments"), *audits = json_get(json, "audits");
    if (!comments && t->ticket) comments = json_get(t->ticket, "comments");
    bool has_comments = json_is(comments, JSON_ARRAY) && comments->count > 0;
    JSON_EACH(audit, audits) add_audit(t, audit, !has_comments);
    if (json_is(json_get(json, "events"), JSON_ARRAY)) add_audit(t, json, true);
    if (json_is(comments, JSON_ARRAY))
        JSON_EACH(comment, comments) add_comment(t, comment, (Audit){ NULL, NULL, NULL });
    else if (!t->ticket && !audits && !json_get(json, "events"))
        add_comment(t, json, (Audit){ NULL, NULL, NULL }); /* a comment that stands alone */
}

static void add_description(Ticket *t)
{
    Str text = str_trim(json_str(json_get(t->ticket, "description")));
    Str id = t->requester.len ? t->requester : t->submitter;
    if (t->c.utterance_count == 0 && text.len)
        say(t, author(t, id, t->requester_told, NULL), ROLE_UNKNOWN, text, t->c.started, true);
}

/* Internal notes are only written by staff. */
static void learn_from_notes(Conversation *c)
{
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        Utterance *u = &c->utterance[i];
        if (!u->is_public && u->role == ROLE_UNKNOWN && u->participant != NO_PARTICIPANT)
            c->participant[u->participant].role = ROLE_AGENT;
    }
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        Utterance *u = &c->utterance[i];
        if (u->role == ROLE_UNKNOWN && u->participant != NO_PARTICIPANT) u->role = c->participant[u->participant].role;
    }
}

static bool wrong_shape(const Json *json)
{
    static const char *const known[] = { "comments",    "ticket", "audits",    "events",
                                         "description", "body",   "html_body", "plain_body" };
    for (size_t i = 0; i < COUNT(known); i++)
        if (json_get(json, known[i])) return false;
    return true;
}

static bool read_ticket(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    Ticket t = { .around = record->prepared, .arena = scratch };
    conversation_init(&t.c);
    if (wrong_shape(record->json))
        return import_reject(sink, block, record->line, record->offset, "no ticket, comments or audits in this record");
    for (size_t i = 0; i < count; i++) {
        add_head(&t, record[i].json);
        add_people_of(&t, record[i].json);
        if (json_is(json_get(record[i].json, "ticket"), JSON_OBJECT))
            add_people_of(&t, json_get(record[i].json, "ticket"));
    }
    people_sort(&t.people);
    for (size_t i = 0; i < count; i++) add_turns(&t, &record[i]);
    add_description(&t);
    learn_from_notes(&t.c);
    return draft_give(sink, block, &t.c, record->line, scratch);
}

/* Comments and audits that stand alone, and pages of comments, belong together by their ticket. */
static bool group_of(const Record *record, Arena *arena, Str *key)
{
    const Json *json = record->json;
    (void)arena;
    if (ticket_of(json)) return false;
    *key = ticket_id(json);
    if (json_get(json, "comments") || json_get(json, "audits")) return key->len > 0;
    return json_get(json, "author_id") && !wrong_shape(json);
}

static bool read_tickets(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const char *const lists[] = { "tickets", NULL };
    static const RecordReader reader = {
        .lists = lists, .prepare = prepare_people, .group = group_of, .read = read_ticket
    };
    return records_read(block, sink, scratch, &reader, err);
}

/* ---- Recognising. ---- */

typedef struct Look {
    int score;
    bool is_ticket; /* the outermost value is a ticket */
    bool is_bundle; /* or an object with one */
} Look;

static Look look(Str head)
{
    enum {
        C_AUTHOR,
        C_BODY,
        C_HTML,
        C_PLAIN,
        C_PUBLIC,
        TC_AUTHOR,
        T_REQUESTER,
        A_EVENTS,
        A_TICKET,
        AUTHOR,
        BODY,
        HTML,
        PUBLIC,
        REQUESTER,
        SUBMITTER,
        T_SUBMITTER,
        SUBJECT,
        COMMENTS,
        L_REQUESTER,
        L_SUBMITTER,
        L_AUTHOR,
        EVENTS,
        TICKET_ID,
        C_WRITER,
        VIA,
        REQUESTER_OBJECT
    };
    static const char *const marks[] = {
        [C_AUTHOR] = "comments.author_id",
        [C_BODY] = "comments.body",
        [C_HTML] = "comments.html_body",
        [C_PLAIN] = "comments.plain_body",
        [C_PUBLIC] = "comments.public",
        [TC_AUTHOR] = "ticket.comments.author_id",
        [T_REQUESTER] = "ticket.requester_id",
        [A_EVENTS] = "audits.events.type",
        [A_TICKET] = "audits.ticket_id",
        [AUTHOR] = "author_id",
        [BODY] = "body",
        [HTML] = "html_body",
        [PUBLIC] = "public",
        [REQUESTER] = "requester_id",
        [SUBMITTER] = "submitter_id",
        [T_SUBMITTER] = "ticket.submitter_id",
        [SUBJECT] = "subject",
        [COMMENTS] = "comments",
        [L_REQUESTER] = "tickets.requester_id",
        [L_SUBMITTER] = "tickets.submitter_id",
        [L_AUTHOR] = "tickets.comments.author_id",
        [EVENTS] = "events.type",
        [TICKET_ID] = "ticket_id",
        [C_WRITER] = "comments.author.id",
        [VIA] = "via.channel",
        [REQUESTER_OBJECT] = "requester.id",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool comments = (SEEN(C_AUTHOR) || SEEN(C_WRITER)) && (SEEN(C_BODY) || SEEN(C_HTML) || SEEN(C_PLAIN)) &&
                    (SEEN(C_PUBLIC) || SEEN(C_HTML) || SEEN(C_AUTHOR));
    bool has_head = SEEN(REQUESTER) || SEEN(REQUESTER_OBJECT) || SEEN(SUBJECT);
    bool ticket = (SEEN(REQUESTER) || SEEN(REQUESTER_OBJECT)) && (SEEN(SUBMITTER) || SEEN(VIA));
    bool alone = SEEN(AUTHOR) && SEEN(BODY) && (SEEN(HTML) || SEEN(PUBLIC));
    bool bundle = SEEN(TC_AUTHOR) || (SEEN(T_REQUESTER) && (SEEN(COMMENTS) || SEEN(T_SUBMITTER))) || SEEN(L_AUTHOR) ||
                  (SEEN(L_REQUESTER) && SEEN(L_SUBMITTER));
    bool audits = (SEEN(A_EVENTS) && SEEN(A_TICKET)) || (SEEN(EVENTS) && SEEN(TICKET_ID) && SEEN(AUTHOR));
#undef SEEN
    int score = comments || bundle || audits ? 90 : ticket ? 80 : alone ? 75 : 0;
    return (Look){ score, ticket || (comments && has_head), bundle };
}

static int recognise_answer(Str head, Str file_name, bool whole)
{
    (void)file_name, (void)whole;
    return look(head).score;
}

/* Tickets on lines of their own; a single one on one line may be either, and is read the same. */
static int recognise_export(Str head, Str file_name, bool whole)
{
    bool more_follow;
    (void)file_name, (void)whole;
    if (!shape_is_line(head, &more_follow)) return 0;
    Look found = look(head);
    return found.is_ticket || (found.is_bundle && more_follow) ? found.score + 5 : 0;
}

const Format format_zendesk = { .name = "zendesk",
                                .about = "Zendesk ticket comments, tickets and audits as the API answers",
                                .recognise = recognise_answer,
                                .read = read_tickets };

const Format format_zendesk_export = { .name = "zendesk-export",
                                       .about = "Zendesk account export: one JSON ticket a line",
                                       .recognise = recognise_export,
                                       .cut = import_cut_line,
                                       .read = read_tickets };
