/* talk.c -- the plain-text conversation, for people and tests.
 *
 *   == a title begins the next conversation                 (only where a file holds several)
 *   # channel: chat                                         also started, id, subject, source
 *   # customer: Dana Ruiz <dana@example.org>                any role, a line a person
 *   customer: I've been waiting nine days.
 *   agent Lena 00:41: I'm sorry about the wait.             [hh:]mm:ss from the start
 *     I'll call the depot at four.                          indented: the turn goes on in a new line
 *   agent Lena (note): she has a small child                internal, not said to the customer
 *   Dana: thank you                                         a name from the lines above, or one that is new
 *
 * In: such lines.  Out: Conversations.  Marks drawn under the words ("~~~~ apology"),
 * facts of the reading ("= outcome: resolved") and other lines that begin with #
 * are passed over.  A line that is none of these is refused by its number.
 */
#include "base/utf8.h"
#include "import/draft.h"
#include "import/formats.h"

enum {
    LABEL_LEN_MAX = 120,  /* bytes before the colon */
    NAME_WORDS_MAX = 4,   /* of a speaker without a role: "Dr. Ana de Souza" */
    PEOPLE_SEARCHED = 64, /* participants whose name a label may abbreviate */
};

static const Str TITLE_BEGIN = { "== ", 3 };

/* What stands before the colon of a turn. */
typedef struct Label {
    Role role;
    Str name;
    int64_t at_ms;
    bool is_note, doubtful;
} Label;

typedef struct Talk {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    Conversation c;
    uint64_t line, first_line; /* of the line at hand; of the conversation */
    bool titled;               /* first_line is that of its title */
    bool begun;                /* something of the conversation was seen */
    bool in_turn;
    Label label; /* of the turn at hand */
    Buf text;    /* of the turn at hand, which may go on */
    size_t blank_lines;
} Talk;

/* ---- A turn's label. ---- */

/* "[hh:]mm:ss[.mmm]" in milliseconds. */
static bool read_time(Str s, int64_t *ret)
{
    if (s.len >= 2 && s.data[0] == '[' && s.data[s.len - 1] == ']') s = str_sub(s, 1, s.len - 1);
    int64_t part[3] = { 0 }, value;
    size_t parts = 0, dot = str_find_char(s, '.');
    double fraction = 0;
    if (dot != STR_NOT_FOUND) {
        if (!ascii_digit(s.data[s.len - 1]) || !str_to_double(str_from_byte(s, dot), &fraction)) return false;
        s = str_sub(s, 0, dot);
    }
    for (Str piece; str_next_part(&s, ':', &piece); part[parts++] = value)
        if (parts == COUNT(part) || piece.len == 0 || piece.len > 5 || !ascii_digit(piece.data[0]) ||
            !str_to_i64(piece, &value))
            return false;
    if (parts < 2 || part[parts - 1] > 59 || (parts == 3 && part[1] > 59)) return false;
    int64_t seconds = parts == 3 ? part[0] * 3600 + part[1] * 60 + part[2] : part[0] * 60 + part[1];
    *ret = seconds * 1000 + (int64_t)(fraction * 1000 + 0.5);
    return true;
}

static Str last_word(Str s)
{
    size_t begin = s.len;
    while (begin && !ascii_space(s.data[begin - 1])) begin--;
    return str_from_byte(s, begin);
}

/* Takes "(note)", "(doubtful)" and the time off the label's end, in any order. */
static Str take_tail(Str label, Label *ret)
{
    for (;;) {
        label = str_trim(label);
        Str word = last_word(label);
        if (word.len == label.len) return label; /* the speaker himself */
        if (str_equal_nocase(word, STR("(note)")) || str_equal_nocase(word, STR("(internal)")))
            ret->is_note = true;
        else if (str_equal_nocase(word, STR("(doubtful)")))
            ret->doubtful = true;
        else if (ret->at_ms != WHEN_NONE || !read_time(word, &ret->at_ms))
            return label;
        label.len -= word.len;
    }
}

/* Do these bytes look like somebody's name, and not like the beginning of a sentence? */
static bool is_name(Str s)
{
    size_t words = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(",;!?\"<>{}=|/\\#~", s.data[i]) || s.data[i] == 0) return false;
        if (!ascii_space(s.data[i]) && (i == 0 || ascii_space(s.data[i - 1]))) words++;
    }
    return words >= 1 && words <= NAME_WORDS_MAX;
}

/* The colon that ends the label: not one between digits, which belongs to a time. */
static size_t label_end(Str line)
{
    for (size_t i = 1; i < line.len && i <= LABEL_LEN_MAX; i++) {
        if (line.data[i] != ':') continue;
        if (i + 1 < line.len && ascii_digit(line.data[i - 1]) && ascii_digit(line.data[i + 1])) continue;
        return i;
    }
    return STR_NOT_FOUND;
}

/* The role that the label begins with, of one word or two ("support agent"); *rest gets what follows it. */
static Role leading_role(Str label, Str *rest)
{
    size_t one = 0;
    while (one < label.len && !ascii_space(label.data[one])) one++;
    size_t two = one;
    while (two < label.len && ascii_space(label.data[two])) two++;
    while (two < label.len && !ascii_space(label.data[two])) two++;
    for (size_t end = two;; end = one) {
        Role role = role_from(str_sub(label, 0, end));
        *rest = str_trim(str_from_byte(label, end));
        if (role != ROLE_UNKNOWN || end == one) return role;
    }
}

static bool read_label(Str line, Label *ret, Str *text)
{
    size_t end = label_end(line);
    if (end == STR_NOT_FOUND) return false;
    *ret = (Label){ .at_ms = WHEN_NONE };
    Str label = take_tail(str_sub(line, 0, end), ret), rest;
    *text = str_trim(str_from_byte(line, end + 1));
    ret->role = leading_role(label, &rest);
    ret->name = ret->role == ROLE_UNKNOWN ? label : rest;
    return ret->role != ROLE_UNKNOWN || is_name(label);
}

/* ---- Who is meant. ---- */

/* "Dana" means "Dana Ruiz". */
static bool name_fits(Str whole, Str name)
{
    return str_starts_nocase(whole, name) && (whole.len == name.len || ascii_space(whole.data[name.len]));
}

static uint32_t find_person(const Conversation *c, Role role, Str name)
{
    uint32_t found = NO_PARTICIPANT;
    for (uint32_t i = 0; i < c->participant_count && i < PEOPLE_SEARCHED; i++) {
        const Participant *p = &c->participant[i];
        if (role != ROLE_UNKNOWN && p->role != ROLE_UNKNOWN && p->role != role) continue;
        if (name.len ? !name_fits(p->name, name) : p->role != role) continue;
        if (found != NO_PARTICIPANT) return NO_PARTICIPANT; /* two that fit: nobody knows which */
        found = i;
    }
    return found;
}

static uint32_t speaker_of(Talk *t)
{
    Label *label = &t->label;
    uint32_t index = find_person(&t->c, label->role, label->name);
    if (index != NO_PARTICIPANT || label->name.len == 0) return index;
    return conversation_participant(&t->c, t->scratch, (Str){ 0 }, label->name, label->role);
}

/* ---- Conversations. ---- */

static void end_turn(Talk *t)
{
    if (!t->in_turn) return;
    uint32_t speaker = speaker_of(t);
    Utterance *u =
        conversation_say(&t->c, t->scratch, speaker, t->label.role, arena_str(t->scratch, buf_str(&t->text)));
    u->at_ms = t->label.at_ms;
    u->is_public = !t->label.is_note;
    u->doubtful = t->label.doubtful;
    t->in_turn = false;
}

static void begin_conversation(Talk *t)
{
    arena_reset(t->scratch);
    conversation_init(&t->c);
    t->begun = t->in_turn = t->titled = false;
}

static bool end_conversation(Talk *t)
{
    end_turn(t);
    draft_roles(&t->c, t->block->options);
    bool go_on = !t->begun || import_give(t->sink, t->block, &t->c, t->first_line, t->scratch);
    begin_conversation(t);
    return go_on;
}

static void see(Talk *t)
{
    if (!t->begun && !t->titled) t->first_line = t->line;
    t->begun = true;
}

/* ---- Lines. ---- */

/* "Dana Ruiz <dana@example.org>" */
static void add_person(Talk *t, Role role, Str value)
{
    size_t open = str_find_char(value, '<');
    Str email = { 0 };
    if (open != STR_NOT_FOUND && str_ends(value, STR(">"))) {
        email = str_sub(value, open + 1, value.len - 1);
        value = str_trim(str_sub(value, 0, open));
    }
    uint32_t index = conversation_participant(&t->c, t->scratch, (Str){ 0 }, value, role);
    t->c.participant[index].email = email;
}

/* Is it a header of ours, or a remark?  `Str` members are set; false: not understood. */
static bool read_header(Talk *t, Str key, Str value, bool *is_ours)
{
    Role role = role_from(key);
    *is_ours = true;
    if (str_equal_nocase(key, STR("channel")))
        t->c.channel = channel_from(value);
    else if (str_equal_nocase(key, STR("started")))
        return when_parse(value, &t->c.started, &t->c.offset_minutes);
    else if (str_equal_nocase(key, STR("id")))
        t->c.id = value;
    else if (str_equal_nocase(key, STR("subject")))
        t->c.subject = value;
    else if (str_equal_nocase(key, STR("source")))
        t->c.source = value;
    else if (role != ROLE_UNKNOWN && value.len && key.len)
        add_person(t, role, value);
    else
        *is_ours = false;
    return true;
}

/* "# key: value"; false when it is a remark. */
static bool header_parts(Str line, Str *key, Str *value)
{
    Str body = str_trim(str_from_byte(line, 1));
    size_t colon = str_find_char(body, ':');
    if (colon == STR_NOT_FOUND) return false;
    *key = str_trim(str_sub(body, 0, colon));
    *value = str_trim(str_from_byte(body, colon + 1));
    return true;
}

static bool header_line(Talk *t, Str line)
{
    Str key, value;
    bool is_ours;
    if (!header_parts(line, &key, &value)) return true;
    if (t->in_turn || t->c.utterance_count) return true; /* behind the first turn they are remarks */
    Talk before = *t;
    bool good = read_header(t, key, value, &is_ours);
    if (is_ours)
        see(t);
    else
        *t = before;
    return good || import_warn(t->sink, t->block, t->line, UINT64_MAX, "# %.*s: not understood: %.*s",
                               STR_ARG(str_sub(key, 0, 40)), STR_ARG(str_sub(value, 0, 80)));
}

/* "   ~~~~~ recovery.apology": a mark drawn under the words. */
static bool is_mark_line(Str trimmed)
{
    size_t tildes = 0;
    while (tildes < trimmed.len && trimmed.data[tildes] == '~') tildes++;
    return tildes && tildes < trimmed.len && trimmed.data[tildes] == ' ' &&
           last_word(trimmed).len == trimmed.len - tildes - 1;
}

static void continue_turn(Talk *t, Str text)
{
    for (; t->blank_lines; t->blank_lines--) buf_char(&t->text, '\n');
    buf_char(&t->text, '\n');
    buf_add(&t->text, text);
}

static bool turn_line(Talk *t, Str line)
{
    Label label;
    Str text;
    if (!read_label(line, &label, &text))
        return import_reject(t->sink, t->block, t->line, UINT64_MAX,
                             "neither a turn (\"customer: …\") nor, since it is not indented, more of one: %.*s",
                             STR_ARG(str_sub(line, 0, 60)));
    end_turn(t);
    see(t);
    t->label = label;
    t->in_turn = true;
    t->text.len = 0;
    buf_add(&t->text, text);
    return true;
}

static bool title_line(Talk *t)
{
    bool go_on = end_conversation(t);
    t->first_line = t->line;
    t->titled = true;
    return go_on;
}

static bool talk_line(Talk *t, Str line)
{
    Str trimmed = str_trim(line);
    size_t blank_lines = t->blank_lines;
    if (trimmed.len == 0) {
        t->blank_lines = MIN(blank_lines + 1, 1); /* a paragraph's end; more of them say no more */
        return true;
    }
    if (ascii_space(line.data[0])) {
        if (is_mark_line(trimmed)) return true;
        if (!t->in_turn)
            return import_reject(t->sink, t->block, t->line, UINT64_MAX, "indented, but there is no turn that goes on");
        continue_turn(t, trimmed);
        return true;
    }
    t->blank_lines = 0;
    if (str_starts(line, TITLE_BEGIN)) return title_line(t);
    if (line.data[0] == '#') return header_line(t, line);
    if (str_starts(line, STR("= "))) return true;
    return turn_line(t, line);
}

static bool read_talk(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    (void)err;
    Talk t = { .block = block, .sink = sink, .scratch = scratch };
    begin_conversation(&t);
    bool go_on = true;
    t.line = block->line;
    Str rest = block->bytes, line;
    for (; go_on && str_next_line(&rest, &line); t.line++) go_on = talk_line(&t, line);
    go_on = go_on && end_conversation(&t);
    buf_clear(&t.text);
    return go_on;
}

/* ---- Cutting and recognising. ---- */

/* Before the last title line. */
static size_t cut_talk(Str bytes, Str preamble, const ImportOptions *options, uint64_t *line_count)
{
    (void)preamble;
    (void)options;
    size_t end = bytes.len;
    for (const char *line_end; end && (line_end = memrchr(bytes.data, '\n', end));
         end = (size_t)(line_end - bytes.data)) {
        size_t next = (size_t)(line_end - bytes.data) + 1;
        if (!str_starts(str_from_byte(bytes, next), TITLE_BEGIN)) continue;
        *line_count = import_line_count(str_sub(bytes, 0, next));
        return next;
    }
    return 0;
}

enum { LINES_LOOKED_AT = 60 };

static int recognise_talk(Str head, Str file_name, bool whole)
{
    bool named = str_ends(file_name, STR(".talk"));
    int turns = 0, headers = 0, strange = 0;
    Str line;
    for (int i = 0; i < LINES_LOOKED_AT && str_next_line(&head, &line); i++) {
        Label label;
        Str text, key, value;
        if (head.len == 0 && !whole) break; /* the head may end within this line */
        if (str_trim(line).len == 0 || ascii_space(line.data[0])) continue;
        if (str_starts(line, TITLE_BEGIN) || str_starts(line, STR("= ")))
            headers += named;
        else if (line.data[0] == '#')
            headers += header_parts(line, &key, &value) &&
                       (named || str_equal(key, STR("channel")) || str_equal(key, STR("started")));
        else if (read_label(line, &label, &text) && (named || label.role != ROLE_UNKNOWN))
            turns++;
        else
            strange++;
    }
    if (turns == 0 || strange > turns) return named && turns + headers ? 90 : 0;
    if (named) return 95;
    return strange == 0 ? (headers ? 80 : 60) : 30;
}

const Format format_talk = {
    .name = "talk",
    .about = "plain text: a line a turn, \"customer: …\", \"agent Lena 00:41: …\"",
    .recognise = recognise_talk,
    .cut = cut_talk,
    .read = read_talk,
};
