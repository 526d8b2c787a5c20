/* cmd_predict.c -- `goodwill predict`: what a model of `goodwill train` says of passages, a line for a line. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "cli/command.h"
#include "learn/texts.h"

static const char HELP[] =
    "  -m MODEL.gwm    the model\n"
    "  --words DIR     your own rules and words over the built-in ones, as the model was trained with\n"
    "\n"
    "Example:\n"
    "  goodwill predict -m apology.gwm passages.jsonl\n";

enum { OPT_WORDS = 256, MODEL_BYTES_MAX = 1 << 30 };

static const struct option OPTIONS[] = {
    { "model", required_argument, NULL, 'm' },
    { "words", required_argument, NULL, OPT_WORDS },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

/* The model was trained with the sentence encoder: without it, its answers would be others. */
static bool open_encoder(const char *model, Encoder **ret, Err *err)
{
    EncoderSettings settings = { .numbers = ENCODER_INT8 };
    Err why = { .kind = ERR_NONE };
    *ret = encoder_open(settings, &why);
    if (*ret) return true;
    return err_set(err, why.kind, "%.200s needs the sentence encoder: %.250s", model, why.text);
}

static bool predict(Str bytes, const char *name, const char *words, char **file, int files, Err *err)
{
    Model *model = model_open(bytes, str_from(name), err);
    Encoder *encoder = NULL;
    if (!model) return false;
    if (model_dense_columns(model) && !open_encoder(name, &encoder, err)) {
        model_free(model);
        return false;
    }
    Hearer *hearer = hear_open_reader(words, READER_RULES, err);
    Passages passages = { 0 };
    bool good = hearer != NULL;
    for (int i = 0; good && i < files; i++) good = passages_read(&passages, file[i], err);
    Buf out = { 0 };
    good = good && texts_predict(hearer, encoder, model, &passages, &out, err);
    if (good) fwrite(out.data ? out.data : "", 1, out.len, stdout);
    buf_clear(&out);
    passages_clear(&passages);
    hear_free(hearer);
    encoder_free(encoder);
    model_free(model);
    return good;
}

static int run(const Command *command, int argc, char **argv)
{
    const char *path = NULL, *words = NULL;
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) {
        if (option == 'm') path = optarg;
        if (option == OPT_WORDS) words = optarg;
    }
    if (status >= 0) return status;
    if (!path) return command_misused(command, "-m MODEL.gwm is needed");
    if (optind == argc) return command_misused(command, "which passages?");
    Err err = { .kind = ERR_NONE };
    Buf model = { 0 };
    bool good = file_read(path, MODEL_BYTES_MAX, &model, &err) &&
                predict(buf_str(&model), path, words, argv + optind, argc - optind, &err);
    buf_clear(&model);
    return good ? EXIT_DONE : command_failed(&err);
}

const Command cmd_predict = { .name = "predict",
                              .usage = "-m MODEL.gwm DATA.jsonl…",
                              .about = "what a trained model says of passages, a line for a line",
                              .help = HELP,
                              .run = run };
