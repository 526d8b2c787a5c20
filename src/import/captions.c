/* captions.c -- cues in, turns out: who speaks, what belongs together, in the order of time.
 *
 * Promise: no cue's words are lost or told twice.  Linear in the text, but for
 * sorting cues that come out of order.
 */
#include "import/captions.h"

#include <stdlib.h>

#include "base/buf.h"
#include "import/draft.h"
#include "import/formats.h"
#include "import/speaker.h"

/* What one speaker says in one cue. */
typedef struct Piece {
    int64_t begin_ms, end_ms;
    Str name;       /* empty: not known */
    Str text;       /* lines joined by blanks */
    uint32_t order; /* in the file */
    bool note;      /* a sound or the like, nobody's words */
} Piece;

typedef struct Pieces {
    Piece *item;
    uint32_t count, capacity;
} Pieces;

/* ---- which doubtful names are names: those that come again, or a file in which every third cue has one */

typedef struct NameCount {
    Str name;
    uint32_t count;
} NameCount;

typedef struct NameTable {
    NameCount *slot; /* open addressing; size a power of two, at most half full */
    size_t size, used;
    uint32_t cues, named_cues;
    bool marks_changes; /* ">>" is in use */
} NameTable;

static NameCount *table_find(const NameTable *table, Str name)
{
    size_t at = str_hash(name) & (table->size - 1);
    while (table->slot[at].count && !str_equal(table->slot[at].name, name)) at = (at + 1) & (table->size - 1);
    return &table->slot[at];
}

static void table_count(NameTable *table, Arena *scratch, Str name)
{
    if (table->used * 2 >= table->size) {
        NameTable bigger = *table;
        bigger.size = table->size ? table->size * 2 : 64;
        bigger.slot = ARENA_NEW(scratch, NameCount, bigger.size);
        for (size_t i = 0; i < table->size; i++)
            if (table->slot[i].count) *table_find(&bigger, table->slot[i].name) = table->slot[i];
        *table = bigger;
    }
    NameCount *found = table_find(table, name);
    if (found->count++ == 0) {
        found->name = name;
        table->used++;
    }
}

/* ">> JANE: hello": without its mark of change, and whether it had one. */
static bool strip_change(Str *line)
{
    *line = str_trim(*line);
    if (!str_starts(*line, STR(">>"))) return false;
    while (line->len && line->data[0] == '>') *line = str_from_byte(*line, 1);
    *line = str_trim(*line);
    return true;
}

static bool strip_dash(Str *line)
{
    static const char *const dash[] = { "-", "\xE2\x80\x90", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x80\x95" };
    *line = str_trim(*line);
    for (size_t i = 0; i < COUNT(dash); i++) {
        Str d = str_from(dash[i]);
        if (!str_starts(*line, d) || str_starts(str_from_byte(*line, d.len), d)) continue;
        *line = str_trim(str_from_byte(*line, d.len));
        return true;
    }
    return false;
}

/* Two speakers in one cue, as captions show them: at least two of its lines begin with a dash. */
static bool is_dialogue(Str text)
{
    int dashes = 0;
    Str line;
    while (str_next_line(&text, &line)) dashes += strip_dash(&line);
    return dashes >= 2;
}

static void survey(NameTable *table, Arena *scratch, const Caption *caption)
{
    if (caption->voice.len) return;
    table->cues++;
    bool dialogue = is_dialogue(caption->text), named = false;
    Str text = caption->text, line, name, said;
    while (str_next_line(&text, &line)) {
        if (strip_change(&line)) table->marks_changes = true;
        if (dialogue) strip_dash(&line);
        if (speaker_prefix(line, &name, &said) == NAME_NONE) continue;
        table_count(table, scratch, name);
        named = true;
    }
    table->named_cues += named;
}

static bool is_name(const NameTable *table, NameShape shape, Str name, bool change)
{
    if (shape == NAME_NONE) return false;
    if (shape == NAME_STRONG || change || (uint64_t)table->named_cues * 3 >= table->cues) return true;
    return table->size && table_find(table, name)->count >= 2;
}

/* ---- cues to pieces */

typedef struct Splitter {
    const NameTable *table;
    Arena *scratch;
    Pieces pieces;
    Buf said;    /* of the piece being put together */
    Str name;    /* its speaker */
    Str carried; /* who speaks where no name is given */
    bool named;  /* the piece has its own name */
    bool carry;
    const Caption *caption;
} Splitter;

static bool wrapped_in(Str text, Str open, Str close)
{
    return text.len > open.len + close.len && str_starts(text, open) && str_ends(text, close) &&
           str_find(str_sub(text, open.len, text.len - close.len), close) == STR_NOT_FOUND;
}

/* "[intro music]", "(laughter)", a line between notes. */
static bool is_note(Str text)
{
    return wrapped_in(text, STR("["), STR("]")) || wrapped_in(text, STR("("), STR(")")) ||
           (str_starts(text, STR("\xE2\x99\xAA")) && str_ends(text, STR("\xE2\x99\xAA"))) ||
           (str_starts(text, STR("\xE2\x99\xAB")) && str_ends(text, STR("\xE2\x99\xAB")));
}

static void end_piece(Splitter *s)
{
    Str text = str_trim(buf_str(&s->said));
    if (text.len) {
        Piece *piece = ARENA_PUSH(s->scratch, s->pieces.item, s->pieces.count, s->pieces.capacity);
        *piece = (Piece){ .begin_ms = s->caption->begin_ms,
                          .end_ms = s->caption->end_ms,
                          .name = s->name,
                          .text = arena_str(s->scratch, text),
                          .order = s->pieces.count,
                          .note = !s->named && is_note(text) };
        if (piece->note) piece->name = (Str){ 0 };
    }
    s->said.len = 0;
}

static void add_line(Splitter *s, Str line)
{
    if (s->said.len && line.len) buf_char(&s->said, ' ');
    buf_add(&s->said, line);
}

static void start_piece(Splitter *s, Str name, bool named)
{
    end_piece(s);
    s->name = name;
    s->named = named;
}

static void split(Splitter *s, const Caption *caption)
{
    s->caption = caption;
    Str text = caption->text, line, name, said;
    if (caption->voice.len) {
        start_piece(s, caption->voice, true);
        while (str_next_line(&text, &line)) add_line(s, str_trim(line));
        end_piece(s);
        return;
    }
    bool dialogue = is_dialogue(text);
    start_piece(s, s->carry ? s->carried : (Str){ 0 }, false);
    while (str_next_line(&text, &line)) {
        bool change = strip_change(&line);
        bool dashed = dialogue && strip_dash(&line);
        if (is_name(s->table, speaker_prefix(line, &name, &said), name, change)) {
            start_piece(s, name, true);
            s->carried = name;
            line = said;
        } else if (change || dashed) {
            s->carried = (Str){ 0 };
            start_piece(s, s->carried, false);
        }
        add_line(s, str_trim(line));
    }
    end_piece(s);
}

static int by_time(const void *left, const void *right)
{
    const Piece *a = left, *b = right;
    if (a->begin_ms != b->begin_ms) return a->begin_ms < b->begin_ms ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static void sort_by_time(Pieces *pieces)
{
    for (uint32_t i = 1; i < pieces->count; i++) {
        if (pieces->item[i].begin_ms >= pieces->item[i - 1].begin_ms) continue;
        qsort(pieces->item, pieces->count, sizeof *pieces->item, by_time);
        return;
    }
}

/* ---- pieces to turns */

static void say_pieces(Conversation *c, Arena *scratch, const Pieces *pieces, const ImportOptions *options)
{
    Buf said = { 0 };
    for (uint32_t i = 0, next; i < pieces->count; i = next) {
        const Piece *first = &pieces->item[i];
        int64_t end_ms = first->end_ms;
        said.len = 0;
        buf_add(&said, first->text);
        for (next = i + 1; next < pieces->count; next++) {
            const Piece *p = &pieces->item[next];
            if (!first->name.len || !str_equal(p->name, first->name) || p->begin_ms - end_ms > CAPTION_GAP_MS) break;
            buf_char(&said, ' ');
            buf_add(&said, p->text);
            end_ms = MAX(end_ms, p->end_ms);
        }
        uint32_t who = NO_PARTICIPANT;
        if (first->name.len)
            who = conversation_participant(c, scratch, (Str){ 0 }, first->name, speaker_role(first->name, options));
        Utterance *u = conversation_say(c, scratch, who, first->note ? ROLE_SYSTEM : ROLE_UNKNOWN,
                                        next == i + 1 ? first->text : arena_str(scratch, buf_str(&said)));
        u->at_ms = first->begin_ms;
        if (end_ms >= first->begin_ms) u->end_ms = end_ms;
    }
    buf_clear(&said);
}

bool captions_give(const Captions *captions, CaptionNames names, const ImportBlock *block, ImportSink *sink,
                   Arena *scratch)
{
    NameTable table = { 0 };
    for (uint32_t i = 0; i < captions->count; i++) survey(&table, scratch, &captions->item[i]);
    Splitter s = { .table = &table, .scratch = scratch, .carry = names == NAMES_CARRIED || table.marks_changes };
    for (uint32_t i = 0; i < captions->count; i++) split(&s, &captions->item[i]);
    buf_clear(&s.said);
    sort_by_time(&s.pieces);

    Conversation c;
    conversation_init(&c);
    c.channel = CHANNEL_PHONE; /* captions are of speech */
    say_pieces(&c, scratch, &s.pieces, block->options);
    draft_hide_addresses(&c, scratch);
    return import_give(sink, block, &c, block->line, scratch);
}
