/* draft.h -- what the readers of exports do alike: times in every spelling, order, roles that the user names.
 *
 * A reader says its turns with at_ms (and end_ms) holding points in time
 * (when.h), in whatever order the export has them; draft_give puts them in
 * order, counts them from the start of the conversation and hands it over.
 * Readers of recordings, whose times already count from the start, clear
 * `absolute`.
 */
#ifndef GOODWILL_IMPORT_DRAFT_H
#define GOODWILL_IMPORT_DRAFT_H

#include "base/json.h"
#include "import/import.h"

/* RFC 3339 and its relatives, the Date of a mail ("Thu, 24 Aug 2023 05:01:45 +0000"), seconds, milliseconds or
 * microseconds since 1970 as a number or a string of digits.  WHEN_NONE for everything else.  *offset_minutes (may be
 * NULL) is written when the text names an offset or Z. */
int64_t draft_when(const Json *value, int *offset_minutes);

/* Seconds (1.25 or "1.25") as milliseconds, rounded; WHEN_NONE for everything else and beyond a year. */
int64_t draft_seconds_ms(const Json *value);

/* The text of a body that may be HTML or may not be: `html` is only taken for HTML when it has a tag or an entity. */
Str draft_text(Arena *arena, Str html);

/* Sorts the turns from index `from` on by time; equal times keep their order, a turn without a time stays behind the
 * one before it. */
void draft_sort(Conversation *c, uint32_t from, Arena *scratch);

/* Points in time become milliseconds from the start: c->started when that is known and not later than the first turn.
 */
void draft_settle(Conversation *c);

/* --roles "0=agent,Dana=customer": what the user says of a participant's id, name or e-mail. */
void draft_roles(Conversation *c, const ImportOptions *options);

/* Some systems know people by their telephone number or e-mail address.  An address goes to `email`; as an id or name
 * both are replaced, since ids are shown and kept: redaction looks for them in texts and in `email`. */
bool draft_is_email(Str s);
bool draft_is_telephone(Str s); /* "+15550100", "whatsapp:+15550100", "tel:…", "sip:…" */
void draft_hide_addresses(Conversation *c, Arena *arena);

/* draft_roles, draft_hide_addresses, draft_sort from 0 and draft_settle, then import_give. */
bool draft_give(ImportSink *sink, const ImportBlock *block, Conversation *c, uint64_t line, Arena *scratch);

#endif
