/* report.h -- `goodwill hear --html FILE`: one page that needs nothing but itself.
 *
 * In: judged conversations, one by one.  Out: an HTML page with its style and
 * pictures inside, that opens from disk, prints, and loads nothing: a list on
 * top when there are several, then each conversation (heard.h).
 *
 * A Report keeps what it has drawn, never the conversations: they may end when
 * report_add returns.  It belongs to one thread.
 */
#ifndef GOODWILL_WEB_REPORT_H
#define GOODWILL_WEB_REPORT_H

#include "hear/hear.h"

/* More make a page that no browser shows with ease: `goodwill serve` is for those. */
enum { REPORT_CONVERSATIONS_MAX = 200 };

typedef struct Report Report;

Report *report_new(const Hearer *hearer);
void report_free(Report *report); /* NULL is fine */

/* ERR_LIMIT, with a hint, past REPORT_CONVERSATIONS_MAX. */
bool report_add(Report *report, const Conversation *conversation, Marks marks, const Reading *reading,
                Err *err) MUST_USE;
size_t report_count(const Report *report);
void report_html(const Report *report, Str title, Buf *out); /* an empty title: "What was heard" */

#endif
