/* cmd_hear.c -- `goodwill hear`: conversations in, what was heard out.  No database, no network.
 *
 * Every form of output is rendered by the pipeline's workers; only the HTML
 * report is put together on this thread, from the conversations in input order.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/pipeline.h"
#include "cli/show.h"
#include "hear/hear_json.h"
#include "web/report.h"

static const char HELP[] =
    "Reads files, folders or standard input (-), recognises their form by content (goodwill formats lists them),\n"
    "opens gzip and zip, and prints each conversation with what was heard in it.\n"
    "\n"
    "  --json             one JSON object a line: turns, reading, marks\n"
    "  --csv              one row a conversation, with a count for each behaviour\n"
    "  --html FILE        one page with all conversations, to open, send or print\n"
    "  --no-turns         leave what was said out: the reading (and, in JSON, the marks) alone\n"
    "  --reasons          below each turn, why each mark was made (on a terminal)\n"
    "\n"
    "  --format NAME      take the input as this form instead of recognising it\n"
    "  --map MAP          columns of a CSV: conversation_id=Ticket,role=Author type,text=Body\n"
    "  --roles ROLES      who is who by name, id or channel: 0=agent,1=customer\n"
    "  --redact LEVEL     off, default (cards, codes, IBAN, e-mail, phone) or names (those and names)\n"
    "  --words DIR        your own rules and words over the built-in ones\n"
    "  --reader WHICH     who marks: fast (rules and learned models; unless said), deep (with sentence vectors: better,\n"
    "                     slower) or rules (rules alone)\n"
    "  --strict           stop at the first record that cannot be read\n"
    "\n"
    "  -j, --jobs N       threads (as many as processors); the output is the same for any number\n"
    "  --shard I/N        only the I-th of N parts of the conversations, to share work between machines\n"
    "  --color WHEN       auto, always or never; NO_COLOR is respected\n"
    "  -q, --quiet        no notes and no progress; what was skipped is still told\n"
    "\n"
    "Example:\n"
    "  goodwill hear --json --redact names exports/ | jq -r '.marks[] | [.behaviour, .text] | @tsv'\n";

enum { FORM_PEOPLE, FORM_JSON, FORM_CSV };

typedef struct Hear {
    const char *words, *html;
    ReaderKind reader;
    int form, forms_asked;
    ColorMode color;
    Show show;
    Report *report; /* of --html, else NULL */
    ImportOptions import;
    Pipeline pipeline;
} Hear;

enum {
    OPT_JSON = 256,
    OPT_CSV,
    OPT_HTML,
    OPT_NO_TURNS,
    OPT_REASONS,
    OPT_FORMAT,
    OPT_MAP,
    OPT_ROLES,
    OPT_REDACT,
    OPT_WORDS,
    OPT_READER,
    OPT_STRICT,
    OPT_SHARD,
    OPT_COLOR
};

static const struct option OPTIONS[] = {
    { "json", no_argument, NULL, OPT_JSON },
    { "csv", no_argument, NULL, OPT_CSV },
    { "html", required_argument, NULL, OPT_HTML },
    { "no-turns", no_argument, NULL, OPT_NO_TURNS },
    { "reasons", no_argument, NULL, OPT_REASONS },
    { "format", required_argument, NULL, OPT_FORMAT },
    { "map", required_argument, NULL, OPT_MAP },
    { "roles", required_argument, NULL, OPT_ROLES },
    { "redact", required_argument, NULL, OPT_REDACT },
    { "words", required_argument, NULL, OPT_WORDS },
    { "reader", required_argument, NULL, OPT_READER },
    { "strict", no_argument, NULL, OPT_STRICT },
    { "jobs", required_argument, NULL, 'j' },
    { "shard", required_argument, NULL, OPT_SHARD },
    { "color", required_argument, NULL, OPT_COLOR },
    { "quiet", no_argument, NULL, 'q' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static void render_json(void *context, Buf *out, const Heard *heard)
{
    const Hear *hear = context;
    hear_json(out, hear->pipeline.hearer, heard->conversation, heard->marks, heard->reading, hear->show.turns);
    buf_char(out, '\n');
}

static void render_csv(void *context, Buf *out, const Heard *heard)
{
    const Hear *hear = context;
    show_csv(out, hear->pipeline.hearer, heard);
}

static void render_people(void *context, Buf *out, const Heard *heard)
{
    const Hear *hear = context;
    show_conversation(out, &hear->show, heard);
}

static bool take_format(Hear *hear, const char *name)
{
    hear->pipeline.force = import_format_named(str_from(name));
    return hear->pipeline.force != NULL;
}

static int bad_value(const Command *command, const char *option, const char *value, const char *wanted)
{
    return command_misused(command, "%s cannot be '%s': it is %s", option, value, wanted);
}

/* One option; 0, or the exit status when it was used wrongly. */
static int take_option(const Command *command, Hear *hear, int option, const char *value)
{
    long number;
    switch (option) {
    case OPT_JSON:
        hear->form = FORM_JSON;
        hear->forms_asked++;
        return 0;
    case OPT_CSV:
        hear->form = FORM_CSV;
        hear->forms_asked++;
        return 0;
    case OPT_HTML: hear->html = value; return 0;
    case OPT_NO_TURNS: hear->show.turns = false; return 0;
    case OPT_REASONS: hear->show.reasons = true; return 0;
    case OPT_FORMAT:
        if (take_format(hear, value)) return 0;
        return bad_value(command, "--format", value, "one of those that goodwill formats lists");
    case OPT_MAP: hear->import.map = value; return 0;
    case OPT_ROLES: hear->import.roles = value; return 0;
    case OPT_REDACT:
        if (redact_level_from(str_from(value), &hear->pipeline.redact)) return 0;
        return bad_value(command, "--redact", value, "off, default or names");
    case OPT_WORDS: hear->words = value; return 0;
    case OPT_READER:
        if (hear_reader_from(str_from(value), &hear->reader)) return 0;
        return bad_value(command, "--reader", value, "fast, deep or rules");
    case OPT_STRICT: hear->pipeline.strict = true; return 0;
    case 'j':
        if (!command_number(value, 1, PIPELINE_JOBS_MAX, &number))
            return bad_value(command, "--jobs", value, "a number from 1 to 256");
        hear->pipeline.jobs = (unsigned)number;
        return 0;
    case OPT_SHARD:
        if (pipeline_shard_from(value, &hear->pipeline.shard, &hear->pipeline.shards)) return 0;
        return bad_value(command, "--shard", value, "I/N, such as 1/4 for the first of four");
    case OPT_COLOR:
        if (command_color_from(value, &hear->color)) return 0;
        return bad_value(command, "--color", value, "auto, always or never");
    case 'q': hear->pipeline.quiet = true; return 0;
    default: return 0;
    }
}

static int take_options(const Command *command, Hear *hear, int argc, char **argv)
{
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) {
        status = take_option(command, hear, option, optarg);
        if (status) return status;
    }
    if (status >= 0) return status;
    if (hear->forms_asked > 1) return command_misused(command, "--json and --csv are two outputs: ask for one");
    Err err = { 0 };
    if (!import_options_check(&hear->import, &err)) return command_misused(command, "%s", err.text);
    hear->pipeline.paths = (const char *const *)(argv + optind);
    hear->pipeline.path_count = (size_t)(argc - optind);
    if (hear->pipeline.path_count == 0 && isatty(STDIN_FILENO))
        return command_misused(command, "which file or folder? (- is standard input)");
    return -1;
}

static void choose_output(Hear *hear)
{
    hear->show.hearer = hear->pipeline.hearer;
    hear->show.width = command_width(STDOUT_FILENO);
    hear->show.color = command_colored(hear->color, STDOUT_FILENO);
    if (hear->form == FORM_JSON)
        hear->pipeline.render = render_json;
    else if (hear->form == FORM_CSV)
        hear->pipeline.render = render_csv;
    else if (!hear->html)
        hear->pipeline.render = render_people;
}

static bool print_csv_head(const Hearer *hearer, Err *err)
{
    Buf head = { 0 };
    show_csv_head(&head, hearer);
    bool ok = file_write_all(STDOUT_FILENO, buf_str(&head), "standard output", err);
    buf_clear(&head);
    return ok;
}

/* The pages of a report are drawn on this thread, in input order. */
static bool add_to_report(void *context, const Heard *heard, Err *err)
{
    Hear *hear = context;
    return report_add(hear->report, heard->conversation, heard->marks, heard->reading, err);
}

static bool write_report(const Hear *hear, Err *err)
{
    Buf page = { 0 };
    report_html(hear->report, (Str){ 0 }, &page);
    const bool ok = file_write(hear->html, buf_str(&page), err);
    buf_clear(&page);
    return ok;
}

static int hear_all(Hear *hear)
{
    PipelineCounts counts;
    Err err = { .kind = ERR_NONE };
    choose_output(hear);
    hear->pipeline.import = &hear->import;
    hear->pipeline.context = hear;
    if (hear->form == FORM_CSV && !print_csv_head(hear->pipeline.hearer, &err))
        return errno == EPIPE ? EXIT_DONE : command_failed(&err);
    if (hear->report) hear->pipeline.commit = add_to_report;
    if (!pipeline_run(&hear->pipeline, &counts, &err)) return command_failed(&err);
    if (hear->report && !write_report(hear, &err)) return command_failed(&err);
    return pipeline_close(&hear->pipeline, &counts);
}

static int run(const Command *command, int argc, char **argv)
{
    Hear hear = { .show = { .turns = true }, .pipeline = { .redact = REDACT_DEFAULT } };
    Err err = { .kind = ERR_NONE };
    int status = take_options(command, &hear, argc, argv);
    if (status >= 0) return status;
    Hearer *hearer = hear_open_reader(hear.words, hear.reader, &err);
    if (!hearer) return command_failed(&err);
    hear.pipeline.hearer = hearer;
    if (hear.html) hear.report = report_new(hearer);
    status = hear_all(&hear);
    report_free(hear.report);
    hear_free(hearer);
    return status;
}

const Command cmd_hear = {
    .name = "hear",
    .usage = "[OPTIONS] FILE…|FOLDER|-",
    .about = "read conversations, print what was heard under the words that prove it",
    .help = HELP,
    .run = run,
};
