/* http.h -- HTTP/1.1 for one computer: requests checked, handed on, answered.
 *
 * In: connections to a loopback address.  Out: calls of a Site's functions.
 * libmicrohttpd is behind this header and nowhere else.
 *
 * What no page ever sees: a request whose framing can be read in two ways (two
 * lengths, a length with chunks, a coding other than chunked, a blank in a
 * header's name, no or several Hosts, a body where none belongs) gets 400 and
 * the connection is closed.  A Host that is not this computer's own name gets
 * 403 (so that no foreign name can be pointed at us), and so does a changing
 * request that another site's page sent.
 *
 * Every answer carries the security headers.  Two threads serve; a Site's
 * functions run on either, several at a time, and must not block for long: what
 * takes longer sleeps (http_wait), answers HTTP_LATER and is woken by http_resume.
 */
#ifndef GOODWILL_WEB_HTTP_H
#define GOODWILL_WEB_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

typedef struct Http Http;

typedef struct HttpRequest {
    Str method, path; /* path decoded; the query apart: http_query */
    uint64_t length;  /* of the body when it was told, else HTTP_LENGTH_UNKNOWN; 0: none */
    Arena *arena;     /* lives until the answer is sent */
    void *own;        /* the Site's, NULL at first */
    void *internal;
} HttpRequest;

#define HTTP_LENGTH_UNKNOWN UINT64_MAX

typedef struct HttpReply {
    unsigned status;  /* 200 when left 0 */
    Buf body;         /* goes over to the server */
    Str fixed;        /* instead of body: bytes that live as long as the program */
    const char *type; /* "text/html; charset=utf-8" when left NULL */
    const char *encoding, *etag, *cache, *allow, *location,
        *retry_after; /* NULL: no such header; else live as the arena */
} HttpReply;

typedef enum HttpStep {
    HTTP_ANSWERED, /* *reply is filled */
    HTTP_BODY,     /* from `begin` only: the body is wanted */
    HTTP_LATER,    /* from `end` only: called again after http_resume */
} HttpStep;

typedef struct Site {
    HttpStep (*begin)(void *context, HttpRequest *request, HttpReply *reply); /* the head has been read */
    bool (*body)(void *context, HttpRequest *request, Str bytes); /* a part of it; false closes the connection */
    HttpStep (*end)(void *context, HttpRequest *request, HttpReply *reply); /* the body has been read */
    void (*done)(void *context, HttpRequest *request);                      /* answered or broken off */
    void (*refuse)(void *context, unsigned status, Str why,
                   HttpReply *reply); /* fills a page for 400, 403 of our own */
    void *context;
} Site;

/* address: "127.0.0.1" or "::1"; port 0: any free one. */
Http *http_open(const Site *site, const char *address, unsigned port, Err *err) MUST_USE;
unsigned http_port(const Http *http);
void http_quiet(Http *http); /* no new connections from now on */
void http_close(Http *http); /* ends the open ones; nothing may be waiting for http_resume any more */

Str http_query(const HttpRequest *request, const char *name); /* decoded; empty when it is not there */
Str http_header(const HttpRequest *request, const char *name);
/* Before `end` gives the work to another thread and answers HTTP_LATER: the request sleeps until that one resumes it.
 */
void http_wait(HttpRequest *request);
void http_resume(HttpRequest *request); /* from any thread */

#endif
