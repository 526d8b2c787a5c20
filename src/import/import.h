/* import.h -- a file or feed becomes Conversations; one file a format.
 *
 * In: bytes and a file's name.  Out: Conversations, one by one, to a sink, and
 * a Reject for each record that could not be read; the rest goes on.  Pure: no
 * database, no clock, no network.  Import never guesses what it cannot read: a
 * file in no known form is refused by name.
 *
 *   file ──► opened (gzip, zip, folders: open.c) ──► recognised (formats.c)
 *        ──► cut into blocks at record ends (Format.cut) ──► read (Format.read) ──► sink
 *
 * Blocks of one file may be read on different threads at the same time: a
 * Format has no state but its block.  Formats without `cut` are read whole.
 */
#ifndef GOODWILL_IMPORT_IMPORT_H
#define GOODWILL_IMPORT_IMPORT_H

#include "base/err.h"
#include "import/conversation.h"

/* Limits, all named in docs/formats.md. */
enum {
    IMPORT_CONVERSATION_MAX = 64 << 20, /* bytes of one conversation's record */
    IMPORT_WHOLE_MAX = 512 << 20,       /* bytes of a file that must be read whole */
    IMPORT_TURNS_MAX = 200000,          /* turns of one conversation */
    IMPORT_PARTICIPANTS_MAX = 10000,
    IMPORT_FOLDER_DEPTH_MAX = 32,
    IMPORT_ENTRIES_MAX = 1000000, /* files in one archive */
};

/* What the user may say about a file. */
typedef struct ImportOptions {
    const char *map;   /* CSV columns: "conversation_id=Ticket,role=Author type,text=Body"; NULL: guessed */
    const char *roles; /* "AGENT=0,CUSTOMER=1"-like: "0=agent,1=customer" names or channels to roles; NULL: as given */
    bool labels;       /* gold form: unused by readers, kept for train */
} ImportOptions;

/* Can what the user said be understood?  Whether a file has such columns and people shows when it is read. */
bool import_options_check(const ImportOptions *options, Err *err) MUST_USE;

typedef struct Reject {
    Str file;
    uint64_t line;   /* from 1; 0 when not known */
    uint64_t offset; /* byte in the (opened) file, UINT64_MAX when not known */
    bool warning;    /* something is worth telling, but the record was read */
    Str reason;      /* one lower-case line */
} Reject;

/* Takes what is read.  Both return false to stop the reading (--strict, a closed pipe). */
typedef struct ImportSink ImportSink;
struct ImportSink {
    bool (*conversation)(ImportSink *sink, Conversation *conversation); /* may change it; it ends on return */
    bool (*reject)(ImportSink *sink, const Reject *reject);
};

typedef struct ImportBlock {
    Str file;           /* name for people: "export.zip/tickets.json" */
    Str bytes;          /* whole records */
    uint64_t line;      /* line number of the first byte, from 1 */
    uint64_t offset;    /* of the first byte in the opened file */
    bool whole;         /* these are all bytes of the file */
    const char *format; /* name of the format, which becomes the `source` of a conversation that names none */
    Str preamble;       /* CSV: the header record with its separator; else empty */
    int day_first;      /* CSV: 1 when 02/03/2026 is in March, -1 in February, 0 when the file does not tell */
    const ImportOptions *options;
} ImportBlock;

typedef struct Format {
    const char *name;  /* "contact-lens": for --format, docs and the source field */
    const char *about; /* for --help: "Amazon Connect Contact Lens, voice and chat" */

    /* How surely these are the first bytes of such a file, 0..100.  `head` is up to 64 KB; `whole` when that is all of
     * it.  80 and more: a mark that no other format has.  The highest wins; under 20 nobody does. */
    int (*recognise)(Str head, Str file_name, bool whole);

    /* Where the last whole record of `bytes` ends (records of one conversation together); 0 when none does yet.
     * `*line_count` gets the line breaks in that part.  NULL: the file is read whole. */
    size_t (*cut)(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count);

    /* Reads a block's records in order.  Returns false with err only when the sink stopped (ERR_NONE) or the block as a
     * whole cannot be read; a bad record goes to sink->reject.  The reader resets `scratch` between conversations. */
    bool (*read)(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err);
} Format;

extern const Format *const import_formats[];                         /* NULL-terminated, in the order of the docs */
const Format *import_format_named(Str name);                         /* NULL when there is none */
const Format *import_recognise(Str head, Str file_name, bool whole); /* NULL: nobody knows it */

/* For readers: a Reject put together from a format string. */
bool import_reject(ImportSink *sink, const ImportBlock *block, uint64_t line, uint64_t offset, const char *format, ...)
    PRINTF_LIKE(5, 6);
bool import_warn(ImportSink *sink, const ImportBlock *block, uint64_t line, uint64_t offset, const char *format, ...)
    PRINTF_LIKE(5, 6);

/* For readers: gives the conversation its file, line, an id when it has none, `source` when empty, checks the limits
 * and that it has a turn at all (else a reject), and hands it to the sink. */
bool import_give(ImportSink *sink, const ImportBlock *block, Conversation *c, uint64_t line, Arena *scratch);

/* For readers of JSON documents (import/document.c): parses the block; on error one reject with line, offset and reason
 * and NULL.  Line of a byte offset within the block, counted from block->line. */
struct Json;
const struct Json *import_json(const ImportBlock *block, ImportSink *sink, Arena *scratch, bool *go_on);
uint64_t import_line_of(const ImportBlock *block, size_t offset);

/* Line breaks in these bytes. */
uint64_t import_line_count(Str bytes);

/* A Format.cut for forms of one record a line: behind the last line break. */
size_t import_cut_line(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count);

/* The text that a browser would show for this HTML (libxml2's parser): paragraphs and <br> become line breaks, scripts,
 * styles and comments go, entities are resolved, links keep their words.  Never fails: worst comes to worst, tags stay.
 */
Str import_html_text(Arena *arena, Str html);

#endif
