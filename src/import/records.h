/* records.h -- the records of a JSON file, one after the other, whatever they are wrapped in.
 *
 * Exports of the same thing come as one object, an array of them, an object
 * with a list of them beside other members, JSON Lines, or objects printed over
 * many lines one behind the other.  All are read the same way here: each record
 * is found by its brackets, parsed alone, and given to the reader with the line
 * it begins on.  A record that is no JSON is a Reject with line, offset and
 * reason, and the rest is read.  Memory: one record's tree (or one group's) at
 * a time, and an index entry for each record that waits for its group.
 */
#ifndef GOODWILL_IMPORT_RECORDS_H
#define GOODWILL_IMPORT_RECORDS_H

#include "base/json.h"
#include "import/import.h"

enum { RECORDS_WAITING_MAX = 4000000 }; /* pieces of conversations in one file; about 100 bytes of index each */

typedef struct Record {
    const Json *json;     /* an object */
    const Json *around;   /* the object whose list it stood in, without that list; NULL when it stood alone */
    const void *prepared; /* what RecordReader.prepare made of `around`; NULL when it stood alone */
    uint64_t line;        /* where it begins */
    uint64_t offset;      /* byte in the opened file */
} Record;

typedef struct RecordReader {
    /* Names of an outermost object's member that holds the records; NULL-terminated; NULL: there is no such form.  An
     * object without any of them is a record itself. */
    const char *const *lists;

    /* Looks once at what stands around a list, for all of its records: an index of its users.  May be NULL. */
    const void *(*prepare)(const Json *around, Arena *arena);

    /* For conversations that are spread over several records: *key gets the conversation's name and the answer is true;
     * false when the record is a conversation by itself.  May be NULL. */
    bool (*group)(const Record *record, Arena *arena, Str *key);

    /* Reads one conversation (or, when a record holds several, all of them): one record, or all of a group in the order
     * of the file.  False when the sink stopped.  `scratch` may be used freely: it is reset to where it stood. */
    bool (*read)(const ImportBlock *block, ImportSink *sink, Arena *scratch, const Record *record, size_t count);
} RecordReader;

/* What a Format's `read` answers.  Records that are conversations by themselves come first, then the groups, each in
 * the order of the file. */
bool records_read(const ImportBlock *block, ImportSink *sink, Arena *scratch, const RecordReader *reader,
                  Err *err) MUST_USE;

#endif
