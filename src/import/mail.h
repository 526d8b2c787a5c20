/* mail.h -- the parts of reading mail: one message by GMime, the words its writer wrote, the threads of a file.
 *
 *   mbox ──► messages (mail.c) ──► heads (mail_message.c) ──► threads (mail_thread.c) ──► each thread's bodies
 *        (mail_message.c) ──► without quotes and signature (mail_text.c) ──► Conversation (mail.c)
 *
 * Heads of all messages are kept, bodies of one at a time.
 */
#ifndef GOODWILL_IMPORT_MAIL_H
#define GOODWILL_IMPORT_MAIL_H

#include "import/import.h"

enum {
    MAIL_MESSAGES_MAX = 1000000, /* of one file */
    MAIL_HEAD_MAX = 1 << 20,     /* bytes of one message's header */
    MAIL_REFERENCES_KEPT = 16,   /* of one message: its first and its last */
    MAIL_RECIPIENTS_KEPT = 32,   /* likewise */
    MAIL_DEPTH_MAX = 16,         /* MIME parts inside one another */
    MAIL_PARTS_MAX = 1000,       /* of one message */
};

/* ---- one message */

typedef struct MailHead {
    Str bytes;        /* of the whole message, still with ">From " */
    uint64_t line;    /* of its first line in the file */
    int64_t envelope; /* when the mbox says that it came; WHEN_NONE when it does not */

    Str id;         /* without < >; empty when it has none */
    Str *reference; /* References and In-Reply-To, oldest first */
    uint32_t reference_count;
    int64_t date; /* WHEN_NONE when there is none */
    int offset_minutes;
    Str subject;
    Str name, email; /* of its writer; email in lower case */
    Str *recipient;  /* To and Cc: e-mails in lower case */
    uint32_t recipient_count;
    bool copy;       /* a message of the same id stands before it; written by mail_thread */
    bool automatic;  /* a program sent it: Auto-Submitted, Precedence */
    uint32_t thread; /* smallest index of the messages in its thread; written by mail_thread */
} MailHead;

/* Reads the header of head->bytes into the rest of *head.  NULL, or why this is no message. */
const char *mail_read_head(MailHead *head, Arena *arena);

typedef struct MailBody {
    Str text;        /* as its writer sent it: decoded, markup resolved, quotes marked with "> " */
    Str attachments; /* names, ", " between; empty when there are none */
} MailBody;

MailBody mail_read_body(const MailHead *head, Arena *arena);

/* ---- its words */

/* Without quoted mail, signature and a telephone's line.  A forward alone keeps what it forwards. */
Str mail_said(Arena *arena, Str text);

/* Is this what stands before the @ of a mailbox that staff share; that nobody reads; a domain of private people? */
bool mail_is_staff(Str email);
bool mail_is_robot(Str email);
bool mail_is_private(Str email);
Str mail_domain(Str email);

/* The subject without "Re:", "AW:", "[#42]"; *is_reply when there was one of the former. */
Str mail_subject_core(Str subject, bool *is_reply);

/* ---- threads */

/* Writes head[i].thread: by message ids; then, for answers whose ids lead nowhere, by subject and correspondents. */
void mail_thread(MailHead *head, uint32_t count, Arena *arena);

#endif
