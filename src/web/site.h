/* site.h -- the pages of `goodwill serve`.
 *
 * In: a store's path and a Hearer for what is uploaded.  Out: a server on a
 * loopback address until it is closed.  Pages read through connections of their
 * own that can only read; one thread writes (upload.h).
 */
#ifndef GOODWILL_WEB_SITE_H
#define GOODWILL_WEB_SITE_H

#include "hear/hear.h"
#include "redact/redact.h"

typedef struct SiteServer SiteServer;

typedef struct SiteOptions {
    const char *db;       /* made when there is none */
    const char *address;  /* "127.0.0.1" or "::1" */
    unsigned port;        /* 0: any free one */
    const Hearer *hearer; /* outlives the server */
    RedactLevel redact;
} SiteOptions;

SiteServer *site_open(const SiteOptions *options, Err *err) MUST_USE;
unsigned site_port(const SiteServer *site);
void site_close(
    SiteServer *site); /* ends uploads after a whole conversation, then writes the store's log back; NULL is fine */

#endif
