/* err.h -- what went wrong in the world, in one lower-case line, and a hint.
 *
 * `Err *err` is the last parameter of what can fail; it is written on failure
 * only.  Only cli/ and web/ print it.  Our own mistakes are asserts instead.
 */
#ifndef GOODWILL_BASE_ERR_H
#define GOODWILL_BASE_ERR_H

#include "base/base.h"

typedef enum ErrKind {
    ERR_NONE,
    ERR_INPUT,  /* what we were given is not what it should be */
    ERR_USAGE,  /* the command or request was put wrongly */
    ERR_LIMIT,  /* a documented limit was passed */
    ERR_SYSTEM, /* a file, socket or device refused */
    ERR_STORE,  /* the database refused or is damaged */
} ErrKind;

typedef struct Err {
    ErrKind kind;
    char text[512]; /* names the file, line or id; valid UTF-8, NUL-terminated */
    char hint[256]; /* a sentence on what to try, or "" */
} Err;

/* Returns false always, so that `return err_set(…)` is one line. */
bool err_set(Err *err, ErrKind kind, const char *format, ...) PRINTF_LIKE(3, 4);
bool err_hint(Err *err, const char *format, ...) PRINTF_LIKE(2, 3);
bool err_system(Err *err, const char *what, const char *name); /* adds strerror(errno) */

#endif
