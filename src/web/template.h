/* template.h -- pages are HTML files with holes; the build compiles them to C.
 *
 * In: src/web/<name>.html.  Out, from tools/templates.py, in "web/templates.h":
 * a struct <Name>View with the fields that the template declares, and
 * `void <name>_html(Buf *out, const <Name>View *view)` that appends the page.
 *
 *   {{view                          the fields, at the head of the file:
 *     title   text                    Str         escaped for where it stands
 *     count   int                     int64_t
 *     quality hundredths              int         85 prints 0.85
 *     late    bool                    bool        for {{?late}}
 *     next    url                     Url         a whole address, made by our own code
 *     curve   html                    Html        printed as it is, made by our own code
 *     head    view page_head          PageHeadView: the view of page_head.html
 *     rows    list row                struct { const <Name>Row *item; size_t count; }
 *       who   text                    … whose fields are declared below it, indented
 *     marks   list mark               no fields below it: items are the MarkView of mark.html
 *   }}
 *   {{title}}                       a hole
 *   {{#rows}}…{{who}}…{{/rows}}     once for each item; fields of the list's surroundings are seen too
 *   {{?late}}…{{/late}}             when true, not empty, not 0 ({{#late}} does the same for what is no list)
 *   {{^rows}}…{{/rows}}             when false, empty or 0
 *   {{>page_head}}                  another template, with the view field of its kind or the item we stand in
 *   {{! for people }}
 *
 * A line that holds one such tag and nothing else prints nothing of its own.
 * Promise: there is no way to print a text unescaped.  In text and quoted
 * attributes & < > " ' are escaped; in href, src, action, hx-get and the like a
 * text is percent-encoded as a part of the address and cannot begin it; in
 * style only numbers, in <script>, <style> only Html, in on… nothing.  A hole
 * that is not declared, or declared and not used, stops the build.
 */
#ifndef GOODWILL_WEB_TEMPLATE_H
#define GOODWILL_WEB_TEMPLATE_H

#include "base/buf.h"

/* HTML that our own code drew (an SVG) or printed through a template.  Never made of a foreign text. */
typedef struct Html {
    Str bytes;
} Html;

/* An address that our own code put together, foreign parts through template_url_part. */
typedef struct Url {
    Str text;
} Url;

/* Percent-encodes all but RFC 3986's unreserved characters: safe as path segment, query name or value. */
void template_url_part(Buf *out, Str s);

#endif
