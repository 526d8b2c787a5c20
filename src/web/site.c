/* site.c -- which request goes to which page, and uploads on their way. */
#include "web/site.h"

#include <stdlib.h>

#include "web/http.h"
#include "web/page.h"
#include "web/upload.h"

struct SiteServer {
    char *db;
    Pages *pages;
    Uploads *uploads;
    Http *http;
};

/* ---- errors in words ---- */

static void not_found(HttpReply *reply)
{
    page_error(reply, 404, STR("There is no such page"), STR("The address may be mistyped."));
}

static void not_allowed(HttpReply *reply, const char *allow)
{
    reply->allow = allow;
    page_error(reply, 405, STR("This page cannot do that"), STR("It is there to be read."));
}

static void too_large(HttpReply *reply)
{
    page_error(reply, 413, STR("This file is too long to be dropped here"),
               STR("Files of up to 2 GB can be added on this page; longer ones with goodwill import in a terminal."));
}

static void busy(HttpReply *reply)
{
    reply->retry_after = "10";
    page_error(reply, 503, STR("Too many files are waiting to be read"), STR("Try again in a little while."));
}

static void refuse(void *context, unsigned status, Str why, HttpReply *reply)
{
    (void)context;
    page_error(reply, status, status == 403 ? STR("This request is not answered") : STR("This request cannot be read"),
               why);
}

/* ---- uploads ---- */

static HttpStep begin_upload(SiteServer *site, HttpRequest *request, HttpReply *reply)
{
    Err err = { 0 };
    if (request->length != HTTP_LENGTH_UNKNOWN && request->length > UPLOAD_BYTES_MAX) {
        too_large(reply);
        return HTTP_ANSWERED;
    }
    if (uploads_full(site->uploads)) {
        busy(reply);
        return HTTP_ANSWERED;
    }
    request->own = upload_begin(http_query(request, "name"), &err);
    if (request->own) return HTTP_BODY;
    page_failed(reply, &err);
    return HTTP_ANSWERED;
}

static void wake(void *context) { http_resume(context); }

static Str place_of(const UploadReject *r, Arena *arena)
{
    if (r->line) return arena_printf(arena, "%.*s line %llu:", STR_ARG(r->file), (unsigned long long)r->line);
    if (r->offset != UINT64_MAX)
        return arena_printf(arena, "%.*s byte %llu:", STR_ARG(r->file), (unsigned long long)r->offset);
    return arena_printf(arena, "%.*s:", STR_ARG(r->file));
}

static void show_result(const Upload *upload, const HttpRequest *request, HttpReply *reply)
{
    const uint64_t *stored = upload->load.stored;
    UploadResultReject *reject = ARENA_NEW(request->arena, UploadResultReject, upload->reject_count);
    size_t warnings = 0;
    for (size_t i = 0; i < upload->reject_count; i++) {
        const UploadReject *r = &upload->reject[i];
        reject[i] = (UploadResultReject){ place_of(r, request->arena), r->reason, r->warning };
        warnings += r->warning;
    }
    uint64_t total = load_count(&upload->load), shown = upload->reject_count - warnings;
    UploadResultView view = {
        .name = upload->name,
        .failed = upload->failed ? str_from(upload->err.text) : (Str){ 0 },
        .hint = upload->failed ? str_from(upload->err.hint) : (Str){ 0 },
        .total = (int64_t)total,
        .fresh = (int64_t)stored[SAVED_NEW],
        .grown = (int64_t)stored[SAVED_GROWN],
        .unchanged = (int64_t)stored[SAVED_UNCHANGED],
        .reread = (int64_t)stored[SAVED_REREAD],
        .differs = (int64_t)stored[SAVED_DIFFERS],
        .skipped = (int64_t)upload->skipped,
        .one = total == 1,
        .rejects = { reject, upload->reject_count },
        .more = upload->skipped > shown ? (int64_t)(upload->skipped - shown) : 0,
    };
    upload_result_html(&reply->body, &view);
    reply->status = !upload->failed ? 200 : upload->err.kind == ERR_LIMIT ? 413 : 422;
}

/* Called when the file has come whole, and again when it has been read. */
static HttpStep end_upload(SiteServer *site, HttpRequest *request, HttpReply *reply)
{
    Upload *upload = request->own;
    bool was_read = upload->woken != NULL;
    if (!upload->failed && !was_read) {
        http_wait(request);
        if (!upload_hand_over(site->uploads, upload, wake, request)) {
            upload->failed = !err_set(&upload->err, ERR_SYSTEM, "too many files are waiting to be read");
            http_resume(request); /* to this function, which then says so */
        }
        return HTTP_LATER;
    }
    show_result(upload, request, reply);
    return HTTP_ANSWERED;
}

/* ---- the table of pages ---- */

static void show_page(SiteServer *site, HttpRequest *request, HttpReply *reply)
{
    Str path = request->path, conversation = STR("/conversation/"), assets = STR("/assets/");
    if (str_equal(path, STR("/")))
        page_list(site->pages, request, reply);
    else if (str_starts(path, conversation))
        page_conversation(site->pages, request, reply, str_from_byte(path, conversation.len));
    else if (str_starts(path, assets))
        page_asset(request, reply, str_from_byte(path, assets.len));
    else if (str_equal(path, STR("/upload")))
        not_allowed(reply, "POST");
    else
        not_found(reply);
}

static HttpStep begin(void *context, HttpRequest *request, HttpReply *reply)
{
    SiteServer *site = context;
    bool uploads = str_equal(request->path, STR("/upload"));
    if (str_equal(request->method, STR("GET")) || str_equal(request->method, STR("HEAD"))) {
        show_page(site, request, reply);
        return HTTP_ANSWERED;
    }
    if (uploads && str_equal(request->method, STR("POST"))) return begin_upload(site, request, reply);
    not_allowed(reply, uploads ? "POST" : "GET, HEAD");
    return HTTP_ANSWERED;
}

/* A file that cannot be taken is read to its end all the same, so that the sender gets to hear why, but no longer than
 * any file may be. */
static bool take_body(void *context, HttpRequest *request, Str bytes)
{
    (void)context;
    Upload *upload = request->own;
    if (upload_add(upload, bytes)) return true;
    return upload->err.kind != ERR_LIMIT;
}

static HttpStep end(void *context, HttpRequest *request, HttpReply *reply)
{
    return end_upload(context, request, reply);
}

static void done(void *context, HttpRequest *request)
{
    (void)context;
    upload_free(request->own);
    request->own = NULL;
}

/* ---- opening and closing ---- */

/* Makes the store when there is none, brings its schema up to date, and writes its log back. */
static bool touch_store(const char *db, int wait_ms, Err *err)
{
    Store *store = store_open_writer(db, wait_ms, err);
    store_close(store);
    return store != NULL;
}

SiteServer *site_open(const SiteOptions *options, Err *err)
{
    enum { OPEN_WAIT_MS = 5000 };
    if (!touch_store(options->db, OPEN_WAIT_MS, err)) return NULL;
    SiteServer *site = calloc(1, sizeof *site);
    if (!site || !(site->db = strdup(options->db))) abort();
    const Site functions = { begin, take_body, end, done, refuse, site };
    site->pages = pages_open(options->db, options->hearer);
    site->uploads = uploads_open(options->db, options->hearer, options->redact, err);
    if (site->uploads) site->http = http_open(&functions, options->address, options->port, err);
    if (site->http) return site;
    site_close(site);
    return NULL;
}

unsigned site_port(const SiteServer *site) { return http_port(site->http); }

void site_close(SiteServer *site)
{
    enum { CLOSE_WAIT_MS = 1000 };
    Err ignored;
    if (!site) return;
    if (site->http) http_quiet(site->http);
    uploads_close(site->uploads); /* what waits ends, and its requests are woken to say so */
    http_close(site->http);
    pages_close(site->pages);
    (void)!touch_store(site->db, CLOSE_WAIT_MS, &ignored); /* another may be writing: then it writes the log back */
    free(site->db);
    free(site);
}
