/* cmd_serve.c -- `goodwill serve`: the pages, on this computer only, until Ctrl-C. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "cli/command.h"
#include "web/site.h"

static const struct option OPTIONS[] = {
    { "help", no_argument, NULL, 'h' },
    { "db", required_argument, NULL, 'd' },
    { "port", required_argument, NULL, 'p' },
    { "bind", required_argument, NULL, 'b' },
    { "words", required_argument, NULL, 'w' },
    { "redact", required_argument, NULL, 'R' },
    { "quiet", no_argument, NULL, 'q' },
    { "reader", required_argument, NULL, 'k' },
    { NULL, 0, NULL, 0 },
};

typedef struct Serve {
    SiteOptions site;
    const char *words;
    ReaderKind reader;
    bool quiet, reader_given;
} Serve;

/* The loopback address that a name means; NULL for any other. */
static const char *loopback(const char *name)
{
    if (strcmp(name, "127.0.0.1") == 0 || strcmp(name, "localhost") == 0) return "127.0.0.1";
    if (strcmp(name, "::1") == 0 || strcmp(name, "[::1]") == 0) return "::1";
    return NULL;
}

/* One option; the exit status when it was used wrongly, else -1. */
static int take_option(const Command *command, int option, const char *value, Serve *serve)
{
    long number;
    switch (option) {
    case 'd': serve->site.db = value; return -1;
    case 'w': serve->words = value; return -1;
    case 'q': serve->quiet = true; return -1;
    case 'k':
        serve->reader_given = true;
        if (hear_reader_from(str_from(value), &serve->reader)) return -1;
        return command_misused(command, "--reader is fast, deep or rules, not '%s'", value);
    case 'p':
        if (!command_number(value, 0, 65535, &number))
            return command_misused(command, "--port is a number from 0 to 65535, not '%s'", value);
        serve->site.port = (unsigned)number;
        return -1;
    case 'b':
        serve->site.address = loopback(value);
        if (serve->site.address) return -1;
        return command_misused(command,
                               "--bind %s: there are no accounts yet, so the pages are served to this computer only "
                               "(127.0.0.1 or ::1)",
                               value);
    default:
        if (redact_level_from(str_from(value), &serve->site.redact)) return -1;
        return command_misused(command, "--redact is off, default or names, not '%s'", value);
    }
}

/* Signals come to this thread alone, and wait until it asks: so nothing is ever cut off in the middle. */
static void hold_signals(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGINT);
    sigaddset(ret, SIGTERM);
    pthread_sigmask(SIG_BLOCK, ret, NULL);
}

static int serve_until_told(const Serve *serve)
{
    sigset_t ends;
    Err err = { 0 };
    hold_signals(&ends);
    SiteServer *site = site_open(&serve->site, &err);
    if (!site) return command_failed(&err);
    if (!serve->quiet) {
        bool six = strchr(serve->site.address, ':') != NULL;
        printf("Goodwill serves %s on http://%s%s%s:%u (Ctrl-C ends it)\n", serve->site.db, six ? "[" : "",
               serve->site.address, six ? "]" : "", site_port(site));
        fflush(stdout);
    }
    int signal_number;
    sigwait(&ends, &signal_number);
    pthread_sigmask(SIG_UNBLOCK, &ends, NULL); /* a second Ctrl-C need not wait for uploads */
    site_close(site);
    return EXIT_DONE;
}

/* Files added on the page are few, so the deep reader hears them where the encoder's file is there. */
static Hearer *open_hearer(const Serve *serve, Err *err)
{
    if (serve->reader_given) return hear_open_reader(serve->words, serve->reader, err);
    Hearer *deep = hear_open_reader(serve->words, READER_DEEP, err);
    if (deep || err->kind != ERR_SYSTEM) return deep;
    *err = (Err){ .kind = ERR_NONE };
    return hear_open_reader(serve->words, READER_FAST, err);
}

static int run(const Command *command, int argc, char **argv)
{
    Serve serve = { .site = { .db = "goodwill.db", .address = "127.0.0.1", .port = 8080, .redact = REDACT_DEFAULT } };
    int option, status = -1;
    while ((option = command_option(command, argc, argv, OPTIONS, &status)) != -1)
        if ((status = take_option(command, option, optarg, &serve)) >= 0) return status;
    if (status >= 0) return status;
    if (optind < argc)
        return command_misused(command, "'%s' is not an option; files come in with goodwill import", argv[optind]);

    Err err = { 0 };
    Hearer *hearer = open_hearer(&serve, &err);
    if (!hearer) return command_failed(&err);
    serve.site.hearer = hearer;
    status = serve_until_told(&serve);
    hear_free(hearer);
    return status;
}

const Command cmd_serve = {
    .name = "serve",
    .usage = "[OPTIONS]",
    .about = "show the stored conversations as pages on this computer",
    .help =
        "  --db FILE        the database (goodwill.db); made when there is none\n"
        "  --port N         8080 when not given; 0 takes a free one\n"
        "  --bind ADDRESS   127.0.0.1 (as given by default) or ::1: other computers cannot reach it\n"
        "  --words DIR      your own rules and word lists over the built-in ones, for files added on the page\n"
        "  --reader WHICH   who marks them: fast, deep or rules; deep unless said, fast where the encoder is not there\n"
        "  --redact LEVEL   off, default or names, for files added on the page\n"
        "  --quiet          do not say where it serves\n"
        "\n"
        "Example:\n"
        "  goodwill serve --db company.db --port 8081\n",
    .run = run,
};
