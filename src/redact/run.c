/* run.c -- goes over the turns, gathers digits into runs, and finds mail addresses and IBANs on the way. */
#include "redact/run.h"

#include "redact/iban.h"
#include "redact/mail.h"
#include "redact/scan.h"

enum {
    STRANGERS = 4,          /* unknown words allowed between digits once a card number is being read */
    TOPIC_AFTER_BYTES = 30, /* "412 is the security code": how far behind the digits */
    BACK_BYTES = 120,       /* a backchannel is no longer */
    BACK_BYTES_LOOSE = 48,  /* in the middle of a card number any short remark is one */
    BESIDE_BYTES = 12,      /* "4111 … 2) 09/27" */
    CODE_WORD_TURNS = 2,    /* after a card number, "code" alone means the card's */
    RUN_CLOCK_MAX = 8,      /* turns that say something, until a number is given up */
    RUN_OVERLAP = CARD_MAX - 1,
};

static const uint32_t TOPIC_FLAG[TOPICS] = { LEX_CARD_NUMBER, LEX_CARD, LEX_CODE, LEX_EXPIRY,
                                             LEX_PHONE,       LEX_ID,   LEX_IBAN, LEX_ASIDE };

void reader_span(Reader *r, uint32_t turn, size_t begin, size_t end, RedactKind kind)
{
    assert(begin < end && end <= r->text(r->owner, turn).len);
    *ARENA_PUSH(r->arena, r->span, r->span_count, r->span_capacity) =
        (RedactSpan){ turn, (uint32_t)begin, (uint32_t)end, kind };
}

static Str here(const Reader *r) { return r->now; }

static Place place(const Reader *r, size_t at) { return (Place){ true, r->turn, r->clock, (uint32_t)at }; }

static Run *run_of(Reader *r, uint32_t speaker)
{
    for (size_t i = 0; i < SPEAKERS_MAX; i++)
        if (r->run[i].speaker == speaker && r->run[i].count) return &r->run[i];
    return NULL;
}

static void close_run(Reader *r, Run *run, uint32_t topic_after)
{
    uint32_t taken;
    run_decide(r, run, topic_after, &taken);
    run->count = 0;
    run->speaker = 0;
}

static Run *start_run(Reader *r, const Piece *piece)
{
    Run *run = NULL;
    for (size_t i = 0; i < SPEAKERS_MAX && !run; i++)
        if (!r->run[i].count) run = &r->run[i];
    if (!run) {
        run = &r->run[r->oldest++ % SPEAKERS_MAX];
        close_run(r, run, 0);
    }
    Str s = here(r);
    size_t at = piece->begin;
    run->plus = run->bracket = false;
    while (at > 0 && piece->begin - at < 3 && !piece->spoken) {
        at--;
        if (s.data[at] == '(')
            run->bracket = true;
        else if (s.data[at] == '+')
            run->plus = true;
        else if (s.data[at] != ' ' || run->plus)
            break;
    }
    run->count = 0;
    run->speaker = r->speaker;
    run->start = place(r, piece->begin);
    memcpy(run->topic, r->topic, sizeof run->topic);
    return run;
}

static bool card_is_read(const Reader *r, const Run *run)
{
    const Place *topic = &run->topic[TOPIC_CARD_NUMBER];
    bool read_already = r->card_end.set && r->card_end.turn == topic->turn && r->card_end.at >= topic->at;
    return topic->set && !read_already &&
           reader_near(topic, &run->start, TOPIC_CARD_NUMBER, r->text(r->owner, run->start.turn));
}

static void add_digit(Reader *r, Run *run, RunDigit digit)
{
    if (run->count == RUN_MAX) {
        uint32_t taken = 0;
        run_decide(r, run, 0, &taken);
        uint32_t keep = MIN(RUN_OVERLAP, RUN_MAX - taken);
        memmove(run->digit, run->digit + RUN_MAX - keep, keep * sizeof *run->digit);
        run->count = keep;
    }
    run->digit[run->count++] = digit;
}

/* "1) 4111 …": the digit before a lone closing bracket counts lines. */
static bool is_list_mark(Str s, const RunDigit *last)
{
    return last->end < s.len && s.data[last->end] == ')' && last->end - last->begin <= 2 &&
           (last->begin == 0 || s.data[last->begin - 1] != '(');
}

/* How the piece hangs on to the open run. */
static Glue glue_to(const Reader *r, const Run *run, const Piece *piece, uint8_t *soft)
{
    const RunDigit *last = &run->digit[run->count - 1];
    int strangers = card_is_read(r, run) ? STRANGERS : 0;
    *soft = 10;
    if (last->turn == r->turn) {
        bool list = is_list_mark(here(r), last);
        return list ? GLUE_BREAK : glue_of(here(r), last->end, piece->begin, strangers, soft);
    }
    uint8_t ignored;
    Glue lead = glue_of(here(r), 0, piece->begin, strangers, &ignored);
    return lead == GLUE_BREAK || r->clock - run->clock > RUN_CLOCK_MAX ? GLUE_BREAK : GLUE_TURN;
}

static void add_piece(Reader *r, const Piece *piece)
{
    Run *run = run_of(r, r->speaker);
    Glue glue = GLUE_NONE;
    uint8_t soft = 10;
    if (run) {
        glue = glue_to(r, run, piece, &soft);
        bool new_plus = !piece->spoken && piece->begin > 0 && here(r).data[piece->begin - 1] == '+';
        if (glue == GLUE_BREAK || new_plus) {
            close_run(r, run, 0);
            run = NULL;
        }
    }
    if (!run) run = start_run(r, piece), glue = GLUE_NONE, soft = 10;
    if (soft < 10 && piece->spoken && run->digit[run->count - 1].spoken) {
        uint32_t end = run->digit[run->count - 1].end;
        add_digit(r, run, (RunDigit){ r->turn, end, (uint32_t)piece->begin, soft, GLUE_TIGHT, true, true, true, true });
        glue = GLUE_NONE;
    }
    for (size_t i = 0; i < piece->count; i++)
        add_digit(r, run,
                  (RunDigit){ r->turn, (uint32_t)piece->begin, (uint32_t)piece->end, piece->digit[i],
                              (uint8_t)(i ? GLUE_NONE : glue), i == 0, i + 1 == piece->count, false, piece->spoken });
    run->clock = r->clock;
}

/* Digits without a gap that are too many for a card: whole away when a card number stands inside. */
static void long_piece(Reader *r, const Piece *piece)
{
    Str s = here(r);
    uint8_t row[64];
    size_t have = 0;
    Run *run = run_of(r, r->speaker);
    if (run) close_run(r, run, 0);
    Place start = place(r, piece->begin);
    bool stays = reader_near(&r->topic[TOPIC_ID], &start, TOPIC_ID, s) ||
                 reader_near(&r->topic[TOPIC_ASIDE], &start, TOPIC_ASIDE, s);
    bool found = false;
    for (size_t at = piece->begin; at < piece->end && !found && !stays;) {
        if (have == sizeof row) {
            have = CARD_MAX;
            memmove(row, row + sizeof row - CARD_MAX, CARD_MAX);
        }
        size_t step = digit_at(s, at, &row[have]);
        if (!step) row[have] = 0, step = 1;
        at += step;
        have++;
        for (size_t n = 15; n <= 16; n++)
            found = found || (have >= n && card_known(row + have - n, n) && card_luhn(row + have - n, n));
    }
    if (!found) return;
    reader_span(r, r->turn, piece->begin, piece->end, REDACTED_CARD);
    r->card_end = r->topic[TOPIC_CARD_NUMBER] = place(r, piece->end);
    r->card_spoken_of = true;
}

/* "09/27" beside a card: begins with the piece, 0 when it is none, else its end. */
static size_t expiry_at(Str s, const Piece *piece)
{
    if (piece->spoken || piece->count > 2) return 0;
    size_t at = piece->end;
    while (at < s.len && at - piece->end < 3 && s.data[at] == ' ') at++;
    if (at >= s.len || !strchr("/-.", s.data[at]) || !s.data[at]) return 0;
    at++;
    while (at < s.len && at - piece->end < 5 && s.data[at] == ' ') at++;
    Piece year;
    if (at >= s.len || !piece_written(s, at, &year) || (year.count != 2 && year.count != 4)) return 0;
    if (year.end + 1 < s.len && strchr("/-.", s.data[year.end]) && ascii_digit(s.data[year.end + 1])) return 0;
    uint8_t digit[6] = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < piece->count; i++) digit[n++] = piece->digit[i];
    for (size_t i = 0; i < year.count; i++) digit[n++] = year.digit[i];
    return card_expiry(digit, n) ? year.end : 0;
}

/* The open run is a card number as it stands, so that "09-27" behind it is none of its groups. */
static bool is_card(const Run *run)
{
    uint8_t digit[CARD_MAX];
    if (run->count < CARD_MIN || run->count > CARD_MAX) return false;
    for (uint32_t i = 0; i < run->count; i++) digit[i] = run->digit[i].value;
    return card_known(digit, run->count) && card_luhn(digit, run->count);
}

static bool beside_card(Reader *r, size_t begin)
{
    Place start = place(r, begin);
    Str s = here(r);
    uint8_t soft;
    if (r->card_spoken_of && reader_near(&r->topic[TOPIC_EXPIRY], &start, TOPIC_EXPIRY, s)) return true;
    if (!r->card_end.set || r->card_end.turn != r->turn || begin < r->card_end.at) return false;
    return begin - r->card_end.at <= BESIDE_BYTES || glue_of(s, r->card_end.at, begin, 1, &soft) < GLUE_BREAK;
}

/* Written digits at s[at]; the end of what was read. */
static size_t written(Reader *r, size_t at, size_t floor)
{
    Str s = here(r);
    Piece piece;
    size_t begin, end;
    if (!piece_written(s, at, &piece)) return at + 1;
    bool cvv2 = piece.count == 1 && piece.digit[0] == 2 && at >= 3 && ascii_alpha(s.data[at - 1]) &&
                lex_word_before(s, at, LEX_CODE, &begin);
    if (cvv2) return piece.end;
    Place start = place(r, at);
    bool named = reader_near(&r->topic[TOPIC_IBAN], &start, TOPIC_IBAN, s);
    if (piece.count >= 2 && iban_find(s, at, named, &begin, &end) && begin >= floor) {
        Run *run = run_of(r, r->speaker);
        if (run) close_run(r, run, 0);
        reader_span(r, r->turn, begin, end, REDACTED_IBAN);
        r->topic[TOPIC_IBAN] = place(r, end);
        return end;
    }
    end = expiry_at(s, &piece);
    if (end) {
        Run *run = run_of(r, r->speaker);
        uint8_t soft;
        bool hangs_on = run && glue_to(r, run, &piece, &soft) < GLUE_BREAK;
        bool slash = str_find_char(str_sub(s, piece.end, end), '/') != STR_NOT_FOUND;
        if (run && (!hangs_on || (slash ? run->count >= CARD_MIN - 1 : is_card(run)))) {
            close_run(r, run, 0);
            hangs_on = false;
        }
        if (!hangs_on && beside_card(r, at)) {
            reader_span(r, r->turn, at, end, REDACTED_CARD_EXPIRY);
            if (r->card_end.set && r->card_end.turn == r->turn) r->card_end.at = (uint32_t)end;
            return end;
        }
    }
    if (piece.count > CARD_MAX)
        long_piece(r, &piece);
    else
        add_piece(r, &piece);
    return piece.end;
}

/* A placeholder that an earlier pass or another system left counts as what it stands for. */
static size_t placeholder_at(Reader *r, size_t at)
{
    Str s = here(r);
    if (at == 0 || s.data[at - 1] != '[') return 0;
    for (int kind = 0; kind < REDACTED_KINDS; kind++) {
        Str name = str_from(redact_placeholder((RedactKind)kind));
        if (!str_starts(str_from_byte(s, at - 1), name)) continue;
        size_t end = at - 1 + name.len;
        Run *run = run_of(r, r->speaker);
        if (run) close_run(r, run, 0);
        switch ((RedactKind)kind) {
        case REDACTED_CARD:
            r->card_end = r->topic[TOPIC_CARD_NUMBER] = place(r, end);
            r->card_spoken_of = true;
            break;
        case REDACTED_CARD_CODE: r->topic[TOPIC_CODE] = place(r, end); break;
        case REDACTED_CARD_EXPIRY:
            if (r->card_end.set && r->card_end.turn == r->turn) r->card_end.at = (uint32_t)end;
            break;
        case REDACTED_IBAN: r->topic[TOPIC_IBAN] = place(r, end); break;
        default: break;
        }
        return end;
    }
    return 0;
}

static bool code_word_counts(const Reader *r)
{
    return r->card_end.set && r->clock - r->card_end.clock <= CODE_WORD_TURNS;
}

static void topic(Reader *r, const LexHit *hit, size_t at)
{
    Run *run = run_of(r, r->speaker);
    Str s = here(r);
    if (run) {
        const RunDigit *last = &run->digit[run->count - 1];
        bool same = last->turn == r->turn;
        bool goes_on = !same && (hit->flags & (LEX_CARD_NUMBER | LEX_CARD)) && card_is_read(r, run);
        uint32_t after = 0;
        if (same && at - last->end <= TOPIC_AFTER_BYTES) {
            Str gap = str_sub(s, last->end, at);
            if (str_find(gap, STR(". ")) == STR_NOT_FOUND && str_find(gap, STR(" and ")) == STR_NOT_FOUND &&
                str_find_char(gap, '\n') == STR_NOT_FOUND)
                after = hit->flags & LEX_CONTEXT;
        }
        if (!goes_on) close_run(r, run, after);
    }
    for (int i = 0; i < TOPICS; i++)
        if (hit->flags & TOPIC_FLAG[i]) r->topic[i] = place(r, hit->end);
    if (hit->flags & LEX_CODE_WORD) r->topic[TOPIC_CODE] = place(r, hit->end);
    if (hit->flags & (LEX_CARD_NUMBER | LEX_CARD | LEX_CODE)) r->card_spoken_of = true;
}

/* A word or sign at which the scan stopped; the end of what was read. */
static size_t word(Reader *r, size_t at, size_t floor)
{
    Str s = here(r);
    size_t begin, end = placeholder_at(r, at);
    LexHit hit;
    Piece piece;
    if (end) return end;
    if (!lex_match(s, at, LEX_TRIGGER, &hit)) return at + 1;
    if (!code_word_counts(r)) hit.flags &= ~LEX_CODE_WORD;
    if (hit.flags & LEX_CONTEXT) {
        topic(r, &hit, at);
        return hit.end;
    }
    if (hit.flags & LEX_SKIP) return hit.end;
    if ((hit.flags & LEX_DOT) && mail_spoken(s, at, floor, &begin, &end)) {
        reader_span(r, r->turn, begin, end, REDACTED_EMAIL);
        return end;
    }
    if ((hit.flags & LEX_SPOKEN) && piece_spoken(s, at, &piece)) {
        add_piece(r, &piece);
        return piece.end;
    }
    return at + 1;
}

/* Nothing but what one says while somebody reads a number out; in the middle of a card number any short remark is. */
static bool is_back(Str s, bool card)
{
    if (s.len > BACK_BYTES) return false;
    bool lenient = card && s.len <= BACK_BYTES_LOOSE;
    for (size_t at = 0; at < s.len;) {
        LexHit hit;
        if (lex_match(s, at, LEX_BACK | LEX_FILLER | LEX_SPOKEN | LEX_ZEROS | LEX_CONTEXT, &hit)) {
            if (hit.flags & LEX_CONTEXT & ~(uint32_t)(LEX_CARD | LEX_CARD_NUMBER | LEX_CODE_WORD)) return false;
            at = hit.end;
            continue;
        }
        size_t end = lex_word_end(s, at);
        if (end > at && !lenient) return false;
        at = MAX(end, at + 1);
    }
    return true;
}

/* Whether anything is remembered that grows old by the turn. */
static bool remembers(const Reader *r)
{
    bool any = r->card_end.set;
    for (int i = 0; i < TOPICS; i++) any = any || r->topic[i].set;
    for (int i = 0; i < SPEAKERS_MAX; i++) any = any || r->run[i].count;
    return any;
}

/* Runs of the others end here unless this turn only keeps them going. */
static void close_others(Reader *r)
{
    for (size_t i = 0; i < SPEAKERS_MAX; i++) {
        Run *run = &r->run[i];
        if (!run->count || run->speaker == r->speaker) continue;
        if (!is_back(here(r), card_is_read(r, run))) close_run(r, run, 0);
    }
}

static void end_turn(Reader *r)
{
    Run *run = run_of(r, r->speaker);
    Str s = here(r);
    if (run) {
        const RunDigit *last = &run->digit[run->count - 1];
        bool card = card_is_read(r, run);
        uint8_t soft;
        bool goes_on = last->turn == r->turn ? glue_of(s, last->end, s.len, card ? STRANGERS : 0, &soft) < GLUE_BREAK
                                             : is_back(s, card);
        if (!goes_on) close_run(r, run, 0);
    }
    if (remembers(r) && !is_back(s, false)) r->clock++;
}

void reader_turn(Reader *r, uint32_t turn, uint32_t speaker)
{
    r->turn = turn;
    r->speaker = speaker;
    Str s = r->now = r->text(r->owner, turn);
    if (!s.len) return;
    close_others(r);
    Scan scan;
    size_t at, past = 0, floor = 0, begin, end;
    scan_open(&scan, s);
    while (scan_next(&scan, &at)) {
        if (at < past) continue;
        if (ascii_alpha(s.data[at])) {
            past = word(r, at, floor);
            if (r->span_count && r->span[r->span_count - 1].turn == turn)
                floor = MAX(floor, r->span[r->span_count - 1].end);
        } else if (s.data[at] == '@') {
            if (mail_written(s, at, floor, &begin, &end)) {
                reader_span(r, turn, begin, end, REDACTED_EMAIL);
                past = floor = end;
            }
        } else if (s.data[at] == '.') {
            if (mail_spoken(s, at, floor, &begin, &end)) {
                reader_span(r, turn, begin, end, REDACTED_EMAIL);
                past = floor = end;
            }
        } else {
            past = written(r, at, floor);
        }
    }
    end_turn(r);
}

void reader_end(Reader *r)
{
    for (size_t i = 0; i < SPEAKERS_MAX; i++)
        if (r->run[i].count) close_run(r, &r->run[i], 0);
}
