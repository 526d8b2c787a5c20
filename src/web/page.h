/* page.h -- what the server's pages share: the store to read from, the head, errors in words.
 *
 * A page is a function of a request that fills a reply.  Reading connections
 * are lent: page_store takes one that is free, page_store_back gives it back.
 */
#ifndef GOODWILL_WEB_PAGE_H
#define GOODWILL_WEB_PAGE_H

#include "store/store.h"
#include "web/http.h"
#include "web/templates.h"

typedef struct Pages Pages;

Pages *pages_open(const char *db, const Hearer *hearer); /* `hearer` outlives it */
const Hearer *page_hearer(const Pages *pages);
void pages_close(Pages *pages); /* NULL is fine; nothing may be lent */

Store *page_store(Pages *pages, Err *err) MUST_USE;
void page_store_back(Pages *pages, Store *store);

PageHeadView page_head(Str title);
void page_error(HttpReply *reply, unsigned status, Str title, Str text);
void page_failed(HttpReply *reply, const Err *err); /* 500, with what and where */

/* Each fills the reply. */
void page_list(Pages *pages, const HttpRequest *request, HttpReply *reply);
void page_conversation(Pages *pages, const HttpRequest *request, HttpReply *reply, Str id);
void page_asset(const HttpRequest *request, HttpReply *reply, Str name);

#endif
