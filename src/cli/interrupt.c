/* interrupt.c -- see interrupt.h.  The handler does only what is safe in one: a flag, the clock, dup2, _exit. */
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* One press may arrive twice (from the terminal and from whoever started us): that soon it is no second wish to end. */
enum { AGAIN_MS_MIN = 300 };

static volatile sig_atomic_t caught;
static volatile sig_atomic_t nothing_fd = -1; /* /dev/null, opened beforehand */
static struct timespec caught_at;

static void on_signal(int number)
{
    int saved = errno;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (caught) {
        long long ms = (long long)(now.tv_sec - caught_at.tv_sec) * 1000 + (now.tv_nsec - caught_at.tv_nsec) / 1000000;
        if (ms >= AGAIN_MS_MIN) _exit(128 + number);
    } else {
        caught_at = now;
        caught = number;
        if (nothing_fd >= 0)
            (void)dup2(nothing_fd, STDIN_FILENO); /* a read that waits there gets EINTR, then the end */
    }
    errno = saved;
}

static void on_wake(int number) { (void)number; }

void interrupt_catch(void)
{
    if (nothing_fd < 0) nothing_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct sigaction action = { .sa_handler = on_signal }; /* no SA_RESTART: what waits must come back */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = on_wake;
    sigaction(SIGUSR2, &action, NULL);
}

int interrupt_signal(void) { return caught; }

void interrupt_wake(pthread_t thread) { (void)pthread_kill(thread, SIGUSR2); }
