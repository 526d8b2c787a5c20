/* heard.h -- one conversation with what was heard in it, as a piece of a page.
 *
 * In: the conversation, its marks and reading, and what their numbers mean.
 * Out: a <section> (heard.html), the same in the report and on the server.  The
 * words that a mark stands on are underlined and explain themselves on pointing,
 * focus or touch, without scripts; where marks overlap the words are cut into
 * pieces that each name all of theirs.  Strengths come before harms everywhere.
 */
#ifndef GOODWILL_WEB_HEARD_H
#define GOODWILL_WEB_HEARD_H

#include "hear/hear.h"

/* What the numbers in marks mean. */
typedef struct HeardNames {
    const Behaviour *(*behaviour)(void *context, uint16_t number); /* NULL when not known */
    Str (*reason)(void *context, uint32_t rule);
    AgreementState (*state)(void *context,
                            const Mark *mark); /* NULL: nothing is known; marks that are off are not shown */
    void *context;
} HeardNames;

typedef struct HeardPage {
    const Conversation *conversation;
    Marks marks;
    const Reading *reading; /* NULL: not read yet */
    HeardNames names;
    Str anchor; /* "c1": begins every id of the section */
    Str damage; /* or empty */
} HeardPage;

typedef struct HeardTally {
    uint32_t strengths, harms;
} HeardTally;

/* The view lives in the arena. */
void heard_html_of(Buf *out, const HeardPage *page, Arena *arena);

/* "Dana Ruiz with Lena": who took part. */
Str heard_title(const Conversation *conversation, Arena *arena);
HeardTally heard_tally(const HeardPage *page);

#endif
