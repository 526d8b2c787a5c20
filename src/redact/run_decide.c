/* run_decide.c -- what a run of digits is: by its digits, its shape, and what was spoken of around it. */
#include "redact/phone.h"
#include "redact/run.h"

enum {
    CARD_NAMED_MIN = 12,    /* digits that are a card number when one was announced, although Luhn fails */
    CARD_ASKED_MIN = 8,     /* and when it was announced as a card number: one that was broken off */
    CARD_NAMED_MAX = 40,    /* read twice */
    STRAY_MAX = 3,          /* fewer digits beside a card number that was announced belong to it: misheard */
    CARD_EXTRA_MAX = 4,     /* digits beside a number of a known scheme */
    CARD_PART_RUN_MAX = 24, /* a card with a date and a code around it; longer rows are tables */
    KNOWN_PART_MIN = 5,
    KNOWN_WRONG_MAX = 2, /* digits that may differ when a card is said again */
};

/* The row of digits under judgement: the run's, with or without those that may be words. */
typedef struct Row {
    const Run *run;
    uint8_t value[RUN_MAX];
    uint16_t at[RUN_MAX];         /* index into run->digit */
    uint16_t sum[2][RUN_MAX + 1]; /* Luhn sums of the digits before, plain at even or at odd places */
    uint32_t count;
} Row;

/* Bytes that a topic reaches within its turn, and turns that it reaches beyond. */
static const struct {
    uint32_t bytes, turns, lead_bytes;
} REACH[TOPICS] = {
    [TOPIC_CARD_NUMBER] = { 240, 6, 400 }, [TOPIC_CARD] = { 160, 2, 200 }, [TOPIC_CODE] = { 120, 2, 120 },
    [TOPIC_EXPIRY] = { 60, 2, 120 },       [TOPIC_PHONE] = { 90, 2, 120 }, [TOPIC_ID] = { 90, 1, 80 },
    [TOPIC_IBAN] = { 160, 3, 200 },        [TOPIC_ASIDE] = { 30, 0, 0 },
};

bool reader_near(const Place *topic, const Place *from, Topic which, Str text)
{
    if (!topic->set) return false;
    if (topic->turn != from->turn)
        return from->clock - topic->clock <= REACH[which].turns && from->at <= REACH[which].lead_bytes;
    if (from->at < topic->at || from->at - topic->at > REACH[which].bytes) return false;
    if (which != TOPIC_ID && which != TOPIC_ASIDE) return true;
    Str gap = str_sub(text, topic->at, from->at);
    for (size_t i = 0; i + 1 < gap.len; i++)
        if (strchr(".?!", gap.data[i]) && gap.data[i] && gap.data[i + 1] == ' ' && gap.len - i > 5) return false;
    return true;
}

static bool later(const Place *a, const Place *b)
{
    if (!a->set || !b->set) return a->set;
    return a->turn != b->turn ? a->turn > b->turn : a->at > b->at;
}

static void row_make(Row *row, const Run *run, bool with_soft)
{
    row->run = run; /* the arrays are written as far as count says, no further */
    row->count = 0;
    row->sum[0][0] = row->sum[1][0] = 0;
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->digit[i].soft && !with_soft) continue;
        uint32_t n = row->count++, d = run->digit[i].value, doubled = d > 4 ? 2 * d - 9 : 2 * d;
        row->value[n] = (uint8_t)d;
        row->at[n] = (uint16_t)i;
        row->sum[0][n + 1] = (uint16_t)(row->sum[0][n] + (n & 1 ? doubled : d));
        row->sum[1][n + 1] = (uint16_t)(row->sum[1][n] + (n & 1 ? d : doubled));
    }
}

static bool row_luhn(const Row *row, uint32_t begin, uint32_t end)
{
    const uint16_t *sum = row->sum[(end - 1) & 1];
    return (sum[end] - sum[begin]) % 10 == 0;
}

/* Marks the run's digits [begin, end), one span a turn. */
static void mark(Reader *r, const Run *run, uint32_t begin, uint32_t end, RedactKind kind)
{
    for (uint32_t i = begin; i < end;) {
        uint32_t turn = run->digit[i].turn, from = run->digit[i].begin, to = run->digit[i].end;
        for (; i < end && run->digit[i].turn == turn; i++) to = run->digit[i].end;
        Str s = r->text(r->owner, turn);
        if (kind == REDACTED_PHONE && from == run->digit[0].begin) {
            while (from > 0 && run->start.at - from < 3 && (s.data[from - 1] == '+' || s.data[from - 1] == '(')) from--;
        }
        if (from < to) reader_span(r, turn, from, to, kind);
        if (kind == REDACTED_CARD) {
            r->card_end = (Place){ true, turn, r->clock, to };
            r->topic[TOPIC_CARD_NUMBER] = r->card_end;
            r->card_spoken_of = true;
        }
    }
}

static void remember(Reader *r, const uint8_t *digit, uint32_t count)
{
    if (r->known_count == KNOWN_MAX || count > CARD_MAX) return;
    Known *known = &r->known[r->known_count];
    memcpy(known->digit, digit, count);
    known->count = (uint8_t)count;
    for (uint32_t i = 0; i < r->known_count; i++)
        if (r->known[i].count == count && memcmp(r->known[i].digit, digit, count) == 0) return;
    r->known_count++;
}

static bool in_fours(const Row *row, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        if (row->run->digit[row->at[i]].first != ((i - begin) % 4 == 0)) return false;
    return true;
}

/* An ISBN-13: its own check digit, and a prefix that no card has. */
static bool is_isbn(const uint8_t *digit, uint32_t count)
{
    if (count != 13 || digit[0] != 9 || digit[1] != 7 || digit[2] < 8) return false;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < 13; i++) sum += digit[i] * (i & 1 ? 3u : 1u);
    return sum % 10 == 0;
}

/* Whether a part of the row that passes Luhn is to be believed. */
static bool believe(const Row *row, uint32_t begin, uint32_t end, bool named)
{
    const RunDigit *digit = row->run->digit;
    uint32_t count = end - begin;
    if (!named && is_isbn(row->value + begin, count)) return false;
    bool spoken = true, one_piece = true;
    bool known = card_known(row->value + begin, count);
    Glue worst = GLUE_NONE;
    for (uint32_t i = begin; i < end; i++) {
        spoken = spoken && digit[row->at[i]].spoken;
        if (i == begin) continue;
        worst = MAX(worst, (Glue)digit[row->at[i]].glue);
        one_piece = one_piece && !digit[row->at[i]].first;
    }
    /* What stands around it parts more than what stands inside: it is a number by itself. */
    Glue before = begin ? (Glue)digit[row->at[begin]].glue : GLUE_BREAK;
    Glue after = end < row->count ? (Glue)digit[row->at[end]].glue : GLUE_BREAK;
    bool whole = MIN(before, after) > worst;
    bool usual = known && (count == 15 || count == 16);
    if (worst == GLUE_SLASH) return whole && (named || (known && in_fours(row, begin, end)));
    if (worst == GLUE_TURN) return whole ? known || named : usual && named;
    if (whole) return worst <= GLUE_LOOSE || known || named || spoken;
    if (one_piece) return true;
    return known && (named || row->count - count <= CARD_EXTRA_MAX ||
                     (usual && (row->count <= CARD_PART_RUN_MAX || spoken || in_fours(row, begin, end))));
}

/* The next part from `from` on that is a card number. */
static bool next_card(const Row *row, uint32_t from, bool named, uint32_t *begin, uint32_t *end)
{
    static const uint8_t LENGTH[] = { 16, 15, 14, 13, 19, 18, 17 };
    const RunDigit *digit = row->run->digit;
    for (uint32_t i = from; i + CARD_MIN <= row->count; i++) {
        if (!digit[row->at[i]].first) continue;
        for (size_t k = 0; k < COUNT(LENGTH); k++) {
            uint32_t j = i + LENGTH[k];
            if (j > row->count || !digit[row->at[j - 1]].last || !row_luhn(row, i, j) || !believe(row, i, j, named))
                continue;
            *begin = i;
            *end = j;
            return true;
        }
    }
    return false;
}

/* Digits that hang behind a card number in the same run: its code, its expiry, or both. */
static void mark_rest(Reader *r, const Run *run, uint32_t begin, uint32_t end)
{
    uint32_t count = end - begin;
    if (count < 3 || count > 8 || run->digit[begin].glue > GLUE_FILLER) return;
    uint8_t value[8];
    for (uint32_t i = 0; i < count; i++) value[i] = run->digit[begin + i].value;
    bool expiry = (count == 4 || count == 6) && card_expiry(value, count);
    if (count == 5 || (count == 6 && !expiry)) return;
    mark(r, run, begin, end, expiry ? REDACTED_CARD_EXPIRY : REDACTED_CARD_CODE);
}

static bool cards(Reader *r, const Row *row, bool named, uint32_t *taken)
{
    const Run *run = row->run;
    uint32_t begin, end, from = 0;
    bool any = false;
    if (row->count >= CARD_MIN && row->count <= CARD_MAX && row_luhn(row, 0, row->count) &&
        believe(row, 0, row->count, named)) {
        mark(r, run, 0, run->count, REDACTED_CARD);
        remember(r, row->value, row->count);
        *taken = run->count;
        return true;
    }
    while (next_card(row, from, named, &begin, &end)) {
        if (named && begin - from < STRAY_MAX && run->digit[row->at[begin]].glue < GLUE_TURN) begin = from;
        if (named && row->count - end < STRAY_MAX) end = row->count;
        mark(r, run, row->at[begin], row->at[end - 1] + 1u, REDACTED_CARD);
        remember(r, row->value + begin, end - begin);
        *taken = row->at[end - 1] + 1u;
        from = end;
        any = true;
    }
    if (any && from < row->count) {
        mark_rest(r, run, row->at[from], run->count);
    }
    return any;
}

/* A card number said before, or a part of it. */
static bool is_known(const Reader *r, const Row *row)
{
    for (uint32_t k = 0; k < r->known_count; k++) {
        const Known *known = &r->known[k];
        if (row->count == known->count && row->count >= CARD_NAMED_MIN) {
            int wrong = 0;
            for (uint32_t i = 0; i < row->count; i++) wrong += row->value[i] != known->digit[i];
            if (wrong <= KNOWN_WRONG_MAX) return true;
        }
        if (row->count < 4 || row->count > known->count) continue;
        for (uint32_t i = 0; i + row->count <= known->count; i++) {
            if (memcmp(row->value, known->digit + i, row->count) != 0) continue;
            if (row->count >= KNOWN_PART_MIN) return true;
            if (i % 4 == 0 && i + row->count < known->count) return true; /* its last four may be said */
        }
    }
    return false;
}

/* An amount, a time or a share: what stands right around says so. */
static bool is_amount(const Reader *r, const Run *run)
{
    const RunDigit *first = &run->digit[0], *last = &run->digit[run->count - 1];
    Str s = r->text(r->owner, first->turn);
    size_t at = first->begin;
    if (at > 0 && s.data[at - 1] == ' ') at--;
    if (at > 0 && s.data[at - 1] && strchr("$%", s.data[at - 1])) return true;
    if (at > 1 && (s.data[at - 1] == ':' || s.data[at - 1] == '/') && ascii_digit(s.data[at - 2])) return true;
    Str before = str_sub(s, 0, at);
    if (str_ends(before, STR("£")) || str_ends(before, STR("€")) || str_ends(before, STR("¥")) ||
        str_ends(before, STR("₹")))
        return true;
    s = r->text(r->owner, last->turn);
    at = last->end;
    if (at + 1 < s.len && strchr(":/.,", s.data[at]) && ascii_digit(s.data[at + 1])) return true;
    if (at < s.len && s.data[at] == ' ') at++;
    if (at < s.len && s.data[at] && strchr("%$", s.data[at])) return true;
    Str after = str_from_byte(s, at);
    if (str_starts(after, STR("€")) || str_starts(after, STR("£"))) return true;
    LexHit hit;
    return at < s.len && lex_match(s, at, LEX_UNIT, &hit);
}

static bool near_topic(const Reader *r, const Run *run, Topic which)
{
    return reader_near(&run->topic[which], &run->start, which, r->text(r->owner, run->start.turn));
}

/* Another kind of number was spoken of nearer than `than`. */
static bool is_other_number(const Reader *r, const Run *run, const Place *than)
{
    const Place *id = &run->topic[TOPIC_ID], *aside = &run->topic[TOPIC_ASIDE];
    return (near_topic(r, run, TOPIC_ID) && !later(than, id)) ||
           (near_topic(r, run, TOPIC_ASIDE) && !later(than, aside));
}

/* "september twenty seven", "09 27", beside a card. */
static bool expiry(Reader *r, const Row *row, uint32_t topic_after)
{
    const Run *run = row->run;
    if (!r->card_spoken_of || (!near_topic(r, run, TOPIC_EXPIRY) && !(topic_after & LEX_EXPIRY))) return false;
    if (later(&run->topic[TOPIC_CODE], &run->topic[TOPIC_EXPIRY]) && row->count != 2) return false;
    const RunDigit *first = &run->digit[0];
    Str s = r->text(r->owner, first->turn);
    size_t word_end = first->begin, begin;
    while (word_end > 0 && first->begin - word_end < 3 && (s.data[word_end - 1] == ' ' || s.data[word_end - 1] == ','))
        word_end--;
    if ((row->count == 2 || row->count == 4) && lex_word_before(s, word_end, LEX_MONTH, &begin)) {
        reader_span(r, first->turn, begin,
                    run->digit[run->count - 1].turn == first->turn ? run->digit[run->count - 1].end : first->end,
                    REDACTED_CARD_EXPIRY);
        return true;
    }
    if (row->count < 3 || !card_expiry(row->value, row->count)) return false;
    mark(r, run, 0, run->count, REDACTED_CARD_EXPIRY);
    return true;
}

static bool code(Reader *r, const Row *row, uint32_t topic_after)
{
    const Run *run = row->run;
    if (row->count != 3 && row->count != 4) return false;
    const Place *asked = &run->topic[TOPIC_CODE];
    static const Place never = { 0 };
    bool named = near_topic(r, run, TOPIC_CODE) && !is_other_number(r, run, asked) &&
                 !(near_topic(r, run, TOPIC_PHONE) && later(&run->topic[TOPIC_PHONE], asked));
    named = named || ((topic_after & LEX_CODE) && !is_other_number(r, run, &never));
    if (!named && r->card_end.set && r->card_end.turn == run->start.turn && run->start.at >= r->card_end.at) {
        uint8_t soft;
        named = glue_of(r->text(r->owner, run->start.turn), r->card_end.at, run->start.at, 0, &soft) < GLUE_BREAK;
    }
    if (!named || is_amount(r, run)) return false;
    mark(r, run, 0, run->count, REDACTED_CARD_CODE);
    r->topic[TOPIC_CODE] = (Place){ true, run->digit[run->count - 1].turn, r->clock, run->digit[run->count - 1].end };
    return true;
}

static bool phone(Reader *r, const Row *row, uint32_t begin, uint32_t end, uint32_t topic_after)
{
    const Run *run = row->run;
    PhoneLook look = { .digit = row->value + begin, .count = end - begin, .spoken = true };
    if (look.count < PHONE_MIN || look.count > PHONE_MAX) return false;
    for (uint32_t i = begin; i < end; i++) {
        const RunDigit *d = &run->digit[row->at[i]];
        look.spoken = look.spoken && d->spoken;
        if (d->first && look.groups < PHONE_GROUPS_MAX) look.groups++;
        look.group[look.groups ? look.groups - 1 : 0]++;
    }
    look.plus = run->plus && begin == 0;
    look.bracket = run->bracket && begin == 0;
    static const Place never = { 0 };
    bool asked = near_topic(r, run, TOPIC_PHONE);
    bool id = is_other_number(r, run, asked ? &run->topic[TOPIC_PHONE] : &never);
    look.named = !id && (asked || (topic_after & LEX_PHONE));
    if (id && !look.plus) return false;
    if ((topic_after & LEX_ID) && !asked && !look.plus) return false;
    if (!phone_looks(&look)) return false;
    mark(r, run, row->at[begin], row->at[end - 1] + 1u, REDACTED_PHONE);
    return true;
}

/* The row as one number, else its parts between commas, slashes and words. */
static void phones(Reader *r, const Row *row, uint32_t topic_after)
{
    if (phone(r, row, 0, row->count, topic_after)) return;
    uint32_t begin = 0;
    for (uint32_t i = 1; i <= row->count; i++) {
        if (i < row->count && row->run->digit[row->at[i]].glue < GLUE_LOOSE) continue;
        if (i - begin < row->count) (void)phone(r, row, begin, i, topic_after);
        begin = i;
    }
}

static void long_run(Reader *r, const Row *row, uint32_t topic_after, uint32_t *taken)
{
    const Run *run = row->run;
    bool asked = near_topic(r, run, TOPIC_CARD_NUMBER), named = asked || near_topic(r, run, TOPIC_CARD);
    const Place *card = later(&run->topic[TOPIC_CARD_NUMBER], &run->topic[TOPIC_CARD]) ? &run->topic[TOPIC_CARD_NUMBER]
                                                                                       : &run->topic[TOPIC_CARD];
    if (is_other_number(r, run, card)) asked = named = false;
    if (near_topic(r, run, TOPIC_PHONE) && later(&run->topic[TOPIC_PHONE], card)) asked = named = false;
    if (topic_after & LEX_CARD_NUMBER) asked = named = true;
    if (run->plus) {
        phones(r, row, topic_after);
        return;
    }
    if (cards(r, row, named, taken)) return;
    Row strict;
    if (row->count != run->count || run->count < CARD_MIN) {
        /* no words among the digits, or too few of them */
    } else {
        bool soft = false;
        for (uint32_t i = 0; i < run->count; i++) soft = soft || run->digit[i].soft;
        if (soft) {
            row_make(&strict, run, false);
            if (cards(r, &strict, named, taken)) return;
        }
    }
    if ((named && row->count >= CARD_NAMED_MIN && row->count <= CARD_NAMED_MAX) ||
        (asked && row->count >= CARD_ASKED_MIN && row->count <= CARD_NAMED_MAX) || is_known(r, row)) {
        mark(r, run, 0, run->count, REDACTED_CARD);
        if (row->count >= CARD_NAMED_MIN) remember(r, row->value, row->count);
        *taken = run->count;
        return;
    }
    phones(r, row, topic_after);
}

void run_decide(Reader *r, const Run *run, uint32_t topic_after, uint32_t *taken)
{
    *taken = 0;
    if (run->count < 2) return;
    if (run->count <= 6 && !r->card_spoken_of && !(topic_after & LEX_CODE)) return; /* most numbers end here */
    Row row;
    row_make(&row, run, true);
    if (row.count <= 6) {
        if (expiry(r, &row, topic_after) || code(r, &row, topic_after)) return;
        if (is_known(r, &row)) mark(r, run, 0, run->count, REDACTED_CARD);
        return;
    }
    long_run(r, &row, topic_after, taken);
}
