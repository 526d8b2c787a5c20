/* cmd_formats.c -- `goodwill formats`: the forms of conversations that we read. */
#include <stdio.h>

#include "cli/command.h"
#include "import/import.h"

static const char HELP[] =
    "Lists the forms of files that hear and import read. Each is recognised by content; --format NAME forces one.\n"
    "All may be gzipped, in a zip, or in a folder.\n"
    "\n"
    "Example:\n"
    "  goodwill formats\n";

static const struct option OPTIONS[] = { { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };

static int run(const Command *command, int argc, char **argv)
{
    int status;
    while (command_option(command, argc, argv, OPTIONS, &status) != -1) continue;
    if (status >= 0) return status;
    if (optind < argc) return command_misused(command, "it takes no '%s'", argv[optind]);
    size_t width = 0;
    for (const Format *const *format = import_formats; *format; format++) width = MAX(width, strlen((*format)->name));
    for (const Format *const *format = import_formats; *format; format++)
        printf("%-*s  %s\n", (int)width, (*format)->name, (*format)->about);
    return EXIT_DONE;
}

const Command cmd_formats = {
    .name = "formats", .usage = "", .about = "list the forms of files that are read", .help = HELP, .run = run
};
