/* cmd_import.c -- `goodwill import`: read conversations into the store, each with what was heard in it.
 *
 * In: files in any form that `goodwill hear` reads.  Out: rows in the database
 * (store.h), and a closing count on standard output.  What was counted is on
 * disk: one that is cut off leaves whole conversations and can be run again.
 */
#include <stdio.h>
#include <time.h>

#include "cli/command.h"
#include "cli/pipeline.h"
#include "store/load.h"

enum {
    DIFFERS_TOLD_MAX = 20, /* lines about conversations with other words; the rest are only counted */
    WAIT_S = 10,           /* for another writer to finish */
    WAIT_S_MAX = 86400,
};

static void tell_differs(const Load *load, const Conversation *c)
{
    uint64_t told = load->stored[SAVED_DIFFERS] + load->waiting[SAVED_DIFFERS];
    if (told > DIFFERS_TOLD_MAX) return;
    fprintf(stderr,
            "%.*s line %llu: conversation %.*s has other words than the one stored under this name: the stored one "
            "stays\n",
            STR_ARG(c->file), (unsigned long long)c->line, STR_ARG(c->id));
    if (told == DIFFERS_TOLD_MAX) fputs("goodwill: more of these are only counted\n", stderr);
}

static bool store_one(void *context, const Heard *heard, Err *err)
{
    Load *load = context;
    Saved saved;
    if (!load_save(load, heard->conversation, heard->marks, heard->reading, &saved, err)) return false;
    if (saved == SAVED_DIFFERS) tell_differs(load, heard->conversation);
    return true;
}

/* ---- the closing count ---- */

static void print_part(bool *first, uint64_t count, const char *what)
{
    if (!count) return;
    printf("%s%llu %s", *first ? ": " : ", ", (unsigned long long)count, what);
    *first = false;
}

/* 412 conversations: 400 new, 10 grown, 2 unchanged; 1 record skipped */
static void print_counts(const Load *load, const PipelineCounts *counts)
{
    uint64_t all = load_count(load);
    bool first = true;
    printf("%llu conversation%s", (unsigned long long)all, all == 1 ? "" : "s");
    print_part(&first, load->stored[SAVED_NEW], "new");
    print_part(&first, load->stored[SAVED_GROWN], "grown");
    print_part(&first, load->stored[SAVED_UNCHANGED], "unchanged");
    print_part(&first, load->stored[SAVED_REREAD],
               load->adopt == STORE_ADOPT ? "read again" : "read again, older readings stay in force");
    print_part(&first, load->stored[SAVED_DIFFERS], "with other words than the stored ones, which stay");
    if (counts->skipped)
        printf("; %llu record%s skipped", (unsigned long long)counts->skipped, counts->skipped == 1 ? "" : "s");
    putchar('\n');
}

/* ---- the command ---- */

static const struct option OPTIONS[] = {
    { "help", no_argument, NULL, 'h' },         { "db", required_argument, NULL, 'd' },
    { "format", required_argument, NULL, 'f' }, { "map", required_argument, NULL, 'm' },
    { "roles", required_argument, NULL, 'r' },  { "redact", required_argument, NULL, 'R' },
    { "words", required_argument, NULL, 'w' },  { "reader", required_argument, NULL, 'k' },
    { "jobs", required_argument, NULL, 'j' },   { "strict", no_argument, NULL, 's' },
    { "quiet", no_argument, NULL, 'q' },        { "adopt", no_argument, NULL, 'a' },
    { "wait", required_argument, NULL, 'W' },   { NULL, 0, NULL, 0 },
};

typedef struct Options {
    const char *db, *words;
    ReaderKind reader;
    long wait_s;
    Adopt adopt;
    ImportOptions import;
    Pipeline pipeline;
} Options;

/* One option; the exit status when it was used wrongly, else -1. */
static int take_option(const Command *command, int option, const char *value, Options *o)
{
    long number;
    switch (option) {
    case 'd': o->db = value; return -1;
    case 'm': o->import.map = value; return -1;
    case 'r': o->import.roles = value; return -1;
    case 'w': o->words = value; return -1;
    case 's': o->pipeline.strict = true; return -1;
    case 'q': o->pipeline.quiet = true; return -1;
    case 'a': o->adopt = STORE_ADOPT; return -1;
    case 'k':
        return hear_reader_from(str_from(value), &o->reader)
                   ? -1
                   : command_misused(command, "--reader is fast, deep or rules, not '%s'", value);
    case 'f':
        o->pipeline.force = import_format_named(str_from(value));
        return o->pipeline.force
                   ? -1
                   : command_misused(command, "--format: there is no format '%s'; `goodwill formats` lists them",
                                     value);
    case 'R':
        return redact_level_from(str_from(value), &o->pipeline.redact)
                   ? -1
                   : command_misused(command, "--redact is off, default or names, not '%s'", value);
    case 'j':
        if (!command_number(value, 0, PIPELINE_JOBS_MAX, &number))
            return command_misused(command, "--jobs is a number up to %d, not '%s'", PIPELINE_JOBS_MAX, value);
        o->pipeline.jobs = (unsigned)number;
        return -1;
    default:
        return command_number(value, 0, WAIT_S_MAX, &o->wait_s)
                   ? -1
                   : command_misused(command, "--wait is a number of seconds, not '%s'", value);
    }
}

static int64_t clock_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int import_files(Load *load, const Pipeline *pipeline)
{
    Err err = { 0 };
    PipelineCounts counts;
    bool good = pipeline_run(pipeline, &counts, &err);
    Err last = { 0 };
    if (!load_end(load, &last) && good) { /* also after a failure: what was read before it is whole */
        err = last;
        good = false;
    }
    int status = good ? pipeline_close(pipeline, &counts) : command_failed(&err);
    print_counts(load, &counts);
    return status;
}

static int run(const Command *command, int argc, char **argv)
{
    Options o = { .db = "goodwill.db", .wait_s = WAIT_S, .pipeline.redact = REDACT_DEFAULT };
    int option, status = -1;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1)
        if ((status = take_option(command, option, optarg, &o)) >= 0) return status;
    if (status >= 0) return status;
    if (optind == argc) return command_misused(command, "name the files to import, or - for standard input");
    Err err = { 0 };
    if (!import_options_check(&o.import, &err)) return command_misused(command, "%s", err.text);

    Load load = { .adopt = o.adopt, .now = clock_now_ms() };
    Hearer *hearer = hear_open_reader(o.words, o.reader, &err);
    if (hearer) load.store = store_open_writer(o.db, (int)o.wait_s * 1000, &err);
    if (load.store) {
        load.hearer = hearer;
        o.pipeline.paths = (const char *const *)argv + optind;
        o.pipeline.path_count = (size_t)(argc - optind);
        o.pipeline.import = &o.import;
        o.pipeline.hearer = hearer;
        o.pipeline.commit = store_one;
        o.pipeline.context = &load;
        status = import_files(&load, &o.pipeline);
    } else {
        status = command_failed(&err);
    }
    store_close(load.store);
    hear_free(hearer);
    return status;
}

const Command cmd_import = {
    .name = "import",
    .usage = "[OPTIONS] FILE…|FOLDER|-",
    .about = "read conversations into the store, each with what was heard in it",
    .help =
        "  --db FILE        the database (goodwill.db)\n"
        "  --format NAME    read every file as this form; `goodwill formats` lists them\n"
        "  --map COLUMNS    what the columns of a CSV file are: conversation_id=Ticket,role=Author,text=Body\n"
        "  --roles ROLES    who is who where the file only numbers them: 0=agent,1=customer\n"
        "  --redact LEVEL   off, default (cards, IBAN, e-mail, phone) or names; before anything is stored\n"
        "  --words DIR      your own rules and word lists over the built-in ones\n"
        "  --reader WHICH   who marks: fast (unless said), deep (better, slower) or rules (rules alone)\n"
        "  --adopt          what these rules hear takes the place of older readings, also of unchanged conversations\n"
        "  --jobs N         workers; all processors when not given\n"
        "  --wait SECONDS   how long to wait for another import to finish (10)\n"
        "  --strict         stop at the first record that cannot be read\n"
        "  --quiet          no notes, no progress\n"
        "\n"
        "The same export twice adds nothing; a conversation that has grown is extended and read again; one that was\n"
        "cut off can be run again. Readings of older rules, and of another reader, are kept beside the new ones.\n"
        "\n"
        "Example:\n"
        "  goodwill import zendesk-export.json calls/*.vtt\n",
    .run = run,
};
