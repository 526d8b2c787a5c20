/* whatsapp.c -- a chat as WhatsApp's "export chat" writes it.
 *
 *   [15.01.24, 10:30:45] Name: text            iPhone
 *   15/01/2024, 10:30 - Name: text             Android; the date as the phone's language writes it
 *
 * In: the text file.  Out: a conversation for each stretch of the chat without
 * a silence of SILENCE_MS: one chat with a shop goes on for years.  A stretch
 * keeps its id when the chat grows.  Day and month are decided from the whole
 * file, so it is read twice.  Times are local, of an unknown place: printed as
 * they stand, offset 0.  What WhatsApp itself wrote (joins, encryption notices,
 * "<Media omitted>", calls) is ROLE_SYSTEM; its phrases are in
 * words/import/whatsapp.tsv.
 */
#include <sodium.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "import/draft.h"
#include "import/formats.h"
#include "import/speaker.h"
#include "import/text.h"
#include "import/words.h"

static const int64_t SILENCE_MS = 24LL * 60 * 60 * 1000;
enum {
    NAME_LEN_MAX = 100, /* bytes; WhatsApp's own names end at 25 characters, an address book's are longer */
    HEAD_LINES = 40,    /* looked at to recognise a chat */
};

/* ---- the words that WhatsApp writes */

enum { WORD_AM = 1, WORD_PM = 2, WORD_MEDIA = 4, WORD_DELETED = 8, WORD_CALL = 16, WORD_EDITED = 32 };
static const char *const KINDS[] = { "am", "pm", "media", "deleted", "call", "edited", NULL };
static WordTable words = { .file = "import/whatsapp.tsv", .kinds = KINDS };
static pthread_once_t words_once = PTHREAD_ONCE_INIT;
static void fill_words(void) { words_fill(&words); }

static const Str LRM = { "\xE2\x80\x8E", 3 };

/* Blanks, no-break blanks and marks of direction at s[at]: their length, 0 when there is none. */
static size_t blank_length(Str s, size_t at)
{
    if (at >= s.len) return 0;
    unsigned char c = (unsigned char)s.data[at];
    if (c == ' ' || c == '\t') return 1;
    if (c < 0xC2 || at + 1 >= s.len) return 0;
    if (c == 0xC2 && s.data[at + 1] == '\xA0') return 2;
    if (c != 0xE2 && c != 0xEF) return 0;
    int32_t point;
    size_t len = utf8_decode(s, at, &point);
    bool is_blank = (point >= 0x2000 && point <= 0x200F && point != 0x200C && point != 0x200D) || point == 0x202F ||
                    (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
    return is_blank ? len : 0;
}

static void skip_blanks(Str s, size_t *at)
{
    for (size_t len; (len = blank_length(s, *at));) *at += len;
}

static Str trim(Str s)
{
    size_t begin = 0;
    skip_blanks(s, &begin);
    s = str_from_byte(s, begin);
    for (;;) {
        Str before = s;
        s = str_trim(s);
        for (size_t len = 2; len <= 3 && s.len >= len; len++)
            if ((unsigned char)s.data[s.len - len] >= 0xC2 && blank_length(s, s.len - len) == len) s.len -= len;
        if (s.len == before.len) return s;
    }
}

/* ---- stamps */

typedef struct Stamp {
    int part[3]; /* of the date, as written */
    int digits[3];
    char separator;
    bool bracket; /* iPhone's form */
    int hour, minute, second;
    uint32_t day_half; /* WORD_AM, WORD_PM or 0 */
    bool loud_half;    /* "AM", not "am" */
    Str rest;          /* behind the stamp */
} Stamp;

/* A decimal digit of one of the scripts that phones write dates in, or -1. */
static int digit_at(Str s, size_t at, size_t *len)
{
    if (at >= s.len) return -1;
    *len = 1;
    if (ascii_digit(s.data[at])) return s.data[at] - '0';
    if ((unsigned char)s.data[at] < 0xC2) return -1;
    int32_t c;
    *len = utf8_decode(s, at, &c);
    static const int32_t zero[] = { 0x660, 0x6F0, 0x966, 0x9E6 }; /* Arabic, Persian, Devanagari, Bengali */
    for (size_t i = 0; i < COUNT(zero); i++)
        if (c >= zero[i] && c <= zero[i] + 9) return (int)(c - zero[i]);
    return -1;
}

static bool take_number(Str s, size_t *at, int digits_max, int *ret, int *digits)
{
    *ret = 0;
    *digits = 0;
    size_t len;
    for (int d; *digits <= digits_max && (d = digit_at(s, *at, &len)) >= 0; *at += len) {
        *ret = *ret * 10 + d;
        ++*digits;
    }
    return *digits > 0 && *digits <= digits_max;
}

/* "15/01/2024", "15. 1. 2024.", "2024년 1월 15일" */
static bool take_date(Str s, size_t *at, Stamp *stamp)
{
    static const char *const unit[3] = { "\xEB\x85\x84", "\xEC\x9B\x94", "\xEC\x9D\xBC" }; /* year, month, day */
    bool korean = false;
    for (int i = 0; i < 3; i++) {
        if (!take_number(s, at, 4, &stamp->part[i], &stamp->digits[i])) return false;
        if ((i == 0 || korean) && str_starts(str_from_byte(s, *at), str_from(unit[i]))) {
            korean = true;
            *at += 3;
            if (i < 2) skip_blanks(s, at);
            stamp->separator = '-';
            continue;
        }
        if (korean) return false;
        if (i == 2) break;
        size_t mark = *at;
        skip_blanks(s, &mark);
        char c = mark < s.len ? s.data[mark] : '\0';
        if ((c != '.' && c != '/' && c != '-') || (i == 1 && c != stamp->separator)) return false;
        stamp->separator = c;
        *at = mark + 1;
        skip_blanks(s, at);
    }
    if (*at < s.len && s.data[*at] == '.' && stamp->separator == '.') ++*at;
    return stamp->digits[0] == 4
               ? stamp->digits[1] <= 2 && stamp->digits[2] <= 2
               : stamp->digits[0] <= 2 && stamp->digits[1] <= 2 && (stamp->digits[2] == 2 || stamp->digits[2] == 4);
}

/* A word for a half of the day at *at: the longest that the table has, up to a few letters with dots and a blank. */
static uint32_t take_day_half(Str s, size_t *at, bool *loud)
{
    enum { HALF_LEN_MAX = 24 };
    for (size_t len = MIN((size_t)HALF_LEN_MAX, s.len - MIN(*at, s.len)); len > 0; len--) {
        size_t end = *at + len;
        if (end < s.len && (ascii_alpha(s.data[end]) || ((unsigned char)s.data[end] & 0xC0) == 0x80)) continue;
        char plain[HALF_LEN_MAX];
        size_t used = 0;
        for (size_t i = *at; i < end;) {
            size_t blank = blank_length(s, i);
            plain[used++] = blank ? ' ' : s.data[i];
            i += blank ? blank : 1;
        }
        Str word = str_make(plain, used);
        if (word.data[word.len - 1] == '.') word.len--;
        uint32_t half = words_find(&words, word) & (WORD_AM | WORD_PM);
        if (!half) continue;
        *loud = ascii_upper(s.data[*at]);
        *at = end;
        return half;
    }
    return 0;
}

static bool take_time(Str s, size_t *at, Stamp *stamp)
{
    int digits;
    stamp->day_half = take_day_half(s, at, &stamp->loud_half); /* "오전 10:30" */
    skip_blanks(s, at);
    if (!take_number(s, at, 2, &stamp->hour, &digits)) return false;
    if (*at >= s.len || (s.data[*at] != ':' && s.data[*at] != '.')) return false;
    char colon = s.data[(*at)++];
    if (!take_number(s, at, 2, &stamp->minute, &digits) || digits != 2) return false;
    stamp->second = 0;
    if (*at < s.len && s.data[*at] == colon) {
        ++*at;
        if (!take_number(s, at, 2, &stamp->second, &digits) || digits != 2) return false;
    }
    size_t after = *at;
    skip_blanks(s, &after);
    uint32_t half = take_day_half(s, &after, &stamp->loud_half);
    if (half) {
        stamp->day_half = half;
        *at = after;
    }
    if (stamp->day_half && (stamp->hour < 1 || stamp->hour > 12)) stamp->day_half = 0; /* "上午 0:30", "PM 13:05" */
    if (stamp->day_half) stamp->hour = stamp->hour % 12 + (stamp->day_half & WORD_PM ? 12 : 0);
    return stamp->hour < 24 && stamp->minute < 60 && stamp->second < 60;
}

static bool read_stamp(Str line, Stamp *ret)
{
    size_t at = 0;
    Stamp stamp = { 0 };
    skip_blanks(line, &at);
    if (at >= line.len) return false;
    stamp.bracket = line.data[at] == '[';
    if (stamp.bracket) {
        at++;
        skip_blanks(line, &at);
    }
    if (!take_date(line, &at, &stamp)) return false;
    /* ", ", "، ", " at ", " um ", " à " or a blank */
    if (at < line.len && line.data[at] == ',') at++;
    if (str_starts(str_from_byte(line, at), STR("\xD8\x8C"))) at += 2;
    size_t blanks = at;
    skip_blanks(line, &at);
    if (blanks == at) return false;
    size_t time = at;
    if (!take_time(line, &time, &stamp)) {
        while (at < line.len && !blank_length(line, at) && at - blanks < 8) at++;
        skip_blanks(line, &at);
        if (!take_time(line, &at, &stamp)) return false;
    } else {
        at = time;
    }
    size_t end = at;
    skip_blanks(line, &at);
    if (stamp.bracket) {
        if (at >= line.len || line.data[at] != ']') return false;
        at++;
    } else {
        bool wide = str_starts(str_from_byte(line, at), STR("\xE2\x80\x93")); /* en dash */
        if (at == end || at >= line.len || (line.data[at] != '-' && !wide)) return false;
        at += wide ? 3 : 1;
    }
    if (at < line.len && !blank_length(line, at)) return false;
    if (at < line.len && line.data[at] == ' ') at++;
    stamp.rest = str_from_byte(line, at);
    *ret = stamp;
    return true;
}

typedef enum DateOrder { ORDER_DAY_FIRST, ORDER_MONTH_FIRST, ORDER_YEAR_FIRST } DateOrder;

static int64_t stamp_when(const Stamp *s, DateOrder order)
{
    int year = order == ORDER_YEAR_FIRST ? s->part[0] : s->part[2];
    int month = order == ORDER_MONTH_FIRST ? s->part[0] : s->part[1];
    int day = order == ORDER_YEAR_FIRST ? s->part[2] : order == ORDER_MONTH_FIRST ? s->part[1] : s->part[0];
    if (year < 100) year += 2000; /* WhatsApp is of 2009 */
    Date date = { year, month, day, s->hour, s->minute, s->second, 0 };
    return date_valid(date) ? when_from_date(date) : WHEN_NONE;
}

/* ---- the first reading: which style, which order */

typedef struct Style {
    bool known;
    bool bracket;
    char separator;
    bool year_first;
} Style;

typedef struct Trend {
    int64_t last, first_when, last_when; /* points in time */
    uint64_t steps_back, impossible;
} Trend;

typedef struct Survey {
    Style style;
    Trend trend[2]; /* day first, month first */
    bool padded, loud_half;
} Survey;

static bool in_style(Style *style, const Stamp *stamp)
{
    bool year_first = stamp->digits[0] == 4;
    if (!style->known) *style = (Style){ true, stamp->bracket, stamp->separator, year_first };
    return style->bracket == stamp->bracket && style->separator == stamp->separator && style->year_first == year_first;
}

static void follow(Trend *trend, int64_t when)
{
    if (when == WHEN_NONE) {
        trend->impossible++;
        return;
    }
    if (trend->last != WHEN_NONE && when < trend->last) trend->steps_back++;
    if (trend->first_when == WHEN_NONE || when < trend->first_when) trend->first_when = when;
    if (trend->last_when == WHEN_NONE || when > trend->last_when) trend->last_when = when;
    trend->last = when;
}

static Survey survey(Str text)
{
    Survey s = { 0 };
    for (int i = 0; i < 2; i++) s.trend[i].last = s.trend[i].first_when = s.trend[i].last_when = WHEN_NONE;
    Str line;
    Stamp stamp;
    while (str_next_line(&text, &line)) {
        if (!read_stamp(line, &stamp) || !in_style(&s.style, &stamp) || s.style.year_first) continue;
        follow(&s.trend[0], stamp_when(&stamp, ORDER_DAY_FIRST));
        follow(&s.trend[1], stamp_when(&stamp, ORDER_MONTH_FIRST));
        s.padded |= (stamp.digits[0] == 2 && stamp.part[0] < 10) || (stamp.digits[1] == 2 && stamp.part[1] < 10);
        s.loud_half |= stamp.day_half && stamp.loud_half;
    }
    return s;
}

/* The order under which fewer dates are impossible; then under which time runs back less often; then under which the
 * chat is shorter (one that looks like a message every month was written in a week); then what the style suggests. */
static DateOrder decide_order(const Survey *s, bool *sure)
{
    const Trend *day = &s->trend[0], *month = &s->trend[1];
    *sure = true;
    if (s->style.year_first) return ORDER_YEAR_FIRST;
    if (day->impossible != month->impossible)
        return day->impossible < month->impossible ? ORDER_DAY_FIRST : ORDER_MONTH_FIRST;
    if (day->steps_back != month->steps_back)
        return day->steps_back < month->steps_back ? ORDER_DAY_FIRST : ORDER_MONTH_FIRST;
    int64_t days = day->first_when == WHEN_NONE ? 0 : day->last_when - day->first_when;
    int64_t months = month->first_when == WHEN_NONE ? 0 : month->last_when - month->first_when;
    *sure = days != months || s->style.separator != '/' || day->first_when == month->first_when;
    if (days != months) return days < months ? ORDER_DAY_FIRST : ORDER_MONTH_FIRST;
    return s->style.separator == '/' && s->loud_half && !s->padded ? ORDER_MONTH_FIRST : ORDER_DAY_FIRST;
}

/* ---- messages */

typedef struct Message {
    int64_t when;
    Str name; /* empty: WhatsApp's own line */
    Str text;
    uint64_t line;
    bool marked; /* its text begins with the mark of what the phone wrote itself */
} Message;

typedef struct Chat {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    Arena aside; /* of what waits */
    Conversation c;
    bool open;         /* c is being filled */
    uint64_t line;     /* where it begins */
    size_t bytes;      /* of its texts */
    int64_t last_said; /* the last message of a person */
    Message *waiting;  /* WhatsApp's own lines: they go with the message behind them */
    uint32_t waiting_count, waiting_capacity;
} Chat;

/* The name in front of the first ": ", or none. */
static Str take_name(Str *rest)
{
    size_t colon = str_find_char(str_sub(*rest, 0, NAME_LEN_MAX + 1), ':');
    while (colon != STR_NOT_FOUND && colon + 1 < rest->len && !blank_length(*rest, colon + 1)) {
        size_t next = str_find_char(str_sub(*rest, colon + 1, NAME_LEN_MAX + 1), ':'); /* "Shop 24:7: hello" */
        colon = next == STR_NOT_FOUND ? next : colon + 1 + next;
    }
    if (colon == STR_NOT_FOUND || colon > NAME_LEN_MAX) return (Str){ 0 };
    Str name = trim(str_sub(*rest, 0, colon));
    /* 'Ann changed the subject to "Parts: Berlin"' */
    if (memchr(name.data ? name.data : "", '"', name.len) || str_find(name, STR("\xE2\x80\x9C")) != STR_NOT_FOUND ||
        str_find(name, STR("\xC2\xAB")) != STR_NOT_FOUND)
        return (Str){ 0 };
    if (str_starts(name, STR("~"))) name = trim(str_from_byte(name, 1)); /* not in the address book */
    if (!name.len) return (Str){ 0 };
    *rest = str_from_byte(*rest, colon + 1);
    return name;
}

/* Is all of this what WhatsApp writes where a message was? */
static bool is_placeholder(Str s, bool marked)
{
    s = trim(s);
    if (!s.len || memchr(s.data, '\n', s.len)) return false;
    bool bracketed = s.len > 2 && s.len <= 200 && s.data[0] == '<' && s.data[s.len - 1] == '>';
    if (bracketed || marked) return true;
    Str bare = s.data[s.len - 1] == '.' ? str_sub(s, 0, s.len - 1) : s;
    if (words_find(&words, bare) & (WORD_MEDIA | WORD_DELETED | WORD_CALL)) return true;
    /* "IMG-20240115-WA0001.jpg (file attached)": a file's name and a word in brackets */
    if (s.data[s.len - 1] != ')') return false;
    size_t open = str_find(s, STR(" ("));
    if (open == STR_NOT_FOUND) return false;
    Str file = str_sub(s, 0, open);
    size_t dot = file.len;
    while (dot && file.data[dot - 1] != '.') dot--;
    return dot > 1 && file.len - dot >= 2 && file.len - dot <= 4 && !memchr(file.data, ' ', file.len);
}

/* Without "<This message was edited>" at its end. */
static Str without_edited(Str text)
{
    text = trim(text);
    if (!text.len || text.data[text.len - 1] != '>') return text;
    size_t open = text.len;
    while (open > 0 && text.data[open - 1] != '<' && text.len - open < WORDS_PHRASE_MAX) open--;
    if (open == 0 || text.data[open - 1] != '<') return text;
    Str inside = trim(str_sub(text, open, text.len - 1));
    if (inside.len && inside.data[inside.len - 1] == '.') inside.len--;
    return words_find(&words, inside) & WORD_EDITED ? trim(str_sub(text, 0, open - 1)) : text;
}

static void say(Chat *chat, const Message *m, Role role, Str text)
{
    text = trim(text);
    if (!text.len) return;
    Arena *scratch = chat->scratch;
    if (memchr(text.data, '\r', text.len)) {
        char *copy = arena_alloc(scratch, text.len);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++)
            if (text.data[i] != '\r' || i + 1 >= text.len || text.data[i + 1] != '\n')
                copy[len++] = text.data[i] == '\r' ? '\n' : text.data[i];
        text = str_make(copy, len);
    }
    uint32_t who = NO_PARTICIPANT;
    if (m->name.len)
        who = conversation_participant(&chat->c, scratch, (Str){ 0 }, m->name,
                                       speaker_role(m->name, chat->block->options));
    Utterance *u = conversation_say(&chat->c, scratch, who, role, text);
    u->at_ms = MAX(m->when - chat->c.started, 0);
    chat->bytes += text.len;
}

/* A message as one turn, or as two: the picture, and the words under it. */
static void add_message(Chat *chat, const Message *m)
{
    if (!m->name.len) {
        say(chat, m, ROLE_SYSTEM, m->text);
        return;
    }
    Str text = without_edited(m->text);
    if (is_placeholder(text, m->marked)) {
        say(chat, m, ROLE_SYSTEM, text);
        return;
    }
    size_t line = str_find_char(text, '\n');
    if (line != STR_NOT_FOUND && is_placeholder(str_sub(text, 0, line), m->marked)) {
        say(chat, m, ROLE_SYSTEM, str_sub(text, 0, line));
        say(chat, m, ROLE_UNKNOWN, str_from_byte(text, line + 1));
        return;
    }
    /* "see the crack <mark>image omitted" */
    for (size_t at = text.len; at >= LRM.len; at--) {
        if (memcmp(text.data + at - LRM.len, LRM.data, LRM.len) != 0) continue;
        if (!is_placeholder(str_from_byte(text, at), false)) break;
        say(chat, m, ROLE_UNKNOWN, str_sub(text, 0, at - LRM.len));
        say(chat, m, ROLE_SYSTEM, str_from_byte(text, at));
        return;
    }
    say(chat, m, ROLE_UNKNOWN, text);
}

/* From the first message of a person alone: what stands before and comes after may change by the next export. */
static Str chat_id(Arena *scratch, const Message *m)
{
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char hex[8 * 2 + 1];
    crypto_generichash_state state;
    uint64_t name_len = m->name.len;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)&m->when, sizeof m->when);
    crypto_generichash_update(&state, (const unsigned char *)&name_len, sizeof name_len);
    if (m->name.len) crypto_generichash_update(&state, (const unsigned char *)m->name.data, m->name.len);
    if (m->text.len) crypto_generichash_update(&state, (const unsigned char *)m->text.data, m->text.len);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, sizeof hex, hash, 8);
    return arena_printf(scratch, "whatsapp-%s", hex);
}

static bool give(Chat *chat)
{
    if (!chat->open) return true;
    chat->open = false;
    draft_hide_addresses(&chat->c, chat->scratch); /* a stranger's name is their telephone number */
    bool go_on = chat->bytes > IMPORT_CONVERSATION_MAX
                     ? import_reject(chat->sink, chat->block, chat->line, UINT64_MAX,
                                     "a conversation of more than %d MB", IMPORT_CONVERSATION_MAX >> 20)
                     : import_give(chat->sink, chat->block, &chat->c, chat->line, chat->scratch);
    return go_on;
}

static void begin(Chat *chat, const Message *first)
{
    conversation_init(&chat->c);
    chat->c.channel = CHANNEL_CHAT;
    chat->c.started = first->when;
    chat->line = first->line;
    chat->bytes = 0;
    chat->open = true;
}

/* WhatsApp's own lines go with the conversation before them when they stand within a silence of it; with the one that
 * `next` begins when they stand within a silence of that; else they are nobody's conversation and left out. */
static void add_waiting(Chat *chat, const Message *next)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < chat->waiting_count; i++) {
        Message *m = &chat->waiting[i];
        if (chat->open && m->when - chat->last_said <= SILENCE_MS)
            add_message(chat, m);
        else if (next && next->when - m->when <= SILENCE_MS)
            chat->waiting[kept++] = *m;
    }
    chat->waiting_count = kept;
}

static void begin_with_waiting(Chat *chat, const Message *first)
{
    begin(chat, chat->waiting_count ? &chat->waiting[0] : first);
    for (uint32_t i = 0; i < chat->waiting_count; i++) add_message(chat, &chat->waiting[i]);
    arena_reset(&chat->aside);
    chat->waiting = NULL;
    chat->waiting_count = chat->waiting_capacity = 0;
}

static bool take_message(Chat *chat, const Message *m)
{
    if (!m->name.len) { /* few, but a hostile file has only these: as many as a conversation may have turns */
        if (chat->waiting_count < IMPORT_TURNS_MAX)
            *ARENA_PUSH(&chat->aside, chat->waiting, chat->waiting_count, chat->waiting_capacity) = *m;
        return true;
    }
    add_waiting(chat, m);
    if (chat->open && m->when - chat->last_said > SILENCE_MS) {
        if (!give(chat)) return false;
        arena_reset(chat->scratch);
    }
    if (!chat->open) {
        begin_with_waiting(chat, m);
        chat->c.id = chat_id(chat->scratch, m);
    }
    add_message(chat, m);
    chat->last_said = m->when;
    return true;
}

static bool finish(Chat *chat)
{
    if (chat->open)
        add_waiting(chat, NULL);
    else if (chat->waiting_count)
        begin_with_waiting(chat, &chat->waiting[0]); /* a chat in which nobody wrote */
    return give(chat);
}

static bool read_messages(Chat *chat, Str text, Style style, DateOrder order)
{
    Str all = text, line;
    Message m = { 0 };
    bool in_message = false;
    size_t begin_at = 0;
    uint64_t number = chat->block->line;
    for (;; number++) {
        size_t line_at = (size_t)(all.len - text.len);
        bool more = str_next_line(&text, &line);
        Stamp stamp;
        int64_t when = WHEN_NONE;
        bool starts = more && read_stamp(line, &stamp) && in_style(&style, &stamp);
        if (starts) {
            when = stamp_when(&stamp, order);
            if (when == WHEN_NONE) { /* no such day: words of the message before */
                starts = false;
                if (!import_warn(chat->sink, chat->block, number, UINT64_MAX,
                                 "no such date; the line goes with the message before it"))
                    return false;
            }
        }
        if (in_message && (starts || !more)) {
            m.text = str_sub(all, begin_at, line_at);
            size_t mark = 0;
            while (mark < m.text.len && m.text.data[mark] == ' ') mark++;
            m.marked = str_starts(str_from_byte(m.text, mark), LRM);
            if (!take_message(chat, &m)) return false;
        }
        if (!more) return finish(chat);
        if (!starts) continue;
        Str rest = stamp.rest;
        m = (Message){ .when = when, .line = number };
        m.name = take_name(&rest);
        begin_at = line_at + (size_t)(rest.data - line.data);
        in_message = true;
    }
}

static bool read_whatsapp(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    if (err) err->kind = ERR_NONE;
    (void)pthread_once(&words_once, fill_words);
    arena_reset(scratch);
    Arena file = { 0 }; /* the text in UTF-8, through all conversations */
    Str text = text_from_bytes(&file, block->bytes);
    Survey found = survey(text);
    bool go_on = true;
    if (!found.style.known) {
        go_on =
            import_reject(sink, block, block->line, UINT64_MAX, "no message: no line begins with a date and a time");
    } else {
        bool sure;
        DateOrder order = decide_order(&found, &sure);
        if (!sure)
            go_on = import_warn(sink, block, block->line, UINT64_MAX, "day and month cannot be told apart: read as %s",
                                order == ORDER_DAY_FIRST ? "day/month" : "month/day");
        Chat chat = { .block = block, .sink = sink, .scratch = scratch };
        go_on = go_on && read_messages(&chat, text, found.style, order);
        arena_clear(&chat.aside);
    }
    arena_clear(&file);
    return go_on;
}

static int recognise_whatsapp(Str head, Str file_name, bool whole)
{
    (void)whole;
    (void)pthread_once(&words_once, fill_words);
    Arena arena = { 0 };
    Str text = text_from_head(&arena, head), line;
    Style style = { 0 };
    int stamped = 0, named = 0, lines = 0;
    bool first_stamped = false;
    while (lines < HEAD_LINES && str_next_line(&text, &line)) {
        Stamp stamp;
        if (!trim(line).len) continue;
        lines++;
        if (!read_stamp(line, &stamp) || !in_style(&style, &stamp)) continue;
        if (lines == 1) first_stamped = true;
        stamped++;
        named += take_name(&stamp.rest).len > 0;
    }
    arena_clear(&arena);
    bool called_so = str_find_nocase(file_name, STR("whatsapp")) != STR_NOT_FOUND ||
                     str_find(file_name, STR("_chat.txt")) != STR_NOT_FOUND;
    if (!stamped || !first_stamped) return 0;
    if (called_so) return 95;
    if (!named) return 25;
    /* A program's log begins its lines with the year, like this. */
    return style.year_first ? 45 : 85;
}

const Format format_whatsapp = {
    .name = "whatsapp", .about = "WhatsApp chat export (text)", .recognise = recognise_whatsapp, .read = read_whatsapp
};
