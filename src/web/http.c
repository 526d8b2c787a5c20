/* http.c -- libmicrohttpd with the checks it does not make itself. */
#include "web/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    THREADS = 2,
    /* A connection that says nothing is closed.  That also ends those whose last bytes and end came in one breath: the
     * library, woken once for both, does not see the end. */
    IDLE_S = 30,
    CONNECTIONS_MAX = 1000,
    CONNECTION_BYTES = 32 << 10, /* of head and buffers: a longer head is answered with 431 */
    BACKLOG = 128,
};

struct Http {
    Site site;
    struct MHD_Daemon *daemon;
    unsigned port;
    int quiet_socket; /* given back by http_quiet, else -1 */
};

/* One request from its first byte to its last. */
typedef struct Exchange {
    HttpRequest request;
    Http *http;
    struct MHD_Connection *connection;
    Arena arena;
    bool wants_body;
} Exchange;

/* ---- the head: can it be read in one way only? ---- */

typedef struct Head {
    unsigned hosts, lengths, codings;
    bool bad_name, bad_coding, no_body;
    Str host, length;
} Head;

/* RFC 9110, 5.6.2: what a header's name is made of. */
static bool is_token(Str s)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < s.len; i++)
        if (!ascii_alnum(s.data[i]) && (s.data[i] == '\0' || !strchr(others, s.data[i]))) return false;
    return s.len > 0;
}

static enum MHD_Result look_at_header(void *context, enum MHD_ValueKind kind, const char *key, size_t key_size,
                                      const char *value, size_t value_size)
{
    (void)kind;
    Head *head = context;
    Str name = str_make(key, key_size), text = str_make(value ? value : "", value_size);
    if (!is_token(name)) head->bad_name = true;
    if (str_equal_nocase(name, STR("host"))) {
        head->hosts++;
        head->host = text;
    } else if (str_equal_nocase(name, STR("content-length"))) {
        head->lengths++;
        head->length = text;
    } else if (str_equal_nocase(name, STR("transfer-encoding"))) {
        head->codings++;
        head->bad_coding |= !str_equal_nocase(text, STR("chunked"));
    }
    return MHD_YES;
}

/* NULL, or what is wrong with the head. */
static const char *framing_fault(const Head *head, bool may_have_body)
{
    int64_t length = 0;
    if (head->bad_name) return "a header has a name that cannot be";
    if (head->hosts != 1) return "a request has one Host header";
    if (head->lengths > 1 || head->codings > 1 || (head->lengths && head->codings))
        return "the length of the body is told more than once";
    if (head->bad_coding) return "the body has a coding that is not read here";
    if (head->lengths && (!str_to_i64(head->length, &length) || length < 0 || !ascii_digit(head->length.data[0])))
        return "the length of the body is not a number";
    if (!may_have_body && (length > 0 || head->codings)) return "this request has no body";
    return NULL;
}

/* The name in a Host header, without its port. */
static Str host_name(Str host)
{
    if (host.len && host.data[0] == '[') {
        size_t end = str_find_char(host, ']');
        return end == STR_NOT_FOUND ? host : str_sub(host, 0, end + 1);
    }
    size_t colon = str_find_char(host, ':');
    return str_sub(host, 0, colon == STR_NOT_FOUND ? host.len : colon);
}

static bool is_own_name(Str host)
{
    Str name = host_name(host), port = str_from_byte(host, name.len);
    for (size_t i = 0; i < port.len; i++)
        if (i == 0 ? port.data[i] != ':' : !ascii_digit(port.data[i])) return false;
    return str_equal_nocase(name, STR("localhost")) || str_equal(name, STR("127.0.0.1")) ||
           str_equal(name, STR("[::1]"));
}

/* Browsers say where a request comes from: Sec-Fetch-Site, older ones Origin.  Other programs say nothing. */
static bool from_elsewhere(const HttpRequest *request, Str host)
{
    Str site = http_header(request, "Sec-Fetch-Site"), origin = http_header(request, "Origin");
    if (site.len) return !str_equal(site, STR("same-origin")) && !str_equal(site, STR("none"));
    if (!origin.len) return false;
    return !str_starts(origin, STR("http://")) || !str_equal_nocase(str_from_byte(origin, 7), host);
}

static bool is_reading(Str method) { return str_equal(method, STR("GET")) || str_equal(method, STR("HEAD")); }

/* ---- answers ---- */

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    if (value) MHD_add_response_header(response, name, value);
}

static void add_headers(struct MHD_Response *response, const HttpReply *reply, bool last)
{
    add(response, "Content-Type", reply->type ? reply->type : "text/html; charset=utf-8");
    add(response, "Content-Encoding", reply->encoding);
    add(response, "ETag", reply->etag);
    add(response, "Cache-Control", reply->cache ? reply->cache : "no-store");
    add(response, "Allow", reply->allow);
    add(response, "Location", reply->location);
    add(response, "Retry-After", reply->retry_after);
    add(response, "Vary", reply->etag ? "Accept-Encoding" : NULL);
    /* The style sheet's own pictures are data: addresses. */
    add(response, "Content-Security-Policy",
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'");
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "X-Frame-Options", "DENY");
    add(response, "Referrer-Policy", "no-referrer");
    add(response, "Cross-Origin-Opener-Policy", "same-origin");
    add(response, "Cross-Origin-Resource-Policy", "same-origin");
    if (last) add(response, "Connection", "close");
}

static enum MHD_Result send_reply(struct MHD_Connection *connection, HttpReply *reply, bool last)
{
    struct MHD_Response *response =
        reply->fixed.data ? MHD_create_response_from_buffer(reply->fixed.len, (void *)(uintptr_t)reply->fixed.data,
                                                            MHD_RESPMEM_PERSISTENT)
                          : MHD_create_response_from_buffer(reply->body.len, reply->body.data, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        buf_clear(&reply->body);
        return MHD_NO;
    }
    if (reply->fixed.data) buf_clear(&reply->body);
    add_headers(response, reply, last);
    enum MHD_Result queued = MHD_queue_response(connection, reply->status ? reply->status : 200, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result refuse(Exchange *e, unsigned status, const char *why)
{
    HttpReply reply = { 0 };
    e->http->site.refuse(e->http->site.context, status, str_from(why), &reply);
    reply.status = status;
    return send_reply(e->connection, &reply, true);
}

/* ---- a request's way ---- */

static enum MHD_Result begin(Exchange *e)
{
    HttpRequest *request = &e->request;
    const Site *site = &e->http->site;
    Head head = { 0 };
    MHD_get_connection_values_n(e->connection, MHD_HEADER_KIND, look_at_header, &head);
    bool reading = is_reading(request->method);
    const char *fault = framing_fault(&head, !reading);
    if (fault) return refuse(e, 400, fault);
    if (!is_own_name(head.host)) return refuse(e, 403, "this server answers to localhost and 127.0.0.1 only");
    if (!reading && from_elsewhere(request, head.host)) return refuse(e, 403, "another site's page sent this");
    int64_t length = 0;
    if (head.lengths && !str_to_i64(head.length, &length)) return MHD_NO; /* it was a number above */
    request->length = head.codings ? HTTP_LENGTH_UNKNOWN : (uint64_t)length;

    if (reading) return MHD_YES; /* answered on the next call: an answer to the first one ends the connection */

    HttpReply reply = { 0 };
    if (site->begin(site->context, request, &reply) == HTTP_ANSWERED) return send_reply(e->connection, &reply, true);
    buf_clear(&reply.body);
    e->wants_body = true;
    return MHD_YES;
}

static enum MHD_Result end(Exchange *e)
{
    const Site *site = &e->http->site;
    HttpReply reply = { 0 };
    HttpStep step =
        e->wants_body ? site->end(site->context, &e->request, &reply) : site->begin(site->context, &e->request, &reply);
    if (step == HTTP_LATER) return MHD_YES;
    return send_reply(e->connection, &reply, false);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *data_size, void **own)
{
    (void)version;
    Exchange *e = *own;
    if (!e) {
        e = calloc(1, sizeof *e);
        if (!e) return MHD_NO;
        *own = e;
        e->http = context;
        e->connection = connection;
        e->request =
            (HttpRequest){ .method = str_from(method), .path = str_from(url), .arena = &e->arena, .internal = e };
        return begin(e);
    }
    if (*data_size) {
        Str bytes = str_make(data, *data_size);
        *data_size = 0;
        const Site *site = &e->http->site;
        return e->wants_body && site->body(site->context, &e->request, bytes) ? MHD_YES : MHD_NO;
    }
    return end(e);
}

static void on_done(void *context, struct MHD_Connection *connection, void **own, enum MHD_RequestTerminationCode how)
{
    (void)connection, (void)how;
    Http *http = context;
    Exchange *e = *own;
    if (!e) return;
    http->site.done(http->site.context, &e->request);
    arena_clear(&e->arena);
    free(e);
    *own = NULL;
}

/* What it would print is in the answers already. */
static void say_nothing(void *context, const char *format, va_list rest) { (void)context, (void)format, (void)rest; }

static int hex_value(char c)
{
    return ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* In place; "%00" stays as it is, since what stands behind a NUL would not be seen. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context, (void)connection;
    char *to = text;
    for (const char *at = text; *at; at++) {
        int high = *at == '%' ? hex_value(at[1]) : -1, low = high >= 0 ? hex_value(at[2]) : -1;
        if (low >= 0 && high * 16 + low > 0) {
            *to++ = (char)(high * 16 + low);
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = 0;
    return (size_t)(to - text);
}

/* ---- opening and closing ---- */

static int listen_at(const char *address, unsigned port, unsigned *ret_port, Err *err)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    bool is_six = inet_pton(AF_INET6, address, &six.sin6_addr) == 1;
    if (!is_six && inet_pton(AF_INET, address, &four.sin_addr) != 1) {
        err_set(err, ERR_USAGE, "%s is not an address", address);
        return -1;
    }
    struct sockaddr *at = is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four;
    socklen_t size = is_six ? sizeof six : sizeof four;
    int fd = socket(at->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 || bind(fd, at, size) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, at, &size) != 0) {
        err_set(err, ERR_SYSTEM, "cannot listen on %s port %u: %s", address, port, strerror(errno));
        if (errno == EADDRINUSE) err_hint(err, "Another program uses this port; name another one with --port.");
        if (fd >= 0) close(fd);
        return -1;
    }
    *ret_port = ntohs(is_six ? six.sin6_port : four.sin_port);
    return fd;
}

Http *http_open(const Site *site, const char *address, unsigned port, Err *err)
{
    unsigned bound;
    int fd = listen_at(address, port, &bound, err);
    if (fd < 0) return NULL;
    Http *http = calloc(1, sizeof *http);
    if (!http) abort();
    http->site = *site;
    http->port = bound;
    http->quiet_socket = -1;
    http->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, http,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_NOTIFY_COMPLETED, on_done, http,
        MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_END);
    if (http->daemon) return http;
    err_set(err, ERR_SYSTEM, "cannot start the web server: %s", strerror(errno));
    close(fd);
    free(http);
    return NULL;
}

unsigned http_port(const Http *http) { return http->port; }

void http_quiet(Http *http)
{
    if (http->quiet_socket < 0) http->quiet_socket = MHD_quiesce_daemon(http->daemon);
}

void http_close(Http *http)
{
    if (!http) return;
    http_quiet(http);
    MHD_stop_daemon(http->daemon);
    if (http->quiet_socket >= 0) close(http->quiet_socket);
    free(http);
}

/* ---- what pages ask ---- */

static Str value_of(const HttpRequest *request, enum MHD_ValueKind kind, const char *name)
{
    const Exchange *e = request->internal;
    const char *value = NULL;
    size_t size = 0;
    if (MHD_lookup_connection_value_n(e->connection, kind, name, strlen(name), &value, &size) != MHD_YES || !value)
        return (Str){ 0 };
    return str_make(value, size);
}

Str http_query(const HttpRequest *request, const char *name) { return value_of(request, MHD_GET_ARGUMENT_KIND, name); }

Str http_header(const HttpRequest *request, const char *name) { return value_of(request, MHD_HEADER_KIND, name); }

void http_wait(HttpRequest *request)
{
    Exchange *e = request->internal;
    MHD_suspend_connection(e->connection);
}

void http_resume(HttpRequest *request)
{
    Exchange *e = request->internal;
    MHD_resume_connection(e->connection);
}
