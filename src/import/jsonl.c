/* jsonl.c -- our own conversations as JSON: one a line, one document of them, or the labelled form of corpus/.
 *
 *   {"id","channel","started_at","source","subject","participants":[{"id","role","name","email"}],
 *    "turns":[{"participant","role","at","text","public"}]}
 *
 * In: such objects; a bare role and text are enough, unknown members are passed
 * over.  Out: Conversations whose turns stand at the same index as in the
 * record, an empty text included, so that labels and seen can be compared.
 * This is the hot path of the program: one pass, no tree (pull.h).
 */
#include "import/draft.h"
#include "import/formats.h"
#include "import/pull.h"

/* A record being read: turns name participants that may be listed after them, so names are resolved at its end. */
typedef struct Record {
    Conversation c;
    Arena *arena;
    Str *speaker; /* of each turn, as written */
    uint32_t speaker_count, speaker_capacity;
    const char *doubt; /* what is worth a warning, or NULL */
} Record;

static bool key_is(Str key, const char *name, size_t len) { return memcmp(key.data, name, len) == 0; }
#define KEY(literal) (key.len == sizeof(literal) - 1 && key_is(key, literal, sizeof(literal) - 1))

/* Epoch numbers come in seconds or in milliseconds; this many seconds are the year 5138. */
static const double EPOCH_SECONDS_MAX = 1e11;

static bool point_in_time(Str text, int64_t *ret, int *offset_minutes)
{
    double number;
    if (when_parse(text, ret, offset_minutes)) return true;
    if (!str_to_double(text, &number) || !(number > 0 && number < EPOCH_SECONDS_MAX * 1000)) return false;
    *ret = (int64_t)(number < EPOCH_SECONDS_MAX ? number * 1000 : number);
    return true;
}

/* "at": milliseconds from the start, or a point in time. */
static int64_t turn_time(Record *r, Str text)
{
    int64_t whole, when;
    double number;
    if (text.len == 0) return WHEN_NONE;
    if (str_to_i64(text, &whole)) return whole < 0 ? WHEN_NONE : whole;
    if (str_to_double(text, &number)) return number >= 0 && number < 1e15 ? (int64_t)number : WHEN_NONE;
    if (!when_parse(text, &when, r->c.started == WHEN_NONE ? &r->c.offset_minutes : NULL)) {
        r->doubt = "a turn's time is not understood and left out";
        return WHEN_NONE;
    }
    if (r->c.started == WHEN_NONE) r->c.started = when;
    return MAX(when - r->c.started, 0);
}

static void read_turn(Pull *p, Record *r)
{
    Str speaker = { 0 }, name = { 0 }, role_word = { 0 }, at = { 0 }, end = { 0 }, text = { 0 };
    bool is_public = true, doubtful = false;
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        if (KEY("text"))
            text = pull_scalar(p);
        else if (KEY("role"))
            role_word = pull_scalar(p);
        else if (KEY("at"))
            at = pull_scalar(p);
        else if (KEY("end"))
            end = pull_scalar(p);
        else if (KEY("participant") || KEY("speaker"))
            speaker = pull_scalar(p);
        else if (KEY("public"))
            is_public = pull_bool(p, true);
        else if (KEY("doubtful"))
            doubtful = pull_bool(p, false);
        else if (KEY("name"))
            name = pull_scalar(p);
        else
            pull_skip(p);
    }
    if (p->reason) return;
    Role role = role_from(role_word);
    /* A role that is none names the speaker: "A" and "B", "Dana". */
    if (role == ROLE_UNKNOWN && speaker.len == 0) speaker = role_word;
    if (speaker.len == 0) speaker = name;
    Utterance *u = conversation_say(&r->c, r->arena, NO_PARTICIPANT, role, text);
    u->is_public = is_public;
    u->doubtful = doubtful;
    u->at_ms = turn_time(r, at);
    u->end_ms = turn_time(r, end);
    if (r->speaker_count < r->c.utterance_count)
        *ARENA_PUSH(r->arena, r->speaker, r->speaker_count, r->speaker_capacity) = speaker;
}

static void read_participant(Pull *p, Record *r)
{
    Str id = { 0 }, name = { 0 }, email = { 0 }, role = { 0 };
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        if (KEY("id"))
            id = pull_scalar(p);
        else if (KEY("role"))
            role = pull_scalar(p);
        else if (KEY("name"))
            name = pull_scalar(p);
        else if (KEY("email"))
            email = pull_scalar(p);
        else
            pull_skip(p);
    }
    if (p->reason) return;
    uint32_t index = conversation_participant(&r->c, r->arena, id, name, role_from(role));
    if (r->c.participant[index].email.len == 0) r->c.participant[index].email = email;
}

static void read_list(Pull *p, Record *r, void (*read_item)(Pull *, Record *))
{
    if (pull_peek(p) == 'n') { /* null */
        pull_skip(p);
        return;
    }
    for (bool more = pull_enter(p, '['); more; more = pull_next(p, ']')) read_item(p, r);
}

/* The participant that a turn names: by id, else by name, else a new one, whose role its name may tell. */
static uint32_t find_speaker(Record *r, Str speaker, Role role)
{
    uint32_t index = conversation_find(&r->c, r->arena, speaker, (Str){ 0 });
    if (index == NO_PARTICIPANT) index = conversation_find(&r->c, r->arena, (Str){ 0 }, speaker);
    if (index != NO_PARTICIPANT) return index;
    return conversation_participant(&r->c, r->arena, speaker, (Str){ 0 },
                                    role == ROLE_UNKNOWN ? role_from(speaker) : role);
}

static void resolve_speakers(Record *r)
{
    Str last = { 0 };
    uint32_t last_index = NO_PARTICIPANT;
    for (uint32_t i = 0; i < r->speaker_count && i < r->c.utterance_count; i++) {
        Utterance *u = &r->c.utterance[i];
        Str speaker = r->speaker[i];
        if (speaker.len == 0) continue;
        if (last_index == NO_PARTICIPANT || !str_equal(last, speaker)) {
            last = speaker;
            last_index = find_speaker(r, speaker, u->role);
        }
        Participant *p = &r->c.participant[last_index];
        u->participant = last_index;
        if (p->role == ROLE_UNKNOWN) p->role = u->role;
        if (u->role == ROLE_UNKNOWN) u->role = p->role;
    }
    /* A participant's role may have become known by a later turn only. */
    for (uint32_t i = 0; i < r->c.utterance_count; i++) {
        Utterance *u = &r->c.utterance[i];
        if (u->role == ROLE_UNKNOWN && u->participant != NO_PARTICIPANT)
            u->role = r->c.participant[u->participant].role;
    }
}

static void read_record(Pull *p, Record *r)
{
    Str started = { 0 };
    conversation_init(&r->c);
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        if (KEY("id"))
            r->c.id = pull_scalar(p);
        else if (KEY("turns"))
            read_list(p, r, read_turn);
        else if (KEY("channel"))
            r->c.channel = channel_from(pull_scalar(p));
        else if (KEY("started_at")) {
            started = pull_scalar(p);
            if (started.len && !point_in_time(started, &r->c.started, &r->c.offset_minutes))
                r->doubt = "started_at is not understood and left out";
        } else if (KEY("participants"))
            read_list(p, r, read_participant);
        else if (KEY("source"))
            r->c.source = pull_scalar(p);
        else if (KEY("subject"))
            r->c.subject = pull_scalar(p);
        else
            pull_skip(p);
    }
    if (!p->reason) resolve_speakers(r);
}

typedef struct Reader {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    Str source;
} Reader;

static uint64_t offset_of(const ImportBlock *block, const Pull *p)
{
    return block->offset + (uint64_t)(p->at - block->bytes.data);
}

/* The object at p; `alone`: nothing may follow it.  False when the sink wants no more. */
static bool read_and_give(Reader *reader, Pull *p, uint64_t line, bool alone)
{
    const ImportBlock *block = reader->block;
    const char *begin = p->at;
    arena_reset(reader->scratch);
    Record r = { .arena = reader->scratch };
    read_record(p, &r);
    if (p->at - begin > IMPORT_CONVERSATION_MAX)
        return import_reject(reader->sink, block, line, UINT64_MAX, "a conversation of more than %d MB",
                             IMPORT_CONVERSATION_MAX >> 20);
    if (alone && !p->reason && !pull_done(p)) pull_fail(p, "something follows the object on its line");
    if (p->reason) return import_reject(reader->sink, block, line, offset_of(block, p), "%s", p->reason);
    if (r.c.source.len == 0) r.c.source = reader->source;
    if (r.doubt && !import_warn(reader->sink, block, line, UINT64_MAX, "%s", r.doubt)) return false;
    draft_roles(&r.c, block->options);
    return import_give(reader->sink, block, &r.c, line, reader->scratch);
}

/* One object a line: a broken line costs no more than itself. */
static bool read_lines(Reader *reader)
{
    const char *at = reader->block->bytes.data, *end = at + reader->block->bytes.len;
    for (uint64_t line = reader->block->line; at < end; line++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        Pull p = pull_start(str_make(at, (size_t)((line_end ? line_end : end) - at)), reader->scratch);
        at = line_end ? line_end + 1 : end;
        if (pull_peek(&p) == 0 && p.at == p.end) continue;
        if (!read_and_give(reader, &p, line, true)) return false;
    }
    return true;
}

static bool read_jsonl(const ImportBlock *block, ImportSink *sink, Arena *scratch, Str source)
{
    Reader reader = { block, sink, scratch, source };
    return read_lines(&reader);
}

/* ---- One document: an object, a list of them, or {"conversations": […]}; several may follow each other. ---- */

/* Counts lines as far as p and remembers the place, so that naming lines costs one pass in all. */
typedef struct LineCount {
    const char *at;
    uint64_t line;
} LineCount;

static uint64_t line_at(LineCount *count, const Pull *p)
{
    count->line += import_line_count(str_make(count->at, (size_t)(p->at - count->at)));
    count->at = p->at;
    return count->line;
}

/* After a bad record the reading goes on behind it, if it is JSON at all. */
static bool read_item(Reader *reader, Pull *p, LineCount *lines)
{
    pull_peek(p);
    uint64_t line = line_at(lines, p);
    Pull item = *p;
    if (!read_and_give(reader, &item, line, false)) return false;
    if (item.reason)
        pull_skip(p);
    else
        *p = item;
    return true;
}

static bool read_items(Reader *reader, Pull *p, LineCount *lines)
{
    for (bool more = pull_enter(p, '['); more; more = pull_next(p, ']'))
        if (!read_item(reader, p, lines)) return false;
    return true;
}

/* Does the object at p hold conversations, or is it one? */
static bool is_wrapper(Pull p)
{
    for (bool more = pull_enter(&p, '{'); more; more = pull_next(&p, '}')) {
        Str key = pull_key(&p);
        if (KEY("conversations")) return pull_peek(&p) == '[';
        if (KEY("turns")) return false;
        pull_skip(&p);
    }
    return false;
}

static bool read_wrapper(Reader *reader, Pull *p, LineCount *lines)
{
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        if (!KEY("conversations") || pull_peek(p) != '[')
            pull_skip(p);
        else if (!read_items(reader, p, lines))
            return false;
    }
    return true;
}

static bool read_json(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    (void)err;
    Reader reader = { block, sink, scratch, STR("jsonl") };
    Pull p = pull_start(block->bytes, scratch);
    LineCount lines = { p.at, block->line };
    while (!pull_done(&p) && !p.reason) {
        char c = pull_peek(&p);
        bool go_on = c == '['        ? read_items(&reader, &p, &lines)
                     : is_wrapper(p) ? read_wrapper(&reader, &p, &lines)
                                     : read_item(&reader, &p, &lines);
        if (!go_on) return false;
    }
    if (!p.reason) return true;
    /* A record that broke off has been refused by its own line; what is wrong around the records has not. */
    return import_reject(sink, block, line_at(&lines, &p), offset_of(block, &p), "%s; nothing is read behind it",
                         p.reason);
}

static bool read_own_lines(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    (void)err;
    return read_jsonl(block, sink, scratch, STR("jsonl"));
}

static bool read_gold_lines(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    (void)err;
    return read_jsonl(block, sink, scratch, STR("gold"));
}

/* ---- Recognising. ---- */

typedef struct Seen {
    bool wrapped, turns;        /* members seen: `conversations`, `turns` */
    bool text, speaker, labels; /* and those of the turns */
} Seen;

static void look_at_turn(Pull *p, Seen *seen)
{
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        seen->text |= KEY("text");
        seen->speaker |= KEY("role") || KEY("participant") || KEY("speaker");
        seen->labels |= KEY("labels");
        pull_skip(p);
    }
}

/* The object at p may be cut off; what was seen before counts. */
static void look_at_record(Pull *p, Seen *seen)
{
    for (bool more = pull_enter(p, '{'); more; more = pull_next(p, '}')) {
        Str key = pull_key(p);
        if (KEY("turns") && pull_peek(p) == '[') {
            seen->turns = true;
            for (bool turn = pull_enter(p, '['); turn; turn = pull_next(p, ']')) look_at_turn(p, seen);
        } else if (KEY("conversations") && pull_peek(p) == '[') {
            seen->wrapped = true;
            for (bool item = pull_enter(p, '['); item; item = pull_next(p, ']')) look_at_record(p, seen);
        } else {
            pull_skip(p);
        }
    }
}

static bool is_ours(const Seen *seen) { return seen->turns && (seen->text || seen->speaker); }

/* The first lines, since the very first may be a broken one. */
enum { LINES_LOOKED_AT = 20 };

static Seen look_at_lines(Str head, Arena *arena)
{
    Seen seen = { 0 };
    Str line;
    for (int i = 0; i < LINES_LOOKED_AT && !is_ours(&seen) && str_next_line(&head, &line); i++) {
        Pull p = pull_start(line, arena);
        seen = (Seen){ 0 };
        /* A first line that is no whole object belongs to a document, unless the head ends within it. */
        look_at_record(&p, &seen);
        if (seen.wrapped || (p.reason && head.len)) seen = (Seen){ 0 };
    }
    return seen;
}

static int recognise_lines(Str head, bool want_labels, int score)
{
    Arena arena = { 0 };
    Seen seen = look_at_lines(head, &arena);
    arena_clear(&arena);
    return is_ours(&seen) && seen.labels == want_labels ? score : 0;
}

static int recognise_jsonl(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    return recognise_lines(head, false, 90);
}

static int recognise_gold(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    return recognise_lines(head, true, 90);
}

static int recognise_json(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    Arena arena = { 0 };
    Seen seen = { 0 };
    Pull p = pull_start(head, &arena);
    if (pull_peek(&p) == '[')
        for (bool item = pull_enter(&p, '['); item; item = pull_next(&p, ']')) look_at_record(&p, &seen);
    else
        look_at_record(&p, &seen);
    arena_clear(&arena);
    return is_ours(&seen) ? 85 : 0; /* under the forms of one record a line, which begin alike */
}

const Format format_jsonl = {
    .name = "jsonl",
    .about = "Goodwill's own: one conversation a line, as JSON",
    .recognise = recognise_jsonl,
    .cut = import_cut_line,
    .read = read_own_lines,
};

const Format format_json = {
    .name = "json",
    .about = "Goodwill's own, in one JSON document: a conversation, a list of them, or {\"conversations\": […]}",
    .recognise = recognise_json,
    .cut = NULL,
    .read = read_json,
};

const Format format_gold = {
    .name = "gold",
    .about = "labelled conversations, one a line (labels are not read)",
    .recognise = recognise_gold,
    .cut = import_cut_line,
    .read = read_gold_lines,
};
