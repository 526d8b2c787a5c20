/* bench_redact.c -- megabytes of turn text that redaction passes a second, on one thread.
 *
 * bench_redact [CORPUS.jsonl]: rows of its own making first (no digits at all; orders, times and amounts in most turns;
 * a card in every turn; hostile rows), then the corpus that make_corpus.py writes, by conversation.  Each figure is the
 * median of seven runs in thread CPU time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "redact/redact.h"

enum { RUNS = 7, ROW_BYTES = 16 << 20, TURNS = 10 };

typedef struct Corpus {
    Conversation *item;
    size_t count, capacity;
    size_t bytes;
} Corpus;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure(const char *what, const Corpus *corpus, RedactLevel level)
{
    double took[RUNS];
    Arena arena = { 0 };
    RedactCounts counts;
    for (int run = 0; run < RUNS; run++) {
        counts = (RedactCounts){ 0 };
        double start = seconds();
        for (size_t i = 0; i < corpus->count; i++) {
            Conversation c = corpus->item[i];
            arena_reset(&arena);
            c.utterance = arena_alloc(&arena, c.utterance_count * sizeof *c.utterance);
            memcpy(c.utterance, corpus->item[i].utterance, c.utterance_count * sizeof *c.utterance);
            redact_conversation(&c, level, &arena, &counts);
        }
        took[run] = seconds() - start;
    }
    qsort(took, RUNS, sizeof *took, by_value);
    uint32_t found = 0;
    for (int i = 0; i < REDACTED_KINDS; i++) found += counts.by_kind[i];
    printf("%-28s %7.0f MB/s  %9.0f conversations/s  %.2f placeholders/KB\n", what,
           (double)corpus->bytes / took[RUNS / 2] / 1e6, (double)corpus->count / took[RUNS / 2],
           (double)found * 1000 / (double)corpus->bytes);
    arena_clear(&arena);
}

/* Conversations of TURNS turns each, made of these sentences in turn. */
static void measure_row(const char *what, const char *const *sentence, size_t sentences, RedactLevel level)
{
    Arena arena = { 0 };
    Corpus corpus = { 0 };
    size_t next = 0;
    while (corpus.bytes < ROW_BYTES) {
        Conversation *c = ARENA_PUSH(&arena, corpus.item, corpus.count, corpus.capacity);
        conversation_init(c);
        for (int turn = 0; turn < TURNS; turn++) {
            Str s = str_from(sentence[next++ % sentences]);
            conversation_say(c, &arena, NO_PARTICIPANT, turn % 2 ? ROLE_AGENT : ROLE_CUSTOMER, s);
            corpus.bytes += s.len;
        }
    }
    measure(what, &corpus, level);
    arena_clear(&arena);
}

static void measure_hostile(const char *what, const char *bit)
{
    Arena arena = { 0 };
    Corpus corpus = { 0 };
    size_t len = strlen(bit);
    char *data = arena_alloc(&arena, 10 << 20);
    for (size_t i = 0; i < 10 << 20; i++) data[i] = bit[i % len];
    Conversation *c = ARENA_PUSH(&arena, corpus.item, corpus.count, corpus.capacity);
    conversation_init(c);
    conversation_say(c, &arena, NO_PARTICIPANT, ROLE_CUSTOMER, (Str){ data, 10 << 20 });
    corpus.bytes = 10 << 20;
    measure(what, &corpus, REDACT_DEFAULT);
    arena_clear(&arena);
}

static bool read_corpus(const char *path, Arena *arena, Corpus *ret)
{
    Buf *bytes = arena_zero(arena, 1, sizeof *bytes);
    Err err = { 0 };
    Str rest, line;
    if (!file_read(path, (size_t)4 << 30, bytes, &err)) {
        fprintf(stderr, "%s\n", err.text);
        return false;
    }
    rest = buf_str(bytes);
    while (str_next_line(&rest, &line)) {
        size_t at;
        const Json *json = json_parse(line, arena, &at, &err);
        if (!json) continue;
        Conversation *c = ARENA_PUSH(arena, ret->item, ret->count, ret->capacity);
        conversation_init(c);
        JSON_EACH(turn, json_get(json, "turns"))
        {
            Str text = json_str(json_get(turn, "text"));
            conversation_say(c, arena, NO_PARTICIPANT, role_from(json_str(json_get(turn, "role"))), text);
            ret->bytes += text.len;
        }
    }
    return ret->count > 0;
}

int main(int argc, char **argv)
{
    static const char *const WORDS[] = {
        "I've been waiting since the beginning of the week and nobody has told me what is happening with it.",
        "That should never have happened, and I'm sorry that you had to chase us for an answer.",
        "well that's as may be but who is going to pay for the food that went off in the freezer",
        "Let me ring the depot while you stay on the line, so that neither of us has to guess.",
        "ok",
    };
    static const char *const NUMBERS[] = {
        "Order 55120987 was due on 12/03/2026 between 10:30 and 12:15 and I paid 249.99 for it.",
        "I can see order 55120987, it left at 07:40 and the driver has 3 stops before you.",
        "so that's the fourth time in two weeks, one of you said one thing and the other two said another",
        "I've put 15.00 back on your account, reference 88213, it takes 3 to 5 days.",
        "my flat is number 14, second floor, M1 1AE",
    };
    static const char *const CARDS[] = {
        "my card is 4111 1111 1111 1111 and the expiry is 09/27",
        "and the three digits on the back please?",
        "four one two, and you can mail me at jo.bell@example.com or ring 07700 900123",
    };
    measure_row("no digits", WORDS, COUNT(WORDS), REDACT_DEFAULT);
    measure_row("numbers in most turns", NUMBERS, COUNT(NUMBERS), REDACT_DEFAULT);
    measure_row("something in every turn", CARDS, COUNT(CARDS), REDACT_DEFAULT);
    measure_row("no digits, names too", WORDS, COUNT(WORDS), REDACT_NAMES);
    measure_hostile("10 MB of one digit", "7");
    measure_hostile("10 MB of single digits", "1 2 3 4 5 6 7 8 9 ");
    measure_hostile("10 MB of \"double \"", "double ");
    measure_hostile("10 MB of cards", "4111 1111 1111 1111, ");
    measure_hostile("10 MB of \"at dot com \"", "at dot com ");
    if (argc < 2) return 0;
    Arena arena = { 0 };
    Corpus corpus = { 0 };
    if (!read_corpus(argv[1], &arena, &corpus)) return 1;
    printf("%s: %zu conversations, %.1f MB of text\n", argv[1], corpus.count, (double)corpus.bytes / 1e6);
    measure("corpus", &corpus, REDACT_DEFAULT);
    measure("corpus, names too", &corpus, REDACT_NAMES);
    arena_clear(&arena);
    return 0;
}
