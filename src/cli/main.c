/* main.c -- finds the command and runs it.
 *
 * In: the command line.  Out: the command's own output and exit status: 0 done,
 * 1 something was found wrong, 2 used wrongly.  What a command may do is said in
 * its own file, cmd_<name>.c; this one only holds their table.
 */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"

#define VERSION "0.1.0"

/* In the order in which people meet them. */
static const Command *const COMMANDS[] = {
    &cmd_hear, &cmd_import, &cmd_serve, &cmd_rules, &cmd_train, &cmd_predict, &cmd_evaluate, &cmd_formats, &cmd_encode,
};

static const char HEAD[] =
    "Goodwill reads customer-service conversations and marks what people did, each with the words that prove it.\n"
    "\n"
    "Usage: goodwill COMMAND [OPTIONS] [FILE…]\n"
    "\n";

static const char TAIL[] = "\n"
                           "`goodwill COMMAND --help` tells the options of a command, with an example.\n"
                           "Exit status: 0 done, 1 something was found wrong, 2 used wrongly.\n";

static void print_commands(FILE *out)
{
    fputs(HEAD, out);
    for (size_t i = 0; i < COUNT(COMMANDS); i++) fprintf(out, "  %-9s %s\n", COMMANDS[i]->name, COMMANDS[i]->about);
    fputs(TAIL, out);
}

static const Command *command_named(const char *name)
{
    for (size_t i = 0; i < COUNT(COMMANDS); i++)
        if (strcmp(COMMANDS[i]->name, name) == 0) return COMMANDS[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[COUNT(COMMANDS) + 1] = { NULL };
    for (size_t i = 0; i < COUNT(COMMANDS); i++) names[i] = COMMANDS[i]->name;
    const char *nearest = command_nearest(name, names);
    fprintf(stderr, "goodwill: there is no command '%s'", name);
    if (nearest)
        fprintf(stderr, "; did you mean '%s'?\n", nearest);
    else
        fputs("\n", stderr);
    fputs("goodwill --help lists them\n", stderr);
    return EXIT_USAGE;
}

/* Blocks of a megabyte come and go all the time: kept in the heap, their pages are not asked of the system anew each
 * time. */
static void keep_blocks_in_heap(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 8 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 32 << 20);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a reader that leaves early is seen where we write, and ends us quietly */
    keep_blocks_in_heap();
    if (argc < 2) {
        print_commands(stderr);
        return EXIT_USAGE;
    }
    const char *word = argv[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || (strcmp(word, "help") == 0 && argc == 2)) {
        print_commands(stdout);
        return EXIT_DONE;
    }
    if (strcmp(word, "--version") == 0) {
        puts("goodwill " VERSION);
        return EXIT_DONE;
    }
    const bool help = strcmp(word, "help") == 0;
    if (help) word = argv[2];
    const Command *command = command_named(word);
    if (!command) return unknown_command(word);
    return help ? command_help(command) : command->run(command, argc - 1, argv + 1);
}
