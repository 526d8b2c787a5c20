/* mail_text.c -- the text of a mail in, the words its writer wrote out.
 *
 * Quoted mail goes: lines that begin with '>', and everything below a line that
 * says who wrote, a block of From:/Sent:/To: or "-----Original Message-----".
 * Then the signature: from "-- " on, what a telephone adds, and addresses below
 * a closing.  The phrases are in words/import/mail.tsv.
 *
 * Promise: an answer between quoted lines stays, in order; where we are not sure
 * the text stays.  Each line is looked at a fixed number of times.
 */
#include "base/buf.h"
#include "import/mail.h"
#include "import/words.h"

enum {
    WORD_ON = 1 << 0,
    WORD_WROTE = 1 << 1,
    WORD_ORIGINAL = 1 << 2,
    WORD_FORWARD = 1 << 3,
    WORD_FROM = 1 << 4,
    WORD_SENT = 1 << 5,
    WORD_TO = 1 << 6,
    WORD_SUBJECT = 1 << 7,
    WORD_MOBILE = 1 << 8,
    WORD_CLOSING = 1 << 9,
    WORD_REPLY = 1 << 10,
    WORD_STAFF = 1 << 11,
    WORD_ROBOT = 1 << 12,
    WORD_PRIVATE = 1 << 13,
};
static const char *const KINDS[] = { "on",     "wrote",   "original", "forward", "from",  "sent",     "to", "subject",
                                     "mobile", "closing", "reply",    "staff",   "robot", "freemail", NULL };
static WordTable words = { .file = "import/mail.tsv", .kinds = KINDS };
static pthread_once_t words_once = PTHREAD_ONCE_INIT;
static void fill_words(void) { words_fill(&words); }

static uint32_t kinds_of(Str phrase)
{
    (void)pthread_once(&words_once, fill_words);
    return words_find(&words, phrase);
}

enum {
    ATTRIBUTION_LINES = 3,      /* "On …" is wrapped over at most so many */
    ATTRIBUTION_LEN_MAX = 400,  /* bytes of them together */
    HEADER_BLOCK_LINES = 6,     /* From: and so many below it */
    RULE_LEN_MIN = 10,          /* of "__________" above a header block */
    PREFIX_WORDS = 6,           /* of a phrase that begins a line */
    BARE_DASHES_LINES_MAX = 10, /* below "--" that is a signature's */
    CLOSING_LINES_MAX = 12,     /* below "Kind regards" */
    MOBILE_LEN_MAX = 120,
};

typedef struct Line {
    Str text;    /* without blanks around it */
    bool quoted; /* begins with '>' */
    bool gone;
} Line;

typedef struct Lines {
    Line *item;
    uint32_t count, capacity;
} Lines;

/* ---- shapes of lines */

/* "*From:* Ann" -> kinds of "From"; 0 when there is no such label. */
static uint32_t label_kinds(Str line)
{
    while (line.len && line.data[0] == '*') line = str_from_byte(line, 1);
    Str head = str_sub(line, 0, WORDS_PHRASE_MAX);
    size_t colon = str_find_char(head, ':'), wide = str_find(head, STR("\xEF\xBC\x9A"));
    colon = MIN(colon, wide);
    if (colon == STR_NOT_FOUND) return 0;
    Str label = str_sub(line, 0, colon);
    while (label.len && (label.data[label.len - 1] == '*' || label.data[label.len - 1] == ' ')) label.len--;
    return kinds_of(label) & (WORD_FROM | WORD_SENT | WORD_TO | WORD_SUBJECT);
}

/* From: with at least two of Sent:, To:, Subject: below it. */
static bool is_header_block(const Lines *lines, uint32_t at)
{
    if (!(label_kinds(lines->item[at].text) & WORD_FROM)) return false;
    uint32_t seen = 0;
    for (uint32_t i = at + 1; i < lines->count && i <= at + HEADER_BLOCK_LINES; i++) {
        uint32_t kinds = label_kinds(lines->item[i].text) & (WORD_SENT | WORD_TO | WORD_SUBJECT);
        seen |= kinds; /* no phrase is of two kinds */
    }
    return (seen & (seen - 1)) != 0; /* at least two kinds */
}

static Str without_dashes(Str line, size_t *dashes)
{
    size_t before = line.len;
    while (line.len && (line.data[0] == '-' || line.data[0] == '_' || line.data[0] == ' '))
        line = str_from_byte(line, 1);
    while (line.len &&
           (line.data[line.len - 1] == '-' || line.data[line.len - 1] == '_' || line.data[line.len - 1] == ' '))
        line.len--;
    *dashes = before - line.len;
    return line;
}

/* "-----Original Message-----", "Begin forwarded message:"; the kinds of its phrase. */
static uint32_t separator_kinds(Str line)
{
    size_t dashes;
    if (line.len > 160) return 0;
    Str phrase = without_dashes(line, &dashes);
    bool colon = str_ends(phrase, STR(":"));
    if (colon) phrase.len--;
    if (dashes < 4 && !colon) return 0;
    return kinds_of(str_trim(phrase)) & (WORD_ORIGINAL | WORD_FORWARD);
}

static bool is_rule(Str line)
{
    size_t dashes;
    return line.len >= RULE_LEN_MIN && line.data[0] == '_' && without_dashes(line, &dashes).len == 0;
}

static bool has_digit(Str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (ascii_digit(s.data[i])) return true;
    return false;
}

/* A clock or a year: "10:30", "2024". */
static bool has_time(Str s)
{
    size_t run = 0;
    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && ascii_digit(s.data[i])) {
            run++;
            continue;
        }
        if (run == 4) return true;
        if (run > 0 && i + 2 < s.len && s.data[i] == ':' && ascii_digit(s.data[i + 1])) return true;
        run = 0;
    }
    return false;
}

static Str bare_word(Str word)
{
    while (word.len && strchr(",;:.<>*\"", word.data[word.len - 1])) word.len--;
    while (word.len && strchr("<>*\"", word.data[0])) word = str_from_byte(word, 1);
    return word;
}

/* "On Monday 3 June 2024 at 10:30, Ann Berg <ann@…> wrote:" */
static bool is_attribution(Str line)
{
    bool colon = str_ends(line, STR(":")) || str_ends(line, STR("\xEF\xBC\x9A"));
    if (!colon || line.len > ATTRIBUTION_LEN_MAX) return false;
    if (str_find(line, STR("\xE5\x86\x99\xE9\x81\x93")) != STR_NOT_FOUND)
        return has_digit(line); /* no blanks in Chinese */
    bool opens = false, wrote = false, address = str_find_char(line, '@') != STR_NOT_FOUND;
    Str rest = line, word, before = { 0 };
    for (size_t count = 0; str_next_part(&rest, ' ', &word);) {
        if (!word.len) continue;
        Str pair = before.data ? str_make(before.data, (size_t)(word.data + word.len - before.data)) : word;
        count++;
        if (count == 1 && kinds_of(bare_word(word)) & WORD_ON) opens = true;
        if (count == 2 && kinds_of(bare_word(pair)) & WORD_ON) opens = true;
        if (kinds_of(bare_word(word)) & WORD_WROTE || kinds_of(bare_word(pair)) & WORD_WROTE) wrote = true;
        before = word;
    }
    return wrote && (address || (opens && has_time(line)));
}

/* The same over several lines: how many, 0 when it is none. */
static uint32_t attribution_lines(const Lines *lines, uint32_t at, Buf *joined)
{
    joined->len = 0;
    for (uint32_t n = 0; n < ATTRIBUTION_LINES && at + n < lines->count; n++) {
        const Line *line = &lines->item[at + n];
        if (!line->text.len || line->quoted || joined->len + line->text.len > ATTRIBUTION_LEN_MAX) return 0;
        if (n) buf_char(joined, ' ');
        buf_add(joined, line->text);
        if (is_attribution(buf_str(joined))) return n + 1;
        if (n == 0) { /* only what begins like one is followed over line ends */
            size_t blank = str_find_char(line->text, ' ');
            Str first = str_sub(line->text, 0, blank);
            if (!(kinds_of(first) & WORD_ON) && str_find_char(line->text, '@') == STR_NOT_FOUND) return 0;
        }
    }
    return 0;
}

/* Does the line begin with a phrase of this kind?  *whole: it is one, but for a comma or the like. */
static bool begins_with(Str line, uint32_t kind, bool *whole)
{
    size_t at = 0;
    bool begins = false;
    *whole = false;
    while (line.len && (line.data[0] == '*' || line.data[0] == '_')) line = str_from_byte(line, 1);
    for (int words_seen = 0; words_seen < PREFIX_WORDS && at < line.len; words_seen++) {
        size_t blank = str_find_char(str_from_byte(line, at), ' ');
        size_t end = blank == STR_NOT_FOUND ? line.len : at + blank;
        Str phrase = str_sub(line, 0, end);
        while (phrase.len && strchr(",.!-*_", phrase.data[phrase.len - 1])) phrase.len--;
        if (kinds_of(phrase) & kind) {
            begins = true;
            *whole = end == line.len;
        }
        at = end + 1;
    }
    return begins;
}

/* ---- cutting */

static void drop(Lines *lines, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end && i < lines->count; i++) lines->item[i].gone = true;
}

static uint32_t next_with_words(const Lines *lines, uint32_t at)
{
    while (at < lines->count && !lines->item[at].text.len) at++;
    return at;
}

/* *cut: something was quoted; *forwarded: it was passed on. */
static void cut_quotes(Lines *lines, bool *cut, bool *forwarded)
{
    Buf joined = { 0 };
    for (uint32_t i = 0; i < lines->count; i++) {
        Line *line = &lines->item[i];
        if (line->quoted) {
            line->gone = *cut = true;
            continue;
        }
        if (!line->text.len) continue;
        uint32_t separator = separator_kinds(line->text);
        uint32_t below = next_with_words(lines, i + 1);
        bool block =
            is_header_block(lines, i) || (is_rule(line->text) && below < lines->count && is_header_block(lines, below));
        if (separator || block) {
            drop(lines, i, lines->count);
            *cut = true;
            *forwarded = *forwarded || separator & WORD_FORWARD;
            break;
        }
        uint32_t n = attribution_lines(lines, i, &joined);
        if (!n) continue;
        *cut = true;
        below = next_with_words(lines, i + n);
        if (below < lines->count && !lines->item[below].quoted) {
            drop(lines, i, lines->count); /* quoted without a mark: all below */
            break;
        }
        drop(lines, i, i + n);
        i += n - 1;
    }
    buf_clear(&joined);
}

static bool has_contact(Str line)
{
    size_t digits = 0;
    for (size_t i = 0; i < line.len; i++) digits += ascii_digit(line.data[i]);
    return digits >= 6 || str_find_char(line, '@') != STR_NOT_FOUND || str_find(line, STR("www.")) != STR_NOT_FOUND ||
           str_find(line, STR("http")) != STR_NOT_FOUND;
}

/* "Kind regards / Ann Berg / Lamps Ltd / 020 7946 0000": what stands below the name, when it holds an address. */
static void cut_below_closing(Lines *lines)
{
    uint32_t last = lines->count, seen = 0;
    for (uint32_t i = lines->count; i-- > 0 && seen <= CLOSING_LINES_MAX;) {
        if (lines->item[i].gone || !lines->item[i].text.len) continue;
        bool whole = false;
        seen++;
        if (begins_with(lines->item[i].text, WORD_CLOSING, &whole) && whole) {
            uint32_t name = next_with_words(lines, i + 1);
            bool contact = false;
            for (uint32_t k = name + 1; k < last; k++) {
                Str text = lines->item[k].text;
                if (lines->item[k].gone) continue;
                if (str_starts_nocase(text, STR("ps")) || str_starts_nocase(text, STR("p.s")) ||
                    str_ends(text, STR("?")) || text.len > MOBILE_LEN_MAX)
                    return; /* somebody still speaks there */
                contact |= has_contact(text);
            }
            if (contact) drop(lines, name + 1, last);
            return;
        }
    }
}

static void cut_signature(Lines *lines)
{
    uint32_t kept_below = 0; /* lines with words from here to the end */
    for (uint32_t i = lines->count; i-- > 0;) {
        Line *line = &lines->item[i];
        if (line->gone || !line->text.len) continue;
        bool whole = false;
        bool paragraph = i == 0 || !lines->item[i - 1].text.len;
        if (paragraph && kept_below <= 2 && line->text.len <= MOBILE_LEN_MAX &&
            begins_with(line->text, WORD_MOBILE, &whole))
            line->gone = true; /* the last thing written */
        else
            kept_below++;
    }
    for (uint32_t i = 0, left = kept_below; i < lines->count; i++) {
        Line *line = &lines->item[i];
        if (line->gone || !line->text.len) continue;
        left--;
        bool dashes = str_equal(line->text, STR("--"));
        if (dashes && left <= BARE_DASHES_LINES_MAX && left < kept_below) {
            drop(lines, i, lines->count);
            break;
        }
    }
    cut_below_closing(lines);
}

static Str join(Arena *arena, const Lines *lines, bool with_gone)
{
    Buf out = { 0 };
    uint32_t empty = 0;
    for (uint32_t i = 0; i < lines->count; i++) {
        if (lines->item[i].gone && !with_gone) continue;
        if (!lines->item[i].text.len) {
            empty++;
            continue;
        }
        if (out.len) buf_add(&out, empty ? STR("\n\n") : STR("\n"));
        empty = 0;
        buf_add(&out, lines->item[i].text);
    }
    Str text = arena_str(arena, buf_str(&out));
    buf_clear(&out);
    return text;
}

/* No-break blanks, which stand before a French colon and fill HTML, become blanks. */
static Str plain_blanks(Arena *arena, Str text)
{
    static const Str no_break = { "\xC2\xA0", 2 };
    if (str_find(text, no_break) == STR_NOT_FOUND) return text;
    char *copy = arena_alloc(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool found = str_starts(str_from_byte(text, i), no_break);
        copy[len++] = found ? ' ' : text.data[i];
        i += found;
    }
    return str_make(copy, len);
}

Str mail_said(Arena *arena, Str text)
{
    Arena scratch = { 0 };
    Lines lines = { 0 };
    Str rest = plain_blanks(&scratch, text), line;
    while (str_next_line(&rest, &line)) {
        Str trimmed = str_trim(line);
        *ARENA_PUSH(&scratch, lines.item, lines.count, lines.capacity) =
            (Line){ .text = trimmed, .quoted = trimmed.len && trimmed.data[0] == '>' };
    }
    bool cut = false, forwarded = false;
    cut_quotes(&lines, &cut, &forwarded);
    cut_signature(&lines);
    Str said = join(arena, &lines, false);
    if (!said.len && forwarded) said = join(arena, &lines, true);
    arena_clear(&scratch);
    return said;
}

/* ---- addresses and subjects */

Str mail_domain(Str email)
{
    for (size_t i = email.len; i-- > 0;)
        if (email.data[i] == '@') return str_from_byte(email, i + 1);
    return (Str){ 0 };
}

static Str mailbox_of(Str email)
{
    Str mailbox = str_sub(email, 0, str_find_char(email, '@'));
    return str_sub(mailbox, 0, str_find_char(mailbox, '+')); /* "support+id4711@": a ticket system's */
}

bool mail_is_staff(Str email) { return (kinds_of(mailbox_of(email)) & WORD_STAFF) && mail_domain(email).len; }
bool mail_is_robot(Str email) { return kinds_of(mailbox_of(email)) & WORD_ROBOT; }
bool mail_is_private(Str email) { return kinds_of(mail_domain(email)) & WORD_PRIVATE; }

Str mail_subject_core(Str subject, bool *is_reply)
{
    *is_reply = false;
    subject = str_trim(subject);
    for (;;) {
        Str before = subject;
        if (subject.len && subject.data[0] == '[') {
            size_t end = str_find_char(str_sub(subject, 0, 64), ']');
            if (end != STR_NOT_FOUND && end + 1 < subject.len) subject = str_trim(str_from_byte(subject, end + 1));
        }
        size_t colon = str_find_char(str_sub(subject, 0, 16), ':');
        if (colon != STR_NOT_FOUND) {
            Str prefix = str_sub(subject, 0, colon);
            prefix = str_trim(str_sub(prefix, 0, str_find_char(prefix, '['))); /* "Re[2]:" */
            if (kinds_of(prefix) & WORD_REPLY) {
                *is_reply = true;
                subject = str_trim(str_from_byte(subject, colon + 1));
            }
        }
        if (subject.len == before.len) return subject;
    }
}
