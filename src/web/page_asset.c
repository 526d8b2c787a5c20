/* page_asset.c -- the browser's files: compressed as they are in the program, kept by the browser until they change. */
#include "web/asset.h"
#include "web/page.h"

static const char *type_of(Str name)
{
    return str_ends(name, STR(".css"))   ? "text/css; charset=utf-8"
           : str_ends(name, STR(".js"))  ? "text/javascript; charset=utf-8"
           : str_ends(name, STR(".svg")) ? "image/svg+xml"
                                         : "text/plain; charset=utf-8";
}

/* "gzip" as one of the words of Accept-Encoding, and not with q=0. */
static bool takes_gzip(Str accept)
{
    Str word;
    while (str_next_part(&accept, ',', &word)) {
        word = str_trim(word);
        if (str_starts_nocase(word, STR("gzip")))
            return str_find_nocase(word, STR("q=0")) == STR_NOT_FOUND ||
                   str_find_nocase(word, STR("q=0.")) != STR_NOT_FOUND;
    }
    return false;
}

void page_asset(const HttpRequest *request, HttpReply *reply, Str name)
{
    Asset asset;
    if (!asset_find(name, &asset)) {
        page_error(reply, 404, STR("There is no such file"), STR("It may be of another version: load the page anew."));
        return;
    }
    bool gzip = takes_gzip(http_header(request, "Accept-Encoding"));
    Str tag = arena_printf(request->arena, gzip ? "\"%s-gz\"" : "\"%s\"", asset.tag);
    reply->type = type_of(name);
    reply->etag = tag.data;
    /* Pages name files with their version; without one they are asked for again each time. */
    reply->cache = http_query(request, "v").len ? "public, max-age=31536000, immutable" : "no-cache";
    if (str_find(http_header(request, "If-None-Match"), tag) != STR_NOT_FOUND) {
        reply->status = 304;
        reply->fixed = STR("");
    } else if (gzip) {
        reply->encoding = "gzip";
        reply->fixed = asset.gzip;
    } else {
        buf_add(&reply->body, asset_text(name, request->arena));
    }
}
