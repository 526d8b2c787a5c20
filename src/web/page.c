/* page.c -- lent reading connections, and pages that say what went wrong. */
#include "web/page.h"

#include <pthread.h>
#include <stdlib.h>

#include "web/asset.h"

enum { STORES_KEPT = 4 }; /* as many as requests run at once, and some */

struct Pages {
    char *db;
    const Hearer *hearer;
    pthread_mutex_t lock;
    Store *kept[STORES_KEPT];
    size_t count;
};

Pages *pages_open(const char *db, const Hearer *hearer)
{
    Pages *pages = calloc(1, sizeof *pages);
    if (!pages || !(pages->db = strdup(db))) abort();
    pages->hearer = hearer;
    pthread_mutex_init(&pages->lock, NULL);
    return pages;
}

const Hearer *page_hearer(const Pages *pages) { return pages->hearer; }

void pages_close(Pages *pages)
{
    if (!pages) return;
    for (size_t i = 0; i < pages->count; i++) store_close(pages->kept[i]);
    pthread_mutex_destroy(&pages->lock);
    free(pages->db);
    free(pages);
}

Store *page_store(Pages *pages, Err *err)
{
    pthread_mutex_lock(&pages->lock);
    Store *store = pages->count ? pages->kept[--pages->count] : NULL;
    pthread_mutex_unlock(&pages->lock);
    return store ? store : store_open_reader(pages->db, err);
}

void page_store_back(Pages *pages, Store *store)
{
    pthread_mutex_lock(&pages->lock);
    bool kept = pages->count < STORES_KEPT;
    if (kept) pages->kept[pages->count++] = store;
    pthread_mutex_unlock(&pages->lock);
    if (!kept) store_close(store);
}

PageHeadView page_head(Str title) { return (PageHeadView){ .title = title, .version = asset_version() }; }

void page_error(HttpReply *reply, unsigned status, Str title, Str text)
{
    PageErrorView view = { .head = page_head(title), .status = status, .title = title, .text = text };
    reply->status = status;
    page_error_html(&reply->body, &view);
}

void page_failed(HttpReply *reply, const Err *err)
{
    Buf text = { 0 };
    buf_add(&text, str_from(err->text));
    buf_lit(&text, ". ");
    buf_add(&text, str_from(err->hint));
    page_error(reply, 500, STR("This page could not be made"), buf_str(&text));
    buf_clear(&text);
}
