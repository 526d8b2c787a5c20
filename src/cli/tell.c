/* tell.c -- see tell.h; and the closing lines of a run (pipeline_close). */
#include "cli/tell.h"

#include <stdio.h>

#include "cli/interrupt.h"
#include "cli/pipeline.h"

/* Names of files and words from files may hold bytes that would move the cursor of a terminal. */
static void print_plain(FILE *out, Str s)
{
    for (size_t i = 0; i < s.len; i++) fputc((unsigned char)s.data[i] < ' ' || s.data[i] == 127 ? '?' : s.data[i], out);
}

void tell_reject(const Reject *reject)
{
    fputs(reject->warning ? "goodwill: note: " : "goodwill: ", stderr);
    print_plain(stderr, reject->file);
    if (reject->line)
        fprintf(stderr, " line %llu", (unsigned long long)reject->line);
    else if (reject->offset != UINT64_MAX)
        fprintf(stderr, " byte %llu", (unsigned long long)reject->offset);
    fputs(": ", stderr);
    print_plain(stderr, reject->reason);
    fputs(reject->warning ? "\n" : " (skipped)\n", stderr);
}

void tell_skipped(const Err *err, bool with_hint)
{
    fputs("goodwill: ", stderr);
    print_plain(stderr, str_from(err->text));
    fputs(" (skipped)\n", stderr);
    if (with_hint && err->hint[0]) fprintf(stderr, "%s\n", err->hint);
}

/* "1 conversation", "3 conversations" */
static void print_count(uint64_t number, const char *one, const char *many)
{
    fprintf(stderr, "%llu %s", (unsigned long long)number, number == 1 ? one : many);
}

int pipeline_close(const Pipeline *pipeline, const PipelineCounts *counts)
{
    if (!pipeline->quiet && counts->swapped) {
        fputs("goodwill: note: in ", stderr);
        print_count(counts->swapped, "conversation", "conversations");
        fputs(" the speakers look swapped: somebody should look\n", stderr);
    }
    if (!pipeline->quiet && counts->decided > counts->undecided) {
        fputs("goodwill: note: in ", stderr);
        print_count(counts->decided - counts->undecided, "conversation", "conversations");
        fputs(" nobody said who is who; it was decided from what is said\n", stderr);
    }
    if (!pipeline->quiet && counts->undecided) {
        fputs("goodwill: note: in ", stderr);
        print_count(counts->undecided, "conversation", "conversations");
        fputs(" it could not be told who is staff; --roles \"NAME=agent\" says it\n", stderr);
    }
    if (counts->interrupted)
        fputs("goodwill: interrupted; ", stderr);
    else if (counts->skipped)
        fputs("goodwill: ", stderr);
    if (counts->interrupted || counts->skipped) {
        print_count(counts->conversations, "conversation", "conversations");
        fputs(" read, ", stderr);
        print_count(counts->skipped, "record", "records");
        fputs(" skipped\n", stderr);
    }
    if (counts->interrupted) return 128 + interrupt_signal();
    return counts->skipped ? 1 : 0;
}

bool pipeline_shard_from(const char *text, uint32_t *shard, uint32_t *shards)
{
    Str rest = str_from(text), first;
    int64_t i, n;
    if (!str_next_part(&rest, '/', &first) || !str_to_i64(first, &i) || !str_to_i64(rest, &n)) return false;
    if (n < 1 || n > UINT32_MAX || i < 1 || i > n) return false;
    *shard = (uint32_t)i;
    *shards = (uint32_t)n;
    return true;
}
