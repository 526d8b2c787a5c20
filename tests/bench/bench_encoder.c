/* bench_encoder.c -- turns and clauses that the sentence encoder reads a second, on one thread, for each kind of
 * processor that this one can play and both arithmetics.
 *
 * bench_encoder [CORPUS.jsonl [PROCESSOR…]]: the turns of a gold file (corpus/gold/dev.jsonl), together and one by one,
 * and their clauses (cut at , ; . ! ? and a space).  Each figure is the median of five runs, of fewer where they last,
 * in thread CPU time, so that other work on the machine disturbs little; caches and clock it still shares.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/json.h"
#include "encode/encoder.h"

enum { RUNS = 5, ENOUGH_S = 4, FILE_BYTES_MAX = 64 << 20 };

typedef struct Texts {
    Str *item;
    size_t count, capacity, bytes;
} Texts;

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

static void add(Texts *texts, Arena *arena, Str text)
{
    if (text.len == 0) return;
    *ARENA_PUSH(arena, texts->item, texts->count, texts->capacity) = text;
    texts->bytes += text.len;
}

static void add_clauses(Texts *texts, Arena *arena, Str turn)
{
    size_t begin = 0;
    for (size_t i = 0; i + 1 < turn.len; i++) {
        if (turn.data[i + 1] != ' ' || !strchr(",;.!?", turn.data[i])) continue;
        add(texts, arena, str_sub(turn, begin, i + 1));
        begin = i + 2;
    }
    add(texts, arena, str_from_byte(turn, begin));
}

static bool read_turns(const char *path, Arena *arena, Texts *turns, Texts *clauses, Err *err)
{
    Buf *bytes = arena_zero(arena, 1, sizeof *bytes);
    if (!file_read(path, FILE_BYTES_MAX, bytes, err)) return false;
    Str rest = buf_str(bytes), line;
    while (str_next_line(&rest, &line)) {
        size_t at;
        const Json *json = json_parse(line, arena, &at, err);
        if (!json) return false;
        JSON_EACH(turn, json_get(json, "turns"))
        {
            Str text = json_str(json_get(turn, "text"));
            add(turns, arena, text);
            add_clauses(clauses, arena, text);
        }
    }
    return true;
}

static double rate(const Encoder *encoder, const Texts *texts, size_t at_once, float (*vector)[ENCODER_DIMS])
{
    double took[RUNS];
    Arena arena = { 0 };
    Err err;
    int runs = 0;
    for (double all = 0; runs < RUNS && all < ENOUGH_S; all += took[runs++]) {
        double start = seconds();
        for (size_t i = 0; i < texts->count; i += at_once)
            if (!encoder_run(encoder, texts->item + i, MIN(at_once, texts->count - i), vector + i, &arena, &err))
                abort();
        took[runs] = seconds() - start;
    }
    arena_clear(&arena);
    qsort(took, (size_t)runs, sizeof *took, by_value);
    return (double)texts->count / took[runs / 2];
}

static void measure(EncoderSettings settings, const Texts *turns, const Texts *clauses)
{
    Err err = { .kind = ERR_NONE };
    double start = seconds();
    Encoder *encoder = encoder_open(settings, &err);
    double opening_ms = 1e3 * (seconds() - start);
    if (!encoder) {
        printf("%-8s %s\n", settings.processor, err.text);
        return;
    }
    float(*vector)[ENCODER_DIMS] = malloc(MAX(turns->count, clauses->count) * sizeof *vector);
    if (!vector) abort();
    printf("%-8s %-6s %8.0f turns/s together %8.0f one by one %8.0f clauses/s %6.1f ms to open\n", settings.processor,
           settings.numbers == ENCODER_INT8 ? "int8" : "float", rate(encoder, turns, turns->count, vector),
           rate(encoder, turns, 1, vector), rate(encoder, clauses, clauses->count, vector), opening_ms);
    fflush(stdout);
    free(vector);
    encoder_free(encoder);
}

static bool asked(int argc, char **argv, const char *processor)
{
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], processor) == 0) return true;
    return argc <= 2;
}

int main(int argc, char **argv)
{
    static const char *const PROCESSORS[] = { "plain", "avx2", "avxvnni", "avx512", "vnni" };
    Arena arena = { 0 };
    Texts turns = { 0 }, clauses = { 0 };
    Err err = { .kind = ERR_NONE };
    const char *path = argc > 1 ? argv[1] : "corpus/gold/dev.jsonl";
    if (!read_turns(path, &arena, &turns, &clauses, &err) || turns.count == 0) {
        fprintf(stderr, "%s\n", err.kind ? err.text : "no turns");
        return 1;
    }
    printf("%s: %zu turns of %.1f bytes, %zu clauses of %.1f\n", path, turns.count,
           (double)turns.bytes / (double)turns.count, clauses.count, (double)clauses.bytes / (double)clauses.count);
    for (size_t i = 0; i < COUNT(PROCESSORS); i++)
        for (int numbers = ENCODER_FLOAT; asked(argc, argv, PROCESSORS[i]) && numbers <= ENCODER_INT8; numbers++)
            measure((EncoderSettings){ .processor = PROCESSORS[i], .numbers = (EncoderNumbers)numbers }, &turns,
                    &clauses);
    arena_clear(&arena);
    return 0;
}
