/* klaus.c -- Zendesk QA, formerly Klaus: the body of its ticket import, {"data":[ticket, …]}, or one ticket alone.
 *
 * A comment says whether its author is staff (authorIsNotClient).  Writers of
 * this form leave out what is false, so an absent word counts as "client" once
 * any comment of the ticket has the word; before that, the addresses and names
 * of assignee and customer decide.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

static bool same(Str a, Str b) { return a.len && str_equal_nocase(str_trim(a), str_trim(b)); }

typedef struct Party {
    Str email, name;
} Party;

static bool is_written_by(const Json *comment, Party party)
{
    Str author = json_str(json_get(comment, "authorEmail"));
    if (author.len) return same(author, party.email);
    return same(json_str(json_get(comment, "authorName")), party.name);
}

static bool any_has(const Json *comments, const char *name, JsonType type)
{
    JSON_EACH(comment, comments)
    if (json_is(json_get(comment, name), type)) return true;
    return false;
}

/* What each comment is judged by. */
typedef struct Habits {
    Party assignee, customer;
    bool says_staff; /* some comment says authorIsNotClient: true */
    bool leaves_out; /* `public` is true or absent, never false: absent means false */
} Habits;

static Role author_role(const Json *comment, Habits habits)
{
    const Json *staff = json_get(comment, "authorIsNotClient");
    if (json_true(staff)) return ROLE_AGENT;
    if (json_is(staff, JSON_FALSE)) return ROLE_CUSTOMER;
    if (is_written_by(comment, habits.assignee)) return ROLE_AGENT;
    if (is_written_by(comment, habits.customer)) return ROLE_CUSTOMER;
    if (json_is(json_get(comment, "public"), JSON_FALSE)) return ROLE_AGENT; /* clients write no internal notes */
    return habits.says_staff ? ROLE_CUSTOMER : ROLE_UNKNOWN;
}

static uint32_t author(Conversation *c, Arena *arena, const Json *comment, Role role)
{
    Str name = str_trim(json_str(json_get(comment, "authorName")));
    Str email = str_trim(json_str(json_get(comment, "authorEmail")));
    if (name.len == 0 && email.len == 0) return NO_PARTICIPANT;
    uint32_t index = conversation_participant(c, arena, email, name, role);
    if (c->participant[index].email.len == 0) c->participant[index].email = email;
    return index;
}

static void add_comment(Conversation *c, Arena *arena, const Json *comment, Habits habits)
{
    Str text = str_trim(draft_text(arena, json_str(json_get(comment, "comment"))));
    double duration;
    if (c->channel == CHANNEL_UNKNOWN && json_double(json_get(comment, "callDuration"), &duration) && duration > 0)
        c->channel = CHANNEL_PHONE;
    if (text.len == 0) return;
    Role role = author_role(comment, habits);
    Utterance *u = conversation_say(c, arena, author(c, arena, comment, role), role, text);
    int offset = 0;
    u->at_ms = draft_when(json_get(comment, "created"), &offset);
    if (c->utterance_count == 1 && c->started == WHEN_NONE) c->offset_minutes = offset;
    const Json *is_public = json_get(comment, "public");
    u->is_public = is_public ? !json_is(is_public, JSON_FALSE) : !(habits.leaves_out && role == ROLE_AGENT);
}

static bool read_ticket(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    const Json *ticket = record->json, *comments = json_get(ticket, "comments");
    Conversation c;
    (void)count;
    conversation_init(&c);
    c.id = json_scalar(json_get(ticket, "id"));
    if (c.id.len == 0) c.id = json_scalar(json_get(ticket, "externalId"));
    if (json_get(ticket, "userEmail") && !comments)
        return import_reject(sink, block, record->line, record->offset, "a user, not a ticket");
    c.subject = str_trim(json_str(json_get(ticket, "subject")));
    c.channel = channel_from(json_str(json_get(ticket, "channel")));
    c.started = draft_when(json_get(ticket, "created"), &c.offset_minutes);
    Habits habits = {
        .assignee = { json_str(json_get(ticket, "assigneeEmail")), json_str(json_get(ticket, "assigneeName")) },
        .customer = { json_str(json_get(ticket, "customerEmail")), json_str(json_get(ticket, "customerName")) },
        .says_staff = any_has(comments, "authorIsNotClient", JSON_TRUE),
        .leaves_out = any_has(comments, "public", JSON_TRUE) && !any_has(comments, "public", JSON_FALSE)
    };
    JSON_EACH(comment, comments) add_comment(&c, scratch, comment, habits);
    Str description = str_trim(draft_text(scratch, json_str(json_get(ticket, "description"))));
    if (c.utterance_count == 0 && description.len) { /* else it is a summary, or the first comment over again */
        Str email = habits.customer.email, name = habits.customer.name;
        uint32_t customer =
            email.len || name.len ? conversation_participant(&c, scratch, email, name, ROLE_CUSTOMER) : NO_PARTICIPANT;
        conversation_say(&c, scratch, customer, ROLE_CUSTOMER, description)->at_ms = c.started;
    }
    return draft_give(sink, block, &c, record->line, scratch);
}

static bool read_tickets(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const char *const lists[] = { "data", NULL };
    static const RecordReader reader = { .lists = lists, .read = read_ticket };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum { D_STAFF, D_COMMENT, D_EMAIL, D_NAME, STAFF, COMMENT, EMAIL, NAME, D_CUSTOMER, D_ASSIGNEE, D_SUBJECT };
    static const char *const marks[] = {
        [D_STAFF] = "data.comments.authorIsNotClient",
        [D_COMMENT] = "data.comments.comment",
        [D_EMAIL] = "data.comments.authorEmail",
        [D_NAME] = "data.comments.authorName",
        [STAFF] = "comments.authorIsNotClient",
        [COMMENT] = "comments.comment",
        [EMAIL] = "comments.authorEmail",
        [NAME] = "comments.authorName",
        [D_CUSTOMER] = "data.customerEmail",
        [D_ASSIGNEE] = "data.assigneeEmail",
        [D_SUBJECT] = "data.subject",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool data = SEEN(D_STAFF) || (SEEN(D_COMMENT) && (SEEN(D_EMAIL) || SEEN(D_NAME)));
    bool alone = SEEN(STAFF) || (SEEN(COMMENT) && (SEEN(EMAIL) || SEEN(NAME)));
    bool perhaps = SEEN(D_SUBJECT) && (SEEN(D_CUSTOMER) || SEEN(D_ASSIGNEE));
#undef SEEN
    (void)file_name, (void)whole;
    return data || alone ? 90 : perhaps ? 70 : 0;
}

const Format format_klaus = {
    .name = "klaus", .about = "Zendesk QA (Klaus) ticket import body", .recognise = recognise, .read = read_tickets
};
