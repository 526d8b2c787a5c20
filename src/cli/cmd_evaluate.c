/* cmd_evaluate.c -- `goodwill evaluate`: how far the reader agrees with people who labelled the same conversations. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/show_evaluation.h"
#include "learn/reader.h"

static const char HELP[] =
    "  --reader READER    fast (unless said), rules or deep\n"
    "  --words DIR        your own rules, words and models over the built-in ones\n"
    "  --left-out         judge each file by a reader learned from the other files alone, so that conversations which\n"
    "                     the reader was made from may be judged too\n"
    "  --whole            count conversations of at least 7 turns only: short exchanges, written to show one thing,\n"
    "                     flatter precision\n"
    "  --rounds N         of the bootstrap that gives the intervals (1000 unless said)\n"
    "  --seed N           of its draws (1 unless said)\n"
    "  --json             everything, for machines\n"
    "  --save FILE        write the table that tells every other command which marks to trust; kept as agreement.tsv\n"
    "                     in your folder of words\n"
    "  --date YYYY-MM-DD  the day that the table names (today unless said)\n"
    "\n"
    "A mark is right when people labelled the same turn with the same behaviour and the two share a character. Each\n"
    "behaviour is sure (the lower end of its precision is at least .75), to check (precision at least .5) or off.\n"
    "\n"
    "Example:\n"
    "  goodwill evaluate --words mine --save mine/agreement.tsv labelled.jsonl\n";

enum { OPT_READER = 256, OPT_WORDS, OPT_LEFT_OUT, OPT_WHOLE, OPT_ROUNDS, OPT_SEED, OPT_JSON, OPT_SAVE, OPT_DATE };
enum { WHOLE_TURNS_LEAST = 7, ROUNDS_MAX = 20000, MACRO_LEAST = 3 };

static const struct option OPTIONS[] = {
    { "reader", required_argument, NULL, OPT_READER },
    { "words", required_argument, NULL, OPT_WORDS },
    { "left-out", no_argument, NULL, OPT_LEFT_OUT },
    { "whole", no_argument, NULL, OPT_WHOLE },
    { "rounds", required_argument, NULL, OPT_ROUNDS },
    { "seed", required_argument, NULL, OPT_SEED },
    { "json", no_argument, NULL, OPT_JSON },
    { "save", required_argument, NULL, OPT_SAVE },
    { "date", required_argument, NULL, OPT_DATE },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

typedef struct Settings {
    const char *words, *save, *date;
    ReaderKind reader;
    bool left_out, whole, json;
    long rounds, seed;
    char **file;
    int files;
} Settings;

static bool read_files(const Settings *s, Passages *passages, Err *err)
{
    for (int i = 0; i < s->files; i++) {
        size_t first = passages->count;
        if (!passages_read(passages, s->file[i], err)) return false;
        for (size_t p = first; p < passages->count; p++)
            if (!passages->item[p].is_whole)
                return err_set(err, ERR_INPUT, "%s line %llu: a labelled conversation has \"turns\"", s->file[i],
                               (unsigned long long)passages->item[p].line);
    }
    return passages->count > 0 || err_set(err, ERR_INPUT, "there is nothing to judge: no line in the files");
}

static bool judge(const Settings *s, const Hearer *hearer, Passages *passages, Arena *arena, Judgement **ret, Err *err)
{
    if (!s->left_out) {
        *ret = evaluate_hear(hearer, passages, arena);
        return true;
    }
    if (passages->item[passages->count - 1].file == 0) {
        err_set(err, ERR_USAGE, "--left-out needs at least two files");
        return err_hint(err, "Each file stands for one writer; the reader is learned from all files but one.");
    }
    Hearer *rules = hear_open_reader(s->words, READER_RULES, err);
    if (!rules) return false;
    Marks *marks = ARENA_NEW(arena, Marks, passages->count);
    *ret = ARENA_NEW(arena, Judgement, passages->count);
    reader_left_out_marks(rules, passages, (uint64_t)s->seed, arena, marks);
    for (size_t p = 0; p < passages->count; p++) (*ret)[p].marks = marks[p];
    hear_free(rules);
    return true;
}

/* Leaves the short ones away, after they were learned from. */
static void keep_whole(Passages *passages, Judgement *judged)
{
    size_t kept = 0;
    for (size_t p = 0; p < passages->count; p++) {
        if (passages->item[p].conversation.utterance_count < WHOLE_TURNS_LEAST) continue;
        passages->item[kept] = passages->item[p];
        judged[kept++] = judged[p];
    }
    passages->count = kept;
}

/* What stood in the file before, so that rows of other readers and behaviours stay; else the built-in table. */
static bool save(const Settings *s, const Hearer *hearer, const Evaluation *evaluation, Err *err)
{
    enum { TABLE_BYTES_MAX = 1 << 22 };
    Buf before = { 0 }, table = { 0 };
    FILE *there = fopen(s->save, "rb");
    if (there) fclose(there);
    bool good = !there || file_read(s->save, TABLE_BYTES_MAX, &before, err);
    if (good) {
        evaluate_table(hearer, evaluation, there ? buf_str(&before) : hear_agreement_table(hearer), str_from(s->date),
                       &table);
        good = file_write(s->save, buf_str(&table), err);
    }
    buf_clear(&before);
    buf_clear(&table);
    return good;
}

static bool evaluate_files(const Settings *s, const Hearer *hearer, Passages *passages, Arena *arena, Err *err)
{
    Judgement *judged = NULL;
    Evaluation evaluation;
    EvaluateOptions options = { .rounds = (size_t)s->rounds, .seed = (uint64_t)s->seed, .macro_least = MACRO_LEAST };
    if (!judge(s, hearer, passages, arena, &judged, err)) return false;
    if (s->whole) keep_whole(passages, judged);
    if (passages->count == 0) return err_set(err, ERR_INPUT, "no conversation has %d turns or more", WHOLE_TURNS_LEAST);
    evaluate(hearer, passages, judged, &options, arena, &evaluation);
    Buf out = { 0 };
    if (s->json)
        show_evaluation_json(&out, hearer, &evaluation, s->left_out);
    else
        show_evaluation(&out, hearer, &evaluation, s->left_out);
    fwrite(out.data, 1, out.len, stdout);
    buf_clear(&out);
    return !s->save || save(s, hearer, &evaluation, err);
}

static bool is_date(const char *text)
{
    static const char SHAPE[] = "0000-00-00";
    size_t len = strlen(text);
    if (len != sizeof SHAPE - 1) return false;
    for (size_t i = 0; i < len; i++)
        if (SHAPE[i] == '-' ? text[i] != '-' : !ascii_digit(text[i])) return false;
    return true;
}

static int run(const Command *command, int argc, char **argv)
{
    char today[16];
    time_t now = time(NULL);
    struct tm day;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime_r(&now, &day));
    Settings s = { .date = today, .reader = READER_FAST, .rounds = 1000, .seed = 1 };
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) switch (option) {
        case OPT_READER:
            if (!hear_reader_from(str_from(optarg), &s.reader))
                return command_misused(command, "--reader is fast, rules or deep, not '%s'", optarg);
            break;
        case OPT_WORDS: s.words = optarg; break;
        case OPT_LEFT_OUT: s.left_out = true; break;
        case OPT_WHOLE: s.whole = true; break;
        case OPT_JSON: s.json = true; break;
        case OPT_SAVE: s.save = optarg; break;
        case OPT_DATE:
            if (!is_date(optarg)) return command_misused(command, "--date: a day as 2026-03-02, not '%s'", optarg);
            s.date = optarg;
            break;
        case OPT_ROUNDS:
            if (!command_number(optarg, 1, ROUNDS_MAX, &s.rounds))
                return command_misused(command, "--rounds: a number from 1 to %d", ROUNDS_MAX);
            break;
        case OPT_SEED:
            if (!command_number(optarg, 1, 1L << 30, &s.seed))
                return command_misused(command, "--seed: a number from 1 on");
            break;
        default: break;
        }
    if (status >= 0) return status;
    s.file = argv + optind;
    s.files = argc - optind;
    if (!s.files) return command_misused(command, "which labelled conversations?");
    if (s.left_out && s.reader != READER_FAST)
        return command_misused(command, "--left-out judges the fast reader alone");
    Err err = { .kind = ERR_NONE };
    Passages passages = { 0 };
    Arena arena = { 0 };
    Hearer *hearer = hear_open_reader(s.words, s.reader, &err);
    bool good = hearer && read_files(&s, &passages, &err) && evaluate_files(&s, hearer, &passages, &arena, &err);
    passages_clear(&passages);
    arena_clear(&arena);
    hear_free(hearer);
    return good ? EXIT_DONE : command_failed(&err);
}

const Command cmd_evaluate = { .name = "evaluate",
                               .usage = "[OPTIONS] LABELLED.jsonl…",
                               .about = "how far the reader agrees with people",
                               .help = HELP,
                               .run = run };
