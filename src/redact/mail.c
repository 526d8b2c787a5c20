/* mail.c -- both sides of an at sign. */
#include "redact/mail.h"

#include "redact/lexicon.h"

enum {
    LOCAL_MAX = 64, /* RFC 5321 4.5.3.1.1 */
    DOMAIN_MAX = 255,
    SAID_WORDS_MAX = 24, /* of the part before the at sign, spelled letter by letter */
    HOST_WORDS_MAX = 6,
};

static bool is_local(char c)
{
    return ascii_alnum(c) || (uint8_t)c >= 0xC3 || (c && strchr(".!#$%&'*+/=?^_`{|}~-", c));
}

static bool is_domain(char c) { return ascii_alnum(c) || c == '-' || c == '.' || (uint8_t)c >= 0xC3; }

bool mail_written(Str s, size_t at, size_t floor, size_t *begin, size_t *end)
{
    size_t left = at, right = at + 1, dot = 0;
    while (left > floor && s.data[left - 1] == ' ' && at - left < 1) left--;
    size_t local_end = left;
    while (left > floor && local_end - left < LOCAL_MAX && is_local(s.data[left - 1])) left--;
    while (left < local_end && (uint8_t)s.data[left] >= 0x80 && (uint8_t)s.data[left] < 0xC0) left++;
    while (left < local_end && s.data[left] && strchr("'.*/=?", s.data[left])) left++;
    if (left == local_end) return false;
    if (local_end < at && !(right < s.len && s.data[right] == ' ')) return false; /* "hi @team.x" is no address */
    if (right < s.len && s.data[right] == ' ') right++;
    if (right - at > 1 && local_end == at && !(right < s.len && ascii_alnum(s.data[right]))) return false;
    size_t domain = right;
    while (right < s.len && right - domain < DOMAIN_MAX && is_domain(s.data[right])) {
        if (s.data[right] == '.' && right > domain) {
            if (right + 1 >= s.len || !is_domain(s.data[right + 1]) || s.data[right + 1] == '.' ||
                s.data[right + 1] == '-')
                break;
            dot = right;
        }
        right++;
    }
    while (right > domain && s.data[right - 1] == '-') right--;
    if (right < s.len && (uint8_t)s.data[right] >= 0x80 && (uint8_t)s.data[right] < 0xC0)
        while (right > domain && (uint8_t)s.data[right - 1] >= 0x80) right--; /* never inside a character */
    if (right == domain || s.data[domain] == '.') return false;
    bool has_top = dot && dot + 2 < right + 0 && right - dot > 2;
    if (!has_top && local_end < at) return false;
    if (!has_top && right - domain < 4) return false; /* "me@home": an address inside a house still names somebody */
    *begin = left;
    *end = right;
    return true;
}

static bool is_open(char c) { return c == '(' || c == '['; }

static bool is_close(char c) { return c == ')' || c == ']'; }

static size_t skip_blanks(Str s, size_t at)
{
    while (at < s.len && (s.data[at] == ' ' || s.data[at] == '\t' || s.data[at] == '\n')) at++;
    return at;
}

static size_t back_blanks(Str s, size_t at, size_t floor)
{
    while (at > floor && (s.data[at - 1] == ' ' || s.data[at - 1] == '\t' || s.data[at - 1] == '\n')) at--;
    return at;
}

static bool is_said(char c) { return ascii_alnum(c) || (uint8_t)c >= 0x80 || c == '\'' || c == '_' || c == '-'; }

/* The word that ends at s[end] (blanks and commas skipped), as [*begin, *word_end). */
static bool word_before(Str s, size_t end, size_t floor, size_t *begin, size_t *word_end)
{
    end = back_blanks(s, end, floor);
    if (end > floor && s.data[end - 1] == ',') end = back_blanks(s, end - 1, floor);
    size_t at = end;
    while (at > floor && end - at < LOCAL_MAX && is_said(s.data[at - 1])) at--;
    while (at < end && (uint8_t)s.data[at] >= 0x80 && (uint8_t)s.data[at] < 0xC0) at++;
    if (at == end) return false;
    *begin = at;
    *word_end = end;
    return true;
}

static bool is_word(Str s, size_t begin, size_t end, uint32_t mask)
{
    LexHit hit;
    return lex_match((Str){ s.data, end }, begin, mask, &hit) && hit.end == end;
}

/* Pieces that are spelled out: single letters, digits, said digits. */
static bool is_spelled(Str s, size_t begin, size_t end)
{
    if (end - begin == 1) return true;
    bool digits = true;
    for (size_t i = begin; i < end; i++) digits = digits && ascii_digit(s.data[i]);
    return digits || is_word(s, begin, end, LEX_DIGIT | LEX_TENS | LEX_TEEN | LEX_TIMES);
}

/* From the word "at" leftwards: the word before it, then what connectors and spelling hang onto it. */
static bool local_before(Str s, size_t at, size_t floor, size_t *ret)
{
    size_t begin, end, next_begin, next_end;
    if (!word_before(s, at, floor, &begin, &end)) return false;
    if (end > floor && s.data[end - 1] == '\'') return false;
    if (is_word(s, begin, end, LEX_JOIN)) return false;
    bool spelled = is_spelled(s, begin, end), named = false;
    for (int words = 0; words < SAID_WORDS_MAX; words++) {
        if (begin > floor && (s.data[begin - 1] == '.' || s.data[begin - 1] == '+') && begin - 1 > floor &&
            is_said(s.data[begin - 2])) { /* "jo.bell at gmail.com" */
            if (!word_before(s, begin - 1, floor, &begin, &end)) break;
            continue;
        }
        if (!word_before(s, begin, floor, &next_begin, &next_end)) break;
        if (is_word(s, next_begin, next_end, LEX_JOIN)) {
            size_t join = next_begin;
            if (!word_before(s, join, floor, &next_begin, &next_end)) {
                begin = join;
                break;
            }
            begin = next_begin;
            end = next_end;
            spelled = is_spelled(s, next_begin, next_end);
        } else if (is_spelled(s, next_begin, next_end) && next_end - next_begin < 12 &&
                   (spelled || !is_word(s, next_begin, next_end, LEX_FILLER))) {
            begin = next_begin;
            end = next_end;
            spelled = true;
        } else if (spelled && !named && end - begin > 1 && next_end - next_begin > 2 &&
                   !is_word(s, next_begin, next_end, LEX_FILLER)) {
            begin = next_begin; /* "smith eighty four at": the name before the year */
            end = next_end;
            named = true;
            spelled = false;
        } else {
            break;
        }
    }
    *ret = begin;
    return true;
}

/* "dot com dot au": behind the last part. */
static bool host_after(Str s, size_t dot, size_t *ret)
{
    size_t at = dot;
    bool any = false;
    for (int parts = 0; parts < HOST_WORDS_MAX; parts++) {
        LexHit hit;
        size_t next;
        if (at < s.len && s.data[at] == '.') {
            next = at + 1;
        } else {
            size_t word = skip_blanks(s, at);
            if (word < s.len && is_open(s.data[word])) word++;
            if (word >= s.len || !lex_match(s, word, LEX_DOT, &hit)) break;
            next = skip_blanks(s, hit.end);
            if (next < s.len && is_close(s.data[next])) next = skip_blanks(s, next + 1);
        }
        if (next >= s.len || !lex_match(s, next, LEX_TLD, &hit)) break;
        at = hit.end;
        any = true;
    }
    *ret = at;
    return any;
}

bool mail_spoken(Str s, size_t dot, size_t floor, size_t *begin, size_t *end)
{
    size_t word, word_end, at = dot;
    if (!host_after(s, dot, end)) return false;
    for (int words = 0; words < HOST_WORDS_MAX; words++) {
        if (at > floor && (s.data[at - 1] == '.' || is_open(s.data[at - 1]))) at--;
        if (!word_before(s, at, floor, &word, &word_end)) return false;
        bool bracketed = word > floor && is_open(s.data[word - 1]);
        if (words > 0 && is_word(s, word, word_end, LEX_AT)) return local_before(s, word - bracketed, floor, begin);
        at = word;
        size_t open = back_blanks(s, at, floor);
        if (open > floor && is_close(s.data[open - 1])) { /* "(at)", "[at]" */
            if (!word_before(s, open - 1, floor, &word, &word_end) || word <= floor ||
                !is_word(s, word, word_end, LEX_AT))
                return false;
            return local_before(s, word - 1, floor, begin);
        }
    }
    return false;
}
