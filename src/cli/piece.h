/* piece.h -- what a worker made and the caller's thread has not yet taken, in order.
 *
 * A Piece holds bytes for standard output, rejects, errors and kept copies of
 * conversations, as runs in the order in which they were made.  It has one owner
 * at a time: the worker that fills it, then the thread that takes it.
 */
#ifndef GOODWILL_CLI_PIECE_H
#define GOODWILL_CLI_PIECE_H

#include "base/buf.h"
#include "cli/pipeline.h"

typedef enum RunKind { RUN_BYTES, RUN_HEARD, RUN_REJECT, RUN_ERROR } RunKind;

typedef struct Run {
    RunKind kind;
    size_t len;       /* BYTES: of the piece's bytes, after those of the runs before */
    const void *what; /* HEARD: Heard; REJECT: Reject; ERROR: Err; in the piece's arena */
} Run;

typedef struct Piece {
    struct Piece *next;
    Buf bytes;
    Run *run;
    size_t run_count, run_capacity;
    Arena arena;
    PipelineCounts counts; /* conversations, turns, marks, decided, swapped in this piece */
} Piece;

Piece *piece_new(void);                /* never NULL */
void piece_reset(Piece *piece);        /* empty, its memory kept for reuse */
void piece_free(Piece *piece);         /* NULL is fine */
size_t piece_size(const Piece *piece); /* bytes it holds, near enough for budgets */

void piece_add_written(Piece *piece, size_t bytes_before); /* all bytes since then are a run of output */
void piece_add_heard(Piece *piece, const Heard *heard);    /* a copy that needs nothing outside the piece */
void piece_add_reject(Piece *piece, const Reject *reject);
void piece_add_error(Piece *piece, const Err *err);

#endif
