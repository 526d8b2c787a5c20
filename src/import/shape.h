/* shape.h -- the shape of JSON seen without reading it: where a value ends, and which members stand where.
 *
 * In: bytes that may be cut off anywhere or be no JSON at all.  Out: offsets
 * and yes-or-no answers.  Nothing is allocated, nothing is promised of the
 * bytes: what is found this way is parsed (base/json.h) before it is believed.
 */
#ifndef GOODWILL_IMPORT_SHAPE_H
#define GOODWILL_IMPORT_SHAPE_H

#include "base/str.h"

enum { SHAPE_MARKS_MAX = 32 };

/* Offset of the first byte at or after `at` that is no JSON white space; text.len when there is none. */
size_t shape_skip_space(Str text, size_t at);

/* Where the value that begins at `at` ends; STR_NOT_FOUND when it does not end within `text` or begins no value.
 * With `one_line` a line break inside a string ends the search too: no JSON string holds one, so the value is broken,
 * and in JSON Lines the next record begins there. */
size_t shape_value_end(Str text, size_t at, bool one_line);

/* A member of an object: *at stands behind '{' or behind the last member's value and is moved behind this value.
 * `*key` is the name as written, with its quotes.  False at the end of the object (then text.data[*at] is '}') or when
 * it is broken. `*end` of a broken value is STR_NOT_FOUND, and the answer is true: its beginning may still be of use.
 */
bool shape_next_member(Str text, size_t *at, Str *key, size_t *begin, size_t *end);

/* Which of `marks` are met in `head`: bit i for marks[i].  A mark is a path of member names from the outermost value,
 * arrays left out: "Transcript.ParticipantId" is met by {"Transcript":[{"ParticipantId":…  A '=' and text behind it ask
 * for that very string as the value: "type=conversation.list".  A path that names a container is met by its name. */
uint32_t shape_marks(Str head, const char *const *marks, size_t count);
static inline bool shape_met(uint32_t seen, int mark) { return (seen >> mark) & 1; }

/* These are JSON Lines: the first value stands on one line, or, since that one may be broken, one of the first twenty
 * does; or no line break is seen at all.  `*more_follow`: another one was seen behind it. */
bool shape_is_line(Str head, bool *more_follow);

#endif
