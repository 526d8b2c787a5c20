/* pipeline.c -- see pipeline.h: workers read, redact, hear and render; one thread takes it all in order.
 *
 * A Job is a block of input.  Jobs stand in a list in input order; a worker
 * takes the next block from the feed (under feed_lock, which also gives the
 * order), and hangs pieces on its job as they fill.  The caller's thread takes
 * pieces from the head of the list only.  What waits is bounded: a worker whose
 * job is not at the head stops when WAITING_MAX bytes wait in all, the head's
 * own at HEAD_MAX.  The head always moves, since jobs are begun in order.
 */
#include "cli/pipeline.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/piece.h"
#include "cli/progress.h"
#include "cli/tell.h"
#include "import/feed.h"

enum {
    PIECE_BYTES = 256 << 10, /* a piece is handed over at this size: still in the cache when it is written */
    WAITING_MAX = 24 << 20,  /* bytes of pieces that wait in all */
    HEAD_MAX = 8 << 20,      /* of them for the job at the head */
    JOBS_AHEAD = 4,          /* blocks begun and not taken, for each worker */
    LOOK_MS = 100,           /* how often the waiting thread looks at signals and progress */
    LEAVE_MS_MAX = 2000,     /* how long an interrupted run waits for workers that hang in a system call */
};

typedef struct Job {
    struct Job *next;
    Piece *first, *last; /* made and not taken */
    size_t waiting;      /* their bytes */
    bool done;           /* no more will come */
} Job;

typedef struct State {
    const Pipeline *pipeline;
    PipelineCounts *counts;
    Progress progress;
    atomic_bool stop; /* workers leave at the next conversation */
    atomic_ullong bytes_read;
    Err end;              /* why `commit` or a write ended the run */
    bool failed, stopped; /* stopped: nothing more is taken, for whatever reason */

    pthread_mutex_t feed_lock; /* feed, fed; taken before `lock` */
    Feed *feed;
    bool fed;

    pthread_mutex_t lock; /* all below */
    pthread_cond_t made, taken;
    Job *head, *tail;
    size_t job_count, job_max, waiting;
    unsigned workers; /* that have not left */
    Piece *spare;
    char hint[sizeof((Err *)NULL)->hint]; /* the last that was told */
} State;

typedef struct Worker {
    ImportSink sink; /* first: the reader's sink is this worker */
    State *state;
    pthread_t thread;
    bool threaded;
    Hearing *hearing;
    Arena scratch, arena; /* the reader's; what redact and hear make of one conversation */
    Job *job;
    Piece *piece;
} Worker;

/* --- the caller's thread: takes pieces in order --- */

static bool write_out(State *state, Str bytes)
{
    while (bytes.len) {
        ssize_t written = write(STDOUT_FILENO, bytes.data, bytes.len);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0 && errno == EPIPE) {
            state->counts->closed = true; /* the reader has had enough: no error */
            return false;
        }
        if (written < 0) {
            state->failed = true;
            return err_system(&state->end, "cannot write", "standard output");
        }
        bytes = str_from_byte(bytes, (size_t)written);
    }
    return true;
}

static bool take_reject(State *state, const Reject *reject)
{
    const Pipeline *pipeline = state->pipeline;
    if (reject->warning)
        state->counts->notes++;
    else
        state->counts->skipped++;
    if (pipeline->reject) pipeline->reject(pipeline->context, reject);
    if (!reject->warning || !pipeline->quiet) {
        progress_clear(&state->progress);
        tell_reject(reject);
    }
    return reject->warning || !pipeline->strict;
}

static bool take_error(State *state, const Err *err)
{
    state->counts->skipped++;
    progress_clear(&state->progress);
    bool repeats = strcmp(state->hint, err->hint) == 0; /* a folder of pictures needs it once */
    tell_skipped(err, !repeats);
    memcpy(state->hint, err->hint, sizeof state->hint);
    return !state->pipeline->strict;
}

static bool take_heard(State *state, const Heard *heard)
{
    if (state->pipeline->commit(state->pipeline->context, heard, &state->end)) return true;
    state->failed = true;
    return false;
}

static bool take_run(State *state, const Piece *piece, const Run *run, size_t *at)
{
    switch (run->kind) {
    case RUN_BYTES: *at += run->len; return write_out(state, str_sub(buf_str(&piece->bytes), *at - run->len, *at));
    case RUN_HEARD: return take_heard(state, run->what);
    case RUN_REJECT: return take_reject(state, run->what);
    case RUN_ERROR: return take_error(state, run->what);
    }
    return true;
}

static void add_counts(PipelineCounts *sum, const PipelineCounts *more)
{
    sum->conversations += more->conversations;
    sum->turns += more->turns;
    sum->marks += more->marks;
    sum->decided += more->decided;
    sum->undecided += more->undecided;
    sum->swapped += more->swapped;
}

static void stop(State *state)
{
    state->stopped = true;
    atomic_store(&state->stop, true);
}

static void take_piece(State *state, const Piece *piece)
{
    if (interrupt_signal()) stop(state);
    if (state->stopped) return;
    add_counts(state->counts, &piece->counts);
    size_t at = 0;
    for (size_t i = 0; i < piece->run_count; i++)
        if (!take_run(state, piece, &piece->run[i], &at)) {
            stop(state);
            return;
        }
}

static void tell_progress(State *state)
{
    progress_tell(&state->progress, atomic_load(&state->bytes_read), feed_bytes_total(state->feed),
                  state->counts->conversations);
}

/* --- a worker: makes pieces --- */

/* A thread that is not at the head waits until the head has moved: see the top of the file. */
static void wait_for_room(State *state, const Job *job)
{
    while (!atomic_load(&state->stop) &&
           (state->head == job ? job->waiting >= HEAD_MAX : state->waiting >= WAITING_MAX))
        pthread_cond_wait(&state->taken, &state->lock);
}

static Piece *spare_piece(State *state)
{
    Piece *piece = state->spare;
    if (!piece) return piece_new();
    state->spare = piece->next;
    piece->next = NULL;
    return piece;
}

static void hand_over(Worker *worker)
{
    State *state = worker->state;
    if (!worker->threaded) {
        take_piece(state, worker->piece);
        piece_reset(worker->piece);
        tell_progress(state);
        return;
    }
    Job *job = worker->job;
    size_t size = piece_size(worker->piece);
    pthread_mutex_lock(&state->lock);
    if (job->last)
        job->last->next = worker->piece;
    else
        job->first = worker->piece;
    job->last = worker->piece;
    job->waiting += size;
    state->waiting += size;
    worker->piece = spare_piece(state);
    if (state->head == job) pthread_cond_signal(&state->made);
    wait_for_room(state, job);
    pthread_mutex_unlock(&state->lock);
}

/* FNV-1a: every machine and version puts a conversation into the same shard. */
static uint64_t shard_hash(uint64_t hash, Str s)
{
    for (size_t i = 0; i < s.len; i++) hash = (hash ^ (unsigned char)s.data[i]) * 0x100000001b3u;
    return hash;
}

static bool in_shard(const Pipeline *pipeline, Str name, uint64_t number)
{
    if (pipeline->shards <= 1) return true;
    uint64_t hash = shard_hash(0xcbf29ce484222325u, name);
    hash = shard_hash(hash, str_make((const char *)&number, sizeof number));
    hash ^= hash >> 32;
    return hash % pipeline->shards + 1 == pipeline->shard;
}

bool heard_undecided(const Conversation *c)
{
    if (c->speakers != SPEAKERS_DECIDED) return false;
    bool known = false;
    for (uint32_t i = 0; i < c->utterance_count && !known; i++)
        known = c->utterance[i].role == ROLE_AGENT || c->utterance[i].role == ROLE_CUSTOMER;
    return !known;
}

static void count(PipelineCounts *counts, const Heard *heard)
{
    counts->conversations++;
    counts->turns += heard->conversation->utterance_count;
    counts->marks += heard->marks.count;
    counts->decided += heard->conversation->speakers == SPEAKERS_DECIDED;
    counts->undecided += heard_undecided(heard->conversation);
    counts->swapped += heard->conversation->speakers == SPEAKERS_SWAPPED;
}

static void add_heard(Worker *worker, const Heard *heard)
{
    const Pipeline *pipeline = worker->state->pipeline;
    Piece *piece = worker->piece;
    if (pipeline->render) {
        size_t before = piece->bytes.len;
        pipeline->render(pipeline->context, &piece->bytes, heard);
        piece_add_written(piece, before);
    }
    if (pipeline->commit && worker->threaded) piece_add_heard(piece, heard);
    count(&piece->counts, heard);
    if (pipeline->commit && !worker->threaded) { /* no copy is needed on the same thread */
        hand_over(worker);
        if (!worker->state->stopped && !take_heard(worker->state, heard)) stop(worker->state);
    } else if (piece_size(piece) >= PIECE_BYTES) {
        hand_over(worker);
    }
}

static bool on_conversation(ImportSink *sink, Conversation *conversation)
{
    Worker *worker = (Worker *)sink;
    State *state = worker->state;
    const Pipeline *pipeline = state->pipeline;
    if (atomic_load_explicit(&state->stop, memory_order_relaxed) || interrupt_signal()) return false;
    if (!in_shard(pipeline, conversation->id, 0)) return true;
    arena_reset(&worker->arena);
    redact_conversation(conversation, pipeline->redact, &worker->arena, NULL);
    Marks marks = { 0 };
    Reading reading = { 0 };
    hear_run(worker->hearing, conversation, &worker->arena, &marks, &reading);
    add_heard(worker, &(Heard){ conversation, marks, &reading });
    return !atomic_load_explicit(&state->stop, memory_order_relaxed);
}

static bool on_reject(ImportSink *sink, const Reject *reject)
{
    Worker *worker = (Worker *)sink;
    const Pipeline *pipeline = worker->state->pipeline;
    if (atomic_load_explicit(&worker->state->stop, memory_order_relaxed)) return false;
    if (!in_shard(pipeline, reject->file, reject->line ? reject->line : reject->offset)) return true;
    piece_add_reject(worker->piece, reject);
    if (piece_size(worker->piece) >= PIECE_BYTES) hand_over(worker);
    return reject->warning || !pipeline->strict;
}

static void read_block(Worker *worker, FeedBlock *block)
{
    Err err = { .kind = ERR_NONE };
    if (!block->format->read(&block->block, &worker->sink, &worker->scratch, &err) && err.kind != ERR_NONE)
        piece_add_error(worker->piece, &err);
    arena_reset(&worker->scratch);
    feed_done(block);
}

/* One step of one worker: false when the input is used up or the run is stopped. */
static bool next_block(Worker *worker, FeedBlock *block, bool *got)
{
    State *state = worker->state;
    Err err = { .kind = ERR_NONE };
    *got = feed_next(state->feed, block, &err);
    atomic_store(&state->bytes_read, feed_bytes_read(state->feed));
    if (!*got && err.kind == ERR_NONE)
        state->fed = true;
    else if (!*got)
        piece_add_error(worker->piece, &err);
    return !state->fed;
}

static void work_alone(Worker *worker)
{
    State *state = worker->state;
    FeedBlock block;
    bool got;
    while (!state->stopped && next_block(worker, &block, &got)) {
        if (got) read_block(worker, &block);
        hand_over(worker);
    }
}

static Job *begin_job(State *state)
{
    pthread_mutex_lock(&state->lock);
    while (!atomic_load(&state->stop) && (state->job_count >= state->job_max || state->waiting >= WAITING_MAX))
        pthread_cond_wait(&state->taken, &state->lock);
    Job *job = atomic_load(&state->stop) ? NULL : calloc(1, sizeof *job);
    if (job) {
        if (state->tail)
            state->tail->next = job;
        else
            state->head = job;
        state->tail = job;
        state->job_count++;
    }
    pthread_mutex_unlock(&state->lock);
    return job;
}

static void end_job(Worker *worker)
{
    hand_over(worker);
    pthread_mutex_lock(&worker->state->lock);
    worker->job->done = true;
    pthread_cond_signal(&worker->state->made);
    pthread_mutex_unlock(&worker->state->lock);
}

static void *work(void *argument)
{
    Worker *worker = argument;
    State *state = worker->state;
    for (bool more = true; more;) {
        FeedBlock block;
        bool got = false;
        pthread_mutex_lock(&state->feed_lock);
        worker->job = state->fed ? NULL : begin_job(state);
        more = worker->job && next_block(worker, &block, &got);
        pthread_mutex_unlock(&state->feed_lock);
        if (got) read_block(worker, &block);
        if (worker->job) end_job(worker);
    }
    pthread_mutex_lock(&state->lock);
    state->workers--;
    pthread_cond_signal(&state->made);
    pthread_mutex_unlock(&state->lock);
    return NULL;
}

/* --- the run --- */

static Worker *worker_new(State *state, bool threaded)
{
    Worker *worker = calloc(1, sizeof *worker);
    if (!worker) abort();
    worker->sink = (ImportSink){ on_conversation, on_reject };
    worker->state = state;
    worker->threaded = threaded;
    worker->hearing = hearing_new(state->pipeline->hearer);
    worker->piece = piece_new();
    return worker;
}

static void worker_free(Worker *worker)
{
    hearing_free(worker->hearing);
    arena_clear(&worker->scratch);
    arena_clear(&worker->arena);
    piece_free(worker->piece);
    free(worker);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_a_little(State *state)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&state->made, &state->lock, &until);
}

static Piece *take_from_head(State *state)
{
    Job *job = state->head;
    Piece *piece = job->first;
    job->first = piece->next;
    if (!job->first) job->last = NULL;
    piece->next = NULL;
    job->waiting -= piece_size(piece);
    state->waiting -= piece_size(piece);
    return piece;
}

static void drop_head(State *state)
{
    Job *job = state->head;
    state->head = job->next;
    if (!state->head) state->tail = NULL;
    state->job_count--;
    free(job);
}

/* Takes one thing from the head, or waits a little when there is none; returns false when it waited.  Holds `lock`. */
static bool take_or_wait(State *state)
{
    Job *job = state->head;
    if (job && job->first) {
        Piece *piece = take_from_head(state);
        pthread_mutex_unlock(&state->lock);
        take_piece(state, piece);
        piece_reset(piece);
        tell_progress(state);
        pthread_mutex_lock(&state->lock);
        piece->next = state->spare;
        state->spare = piece;
    } else if (job && job->done) {
        drop_head(state);
    } else {
        wait_a_little(state);
        tell_progress(state);
        return false;
    }
    pthread_cond_broadcast(&state->taken);
    return true;
}

/* Takes what the workers make until all have left, holding `lock`.  False: the run was stopped and some of them hang.
 */
static bool take_all(State *state, Worker **worker, unsigned count)
{
    int64_t stopped_ms = 0;
    while (state->head || state->workers) {
        bool took = take_or_wait(state);
        if (interrupt_signal()) stop(state);
        if (!state->stopped || took) continue;
        if (!stopped_ms) stopped_ms = now_ms();
        pthread_cond_broadcast(&state->taken);
        for (unsigned i = 0; i < count; i++) interrupt_wake(worker[i]->thread);
        if (now_ms() - stopped_ms > LEAVE_MS_MAX) return false;
    }
    return true;
}

/* True when all that the run held has been given back; false leaves it to the end of the process. */
static bool work_together(State *state, unsigned jobs)
{
    Worker *worker[PIPELINE_JOBS_MAX];
    unsigned count = 0;
    pthread_mutex_lock(&state->lock);
    for (; count < jobs; count++) {
        worker[count] = worker_new(state, true);
        if (pthread_create(&worker[count]->thread, NULL, work, worker[count]) != 0) {
            worker_free(worker[count]);
            break;
        }
        state->workers++;
    }
    bool all_left = take_all(state, worker, count);
    pthread_mutex_unlock(&state->lock);
    if (!all_left) return false;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(worker[i]->thread, NULL);
        worker_free(worker[i]);
    }
    return true;
}

static unsigned processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return (unsigned)MAX(1, CPU_COUNT(&set));
    return (unsigned)MAX(1, sysconf(_SC_NPROCESSORS_ONLN));
}

static State *state_new(const Pipeline *pipeline, PipelineCounts *counts)
{
    State *state = calloc(1, sizeof *state);
    if (!state) abort();
    state->pipeline = pipeline;
    state->counts = counts;
    pthread_mutex_init(&state->feed_lock, NULL);
    pthread_mutex_init(&state->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&state->made, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&state->taken, NULL);
    return state;
}

static void state_free(State *state)
{
    feed_close(state->feed);
    for (Piece *next, *piece = state->spare; piece; piece = next) {
        next = piece->next;
        piece_free(piece);
    }
    pthread_cond_destroy(&state->taken);
    pthread_cond_destroy(&state->made);
    pthread_mutex_destroy(&state->lock);
    pthread_mutex_destroy(&state->feed_lock);
    free(state);
}

static Feed *open_feed(const Pipeline *pipeline, Err *err)
{
    static const char *const STANDARD_INPUT[] = { "-" };
    static const ImportOptions NOTHING_SAID = { 0 };
    const ImportOptions *options = pipeline->import ? pipeline->import : &NOTHING_SAID;
    if (pipeline->path_count == 0) return feed_open(STANDARD_INPUT, 1, pipeline->force, options, err);
    return feed_open(pipeline->paths, pipeline->path_count, pipeline->force, options, err);
}

bool pipeline_run(const Pipeline *pipeline, PipelineCounts *counts, Err *err)
{
    *counts = (PipelineCounts){ 0 };
    State *state = state_new(pipeline, counts);
    state->feed = open_feed(pipeline, err);
    if (!state->feed) {
        state_free(state);
        return false;
    }
    interrupt_catch();
    progress_start(&state->progress, !pipeline->quiet && !(pipeline->render && isatty(STDOUT_FILENO)));
    unsigned jobs = MIN(pipeline->jobs ? pipeline->jobs : processors(), (unsigned)PIPELINE_JOBS_MAX);
    state->job_max = (size_t)jobs * JOBS_AHEAD;
    bool whole = true;
    if (jobs > 1) whole = work_together(state, jobs);
    if (whole && !state->fed && !state->stopped) { /* one job, or no thread could be had */
        Worker *worker = worker_new(state, false);
        work_alone(worker);
        worker_free(worker);
    }
    progress_clear(&state->progress);
    counts->interrupted = interrupt_signal() != 0;
    bool failed = state->failed;
    if (failed) *err = state->end;
    if (whole) state_free(state);
    return !failed;
}
