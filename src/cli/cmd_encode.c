/* cmd_encode.c -- `goodwill encode`: sentence vectors of lines, for those who train and search with other tools. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "encode/encoder.h"

static const char HELP[] =
    "  FILE…              one text a line; - is standard input\n"
    "\n"
    "  --text             numbers in words, one line a text, instead of 512 float32, little-endian, a text\n"
    "  --weights FILE     the encoder's weights instead of goodwill-encoder.gwe beside the program\n"
    "  --processor NAME   plain, avx2, avxvnni, avx512 or vnni instead of the best that this processor can\n"
    "  --int8             small integers: several times faster, nearly the same vectors, equal on every processor\n"
    "  --card             where the weights come from and their licence, then nothing else\n"
    "\n"
    "Texts that mean alike have vectors whose product is near 1.  The first 128 word pieces of a line count.\n"
    "\n"
    "Example:\n"
    "  cut -f2 calls.tsv | goodwill encode - > calls.f32\n";

enum {
    OPT_TEXT = 256,
    OPT_WEIGHTS,
    OPT_PROCESSOR,
    OPT_INT8,
    OPT_CARD,
    LINES_AT_ONCE = 512,
    FILE_BYTES_MAX = 1 << 30,
};

static const struct option OPTIONS[] = {
    { "text", no_argument, NULL, OPT_TEXT },
    { "weights", required_argument, NULL, OPT_WEIGHTS },
    { "processor", required_argument, NULL, OPT_PROCESSOR },
    { "int8", no_argument, NULL, OPT_INT8 },
    { "card", no_argument, NULL, OPT_CARD },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

typedef struct Job {
    Encoder *encoder;
    bool text;
    Arena arena;
    Buf out;
    Str line[LINES_AT_ONCE];
    float vector[LINES_AT_ONCE][ENCODER_DIMS];
} Job;

static bool write_vectors(Job *job, size_t count, Err *err)
{
    job->out.len = 0;
    if (!job->text)
        return file_write_all(STDOUT_FILENO, str_make((const char *)job->vector, count * sizeof *job->vector),
                              "standard output", err);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < ENCODER_DIMS; d++)
            buf_printf(&job->out, "%.6f%c", (double)job->vector[i][d], d + 1 < ENCODER_DIMS ? ' ' : '\n');
    return file_write_all(STDOUT_FILENO, buf_str(&job->out), "standard output", err);
}

static bool encode_lines(Job *job, Str rest, Err *err)
{
    for (;;) {
        size_t count = 0;
        while (count < LINES_AT_ONCE && str_next_line(&rest, &job->line[count])) count++;
        if (count == 0) return true;
        if (!encoder_run(job->encoder, job->line, count, job->vector, &job->arena, err) ||
            !write_vectors(job, count, err))
            return false;
    }
}

static bool encode_file(Job *job, const char *path, Err *err)
{
    Buf text = { 0 };
    bool done = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path, FILE_BYTES_MAX, &text, err) &&
                encode_lines(job, buf_str(&text), err);
    buf_clear(&text);
    return done;
}

static int run(const Command *command, int argc, char **argv)
{
    EncoderSettings settings = { 0 };
    bool text = false, card = false;
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) switch (option) {
        case OPT_TEXT: text = true; break;
        case OPT_WEIGHTS: settings.path = optarg; break;
        case OPT_PROCESSOR: settings.processor = optarg; break;
        case OPT_INT8: settings.numbers = ENCODER_INT8; break;
        case OPT_CARD: card = true; break;
        }
    if (status >= 0) return status;
    if (optind == argc && !card) return command_misused(command, "which file should be read? - is standard input");
    Err err = { .kind = ERR_NONE };
    static Job job;
    job = (Job){ .text = text, .encoder = encoder_open(settings, &err) };
    if (!job.encoder) return command_failed(&err);
    if (card) printf("%.*s", (int)encoder_card(job.encoder).len, encoder_card(job.encoder).data);
    status = EXIT_DONE;
    for (int i = optind; !card && i < argc && status == EXIT_DONE; i++)
        if (!encode_file(&job, argv[i], &err)) status = command_failed(&err);
    arena_clear(&job.arena);
    buf_clear(&job.out);
    encoder_free(job.encoder);
    return status;
}

const Command cmd_encode = { .name = "encode",
                             .usage = "[OPTIONS] FILE…",
                             .about = "sentence vectors of lines, for training and search",
                             .help = HELP,
                             .run = run };
