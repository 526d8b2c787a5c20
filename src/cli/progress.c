/* progress.c -- see progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MS = 1000, EACH_MS = 200 };

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_start(Progress *progress, bool wanted)
{
    *progress = (Progress){ .wanted = wanted && isatty(STDERR_FILENO) };
    if (!progress->wanted) return;
    progress->start_ms = now_ms();
    progress->next_ms = progress->start_ms + FIRST_MS;
}

void progress_tell(Progress *progress, uint64_t bytes, uint64_t bytes_total, uint64_t conversations)
{
    if (!progress->wanted) return;
    int64_t now = now_ms();
    if (now < progress->next_ms) return;
    progress->next_ms = now + EACH_MS;
    double megabytes = (double)bytes / 1e6, seconds = (double)(now - progress->start_ms) / 1e3;
    char percent[16] = "";
    if (bytes_total)
        snprintf(percent, sizeof percent, "%3d %%  ", (int)MIN(100, (double)bytes * 100 / (double)bytes_total));
    fprintf(stderr, "\r%s%.0f MB  %.0f MB/s  %llu conversations\033[K", percent, megabytes, megabytes / seconds,
            (unsigned long long)conversations);
    progress->drawn = true;
}

void progress_clear(Progress *progress)
{
    if (progress->drawn) fputs("\r\033[K", stderr);
    progress->drawn = false;
}
