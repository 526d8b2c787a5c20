/* html.c -- HTML in, the text that a browser would show out.
 *
 *   html ──► tidied: comments, scripts, styles and attributes go ──► libxml2's parser (SAX) ──► Page: line breaks,
 * blanks └── too long or too deep for it ──► plain scan ──┘
 *
 * Promise: never fails, never reads anything but the bytes given, and takes
 * time in proportion to their number.  libxml2 compares each attribute with all
 * others of its element and each end tag with all open elements, which is why
 * attributes are taken off first and depth is limited.
 */
#include "import/html.h"

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "import/import.h"

/* What stands in the tidied text for an element that holds quoted mail: the one attribute that survives. */
static const char QUOTE_ATTRIBUTE[] = "cite";

/* ---- the page: text with line breaks and blanks where a browser shows them */

typedef struct Page {
    Buf out;
    int breaks;                       /* line breaks owed before the next word: 2 is an empty line */
    bool blank;                       /* a blank is owed before the next word */
    uint32_t hidden;                  /* depth inside an element that is not shown */
    uint32_t pre;                     /* depth of elements that keep their white space */
    uint32_t quote;                   /* depth of quoted mail */
    uint32_t depth;                   /* elements open now */
    uint8_t kind[HTML_DEPTH_MAX + 1]; /* of each open element: what its end undoes */
    bool mark_quotes;
    bool too_deep;
    htmlParserCtxtPtr parser; /* NULL in the plain scan */
} Page;

enum { KIND_HIDDEN = 1, KIND_PRE = 2, KIND_QUOTE = 4, KIND_BLOCK = 8, KIND_PARAGRAPH = 16 };

static const struct {
    const char *name;
    uint8_t kind;
} ELEMENT[] = {
    { "address", KIND_BLOCK },
    { "article", KIND_BLOCK },
    { "aside", KIND_BLOCK },
    { "blockquote", KIND_BLOCK },
    { "body", KIND_BLOCK },
    { "caption", KIND_BLOCK },
    { "center", KIND_BLOCK },
    { "dd", KIND_BLOCK },
    { "div", KIND_BLOCK },
    { "dl", KIND_BLOCK },
    { "dt", KIND_BLOCK },
    { "fieldset", KIND_BLOCK },
    { "figure", KIND_BLOCK },
    { "footer", KIND_BLOCK },
    { "form", KIND_BLOCK },
    { "h1", KIND_BLOCK },
    { "h2", KIND_BLOCK },
    { "h3", KIND_BLOCK },
    { "h4", KIND_BLOCK },
    { "h5", KIND_BLOCK },
    { "h6", KIND_BLOCK },
    { "header", KIND_BLOCK },
    { "hr", KIND_BLOCK },
    { "li", KIND_BLOCK },
    { "main", KIND_BLOCK },
    { "nav", KIND_BLOCK },
    { "ol", KIND_BLOCK },
    { "option", KIND_BLOCK },
    { "p", KIND_PARAGRAPH },
    { "script", KIND_HIDDEN },
    { "section", KIND_BLOCK },
    { "style", KIND_HIDDEN },
    { "table", KIND_BLOCK },
    { "tbody", KIND_BLOCK },
    { "template", KIND_HIDDEN },
    { "tfoot", KIND_BLOCK },
    { "thead", KIND_BLOCK },
    { "title", KIND_HIDDEN },
    { "tr", KIND_BLOCK },
    { "ul", KIND_BLOCK },
    { "pre", KIND_BLOCK | KIND_PRE },
};

static uint8_t element_kind(Str name)
{
    for (size_t i = 0; i < COUNT(ELEMENT); i++)
        if (str_equal_nocase(name, str_from(ELEMENT[i].name))) return ELEMENT[i].kind;
    return 0;
}

static void owe_breaks(Page *page, uint8_t kind)
{
    if (kind & KIND_PARAGRAPH) page->breaks = MAX(page->breaks, 2);
    if (kind & KIND_BLOCK) page->breaks = MAX(page->breaks, 1);
}

static void open_element(Page *page, Str name, bool is_quote)
{
    if (page->depth == HTML_DEPTH_MAX) {
        page->too_deep = true;
        if (page->parser) xmlStopParser(page->parser);
        return;
    }
    uint8_t kind = element_kind(name);
    if (is_quote) kind |= KIND_QUOTE | KIND_BLOCK;
    page->kind[page->depth++] = kind;
    owe_breaks(page, kind);
    if (kind & KIND_HIDDEN) page->hidden++;
    if (kind & KIND_PRE) page->pre++;
    if (kind & KIND_QUOTE) page->quote++;
    if (str_equal_nocase(name, STR("br"))) page->breaks = MIN(page->breaks + 1, 2);
    if (str_equal_nocase(name, STR("td")) || str_equal_nocase(name, STR("th"))) page->blank = true;
}

static void close_element(Page *page)
{
    if (page->depth == 0) return;
    uint8_t kind = page->kind[--page->depth];
    owe_breaks(page, kind);
    if (kind & KIND_HIDDEN) page->hidden--;
    if (kind & KIND_PRE) page->pre--;
    if (kind & KIND_QUOTE) page->quote--;
}

static void pay_breaks(Page *page)
{
    bool new_line = page->breaks > 0 || page->out.len == 0;
    if (page->out.len > 0)
        for (int i = 0; i < page->breaks; i++) buf_char(&page->out, '\n');
    if (new_line) {
        for (uint32_t i = 0; page->mark_quotes && i < page->quote; i++) buf_lit(&page->out, "> ");
    } else if (page->blank && page->out.len) {
        buf_char(&page->out, ' ');
    }
    page->breaks = 0;
    page->blank = false;
}

/* U+00AD, U+200B, U+2060 and U+FEFF take no room on a page; senders fill previews with them. */
static size_t invisible(Str s, size_t at)
{
    Str rest = str_from_byte(s, at);
    if (str_starts(rest, STR("\xC2\xAD"))) return 2;
    if (str_starts(rest, STR("\xE2\x80\x8B")) || str_starts(rest, STR("\xE2\x81\xA0")) ||
        str_starts(rest, STR("\xEF\xBB\xBF")))
        return 3;
    return 0;
}

static void show_text(Page *page, Str text)
{
    if (page->hidden) return;
    for (size_t i = 0; i < text.len;) {
        char c = text.data[i];
        size_t skip = (unsigned char)c >= 0xC2 ? invisible(text, i) : 0;
        if (skip) {
            i += skip;
        } else if (page->pre && c == '\n') {
            page->breaks = MIN(page->breaks + 1, 2);
            i++;
        } else if (ascii_space(c) || c == '\0') {
            if (page->pre && page->breaks == 0 && page->out.len && page->blank) buf_char(&page->out, ' ');
            page->blank = true;
            i++;
        } else if (c == '\xC2' && i + 1 < text.len && text.data[i + 1] == '\xA0') { /* no-break space */
            page->blank = true;
            i += 2;
        } else {
            size_t end = i + 1;
            while (end < text.len && !ascii_space(text.data[end]) && (unsigned char)text.data[end] < 0xC2 &&
                   text.data[end] != '\0')
                end++;
            pay_breaks(page);
            buf_add(&page->out, str_sub(text, i, end));
            i = end;
        }
    }
}

/* ---- tidying: what the library need not see */

static bool name_byte(char c) { return !ascii_space(c) && c != '/' && c != '>' && c != '\0'; }

static bool quotes_mail(Str name, Str attribute, Str value)
{
    if (str_equal_nocase(attribute, STR("type"))) {
        return str_equal_nocase(name, STR("blockquote")) && str_equal_nocase(value, STR("cite"));
    }
    if (str_equal_nocase(attribute, STR("cite"))) return str_equal_nocase(name, STR("blockquote"));
    if (!str_equal_nocase(attribute, STR("class")) && !str_equal_nocase(attribute, STR("id"))) return false;
    Str word;
    while (str_next_part(&value, ' ', &word)) {
        if (str_equal(word, STR("gmail_quote")) || str_equal(word, STR("yahoo_quoted")) ||
            str_equal(word, STR("moz-cite-prefix")) || str_equal(word, STR("protonmail_quote")) ||
            str_equal(word, STR("gmail_quote_container")))
            return true;
    }
    return false;
}

/* From behind a tag's name to behind its '>', as HTML's tokeniser walks it; at the end of input the tag never was. */
static size_t skip_attributes(Str html, size_t at, Str name, bool *is_quote)
{
    while (at < html.len && html.data[at] != '>') {
        if (ascii_space(html.data[at]) || html.data[at] == '/') {
            at++;
            continue;
        }
        size_t begin = at++;
        while (at < html.len && name_byte(html.data[at]) && html.data[at] != '=') at++;
        Str attribute = str_sub(html, begin, at);
        size_t value = at;
        while (value < html.len && ascii_space(html.data[value])) value++;
        if (value >= html.len || html.data[value] != '=') continue;
        at = value + 1;
        while (at < html.len && ascii_space(html.data[at])) at++;
        if (at >= html.len) break;
        char quote = html.data[at];
        if (quote == '"' || quote == '\'') {
            size_t length = str_find_char(str_from_byte(html, at + 1), quote);
            if (length == STR_NOT_FOUND) return html.len;
            if (quotes_mail(name, attribute, str_sub(html, at + 1, at + 1 + length))) *is_quote = true;
            at += length + 2;
        } else {
            begin = at;
            while (at < html.len && !ascii_space(html.data[at]) && html.data[at] != '>') at++;
            if (quotes_mail(name, attribute, str_sub(html, begin, at))) *is_quote = true;
        }
    }
    return at < html.len ? at + 1 : html.len;
}

/* A comment, doctype or processing instruction at '<': behind its end. */
static size_t skip_declaration(Str html, size_t at)
{
    Str rest = str_from_byte(html, at);
    if (!str_starts(rest, STR("<!--"))) {
        size_t end = str_find_char(rest, '>');
        return end == STR_NOT_FOUND ? html.len : at + end + 1;
    }
    if (str_starts(rest, STR("<!-->"))) return at + 5;
    size_t end = str_find(str_from_byte(rest, 4), STR("-->"));
    return end == STR_NOT_FOUND ? html.len : at + 4 + end + 3;
}

/* Elements whose content is no markup and not shown. */
static bool raw_hidden(Str name)
{
    return str_equal_nocase(name, STR("script")) || str_equal_nocase(name, STR("style")) ||
           str_equal_nocase(name, STR("title"));
}

/* Behind the end tag of a raw element whose start tag ended at `at`. */
static size_t skip_raw(Str html, size_t at, Str name)
{
    while (at < html.len) {
        size_t found = str_find(str_from_byte(html, at), STR("</"));
        if (found == STR_NOT_FOUND) return html.len;
        at += found + 2;
        Str rest = str_from_byte(html, at);
        if (str_starts_nocase(rest, name) && (rest.len == name.len || !name_byte(rest.data[name.len]))) {
            size_t end = str_find_char(rest, '>');
            return end == STR_NOT_FOUND ? html.len : at + end + 1;
        }
    }
    return html.len;
}

static void tidy(Buf *ret, Str html)
{
    for (size_t at = 0; at < html.len;) {
        size_t run = str_find_char(str_from_byte(html, at), '<');
        if (run == STR_NOT_FOUND) run = html.len - at;
        buf_add(ret, str_sub(html, at, at + run));
        at += run;
        if (at >= html.len) break;
        bool closing = at + 1 < html.len && html.data[at + 1] == '/';
        size_t begin = at + 1 + closing;
        char first = begin < html.len ? html.data[begin] : ' ';
        if (!closing && (first == '!' || first == '?')) {
            at = skip_declaration(html, at);
        } else if (ascii_alpha(first)) {
            size_t end = begin;
            while (end < html.len && name_byte(html.data[end])) end++;
            Str name = str_sub(html, begin, end);
            bool is_quote = false;
            at = skip_attributes(html, end, name, &is_quote);
            if (!closing && raw_hidden(name)) {
                at = skip_raw(html, at, name);
            } else if (memchr(name.data, '<', name.len) == NULL && memchr(name.data, '&', name.len) == NULL) {
                buf_lit(ret, "<");
                if (closing) buf_char(ret, '/');
                buf_add(ret, name);
                if (is_quote && !closing) {
                    buf_char(ret, ' ');
                    buf_add(ret, str_from(QUOTE_ATTRIBUTE));
                }
                buf_char(ret, '>');
            }
        } else if (closing) { /* "</3" is a comment to browsers */
            size_t end = str_find_char(str_from_byte(html, at), '>');
            at = end == STR_NOT_FOUND ? html.len : at + end + 1;
        } else {
            buf_lit(ret, "&lt;");
            at++;
        }
    }
    for (size_t i = 0; i < ret->len; i++)
        if (ret->data[i] == '\0') ret->data[i] = ' ';
}

/* ---- the library */

static void on_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    open_element(user, str_from((const char *)name), attributes && attributes[0]);
}

static void on_end(void *user, const xmlChar *name)
{
    (void)name;
    close_element(user);
}

static void on_text(void *user, const xmlChar *text, int len)
{
    if (len > 0) show_text(user, str_make((const char *)text, (size_t)len));
}

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static void library_init(void) { xmlInitParser(); }

/* False when the library would not have it all. */
static bool read_by_library(Page *page, Str tidied)
{
    (void)pthread_once(&library_once, library_init);
    htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(tidied.data, (int)tidied.len);
    if (!parser) return false;
    htmlCtxtUseOptions(parser, HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_COMPACT);
    htmlSAXHandler sax = { .startElement = on_start,
                           .endElement = on_end,
                           .characters = on_text,
                           .cdataBlock = on_text,
                           .ignorableWhitespace = on_text };
    *parser->sax = sax;
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8);
    parser->userData = page;
    page->parser = parser;
    htmlParseDocument(parser);
    page->parser = NULL;
    htmlFreeParserCtxt(parser);
    return !page->too_deep;
}

/* ---- the plain scan, for what the library should not see */

size_t html_reference(Str s, size_t at, char ret[4], size_t *ret_len)
{
    size_t i = at + 1;
    if (i < s.len && s.data[i] == '#') {
        i++;
        bool hex = i < s.len && (s.data[i] | 0x20) == 'x';
        if (hex) i++;
        size_t first = i;
        uint32_t value = 0;
        for (; i < s.len; i++) {
            char c = ascii_lower(s.data[i]);
            uint32_t digit;
            if (ascii_digit(c)) {
                digit = (uint32_t)(c - '0');
            } else if (hex && c >= 'a' && c <= 'f') {
                digit = (uint32_t)(c - 'a' + 10);
            } else {
                break;
            }
            value = value > 0x110000 ? value : value * (hex ? 16 : 10) + digit;
        }
        if (i == first) return 0;
        if (i < s.len && s.data[i] == ';') i++;
        *ret_len = utf8_encode(value == 0 || value > 0x10FFFF ? 0xFFFD : (int32_t)value, ret);
        return i - at;
    }
    char name[10]; /* the longest names of HTML 4, "thetasym" and "alefsym", fit */
    size_t len = 0;
    while (len + 1 < sizeof name && i + len < s.len && ascii_alnum(s.data[i + len])) {
        name[len] = s.data[i + len];
        len++;
    }
    bool closed = i + len < s.len && s.data[i + len] == ';';
    for (; len > 1; len--, closed = false) {
        name[len] = '\0';
        const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)name);
        if (!entity) continue;
        /* Without a semicolon only the names of ISO 8859-1 and the markup's own count. */
        if (!closed && (entity->value > 255 || entity->value == '\'')) continue;
        *ret_len = utf8_encode((int32_t)entity->value, ret);
        return 1 + len + closed;
    }
    return 0;
}

static void show_references(Page *page, Str text)
{
    while (text.len) {
        size_t run = str_find_char(text, '&');
        if (run == STR_NOT_FOUND) run = text.len;
        show_text(page, str_sub(text, 0, run));
        text = str_from_byte(text, run);
        if (!text.len) break;
        char bytes[4];
        size_t len = 0, used = html_reference(text, 0, bytes, &len);
        show_text(page, used ? str_make(bytes, len) : STR("&"));
        text = str_from_byte(text, used ? used : 1);
    }
}

/* No tree: block elements break lines where they begin and end, and quotes are not told apart. */
static void read_by_scan(Page *page, Str tidied)
{
    while (tidied.len) {
        size_t run = str_find_char(tidied, '<');
        if (run == STR_NOT_FOUND) run = tidied.len;
        show_references(page, str_sub(tidied, 0, run));
        tidied = str_from_byte(tidied, run);
        size_t end = str_find_char(tidied, '>');
        if (end == STR_NOT_FOUND) break;
        bool closing = tidied.len > 1 && tidied.data[1] == '/';
        Str name = str_sub(tidied, 1 + closing, end);
        if (!closing && str_equal_nocase(name, STR("br"))) page->breaks = MIN(page->breaks + 1, 2);
        owe_breaks(page, element_kind(name));
        tidied = str_from_byte(tidied, end + 1);
    }
}

static bool has_tags(Str html)
{
    for (size_t at = 0; at < html.len;) {
        size_t run = str_find_char(str_from_byte(html, at), '<');
        if (run == STR_NOT_FOUND) return false;
        at += run + 1;
        if (at < html.len && (ascii_alpha(html.data[at]) || html.data[at] == '/' || html.data[at] == '!')) return true;
    }
    return false;
}

Str html_text(Arena *arena, Str html, HtmlQuotes quotes)
{
    html = utf8_repair(arena, html);
    Page page = { .mark_quotes = quotes == HTML_QUOTES_MARK };
    Buf tidied = { 0 };
    if (!has_tags(html)) { /* plain text that calls itself HTML keeps its lines */
        page.pre = 1;
        show_references(&page, html);
    } else {
        tidy(&tidied, html);
        if (tidied.len && (tidied.len > HTML_LIBRARY_MAX || !read_by_library(&page, buf_str(&tidied)))) {
            buf_clear(&page.out);
            page = (Page){ .mark_quotes = page.mark_quotes };
            read_by_scan(&page, buf_str(&tidied));
        }
    }
    Str text = arena_str(arena, str_trim(buf_str(&page.out)));
    buf_clear(&page.out);
    buf_clear(&tidied);
    return text;
}

Str import_html_text(Arena *arena, Str html) { return html_text(arena, html, HTML_QUOTES_PLAIN); }
