/* mail_thread.c -- which mails of a file belong together.
 *
 * Messages that name the same id, as their own or as what they answer, are one
 * thread, also when the message of that id is not in the file.  An answer that
 * is then still alone joins the last earlier mail of the same subject between
 * the same people.  Sorting, not hashing: ids are chosen by strangers.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "import/mail.h"

enum { LOOK_BACK = 64 /* mails of the same subject */ };
static const int64_t SUBJECT_AGE_MAX_MS = 90LL * 24 * 60 * 60 * 1000;

/* ---- sets of messages, named by their smallest index */

static uint32_t find(MailHead *head, uint32_t i)
{
    while (head[i].thread != i) {
        head[i].thread = head[head[i].thread].thread;
        i = head[i].thread;
    }
    return i;
}

static void unite(MailHead *head, uint32_t a, uint32_t b)
{
    a = find(head, a);
    b = find(head, b);
    if (a < b)
        head[b].thread = a;
    else
        head[a].thread = b;
}

/* ---- by id */

typedef struct Naming {
    Str id;
    uint32_t message;
    bool own;
} Naming;

static int by_id(const void *left, const void *right)
{
    const Naming *a = left, *b = right;
    int order = str_compare(a->id, b->id);
    if (order) return order;
    if (a->own != b->own) return a->own ? -1 : 1;
    return a->message < b->message ? -1 : a->message > b->message;
}

static void thread_by_id(MailHead *head, uint32_t count, Arena *arena)
{
    size_t namings = 0;
    for (uint32_t i = 0; i < count; i++) namings += (head[i].id.len > 0) + head[i].reference_count;
    Naming *naming = arena_alloc(arena, namings * sizeof *naming);
    size_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (head[i].id.len) naming[n++] = (Naming){ head[i].id, i, true };
        for (uint32_t k = 0; k < head[i].reference_count; k++) naming[n++] = (Naming){ head[i].reference[k], i, false };
    }
    qsort(naming, n, sizeof *naming, by_id);
    for (size_t i = 1; i < n; i++) {
        if (!str_equal(naming[i].id, naming[i - 1].id)) continue;
        if (naming[i].own && naming[i - 1].own && naming[i].message != naming[i - 1].message)
            head[naming[i].message].copy = true;
        unite(head, naming[i].message, naming[i - 1].message);
    }
}

/* ---- by subject */

typedef struct Titled {
    Str subject; /* folded, without "Re:" */
    uint32_t message;
    int64_t when;
    bool is_reply;
} Titled;

static int by_subject(const void *left, const void *right)
{
    const Titled *a = left, *b = right;
    int order = str_compare(a->subject, b->subject);
    if (order) return order;
    if (a->when != b->when) return a->when < b->when ? -1 : 1;
    return a->message < b->message ? -1 : a->message > b->message;
}

static bool got(const MailHead *head, Str email)
{
    for (uint32_t i = 0; email.len && i < head->recipient_count; i++)
        if (str_equal(head->recipient[i], email)) return true;
    return false;
}

static void thread_by_subject(MailHead *head, uint32_t count, Arena *arena)
{
    uint32_t *size = arena_zero(arena, count, sizeof *size);
    for (uint32_t i = 0; i < count; i++) size[find(head, i)] += !head[i].copy;
    Titled *titled = arena_alloc(arena, count * sizeof *titled);
    size_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        Titled t = { .message = i, .when = head[i].date != WHEN_NONE ? head[i].date : head[i].envelope };
        t.subject = utf8_fold(arena, mail_subject_core(head[i].subject, &t.is_reply));
        if (t.subject.len && !head[i].copy) titled[n++] = t;
    }
    qsort(titled, n, sizeof *titled, by_subject);
    for (size_t i = 1; i < n; i++) {
        const Titled *t = &titled[i];
        const MailHead *answer = &head[t->message];
        if (!t->is_reply || (answer->reference_count && size[find(head, t->message)] > 1)) continue;
        for (size_t k = i; k-- > 0 && i - k <= LOOK_BACK && str_equal(titled[k].subject, t->subject);) {
            const MailHead *asked = &head[titled[k].message];
            if (t->when != WHEN_NONE && titled[k].when != WHEN_NONE && t->when - titled[k].when > SUBJECT_AGE_MAX_MS)
                break;
            if (!got(answer, asked->email) && !got(asked, answer->email)) continue;
            unite(head, t->message, titled[k].message);
            break;
        }
    }
}

void mail_thread(MailHead *head, uint32_t count, Arena *arena)
{
    for (uint32_t i = 0; i < count; i++) head[i].thread = i;
    thread_by_id(head, count, arena);
    thread_by_subject(head, count, arena);
    for (uint32_t i = 0; i < count; i++) head[i].thread = find(head, i);
}
