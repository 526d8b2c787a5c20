/* command.c -- options, help and messages that all commands share.  Only cli/ and web/ print. */
#include "cli/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WORD_MAX = 32, WIDTH_IN_PIPES = 100, WIDTH_MIN = 40, WIDTH_MAX = 200 };

int command_help(const Command *command)
{
    printf("goodwill %s: %s\n\nUsage: goodwill %s %s\n\n%s", command->name, command->about, command->name,
           command->usage, command->help);
    return EXIT_DONE;
}

int command_misused(const Command *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "goodwill %s: ", command->name);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\ngoodwill %s --help tells the options\n", command->name);
    return EXIT_USAGE;
}

int command_failed(const Err *err)
{
    fprintf(stderr, "goodwill: %s\n", err->text);
    if (err->hint[0]) fprintf(stderr, "%s\n", err->hint);
    return err->kind == ERR_USAGE ? EXIT_USAGE : EXIT_WRONG;
}

/* The edits (a letter more, less, other, or two swapped) between two words: Damerau's distance on words up to WORD_MAX.
 */
static unsigned edits_between(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > WORD_MAX || b_len > WORD_MAX) return WORD_MAX;
    unsigned row[3][WORD_MAX + 1]; /* the row before the last, the last, this one */
    for (size_t j = 0; j <= b_len; j++) row[1][j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        row[2][0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned best = row[1][j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, row[1][j] + 1);
            best = MIN(best, row[2][j - 1] + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) best = MIN(best, row[0][j - 2] + 1);
            row[2][j] = best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][b_len];
}

const char *command_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t len = strlen(word);
    unsigned least = len <= 3 ? 1 : len <= 6 ? 2 : 3; /* more edits than that are another word */
    for (; *names; names++) {
        bool opens = len >= 2 && strncmp(word, *names, len) == 0; /* "imp" means import */
        unsigned edits = opens ? 0 : edits_between(word, *names);
        if (edits <= least && (!best || edits < least)) {
            best = *names;
            least = edits;
        }
    }
    return best;
}

static int unknown_option(const Command *command, const char *word, const struct option *options)
{
    const char *names[64] = { NULL };
    size_t count = 0;
    for (const struct option *o = options; o->name && count + 1 < COUNT(names); o++) names[count++] = o->name;
    char name[WORD_MAX + 1] = "";
    if (strncmp(word, "--", 2) == 0)
        snprintf(name, sizeof name, "%.*s", (int)MIN(strcspn(word + 2, "="), WORD_MAX), word + 2);
    const char *nearest = name[0] ? command_nearest(name, names) : NULL;
    if (nearest) return command_misused(command, "there is no option '%s'; did you mean '--%s'?", word, nearest);
    return command_misused(command, "there is no option '%s'", word);
}

/* Why getopt_long refused a word: an option that exists was given without its value, with one too many, or cut too
 * short. */
static int refused_option(const Command *command, int result, const char *word, const struct option *options)
{
    size_t len = strncmp(word, "--", 2) == 0 ? strcspn(word + 2, "=") : 0;
    size_t like = 0;
    bool exact = false;
    for (const struct option *o = options; len && o->name; o++) {
        like += strncmp(o->name, word + 2, len) == 0;
        exact |= strlen(o->name) == len && strncmp(o->name, word + 2, len) == 0;
    }
    if (result == ':') return command_misused(command, "%s needs a value", word);
    if (like > 1 && !exact) return command_misused(command, "'%s' may mean several options: write it out", word);
    if (like >= 1 && word[2 + len] == '=') return command_misused(command, "--%.*s takes no value", (int)len, word + 2);
    return unknown_option(command, word, options);
}

int command_option(const Command *command, int argc, char **argv, const struct option *options, int *status)
{
    *status = -1;
    opterr = 0;
    char letters[2 * 64 + 2] = ":"; /* getopt's short options: those of `options` with a letter for their value */
    size_t len = 1;
    for (const struct option *o = options; o->name && len + 2 < sizeof letters; o++) {
        if (o->val <= 0 || o->val > 127 || !ascii_alpha((char)o->val)) continue;
        letters[len++] = (char)o->val;
        if (o->has_arg == required_argument) letters[len++] = ':';
    }
    int option = getopt_long(argc, argv, letters, options, NULL);
    if (option == 'h') {
        *status = command_help(command);
        return -1;
    }
    if (option == '?' || option == ':') {
        const char *word = optind > 1 && strncmp(argv[optind - 1], "--", 2) == 0 ? argv[optind - 1] : NULL;
        char letter[3] = { '-', (char)optopt, 0 }; /* a short one may stand inside a bundle */
        *status = refused_option(command, option, word ? word : letter, options);
        return -1;
    }
    return option;
}

bool command_number(const char *text, long least, long most, long *ret)
{
    int64_t value;
    if (!str_to_i64(str_from(text), &value) || value < least || value > most) return false;
    *ret = (long)value;
    return true;
}

bool command_color_from(const char *text, ColorMode *ret)
{
    static const char *const NAMES[] = { [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never" };
    for (size_t i = 0; i < COUNT(NAMES); i++)
        if (strcmp(text, NAMES[i]) == 0) {
            *ret = (ColorMode)i;
            return true;
        }
    return false;
}

bool command_colored(ColorMode mode, int fd)
{
    if (mode != COLOR_AUTO) return mode == COLOR_ALWAYS;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM"); /* no-color.org: any value but the empty one */
    if (no_color && no_color[0]) return false;
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

int command_width(int fd)
{
    struct winsize size;
    long columns = WIDTH_IN_PIPES;
    const char *said = getenv("COLUMNS");
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
        columns = size.ws_col;
    else if (said && !command_number(said, 1, WIDTH_MAX, &columns))
        columns = WIDTH_IN_PIPES;
    return (int)MAX(WIDTH_MIN, MIN(columns, WIDTH_MAX));
}
