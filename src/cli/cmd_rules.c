/* cmd_rules.c -- `goodwill rules`: is a supervisor's rules file right, and what is there for each behaviour. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "hear/hear.h"

static const char HELP[] =
    "  check FILE…    says line and reason of everything that is wrong in a rules file\n"
    "  list           every behaviour: the number of its rules, and how far people agree with its marks (sure, to\n"
    "                 check, off, or - where nobody has measured it; see `goodwill evaluate`)\n"
    "\n"
    "  --words DIR    your own rules and words over the built-in ones\n"
    "\n"
    "Example:\n"
    "  goodwill rules check words/rules/recovery.rules\n";

enum { OPT_WORDS = 256, RULES_FILE_MAX = 16 << 20 /* bytes: a person wrote it */ };

static const struct option OPTIONS[] = {
    { "words", required_argument, NULL, OPT_WORDS },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static bool check_file(const char *path, const char *words, bool *right, Err *err)
{
    Buf text = { 0 }, report = { 0 };
    if (!file_read(path, RULES_FILE_MAX, &text, err)) {
        buf_clear(&text);
        return false;
    }
    *right = hear_check_rules(str_from(path), buf_str(&text), words, &report);
    fwrite(report.data ? report.data : "", 1, report.len, stdout);
    if (*right && report.len == 0) printf("%s: right\n", path);
    buf_clear(&report);
    buf_clear(&text);
    return true;
}

static int check(const Command *command, const char *words, int count, char **path)
{
    if (count == 0) return command_misused(command, "which file should be checked?");
    int status = EXIT_DONE;
    for (int i = 0; i < count; i++) {
        Err err = { .kind = ERR_NONE };
        bool right = false;
        int result = !check_file(path[i], words, &right, &err) ? command_failed(&err) : right ? EXIT_DONE : EXIT_WRONG;
        status = MAX(status, result);
    }
    return status;
}

static int list(const Command *command, const char *words, int count)
{
    if (count) return command_misused(command, "list takes no file; --words DIR adds your own");
    Err err = { .kind = ERR_NONE };
    Hearer *hearer = hear_open(words, &err);
    if (!hearer) return command_failed(&err);
    static const char *const SIGNS[] = {
        [SIGN_STRENGTH] = "strength", [SIGN_HARM] = "harm", [SIGN_NEUTRAL] = "neutral"
    };
    for (size_t i = 0; i < hear_behaviour_count(hearer); i++) {
        const Behaviour *b = hear_behaviour(hearer, i);
        const char *state = agreement_state_name(hear_agreement(hearer, i)->state);
        printf("%4zu  %-28.*s  %-8s  %-8s  %-8s  %.*s\n", hear_rule_count(hearer, i), STR_ARG(b->id),
               b->who == WHO_AGENT ? "agent" : "customer", SIGNS[b->sign], state ? state : "-", STR_ARG(b->name));
    }
    Str hash = hear_rules_hash(hearer);
    printf("rules %.*s\n", STR_ARG(hash));
    hear_free(hearer);
    return EXIT_DONE;
}

static int run(const Command *command, int argc, char **argv)
{
    const char *words = NULL;
    int option, status;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1)
        if (option == OPT_WORDS) words = optarg;
    if (status >= 0) return status;
    static const char *const VERBS[] = { "check", "list", NULL };
    const char *verb = optind < argc ? argv[optind] : NULL;
    if (!verb) return command_misused(command, "check or list?");
    if (strcmp(verb, "check") == 0) return check(command, words, argc - optind - 1, argv + optind + 1);
    if (strcmp(verb, "list") == 0) return list(command, words, argc - optind - 1);
    const char *nearest = command_nearest(verb, VERBS);
    return command_misused(command, "it cannot '%s'%s%s%s", verb, nearest ? "; did you mean '" : "",
                           nearest ? nearest : "", nearest ? "'?" : "");
}

const Command cmd_rules = { .name = "rules",
                            .usage = "check FILE… | list",
                            .about = "check a rules file, list what is listened for",
                            .help = HELP,
                            .run = run };
