/* mail.c -- mailboxes (mbox) and single mails (EML) become conversations, one a thread.
 *
 * In: an mbox, split by ourselves: an empty line, "From " and a date; or one
 * message.  Out: a conversation for each thread, its turns in the order of time:
 * what each writer wrote, without the mail they quote.  Attached files are
 * named in a turn of their own, ROLE_SYSTEM.
 *
 * Who is staff: a shared mailbox (support@…) and all of its domain; without one
 * in the thread, the first writer is the customer when their domain is not that
 * of the others.  Mail of programs is ROLE_BOT.  When that says nothing, roles
 * stay unknown.
 */
#include "import/mail.h"

#include <stdlib.h>

#include "base/buf.h"
#include "import/draft.h"
#include "import/formats.h"
#include "import/speaker.h"

/* ---- the mbox's own lines */

static bool token_is(Str token, const char *const *names, size_t count, int *ret)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_equal_nocase(str_sub(token, 0, 3), str_from(names[i]))) continue;
        if (token.len > 3 && !(token.len == 4 && token.data[3] == ',')) continue;
        *ret = (int)i;
        return true;
    }
    return false;
}

static bool small_number(Str s, size_t digits_max, int *ret)
{
    int64_t value;
    if (s.len == 0 || s.len > digits_max || !ascii_digit(s.data[0]) || !str_to_i64(s, &value)) return false;
    *ret = (int)value;
    return true;
}

/* "From ann@mail.example Sun Dec 25 21:33:37 +0000 2011": its point in time. */
static bool read_envelope(Str line, int64_t *ret)
{
    static const char *const day[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
    static const char *const month[] = { "jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec" };
    enum { ENVELOPE_LEN_MAX = 1000 };
    if (!str_starts(line, STR("From ")) || line.len > ENVELOPE_LEN_MAX) return false;
    Date date = { .month = 0, .day = 0, .hour = -1 };
    int weekday = -1, zone_minutes = 0, number;
    Str rest = str_from_byte(line, 5), token;
    while (str_next_part(&rest, ' ', &token)) {
        token = str_trim(token);
        if (token_is(token, day, COUNT(day), &number)) {
            weekday = number;
        } else if (weekday < 0) {
            continue; /* the sender */
        } else if (token_is(token, month, COUNT(month), &number)) {
            date.month = number + 1;
        } else if (str_find_char(token, ':') != STR_NOT_FOUND) {
            Str part;
            if (!str_next_part(&token, ':', &part) || !small_number(part, 2, &date.hour)) return false;
            if (!str_next_part(&token, ':', &part) || !small_number(part, 2, &date.minute)) return false;
            if (str_next_part(&token, ':', &part) && !small_number(part, 2, &date.second)) return false;
        } else if (token.len == 5 && (token.data[0] == '+' || token.data[0] == '-') &&
                   small_number(str_from_byte(token, 1), 4, &number)) {
            zone_minutes = (number / 100 * 60 + number % 100) * (token.data[0] == '-' ? -1 : 1);
        } else if (token.len == 4 && small_number(token, 4, &number)) {
            date.year = number;
        } else if (date.day == 0 && small_number(token, 2, &number)) {
            date.day = number;
        }
    }
    if (weekday < 0 || date.hour < 0 || !date_valid(date)) return false;
    *ret = when_from_date(date) - (int64_t)zone_minutes * 60000;
    return true;
}

static Str first_line(Str s) { return str_sub(s, 0, str_find_char(s, '\n')); }

/* The next "From " line at or behind `at`: after an empty line, and with a date. */
static size_t next_envelope(Str bytes, size_t at, int64_t *envelope)
{
    while (at < bytes.len) {
        bool empty_above =
            at == 0 ||
            (at >= 2 && bytes.data[at - 1] == '\n' &&
             (bytes.data[at - 2] == '\n' || (at >= 3 && bytes.data[at - 2] == '\r' && bytes.data[at - 3] == '\n')));
        if (empty_above && read_envelope(first_line(str_from_byte(bytes, at)), envelope)) return at;
        size_t found = str_find(str_from_byte(bytes, at), STR("\nFrom "));
        if (found == STR_NOT_FOUND) break;
        at += found + 1;
    }
    return STR_NOT_FOUND;
}

/* ---- a file's messages */

typedef struct Mailbox {
    const ImportBlock *block;
    ImportSink *sink;
    Arena heads; /* of the whole file */
    MailHead *head;
    uint32_t count, capacity;
    Arena *scratch;
} Mailbox;

static bool add_message(Mailbox *box, Str bytes, uint64_t line, int64_t envelope)
{
    MailHead head = { .bytes = bytes, .line = line, .envelope = envelope };
    const char *why_not =
        bytes.len > IMPORT_CONVERSATION_MAX ? "a mail of more than 64 MB" : mail_read_head(&head, &box->heads);
    if (why_not) return import_reject(box->sink, box->block, line, UINT64_MAX, "%s", why_not);
    *ARENA_PUSH(&box->heads, box->head, box->count, box->capacity) = head;
    return true;
}

static uint64_t count_lines(Str s)
{
    uint64_t lines = 0;
    for (size_t at; (at = str_find_char(s, '\n')) != STR_NOT_FOUND; lines++) s = str_from_byte(s, at + 1);
    return lines;
}

static bool split_mbox(Mailbox *box, Str bytes)
{
    int64_t envelope = WHEN_NONE, next_when = WHEN_NONE;
    size_t begin = 0;
    while (begin < bytes.len && (bytes.data[begin] == '\n' || bytes.data[begin] == '\r')) begin++;
    uint64_t line = box->block->line + count_lines(str_sub(bytes, 0, begin));
    if (!read_envelope(first_line(str_from_byte(bytes, begin)), &envelope))
        return import_reject(box->sink, box->block, line, UINT64_MAX, "not an mbox: no \"From \" line begins it");
    while (begin < bytes.len) {
        size_t text = begin + first_line(str_from_byte(bytes, begin)).len + 1;
        size_t end = next_envelope(bytes, text, &next_when);
        if (end == STR_NOT_FOUND) end = bytes.len;
        if (box->count == MAIL_MESSAGES_MAX)
            return import_reject(box->sink, box->block, line, UINT64_MAX,
                                 "a mailbox of more than %d messages: the rest is left", MAIL_MESSAGES_MAX);
        if (!add_message(box, str_sub(bytes, text, end), line + 1, envelope)) return false;
        line += count_lines(str_sub(bytes, begin, end));
        begin = end;
        envelope = next_when;
    }
    return true;
}

/* ---- roles */

typedef struct Thread {
    MailHead **mail; /* in the order of time */
    uint32_t count;
} Thread;

static bool same_side(Str email, Str staff_email)
{
    if (str_equal(email, staff_email)) return true;
    return !mail_is_private(staff_email) && str_equal(mail_domain(email), mail_domain(staff_email));
}

/* The shared mailbox of this thread: whom the first mail went to, before who wrote. */
static Str staff_mailbox(const Thread *thread)
{
    const MailHead *first = thread->mail[0];
    for (uint32_t i = 0; i < first->recipient_count; i++)
        if (mail_is_staff(first->recipient[i]) && !same_side(first->email, first->recipient[i]))
            return first->recipient[i];
    for (uint32_t i = 0; i < thread->count; i++) {
        if (mail_is_staff(thread->mail[i]->email)) return thread->mail[i]->email;
        for (uint32_t k = 0; k < thread->mail[i]->recipient_count; k++)
            if (mail_is_staff(thread->mail[i]->recipient[k])) return thread->mail[i]->recipient[k];
    }
    return (Str){ 0 };
}

typedef struct Sides {
    Str staff;           /* a mailbox of staff's side; empty when not known */
    Str customer;        /* the first writer, when staff is known as "the others" */
    bool first_is_staff; /* … the other way round */
} Sides;

static Sides find_sides(const Thread *thread)
{
    Sides sides = { .staff = staff_mailbox(thread) };
    if (sides.staff.len) return sides;
    Str first = { 0 }, other = { 0 };
    for (uint32_t i = 0; i < thread->count; i++) {
        Str email = thread->mail[i]->email;
        if (!mail_domain(email).len || mail_is_robot(email) || thread->mail[i]->automatic) continue;
        if (!first.len) first = email;
        if (same_side(email, first) || (mail_is_private(first) && str_equal(email, first))) continue;
        if (!other.len) other = email;
        if (!same_side(email, other)) return sides; /* three parties: nobody can tell */
    }
    if (!first.len || !other.len) return sides;
    if (str_equal(mail_domain(first), mail_domain(other))) return sides;
    sides.customer = first;
    sides.staff = other;
    sides.first_is_staff = mail_is_private(other) && !mail_is_private(first);
    return sides;
}

static Role role_of(const MailHead *head, const Sides *sides, const ImportOptions *options)
{
    if (options && options->roles) {
        Role told = speaker_role(head->email, options);
        if (told == ROLE_UNKNOWN) told = speaker_role(head->name, options);
        if (told != ROLE_UNKNOWN) return told;
    }
    if (mail_is_robot(head->email)) return ROLE_BOT;
    if (!sides->staff.len || !head->email.len) return ROLE_UNKNOWN;
    if (same_side(head->email, sides->staff)) return sides->first_is_staff ? ROLE_CUSTOMER : ROLE_AGENT;
    if (sides->customer.len && !same_side(head->email, sides->customer)) return ROLE_UNKNOWN;
    return sides->first_is_staff ? ROLE_AGENT : ROLE_CUSTOMER;
}

/* ---- a thread's conversation */

static int64_t when_of(const MailHead *head) { return head->date != WHEN_NONE ? head->date : head->envelope; }

static uint32_t participant_of(Conversation *c, Arena *scratch, const MailHead *head, Role role)
{
    if (!head->email.len && !head->name.len) return NO_PARTICIPANT;
    uint32_t who = conversation_participant(c, scratch, head->email, head->name, role);
    c->participant[who].email = head->email;
    return who;
}

static void say_mail(Conversation *c, Arena *scratch, const MailHead *head, const Sides *sides,
                     const ImportOptions *options, size_t *bytes)
{
    Arena body_arena = { 0 };
    MailBody body = mail_read_body(head, &body_arena);
    Str said = arena_str(scratch, mail_said(&body_arena, body.text));
    Role role = role_of(head, sides, options);
    uint32_t who = participant_of(c, scratch, head, role);
    int64_t at = when_of(head) != WHEN_NONE && c->started != WHEN_NONE ? when_of(head) - c->started : WHEN_NONE;
    if (said.len) conversation_say(c, scratch, who, head->automatic ? ROLE_BOT : ROLE_UNKNOWN, said)->at_ms = at;
    if (body.attachments.len)
        conversation_say(c, scratch, who, ROLE_SYSTEM,
                         arena_printf(scratch, "attached: %.*s", STR_ARG(body.attachments)))
            ->at_ms = at;
    *bytes += said.len;
    arena_clear(&body_arena);
}

static bool give_thread(Mailbox *box, const Thread *thread)
{
    Arena *scratch = box->scratch;
    const MailHead *first = thread->mail[0];
    Sides sides = find_sides(thread);
    Conversation c;
    arena_reset(scratch);
    conversation_init(&c);
    c.channel = CHANNEL_EMAIL;
    c.started = when_of(first);
    c.offset_minutes = first->offset_minutes;
    c.subject = first->subject;
    c.id = first->reference_count ? first->reference[0] : first->id;
    size_t bytes = 0;
    for (uint32_t i = 0; i < thread->count && bytes <= IMPORT_CONVERSATION_MAX; i++)
        if (!thread->mail[i]->copy) say_mail(&c, scratch, thread->mail[i], &sides, box->block->options, &bytes);
    if (bytes > IMPORT_CONVERSATION_MAX)
        return import_reject(box->sink, box->block, first->line, UINT64_MAX, "a conversation of more than %d MB",
                             IMPORT_CONVERSATION_MAX >> 20);
    draft_hide_addresses(&c, scratch);
    return import_give(box->sink, box->block, &c, first->line, scratch);
}

typedef struct Place {
    uint32_t thread, index;
    int64_t when;
} Place;

static int by_thread(const void *left, const void *right)
{
    const Place *a = left, *b = right;
    if (a->thread != b->thread) return a->thread < b->thread ? -1 : 1;
    if (a->when != b->when) return a->when < b->when ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool give_threads(Mailbox *box)
{
    mail_thread(box->head, box->count, &box->heads);
    Place *place = arena_alloc(&box->heads, box->count * sizeof *place);
    int64_t *last =
        arena_alloc(&box->heads, box->count * sizeof *last); /* of each thread: a mail without date stays behind */
    for (uint32_t i = 0; i < box->count; i++) {
        uint32_t thread = box->head[i].thread;
        int64_t when = when_of(&box->head[i]);
        if (thread == i) last[i] = WHEN_NONE;
        if (when == WHEN_NONE) when = last[thread];
        last[thread] = when;
        place[i] = (Place){ thread, i, when };
    }
    qsort(place, box->count, sizeof *place, by_thread);
    MailHead **mail = arena_alloc(&box->heads, box->count * sizeof *mail);
    for (uint32_t i = 0; i < box->count; i++) mail[i] = &box->head[place[i].index];
    for (uint32_t begin = 0, end; begin < box->count; begin = end) {
        for (end = begin + 1; end < box->count && place[end].thread == place[begin].thread;) end++;
        if (!give_thread(box, &(Thread){ mail + begin, end - begin })) return false;
    }
    return true;
}

static bool read_mail(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err, bool is_mbox)
{
    if (err) err->kind = ERR_NONE;
    Mailbox box = { .block = block, .sink = sink, .scratch = scratch };
    bool go_on = is_mbox ? split_mbox(&box, block->bytes) : add_message(&box, block->bytes, block->line, WHEN_NONE);
    go_on = go_on && give_threads(&box);
    arena_clear(&box.heads);
    return go_on;
}

static bool read_mbox(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    return read_mail(block, sink, scratch, err, true);
}

static bool read_eml(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    return read_mail(block, sink, scratch, err, false);
}

static int recognise_mbox(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    int64_t when;
    while (head.len && (head.data[0] == '\n' || head.data[0] == '\r')) head = str_from_byte(head, 1);
    return read_envelope(first_line(head), &when) ? 95 : 0;
}

/* A header: names of letters and '-', a colon; a few that every mail has. */
static int recognise_eml(Str head, Str file_name, bool whole)
{
    static const char *const known[] = { "from",         "to",           "subject",     "date",
                                         "message-id",   "received",     "return-path", "mime-version",
                                         "content-type", "delivered-to", "reply-to",    "dkim-signature" };
    uint32_t seen = 0;
    int fields = 0;
    Str line;
    (void)whole;
    if (str_starts(head, STR("\xEF\xBB\xBF"))) head = str_from_byte(head, 3);
    while (str_next_line(&head, &line) && line.len) {
        if (fields && (line.data[0] == ' ' || line.data[0] == '\t')) continue;
        size_t colon = 0;
        while (colon < line.len && (ascii_alnum(line.data[colon]) || line.data[colon] == '-')) colon++;
        if (colon == 0 || colon == line.len || line.data[colon] != ':') break;
        fields++;
        for (uint32_t i = 0; i < COUNT(known); i++)
            if (str_equal_nocase(str_sub(line, 0, colon), str_from(known[i]))) seen |= 1u << i;
    }
    bool has_from = seen & 1;
    int others = 0;
    for (uint32_t bits = seen & ~1u; bits; bits &= bits - 1) others++;
    if (others + has_from < 2) return 0;
    if (str_ends(file_name, STR(".eml"))) return 95;
    return has_from && others >= 2 ? 85 : 40;
}

const Format format_mbox = {
    .name = "mbox", .about = "mailbox (mbox), one conversation a thread", .recognise = recognise_mbox, .read = read_mbox
};
const Format format_eml = {
    .name = "eml", .about = "a single e-mail (EML)", .recognise = recognise_eml, .read = read_eml
};
