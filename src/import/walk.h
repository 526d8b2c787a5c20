/* walk.h -- the files behind the paths that somebody named: folders walked, sorted by name.
 *
 * In: paths as given, "-" for standard input.  Out: what is to be opened, in
 * the order of reading, always the same for the same files.  Hidden files and
 * folders are passed over; a folder reached again through its own links is not
 * walked again.  What cannot be looked at is in the list too, with its error,
 * so that it is told in its place.
 */
#ifndef GOODWILL_IMPORT_WALK_H
#define GOODWILL_IMPORT_WALK_H

#include "base/arena.h"
#include "base/err.h"

typedef enum FoundKind {
    FOUND_FILE,
    FOUND_PIPE,         /* standard input, or anything else that cannot be sought in */
    FOUND_SLACK_FOLDER, /* an unpacked Slack export: one whole, not its files */
    FOUND_ERROR,
} FoundKind;

typedef struct Found {
    FoundKind kind;
    const char *path;
    uint64_t bytes; /* of a file */
    const Err *err; /* of a FOUND_ERROR */
} Found;

typedef struct FoundList {
    Found *item;
    size_t count, capacity;
} FoundList;

void walk(const char *const *paths, size_t count, Arena *arena, FoundList *ret);

/* The files of an unpacked Slack export, as paths, sorted; ERR_LIMIT when there are too many. */
bool walk_slack(const char *folder, Arena *arena, FoundList *ret, Err *err) MUST_USE;

/* "2026-03-02.json", the name of one day's file in a Slack channel's folder. */
bool walk_is_slack_day(const char *name);

#endif
