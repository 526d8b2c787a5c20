/* cmd_train.c -- `goodwill train`: models from labelled conversations. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "encode/encoder.h"
#include "learn/outcomes.h"
#include "learn/reader.h"
#include "learn/texts.h"

static const char HELP[] =
    "  --label KEY          a behaviour, `outcome` or `ends` (labelled conversations), or a key of \"labels\"\n"
    "  --label KEY=VALUE    is it this value or not\n"
    "  --label 'KEY>0'      is the number above this or not\n"
    "  --reader             all behaviours at once, as the built-in reader has them; -o names a folder\n"
    "  --reader fast|deep   words alone, or with the sentence encoder too (deep where its file is there)\n"
    "  --readings FILE      with --reader: also how conversations come out, where they are labelled so (reading.tsv)\n"
    "  -o FILE              where the model goes (model.gwm unless said)\n"
    "  --regress            the values are numbers to be foretold, also where they look like names of classes\n"
    "  --seed N             of the order in which examples are looked at (1 unless said)\n"
    "  --date YYYY-MM-DD    the day that the model's card names (today unless said)\n"
    "  --licence TEXT       of the data, for the card\n"
    "  --words DIR          your own rules and words over the built-in ones\n"
    "\n"
    "Each file counts as a writer of its own: what is told of the model was measured on files it had not seen.\n"
    "\n"
    "Example:\n"
    "  goodwill train --label recovery.apology passages.jsonl -o apology.gwm\n";

enum { OPT_LABEL = 256, OPT_READER, OPT_READINGS, OPT_REGRESS, OPT_SEED, OPT_DATE, OPT_LICENCE, OPT_WORDS };

static const struct option OPTIONS[] = {
    { "label", required_argument, NULL, OPT_LABEL },
    { "reader", optional_argument, NULL, OPT_READER },
    { "readings", required_argument, NULL, OPT_READINGS },
    { "regress", no_argument, NULL, OPT_REGRESS },
    { "seed", required_argument, NULL, OPT_SEED },
    { "date", required_argument, NULL, OPT_DATE },
    { "licence", required_argument, NULL, OPT_LICENCE },
    { "words", required_argument, NULL, OPT_WORDS },
    { "output", required_argument, NULL, 'o' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

typedef struct Settings {
    const char *label, *readings, *output, *words, *date, *licence;
    const char *which; /* "fast", "deep"; NULL: deep where the encoder is there */
    bool reader, regress;
    long seed;
    char **file;
    size_t files;
} Settings;

static bool read_files(const Settings *s, Passages *passages, Err *err)
{
    for (size_t i = 0; i < s->files; i++)
        if (!passages_read(passages, s->file[i], err)) return false;
    return passages->count > 0 || err_set(err, ERR_INPUT, "there is nothing to learn from: no line in the files");
}

/* --- the reader ----------------------------------------------------------------------------- */

static void print_found(const Hearer *hearer, const Settings *s, const ReaderFound *found)
{
    printf("%zu clauses, %zu features; on %s of files left out:\n", found->examples, found->columns,
           found->has_whole ? "whole conversations" : "short exchanges");
    printf("%-28s labelled    P     R    F1  overlap\n", "behaviour");
    Agreement all = { 0 }, harms = { 0 };
    double macro = 0;
    size_t counted = 0;
    for (size_t i = 0; i < found->count; i++) {
        const BehaviourFound *one = &found->item[i];
        const Agreement *a = reader_measure(found, one);
        const Behaviour *b = hear_behaviour(hearer, one->behaviour);
        printf("%-28.*s %8u  %.2f  %.2f  %.2f  %.2f%s\n", STR_ARG(b->id), one->labelled, agreement_precision(a),
               agreement_recall(a), agreement_f1(a), agreement_overlap(a),
               one->mode == MODE_RULES ? "  (rules alone)" : "");
        agreement_sum(&all, a, 1);
        if (b->sign == SIGN_HARM) agreement_sum(&harms, a, 1);
        if (a->met + a->missed >= 3) {
            macro += agreement_f1(a);
            counted++;
        }
    }
    for (uint32_t file = 0; file < found->files; file++)
        if (found->by_file[file].met + found->by_file[file].missed > 0)
            printf("  without %-40s micro-F1 %.3f\n", s->file[file], agreement_f1(&found->by_file[file]));
    printf("micro-F1 %.3f  P %.3f  R %.3f  macro-F1 %.3f  overlap %.3f", agreement_f1(&all), agreement_precision(&all),
           agreement_recall(&all), counted ? macro / (double)counted : 0, agreement_overlap(&all));
    if (harms.met > 0) printf("  harms P %.3f R %.3f", agreement_precision(&harms), agreement_recall(&harms));
    printf("\n");
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* How conversations came out, from what is marked in each by a reader that had not seen its file. */
static bool train_outcomes(const Hearer *hearer, const Settings *s, Passages *passages, const char *const *name,
                           Arena *arena, Err *err)
{
    Marks *unseen = ARENA_NEW(arena, Marks, passages->count + 1);
    Buf table = { 0 }, report = { 0 };
    bool good = true;
    reader_left_out_marks(hearer, passages, (uint64_t)s->seed, arena, unseen);
    if (outcomes_train(hearer, passages, unseen, name, &table, &report)) {
        good = file_write(s->readings, buf_str(&table), err);
        fwrite(report.data, 1, report.len, stdout);
        if (good) printf("%s: %zu bytes\n", s->readings, table.len);
    }
    buf_clear(&table);
    buf_clear(&report);
    return good;
}

/* The encoder's file beside the program; without it the fast reader alone is learned, and that is told.  NULL without
 * error: there is none, and none was asked for. */
static bool encoder_for_reader(const Settings *s, Encoder **ret, Err *err)
{
    *ret = NULL;
    if (s->which && strcmp(s->which, "fast") == 0) return true;
    *ret = encoder_open((EncoderSettings){ .numbers = ENCODER_INT8 }, err);
    if (*ret || s->which) return *ret != NULL;
    fprintf(stderr, "goodwill: note: the fast reader alone is learned: %s\n", err->text);
    *err = (Err){ .kind = ERR_NONE };
    return true;
}

/* Behaviours are learned by clause, from what stands around it too. */
static bool all_whole(const Settings *s, const Passages *passages, Err *err)
{
    for (size_t i = 0; i < passages->count; i++)
        if (!passages->item[i].is_whole)
            return err_set(err, ERR_INPUT, "%.300s line %llu: the reader learns from conversations (\"turns\") alone",
                           s->file[passages->item[i].file], (unsigned long long)passages->item[i].line);
    return true;
}

/* Learning takes minutes: that the models have a place is seen to before. */
static bool make_folder(const char *path, Err *err)
{
    struct stat info;
    if (mkdir(path, 0777) == 0 || (stat(path, &info) == 0 && S_ISDIR(info.st_mode))) return true;
    return err_system(err, "cannot make the folder", path);
}

static bool train_reader(const Settings *s, Passages *passages, Err *err)
{
    static const char *const NAME[][READER_MODELS] = {
        [WHO_AGENT] = { "staff.gwm", "staff-deep.gwm" }, [WHO_CUSTOMER] = { "customers.gwm", "customers-deep.gwm" }
    };
    Encoder *encoder;
    if (!all_whole(s, passages, err) || !make_folder(s->output, err) || !encoder_for_reader(s, &encoder, err))
        return false;
    Hearer *hearer = hear_open_reader(s->words, READER_RULES, err);
    if (!hearer) {
        encoder_free(encoder);
        return false;
    }
    Arena arena = { 0 };
    const char **name = ARENA_NEW(&arena, const char *, s->files);
    for (size_t i = 0; i < s->files; i++) name[i] = base_name(s->file[i]);
    bool good = true;
    for (unsigned who = WHO_AGENT; good && who <= WHO_CUSTOMER; who++) {
        ReaderOptions options = { .who = (Who)who,
                                  .seed = (uint64_t)s->seed,
                                  .date = str_from(s->date),
                                  .name = name,
                                  .licences = str_from(s->licence),
                                  .encoder = encoder };
        ReaderFound *found = ARENA_NEW(&arena, ReaderFound, READER_MODELS);
        Buf model[READER_MODELS] = { { 0 } };
        good = reader_train(hearer, passages, &options, &arena, model, found, err);
        for (unsigned i = 0; good && i < READER_MODELS && model[i].len; i++) {
            Str path = arena_printf(&arena, "%s/%s", s->output, NAME[who][i]);
            good = file_write(path.data, buf_str(&model[i]), err);
            print_found(hearer, s, &found[i]);
            if (good) printf("%s: %zu bytes\n\n", path.data, model[i].len);
        }
        for (unsigned i = 0; i < READER_MODELS; i++) buf_clear(&model[i]);
    }
    good = good && (!s->readings || train_outcomes(hearer, s, passages, name, &arena, err));
    encoder_free(encoder);
    arena_clear(&arena);
    hear_free(hearer);
    return good;
}

/* --- one label ------------------------------------------------------------------------------- */

static bool is_reader(const char *word) { return strcmp(word, "fast") == 0 || strcmp(word, "deep") == 0; }

/* NULL without error: there is none, and none was asked for. */
static bool open_encoder(const Settings *s, Encoder **ret, Err *err)
{
    EncoderSettings settings = { .numbers = ENCODER_INT8 };
    *ret = NULL;
    if (s->which && strcmp(s->which, "fast") == 0) return true;
    *ret = encoder_open(settings, err);
    if (*ret || s->which || err->kind != ERR_SYSTEM) return *ret != NULL;
    fprintf(stderr, "goodwill train: without the sentence encoder: words alone\n");
    *err = (Err){ .kind = ERR_NONE };
    return true;
}

static bool train_label(const Settings *s, Passages *passages, Err *err)
{
    Encoder *encoder;
    if (!open_encoder(s, &encoder, err)) return false;
    Hearer *hearer = hear_open_reader(s->words, READER_RULES, err);
    if (!hearer) {
        encoder_free(encoder);
        return false;
    }
    TextOptions options = { .label = str_from(s->label),
                            .regress = s->regress,
                            .encoder = encoder,
                            .seed = (uint64_t)s->seed,
                            .date = str_from(s->date),
                            .licences = str_from(s->licence) };
    Buf model = { 0 }, report = { 0 };
    bool good =
        texts_train(hearer, passages, &options, &model, &report, err) && file_write(s->output, buf_str(&model), err);
    if (good) {
        fwrite(report.data, 1, report.len, stdout);
        printf("%s: %zu bytes\n", s->output, model.len);
    }
    buf_clear(&model);
    buf_clear(&report);
    hear_free(hearer);
    encoder_free(encoder);
    return good;
}

static int run(const Command *command, int argc, char **argv)
{
    char today[16];
    time_t now = time(NULL);
    struct tm day;
    strftime(today, sizeof today, "%Y-%m-%d", gmtime_r(&now, &day));
    Settings s = { .date = today, .licence = "not said", .seed = 1 };
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) switch (option) {
        case OPT_LABEL: s.label = optarg; break;
        case OPT_READER:
            if (!optarg && optind < argc && is_reader(argv[optind])) optarg = argv[optind++];
            if (optarg && !is_reader(optarg)) return command_misused(command, "--reader: fast or deep");
            s.which = optarg;
            s.reader = !optarg;
            break;
        case OPT_READINGS: s.readings = optarg; break;
        case OPT_REGRESS: s.regress = true; break;
        case OPT_DATE: s.date = optarg; break;
        case OPT_LICENCE: s.licence = optarg; break;
        case OPT_WORDS: s.words = optarg; break;
        case 'o': s.output = optarg; break;
        case OPT_SEED:
            if (!command_number(optarg, 1, 1L << 30, &s.seed))
                return command_misused(command, "--seed: a number from 1 on");
            break;
        default: break;
        }
    if (status >= 0) return status;
    s.file = argv + optind;
    s.files = (size_t)(argc - optind);
    if (!s.files) return command_misused(command, "which files should be learned from?");
    if (s.which && !s.label) s.reader = true;
    if (s.reader == (s.label != NULL)) return command_misused(command, "one of --label KEY and --reader is needed");
    if (s.readings && !s.reader) return command_misused(command, "--readings goes with --reader");
    if (s.reader && !s.output) return command_misused(command, "-o FOLDER: where should the reader's models go?");
    if (!s.output) s.output = "model.gwm";
    Err err = { .kind = ERR_NONE };
    Passages passages = { 0 };
    bool good = read_files(&s, &passages, &err) &&
                (s.reader ? train_reader(&s, &passages, &err) : train_label(&s, &passages, &err));
    passages_clear(&passages);
    return good ? EXIT_DONE : command_failed(&err);
}

const Command cmd_train = { .name = "train",
                            .usage = "--label KEY DATA.jsonl… -o model.gwm",
                            .about = "learn to hear from labelled passages",
                            .help = HELP,
                            .run = run };
