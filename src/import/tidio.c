/* tidio.c -- Tidio's JSON Lines of tickets: contact, status, subject, messages[]; also tickets as its API answers.
 *
 * A message's author says what it is (contact, operator, bot); a message of
 * type "internal" is a note.
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/records.h"
#include "import/shape.h"

/* The first of these members that is a text. */
static Str text_of(const Json *object, const char *const *names, size_t count)
{
    Str text = { NULL, 0 };
    for (size_t i = 0; text.len == 0 && i < count; i++) text = json_str(json_get(object, names[i]));
    return text;
}

static int64_t time_of(const Json *object, int *offset_minutes)
{
    int64_t at = draft_when(json_get(object, "createdAt"), offset_minutes);
    return at == WHEN_NONE ? draft_when(json_get(object, "created_at"), offset_minutes) : at;
}

typedef struct Person {
    Str name, email;
} Person;

static Person person_of(const Json *told)
{
    return (Person){ str_trim(json_str(json_get(told, "name"))), str_trim(json_str(json_get(told, "email"))) };
}

static void add_message(Conversation *c, Arena *arena, const Json *message, Person contact)
{
    static const char *const content[] = { "content", "body", "text", "message" };
    static const char *const kind[] = { "message_type", "messageType", "type", "visibility" };
    Str text = str_trim(draft_text(arena, text_of(message, content, COUNT(content))));
    if (text.len == 0) return;
    const Json *author = json_get(message, "author");
    Str type = json_str(json_get(author, "type")), word = text_of(message, kind, COUNT(kind));
    if (type.len == 0) type = json_str(author);
    if (type.len == 0) type = json_str(json_get(message, "author_type"));
    Role role = role_from(type);
    Person person = person_of(author);
    if (role == ROLE_CUSTOMER && person.name.len == 0 && person.email.len == 0) person = contact;
    Str id = json_scalar(json_get(message, "author_id"));
    if (id.len == 0) id = json_scalar(json_get(author, "id"));
    if (id.len == 0) id = person.email;
    uint32_t participant =
        id.len || person.name.len ? conversation_participant(c, arena, id, person.name, role) : NO_PARTICIPANT;
    if (participant != NO_PARTICIPANT && c->participant[participant].email.len == 0)
        c->participant[participant].email = person.email;
    Utterance *u = conversation_say(c, arena, participant, role, text);
    u->at_ms = time_of(message, NULL);
    u->is_public = !str_equal_nocase(word, STR("internal")) && !str_equal_nocase(word, STR("note"));
}

static bool read_ticket(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count)
{
    const Json *ticket = record->json, *messages = json_get(ticket, "messages");
    Conversation c;
    (void)count;
    conversation_init(&c);
    if (!json_is(messages, JSON_ARRAY))
        return import_reject(sink, block, record->line, record->offset, "a ticket without messages");
    c.id = json_scalar(json_get(ticket, "id"));
    if (c.id.len == 0) c.id = json_scalar(json_get(ticket, "externalId"));
    c.subject = str_trim(json_str(json_get(ticket, "subject")));
    c.channel = CHANNEL_EMAIL; /* its tickets are letters; chats are told elsewhere */
    c.started = time_of(ticket, &c.offset_minutes);
    Person contact = person_of(json_get(ticket, "contact"));
    JSON_EACH(message, messages) add_message(&c, scratch, message, contact);
    return draft_give(sink, block, &c, record->line, scratch);
}

static bool read_tickets(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    static const RecordReader reader = { .read = read_ticket };
    return records_read(block, sink, scratch, &reader, err);
}

static int recognise(Str head, Str file_name, bool whole)
{
    enum { CONTACT, CONTACT_ID, STATUS, SUBJECT, AUTHOR, AUTHOR_TYPE, MESSAGES, OPERATOR, CONTACT_EMAIL };
    static const char *const marks[] = {
        [CONTACT] = "contact",   [CONTACT_ID] = "contact_id",       [STATUS] = "status",
        [SUBJECT] = "subject",   [AUTHOR] = "messages.author.type", [AUTHOR_TYPE] = "messages.author_type",
        [MESSAGES] = "messages", [OPERATOR] = "operatorEmail",      [CONTACT_EMAIL] = "contact.email",
    };
    uint32_t seen = shape_marks(head, marks, COUNT(marks));
#define SEEN(mark) shape_met(seen, mark)
    bool ticket = (SEEN(CONTACT) || SEEN(CONTACT_ID)) && SEEN(STATUS) && SEEN(SUBJECT);
    bool sure =
        ticket && SEEN(MESSAGES) && (SEEN(AUTHOR) || SEEN(AUTHOR_TYPE) || SEEN(OPERATOR) || SEEN(CONTACT_EMAIL));
    (void)file_name, (void)whole;
    return sure ? 80 : ticket && SEEN(MESSAGES) ? 50 : 0;
#undef SEEN
}

const Format format_tidio = { .name = "tidio",
                              .about = "Tidio tickets, one a line",
                              .recognise = recognise,
                              .cut = import_cut_line,
                              .read = read_tickets };
