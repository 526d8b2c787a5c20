/* upload.c -- the spool file, the queue and the thread that writes. */
#include "web/upload.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "import/feed.h"

enum {
    WRITER_WAITS = 60,     /* for an import in a terminal to finish: so often … */
    WRITER_WAIT_MS = 1000, /* … that long */
    NAME_BYTES_MAX = 120,
};

struct Uploads {
    char *db;
    const Hearer *hearer;
    RedactLevel redact;
    pthread_t thread;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t changed;
    Upload *first, *last;
    size_t waiting;
    atomic_bool closing; /* also looked at without the lock, between conversations */
};

/* ---- the spool file ---- */

/* What is behind the last slash, without control characters, so that it can name a file. */
static Str safe_name(Str name, Arena *arena)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.data[i - 1] == '/' || name.data[i - 1] == '\\') {
            name = str_from_byte(name, i);
            break;
        }
    name = utf8_repair(arena, name);
    size_t end = MIN(name.len, (size_t)NAME_BYTES_MAX);
    while (end < name.len && end > 0 && ((uint8_t)name.data[end] & 0xC0) == 0x80) end--;
    Str ret = arena_str(arena, str_sub(name, 0, end));
    char *data = (char *)(uintptr_t)ret.data; /* our own copy */
    for (size_t i = 0; i < ret.len; i++)
        if ((uint8_t)data[i] < ' ' || data[i] == 127) data[i] = '_';
    if (ret.len == 0 || ret.data[0] == '.') return arena_printf(arena, "upload%.*s", STR_ARG(ret));
    return ret;
}

Upload *upload_begin(Str name, Err *err)
{
    Upload *upload = calloc(1, sizeof *upload);
    if (!upload) abort();
    upload->fd = -1;
    upload->name = safe_name(name, &upload->arena);
    const char *temporary = getenv("TMPDIR");
    if (!temporary || strlen(temporary) > 200) temporary = "/tmp";
    snprintf(upload->folder, sizeof upload->folder, "%s/goodwill-upload-XXXXXX", temporary);
    if (!mkdtemp(upload->folder)) {
        err_system(err, "cannot make a folder in", temporary);
        upload->folder[0] = '\0';
        upload_free(upload);
        return NULL;
    }
    snprintf(upload->path, sizeof upload->path, "%s/%.*s", upload->folder, STR_ARG(upload->name));
    upload->fd = open(upload->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (upload->fd >= 0) return upload;
    err_system(err, "cannot write", upload->path);
    upload_free(upload);
    return NULL;
}

bool upload_add(Upload *upload, Str bytes)
{
    if (upload->failed) return false;
    upload->bytes += bytes.len;
    if (upload->bytes > UPLOAD_BYTES_MAX)
        upload->failed = !err_set(&upload->err, ERR_LIMIT, "%.*s: is longer than %llu MB", STR_ARG(upload->name),
                                  UPLOAD_BYTES_MAX >> 20);
    else
        upload->failed = !file_write_all(upload->fd, bytes, upload->path, &upload->err);
    return !upload->failed;
}

void upload_free(Upload *upload)
{
    if (!upload) return;
    if (upload->fd >= 0) close(upload->fd);
    if (upload->path[0]) unlink(upload->path);
    if (upload->folder[0]) rmdir(upload->folder);
    arena_clear(&upload->arena);
    free(upload);
}

/* ---- reading it into the store ---- */

typedef struct ReadingIn {
    ImportSink sink; /* first: the sink is this */
    const Uploads *uploads;
    Upload *upload;
    Hearing *hearing;
    Arena scratch, heard;
    Err err; /* why the sink stopped */
} ReadingIn;

static bool keep_reject(ImportSink *sink, const Reject *reject)
{
    ReadingIn *in = (ReadingIn *)sink;
    Upload *upload = in->upload;
    if (!reject->warning) upload->skipped++;
    if (upload->reject_count == UPLOAD_REJECTS_SHOWN_MAX) return true;
    Arena *arena = &upload->arena;
    UploadReject *kept = ARENA_PUSH(arena, upload->reject, upload->reject_count, upload->reject_capacity);
    *kept = (UploadReject){ .line = reject->line,
                            .offset = reject->offset,
                            .warning = reject->warning,
                            .file = arena_str(arena, reject->file),
                            .reason = arena_str(arena, reject->reason) };
    return true;
}

/* The sender's name for what lies in the spool folder. */
static Str without_folder(const Upload *upload, Str file)
{
    Str folder = str_from(upload->folder);
    return str_starts(file, folder) ? str_from_byte(file, folder.len + 1) : file;
}

static bool keep_conversation(ImportSink *sink, Conversation *c)
{
    ReadingIn *in = (ReadingIn *)sink;
    Marks marks = { 0 };
    Reading reading = { 0 };
    Saved saved;
    if (in->uploads->closing) {
        err_set(&in->err, ERR_SYSTEM, "goodwill was ended");
        return err_hint(&in->err, "What was read until then is stored. Add the file again for the rest.");
    }
    arena_reset(&in->heard);
    c->file = without_folder(in->upload, c->file);
    redact_conversation(c, in->uploads->redact, &in->heard, NULL);
    hear_run(in->hearing, c, &in->heard, &marks, &reading);
    if (!load_save(&in->upload->load, c, marks, &reading, &saved, &in->err)) return false;
    if (saved != SAVED_DIFFERS) return true;
    Reject differs = { .file = c->file, .line = c->line, .offset = UINT64_MAX, .warning = true };
    differs.reason = arena_printf(
        &in->heard, "conversation %.*s has other words than the one stored; the stored one stays", STR_ARG(c->id));
    return keep_reject(sink, &differs);
}

/* What a reader says of a whole file, "PATH: reason", without the spool folder and with its place apart. */
static void keep_error(ReadingIn *in, Str file, const Err *err)
{
    Arena *arena = &in->upload->arena;
    Str folder = str_from(in->upload->folder), text = arena_str(arena, str_from(err->text));
    size_t at = str_find(text, folder);
    if (at != STR_NOT_FOUND)
        text = arena_printf(arena, "%.*s%.*s", STR_ARG(str_sub(text, 0, at)),
                            STR_ARG(str_from_byte(text, at + folder.len + 1)));
    size_t end = at == 0 ? str_find(text, STR(": ")) : STR_NOT_FOUND;
    Reject told = { .file = file, .offset = UINT64_MAX, .reason = text };
    if (end != STR_NOT_FOUND) {
        told.file = str_sub(text, 0, end);
        told.reason = str_from_byte(text, end + 2);
    }
    keep_reject(&in->sink, &told);
}

/* False: it cannot go on; `in->err` says why. */
static bool read_blocks(ReadingIn *in, Feed *feed)
{
    for (;;) {
        FeedBlock block;
        Err err = { 0 };
        if (!feed_next(feed, &block, &err)) {
            if (err.kind == ERR_NONE) return true;
            keep_error(in, in->upload->name, &err);
            continue;
        }
        bool good = block.format->read(&block.block, &in->sink, &in->scratch, &err);
        if (!good && in->err.kind == ERR_NONE && err.kind != ERR_NONE) keep_error(in, block.block.file, &err);
        feed_done(&block);
        arena_reset(&in->scratch);
        if (in->err.kind != ERR_NONE) return false;
    }
}

static bool read_in(ReadingIn *in)
{
    static const ImportOptions no_options = { 0 };
    const char *path = in->upload->path;
    Feed *feed = feed_open(&path, 1, NULL, &no_options, &in->err);
    if (!feed) return false;
    bool good = read_blocks(in, feed);
    feed_close(feed);
    return good;
}

static int64_t clock_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In slices, so that ending the server need not wait for another's import. */
static Store *open_in_turn(const Uploads *uploads, Err *err)
{
    Store *store = NULL;
    for (int i = 0; i < WRITER_WAITS && !store && !uploads->closing; i++)
        store = store_open_writer(uploads->db, WRITER_WAIT_MS, err);
    if (!store && err->kind == ERR_NONE) err_set(err, ERR_SYSTEM, "goodwill was ended");
    return store;
}

static void load_upload(const Uploads *uploads, Upload *upload)
{
    Load *load = &upload->load;
    *load = (Load){ .hearer = uploads->hearer, .now = clock_now_ms() };
    load->store = open_in_turn(uploads, &upload->err);
    if (!load->store) {
        upload->failed = true;
        return;
    }
    ReadingIn in = { .sink = { keep_conversation, keep_reject }, .uploads = uploads, .upload = upload };
    in.hearing = hearing_new(uploads->hearer);
    bool good = read_in(&in);
    if (!load_end(load, good ? &in.err : &(Err){ 0 })) good = false;
    if (!good) {
        upload->failed = true;
        upload->err = in.err;
    }
    hearing_free(in.hearing);
    arena_clear(&in.scratch);
    arena_clear(&in.heard);
    store_close(load->store);
    load->store = NULL;
    /* The spool's folder means nothing to the sender. */
    for (size_t i = 0; i < upload->reject_count; i++)
        upload->reject[i].file = without_folder(upload, upload->reject[i].file);
}

/* ---- the queue and its thread ---- */

static Upload *next_upload(Uploads *uploads)
{
    pthread_mutex_lock(&uploads->lock);
    while (!uploads->first && !uploads->closing) pthread_cond_wait(&uploads->changed, &uploads->lock);
    Upload *upload = uploads->first;
    if (upload) {
        uploads->first = upload->next;
        if (!uploads->first) uploads->last = NULL;
    }
    pthread_mutex_unlock(&uploads->lock);
    return upload;
}

static void *write_uploads(void *context)
{
    Uploads *uploads = context;
    for (Upload *upload; (upload = next_upload(uploads)) != NULL;) {
        load_upload(uploads, upload);
        pthread_mutex_lock(&uploads->lock);
        uploads->waiting--;
        pthread_mutex_unlock(&uploads->lock);
        upload->woken(upload->context); /* the last that we touch of it */
    }
    return NULL;
}

Uploads *uploads_open(const char *db, const Hearer *hearer, RedactLevel redact, Err *err)
{
    Uploads *uploads = calloc(1, sizeof *uploads);
    if (!uploads || !(uploads->db = strdup(db))) abort();
    uploads->hearer = hearer;
    uploads->redact = redact;
    pthread_mutex_init(&uploads->lock, NULL);
    pthread_cond_init(&uploads->changed, NULL);
    int status = pthread_create(&uploads->thread, NULL, write_uploads, uploads);
    if (status == 0) return uploads;
    err_set(err, ERR_SYSTEM, "cannot start a thread: %s", strerror(status));
    free(uploads->db);
    free(uploads);
    return NULL;
}

void uploads_close(Uploads *uploads)
{
    if (!uploads) return;
    pthread_mutex_lock(&uploads->lock);
    uploads->closing = true;
    pthread_cond_signal(&uploads->changed);
    pthread_mutex_unlock(&uploads->lock);
    pthread_join(uploads->thread, NULL);
    pthread_cond_destroy(&uploads->changed);
    pthread_mutex_destroy(&uploads->lock);
    free(uploads->db);
    free(uploads);
}

bool uploads_full(Uploads *uploads)
{
    pthread_mutex_lock(&uploads->lock);
    bool full = uploads->waiting >= UPLOAD_WAITING_MAX || uploads->closing;
    pthread_mutex_unlock(&uploads->lock);
    return full;
}

bool upload_hand_over(Uploads *uploads, Upload *upload, void (*woken)(void *context), void *context)
{
    upload->woken = woken;
    upload->context = context;
    upload->next = NULL;
    close(upload->fd);
    upload->fd = -1;
    pthread_mutex_lock(&uploads->lock);
    bool taken = uploads->waiting < UPLOAD_WAITING_MAX && !uploads->closing;
    if (taken) {
        uploads->waiting++;
        if (uploads->last)
            uploads->last->next = upload;
        else
            uploads->first = upload;
        uploads->last = upload;
        pthread_cond_signal(&uploads->changed);
    }
    pthread_mutex_unlock(&uploads->lock);
    return taken;
}
