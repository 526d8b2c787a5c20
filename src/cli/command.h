/* command.h -- the table of commands, and what they share in talking to people.
 *
 * A command is one entry in main.c's table.  Its `run` gets its own words:
 * argv[0] is the command's name.  Exit status: 0 done, 1 something was found
 * wrong, 2 the command was used wrongly.
 */
#ifndef GOODWILL_CLI_COMMAND_H
#define GOODWILL_CLI_COMMAND_H

#include <getopt.h>

#include "base/err.h"
#include "base/str.h"

enum { EXIT_DONE = 0, EXIT_WRONG = 1, EXIT_USAGE = 2 };

typedef struct Command {
    const char *name;  /* "hear" */
    const char *usage; /* "[OPTIONS] FILE…" */
    const char *about; /* one line: "read conversations, print what was heard" */
    const char *help;  /* options and examples, as `goodwill hear --help` prints them below the usage */
    int (*run)(const struct Command *command, int argc, char **argv);
} Command;

/* Each in cmd_<name>.c; main.c holds the table. */
extern const Command cmd_encode, cmd_train, cmd_predict, cmd_evaluate, cmd_hear, cmd_import, cmd_rules, cmd_serve,
    cmd_formats;

/* For a command's getopt_long loop: `help` handled, anything unknown told with the nearest option.
 *     while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1) switch (option) { … }
 *     if (status >= 0) return status;
 * Put { "help", no_argument, NULL, 'h' } into OPTIONS.  Short options: h and those given by `val` in ASCII letters. */
int command_option(const Command *command, int argc, char **argv, const struct option *options, int *status);

int command_help(const Command *command);                                               /* prints it, returns 0 */
int command_misused(const Command *command, const char *format, ...) PRINTF_LIKE(2, 3); /* prints, returns 2 */
int command_failed(const Err *err); /* prints text and hint; returns 2 for ERR_USAGE, else 1 */

/* A decimal number within the limits; false leaves *ret. */
bool command_number(const char *text, long least, long most, long *ret) MUST_USE;

/* The entry of `names` (NULL-terminated) nearest to `word`, NULL when none is near. */
const char *command_nearest(const char *word, const char *const *names);

typedef enum ColorMode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } ColorMode;
bool command_color_from(const char *text, ColorMode *ret) MUST_USE; /* "auto", "always", "never" */
bool command_colored(ColorMode mode, int fd); /* auto: a terminal, TERM not dumb, NO_COLOR unset or empty */
int command_width(int fd);                    /* columns of the terminal behind fd, else COLUMNS, else 100 */

#endif
