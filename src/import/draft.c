/* draft.c -- times, order and roles of the turns that a reader has found. */
#include "import/draft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "import/speaker.h"
#include "import/worded_date.h"

/* ---- Times. ---- */

/* A count since 1970 tells its unit by its size: 10^11 seconds is the year 5138, 10^11 milliseconds is 1973. */
static int64_t when_from_count(double count)
{
    if (!(count > 0)) return WHEN_NONE;
    if (count < 1e11) return (int64_t)llround(count * 1000);
    if (count < 1e14) return (int64_t)llround(count);
    if (count < 1e17) return (int64_t)llround(count / 1000);
    return WHEN_NONE;
}

static bool month_from(Str name, int *ret)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int month = 0; name.len >= 3 && month < 12; month++)
        if (str_equal_nocase(str_sub(name, 0, 3), str_make(names + 3 * month, 3))) {
            *ret = month + 1;
            return true;
        }
    return false;
}

/* "Thu, 24 Aug 2023 05:01:45 +0000" (RFC 5322): put in the order of RFC 3339 and read as such. */
static bool mail_date(Str s, int64_t *ret, int *offset_minutes)
{
    size_t comma = str_find_char(s, ',');
    Str part[5] = { { NULL, 0 } }, rest = comma == STR_NOT_FOUND ? s : str_from_byte(s, comma + 1);
    size_t count = 0;
    for (Str word; count < COUNT(part) && str_next_part(&rest, ' ', &word);)
        if (word.len) part[count++] = word;
    int64_t day, year;
    int month;
    if (count < 4 || !str_to_i64(part[0], &day) || !month_from(part[1], &month) || !str_to_i64(part[2], &year))
        return false;
    if (day < 1 || day > 31 || year < 1000 || year > 9999 || part[3].len > 12 || part[4].len > 6) return false;
    bool utc = part[4].len == 0 || ascii_alpha(part[4].data[0]); /* GMT, UT; names of zones are not told apart */
    char text[48];
    int len = snprintf(text, sizeof text, "%04d-%02d-%02dT%.*s%.*s", (int)year, month, (int)day, STR_ARG(part[3]),
                       STR_ARG(utc ? STR("Z") : part[4]));
    return len > 0 && when_parse(str_make(text, (size_t)len), ret, offset_minutes);
}

int64_t draft_when(const Json *value, int *offset_minutes)
{
    int64_t when;
    double count;
    int offset = 0;
    if (json_is(value, JSON_STRING)) {
        Str s = str_trim(json_str(value));
        if (when_parse(s, &when, &offset) || mail_date(s, &when, &offset) || worded_date(s, &when, &offset)) {
            if (offset_minutes) *offset_minutes = offset;
            return when;
        }
    }
    return json_double(value, &count) ? when_from_count(count) : WHEN_NONE;
}

int64_t draft_seconds_ms(const Json *value)
{
    enum { YEAR_SECONDS = 366 * 86400 };
    double seconds;
    if (!json_double(value, &seconds) || !(seconds >= 0) || seconds > YEAR_SECONDS) return WHEN_NONE;
    return (int64_t)llround(seconds * 1000);
}

/* ---- Text. ---- */

static bool has_markup(Str s)
{
    for (size_t i = 0; i + 2 < s.len; i++) {
        if (s.data[i] == '<' && (ascii_alpha(s.data[i + 1]) || s.data[i + 1] == '/' || s.data[i + 1] == '!')) {
            size_t end = str_find_char(str_from_byte(s, i), '>');
            if (end == STR_NOT_FOUND) return false;
            return true;
        }
        if (s.data[i] == '&' && (ascii_alpha(s.data[i + 1]) || s.data[i + 1] == '#')) {
            size_t end = i + 2;
            while (end < s.len && end < i + 12 && ascii_alnum(s.data[end])) end++;
            if (end < s.len && s.data[end] == ';') return true;
        }
    }
    return false;
}

Str draft_text(Arena *arena, Str html) { return has_markup(html) ? str_trim(import_html_text(arena, html)) : html; }

/* ---- Order. ---- */

typedef struct Place {
    int64_t at;
    uint32_t index;
} Place;

static int by_time(const void *a, const void *b)
{
    const Place *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

void draft_sort(Conversation *c, uint32_t from, Arena *scratch)
{
    uint32_t count = c->utterance_count > from ? c->utterance_count - from : 0;
    bool sorted = true;
    if (count == 0) return;
    Utterance *turn = c->utterance + from;
    Place *place = ARENA_NEW(scratch, Place, count);
    for (uint32_t i = 0; i < count; i++) {
        int64_t before = i ? place[i - 1].at : WHEN_NONE;
        place[i] = (Place){ turn[i].at_ms == WHEN_NONE ? before : turn[i].at_ms, i };
        sorted &= place[i].at >= before;
    }
    if (sorted) return;
    qsort(place, count, sizeof *place, by_time);
    Utterance *copy = ARENA_NEW(scratch, Utterance, count);
    for (uint32_t i = 0; i < count; i++) copy[i] = turn[place[i].index];
    memcpy(turn, copy, count * sizeof *turn);
}

void draft_settle(Conversation *c)
{
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        int64_t at = c->utterance[i].at_ms;
        if (at != WHEN_NONE && (c->started == WHEN_NONE || at < c->started)) c->started = at;
    }
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        Utterance *u = &c->utterance[i];
        if (u->at_ms != WHEN_NONE) u->at_ms -= c->started;
        if (u->end_ms != WHEN_NONE) u->end_ms -= c->started;
    }
}

/* ---- Roles that the user names. ---- */

void draft_roles(Conversation *c, const ImportOptions *options)
{
    if (!options || !options->roles || c->participant_count == 0) return;
    Arena own = { 0 };
    Role *before = ARENA_NEW(&own, Role, c->participant_count);
    for (uint32_t i = 0; i < c->participant_count; i++) {
        Participant *p = &c->participant[i];
        Role told = speaker_told(p->id, options);
        if (told == ROLE_UNKNOWN) told = speaker_told(p->name, options);
        if (told == ROLE_UNKNOWN) told = speaker_told(p->email, options);
        before[i] = p->role;
        if (told != ROLE_UNKNOWN) p->role = told;
    }
    for (uint32_t i = 0; i < c->utterance_count; i++) {
        Utterance *u = &c->utterance[i];
        if (u->participant != NO_PARTICIPANT && u->role == before[u->participant])
            u->role = c->participant[u->participant].role;
    }
    arena_clear(&own);
}

/* ---- Addresses. ---- */

bool draft_is_email(Str s)
{
    size_t at = str_find_char(s, '@');
    return at != STR_NOT_FOUND && at > 0 && at + 1 < s.len && str_find_char(s, ' ') == STR_NOT_FOUND &&
           str_find_char(str_from_byte(s, at), '.') != STR_NOT_FOUND;
}

bool draft_is_telephone(Str s)
{
    enum { DIGITS_MIN = 7 }; /* shorter ones are short codes of a company, or ids */
    size_t colon = str_find_char(s, ':'), digits = 0;
    bool prefixed = colon != STR_NOT_FOUND && colon > 0, plus = false;
    for (size_t i = 0; prefixed && i < colon; i++) prefixed = ascii_alpha(s.data[i]);
    if (prefixed) s = str_from_byte(s, colon + 1);
    for (size_t i = 0; i < s.len; i++) {
        if (ascii_digit(s.data[i]))
            digits++;
        else if (s.data[i] == '+' && i == 0)
            plus = true;
        else if (!strchr(" -().", s.data[i]) || !s.data[i])
            return false;
    }
    return digits >= DIGITS_MIN && (plus || prefixed);
}

void draft_hide_addresses(Conversation *c, Arena *arena)
{
    for (uint32_t i = 0; i < c->participant_count; i++) {
        Participant *p = &c->participant[i];
        if (draft_is_email(p->name) || draft_is_telephone(p->name)) {
            if (p->email.len == 0 && draft_is_email(p->name)) p->email = p->name;
            p->name = (Str){ NULL, 0 };
        }
        if (draft_is_email(p->id) || draft_is_telephone(p->id)) {
            if (p->email.len == 0 && draft_is_email(p->id)) p->email = p->id;
            p->id = p->name.len ? (Str){ NULL, 0 } : arena_printf(arena, "speaker %u", i + 1);
        } else if (p->id.len == 0 && p->name.len == 0) {
            p->id = arena_printf(arena, "speaker %u", i + 1);
        }
    }
}

bool draft_give(ImportSink *sink, const ImportBlock *block, Conversation *c, uint64_t line, Arena *scratch)
{
    draft_roles(c, block->options);
    draft_hide_addresses(c, scratch);
    draft_sort(c, 0, scratch);
    draft_settle(c);
    return import_give(sink, block, c, line, scratch);
}
