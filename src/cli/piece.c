/* piece.c -- see piece.h. */
#include "cli/piece.h"

#include <stdlib.h>

/* A piece that one large conversation has swollen gives its memory back instead of keeping it for reuse. */
enum { KEPT_MAX = 1 << 20 };

static void *sure(void *memory)
{
    if (!memory) abort(); /* the process is out of memory */
    return memory;
}

Piece *piece_new(void) { return sure(calloc(1, sizeof(Piece))); }

void piece_reset(Piece *piece)
{
    piece->next = NULL;
    if (piece->bytes.capacity > KEPT_MAX) buf_clear(&piece->bytes);
    if (piece->arena.used > KEPT_MAX) arena_clear(&piece->arena);
    piece->bytes.len = 0;
    piece->run_count = 0;
    arena_reset(&piece->arena);
    piece->counts = (PipelineCounts){ 0 };
}

void piece_free(Piece *piece)
{
    if (!piece) return;
    buf_clear(&piece->bytes);
    arena_clear(&piece->arena);
    free(piece->run);
    free(piece);
}

size_t piece_size(const Piece *piece) { return piece->bytes.len + piece->arena.used + piece->run_count * sizeof(Run); }

static void add_run(Piece *piece, RunKind kind, size_t len, const void *what)
{
    if (piece->run_count == piece->run_capacity) {
        piece->run_capacity = piece->run_capacity ? piece->run_capacity * 2 : 16;
        piece->run = sure(realloc(piece->run, piece->run_capacity * sizeof *piece->run));
    }
    piece->run[piece->run_count++] = (Run){ kind, len, what };
}

void piece_add_written(Piece *piece, size_t bytes_before)
{
    size_t len = piece->bytes.len - bytes_before;
    if (len == 0) return;
    Run *last = piece->run_count ? &piece->run[piece->run_count - 1] : NULL;
    if (last && last->kind == RUN_BYTES)
        last->len += len;
    else
        add_run(piece, RUN_BYTES, len, NULL);
}

static void *copy(Arena *arena, const void *items, size_t count, size_t size)
{
    if (count == 0) return NULL;
    return memcpy(arena_alloc(arena, count * size), items, count * size);
}

static Conversation *copy_conversation(Arena *arena, const Conversation *from)
{
    Conversation *c = copy(arena, from, 1, sizeof *from);
    c->id = arena_str(arena, from->id);
    c->source = arena_str(arena, from->source);
    c->file = arena_str(arena, from->file);
    c->subject = arena_str(arena, from->subject);
    c->participant = copy(arena, from->participant, from->participant_count, sizeof *from->participant);
    c->participant_capacity = c->participant_count;
    for (size_t i = 0; i < c->participant_count; i++) {
        c->participant[i].id = arena_str(arena, from->participant[i].id);
        c->participant[i].name = arena_str(arena, from->participant[i].name);
        c->participant[i].email = arena_str(arena, from->participant[i].email);
    }
    c->utterance = copy(arena, from->utterance, from->utterance_count, sizeof *from->utterance);
    c->utterance_capacity = c->utterance_count;
    for (size_t i = 0; i < c->utterance_count; i++) c->utterance[i].text = arena_str(arena, from->utterance[i].text);
    return c;
}

static Reading *copy_reading(Arena *arena, const Reading *from)
{
    Reading *r = copy(arena, from, 1, sizeof *from);
    r->demand.item = copy(arena, from->demand.item, from->demand.count, sizeof *from->demand.item);
    r->need.item = copy(arena, from->need.item, from->need.count, sizeof *from->need.item);
    r->emotion.item = copy(arena, from->emotion.item, from->emotion.count, sizeof *from->emotion.item);
    r->promises.item = copy(arena, from->promises.item, from->promises.count, sizeof *from->promises.item);
    for (size_t i = 0; i < r->promises.count; i++)
        r->promises.item[i].what = arena_str(arena, from->promises.item[i].what);
    r->asked_twice.item = copy(arena, from->asked_twice.item, from->asked_twice.count, sizeof *from->asked_twice.item);
    return r;
}

void piece_add_heard(Piece *piece, const Heard *heard)
{
    Arena *arena = &piece->arena;
    Heard *kept = ARENA_NEW(arena, Heard, 1);
    kept->conversation = copy_conversation(arena, heard->conversation);
    kept->marks.item = copy(arena, heard->marks.item, heard->marks.count, sizeof *heard->marks.item);
    kept->marks.count = heard->marks.count;
    kept->reading = copy_reading(arena, heard->reading);
    add_run(piece, RUN_HEARD, 0, kept);
}

void piece_add_reject(Piece *piece, const Reject *reject)
{
    Reject *kept = copy(&piece->arena, reject, 1, sizeof *reject);
    kept->file = arena_str(&piece->arena, reject->file);
    kept->reason = arena_str(&piece->arena, reject->reason);
    add_run(piece, RUN_REJECT, 0, kept);
}

void piece_add_error(Piece *piece, const Err *err)
{
    add_run(piece, RUN_ERROR, 0, copy(&piece->arena, err, 1, sizeof *err));
}
