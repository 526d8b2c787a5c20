/* mail_message.c -- one message of RFC 5322 and MIME in; its head, or its text, out.
 *
 * GMime does charsets, encodings and MIME's structure; only single messages are
 * handed to it, since its mbox mode loses mail at an unescaped "From ".  Text
 * parts are put together in order; of alternatives the plain one counts when it
 * has words; attached files and messages are named, not read.
 */
#include <gmime/gmime.h>
#include <pthread.h>

#undef MIN /* GLib has its own */
#undef MAX

#include "base/buf.h"
#include "base/utf8.h"
#include "import/html.h"
#include "import/mail.h"

static pthread_once_t gmime_once = PTHREAD_ONCE_INIT;
static void gmime_start(void) { g_mime_init(); }

/* mboxes escape lines that begin with "From " as ">From ", and those as ">>From ". */
static bool is_escaped_from(Str line)
{
    size_t at = 0;
    while (at < line.len && line.data[at] == '>') at++;
    return at > 0 && str_starts(str_from_byte(line, at), STR("From "));
}

/* GMime reads a group of addresses ("team: ann@…, bo@…;") by calling itself for what is behind the colon. */
enum { GROUP_COLONS_MAX = 64 };

/* Each line that begins with "--" may begin a part, of a kilobyte in GMime's tree: the message ends after so many. */
enum { BOUNDARY_LINES_MAX = 10000 };

static bool lists_addresses(Str line)
{
    static const char *const field[] = {
        "to",     "cc",        "bcc",        "from",     "sender",      "reply-to",
        "resent", "errors-to", "mail-reply", "followup", "disposition", "delivered-to"
    };
    for (size_t i = 0; i < COUNT(field); i++)
        if (str_starts_nocase(line, str_from(field[i]))) return true;
    return false;
}

/* What GMime may see of a message: mbox escapes undone, groups inside groups without their colons. */
static Str tamed(Str bytes, Buf *ret)
{
    bool addresses = false;
    size_t colons = 0, boundaries = 0;
    (void)buf_room(ret, bytes.len);
    for (Str rest = bytes, line; rest.len; rest = str_from_byte(rest, line.len)) {
        size_t end = str_find_char(rest, '\n');
        line = str_sub(rest, 0, end == STR_NOT_FOUND ? rest.len : end + 1);
        if (is_escaped_from(line)) {
            buf_add(ret, str_from_byte(line, 1));
            continue;
        }
        if (str_starts(line, STR("--")) && ++boundaries > BOUNDARY_LINES_MAX) break;
        if (line.data[0] != ' ' && line.data[0] != '\t') {
            addresses = lists_addresses(line);
            colons = 0;
        }
        size_t begin = ret->len;
        buf_add(ret, line);
        for (size_t i = begin; addresses && i < ret->len; i++)
            if (ret->data[i] == ':' && ++colons > GROUP_COLONS_MAX) ret->data[i] = ' ';
    }
    return buf_str(ret);
}

static GMimeMessage *parse(Str foreign)
{
    (void)pthread_once(&gmime_once, gmime_start);
    Buf tame = { 0 };
    Str bytes = tamed(foreign, &tame);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(bytes.data ? bytes.data : "", bytes.len);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    buf_clear(&tame);
    return message;
}

static Str copied(Arena *arena, const char *text)
{
    return text ? conversation_text(arena, arena_str(arena, str_from(text))) : (Str){ 0 };
}

static Str lower(Arena *arena, Str s)
{
    char *copy = arena_alloc(arena, s.len);
    for (size_t i = 0; i < s.len; i++) copy[i] = ascii_lower(s.data[i]);
    return str_trim(str_make(copy, s.len));
}

/* ---- the head */

/* The header alone, with the empty line that ends it. */
static Str header_of(Str bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        size_t end = str_find_char(str_from_byte(bytes, at), '\n');
        if (end == STR_NOT_FOUND) return bytes;
        if (end == 0 || (end == 1 && bytes.data[at] == '\r')) return str_sub(bytes, 0, at + end + 1);
        at += end + 1;
    }
    return bytes;
}

/* Takes the next "<…>" off *rest. */
static bool next_id(Str *rest, Str *ret)
{
    size_t open = str_find_char(*rest, '<');
    if (open == STR_NOT_FOUND) return false;
    *rest = str_from_byte(*rest, open + 1);
    size_t close = str_find_char(*rest, '>');
    if (close == STR_NOT_FOUND) return false;
    *ret = str_trim(str_sub(*rest, 0, close));
    *rest = str_from_byte(*rest, close + 1);
    return true;
}

static void keep_reference(MailHead *head, Str id)
{
    if (head->reference_count < MAIL_REFERENCES_KEPT) {
        head->reference[head->reference_count++] = id;
        return;
    }
    /* The first names the thread; of the others the last are nearest. */
    memmove(head->reference + 1, head->reference + 2, (MAIL_REFERENCES_KEPT - 2) * sizeof *head->reference);
    head->reference[MAIL_REFERENCES_KEPT - 1] = id;
}

static void read_references(MailHead *head, GMimeObject *message, Arena *arena)
{
    static const char *const field[] = { "References", "In-Reply-To" };
    head->reference = ARENA_NEW(arena, Str, MAIL_REFERENCES_KEPT);
    for (size_t i = 0; i < COUNT(field); i++) {
        Str rest = copied(arena, g_mime_object_get_header(message, field[i])), id;
        while (next_id(&rest, &id)) {
            bool known = head->reference_count && str_equal(head->reference[head->reference_count - 1], id);
            if (id.len && !known) keep_reference(head, id);
        }
    }
}

typedef void TakeAddress(MailHead *head, Arena *arena, const char *name, const char *address);

static void take_writer(MailHead *head, Arena *arena, const char *name, const char *address)
{
    if (head->email.len || head->name.len) return;
    head->name = str_trim(copied(arena, name));
    head->email = lower(arena, copied(arena, address));
}

static void take_recipient(MailHead *head, Arena *arena, const char *name, const char *address)
{
    (void)name;
    if (head->recipient_count < MAIL_RECIPIENTS_KEPT)
        head->recipient[head->recipient_count++] = lower(arena, copied(arena, address));
}

static void read_addresses(MailHead *head, Arena *arena, InternetAddressList *list, TakeAddress *take, int depth)
{
    int count = list ? internet_address_list_length(list) : 0;
    for (int i = 0; i < count && i < MAIL_RECIPIENTS_KEPT; i++) {
        InternetAddress *address = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_MAILBOX(address))
            take(head, arena, internet_address_get_name(address),
                 internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address)));
        else if (INTERNET_ADDRESS_IS_GROUP(address) && depth > 0)
            read_addresses(head, arena, internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)), take,
                           depth - 1);
    }
}

static void read_date(MailHead *head, GMimeMessage *message)
{
    static const int64_t SECONDS_MAX = 100000000000; /* the year 5138 */
    GDateTime *date = g_mime_message_get_date(message);
    if (!date) return;
    int64_t seconds = g_date_time_to_unix(date);
    if (seconds <= 0 || seconds > SECONDS_MAX) return;
    head->date = seconds * 1000;
    head->offset_minutes = (int)(g_date_time_get_utc_offset(date) / 60000000);
}

static bool is_automatic(GMimeObject *message)
{
    Str submitted = str_trim(str_from(g_mime_object_get_header(message, "Auto-Submitted")));
    if (submitted.len && !str_starts_nocase(submitted, STR("no"))) return true;
    Str precedence = str_trim(str_from(g_mime_object_get_header(message, "Precedence")));
    return str_equal_nocase(precedence, STR("bulk")) || str_equal_nocase(precedence, STR("junk")) ||
           str_equal_nocase(precedence, STR("auto_reply")) || g_mime_object_get_header(message, "X-Autoreply") ||
           g_mime_object_get_header(message, "X-Autorespond");
}

const char *mail_read_head(MailHead *head, Arena *arena)
{
    head->date = WHEN_NONE;
    head->id = head->subject = head->name = head->email = (Str){ 0 };
    head->reference_count = head->recipient_count = 0;
    Str header = header_of(head->bytes);
    if (header.len > MAIL_HEAD_MAX) return "a mail whose header is over 1 MB";
    GMimeMessage *message = parse(header);
    if (!message) return "no header of a mail";
    GMimeObject *object = GMIME_OBJECT(message);
    Str id = copied(arena, g_mime_object_get_header(object, "Message-ID")), rest = id;
    head->id = next_id(&rest, &id) ? id : str_trim(id);
    head->subject = str_trim(copied(arena, g_mime_message_get_subject(message)));
    head->recipient = ARENA_NEW(arena, Str, MAIL_RECIPIENTS_KEPT);
    read_references(head, object, arena);
    read_addresses(head, arena, g_mime_message_get_from(message), take_writer, 1);
    read_addresses(head, arena, g_mime_message_get_sender(message), take_writer, 1);
    read_addresses(head, arena, g_mime_message_get_to(message), take_recipient, 1);
    read_addresses(head, arena, g_mime_message_get_cc(message), take_recipient, 1);
    read_date(head, message);
    head->automatic = is_automatic(object);
    g_object_unref(message);
    bool is_mail = head->id.len || head->subject.len || head->email.len || head->name.len || head->date != WHEN_NONE;
    return is_mail ? NULL : "a mail without writer, date, subject or id";
}

/* ---- the body */

typedef struct BodyReader {
    Arena *arena;
    Buf text, attachments;
    int parts;
} BodyReader;

/* Joins what format=flowed wrapped (RFC 3676): a line that ends with a blank goes on in the next of the same depth. */
static void unflow(Buf *ret, Str text, bool delete_space)
{
    Str line;
    size_t depth_before = 0;
    bool goes_on = false;
    while (str_next_line(&text, &line)) {
        size_t depth = 0;
        while (depth < line.len && line.data[depth] == '>') depth++;
        line = str_from_byte(line, depth);
        if (line.len && line.data[0] == ' ') line = str_from_byte(line, 1); /* stuffed */
        bool signature = str_equal(line, STR("-- "));
        if (goes_on && depth == depth_before && !signature) {
            if (delete_space) ret->len--;
        } else {
            if (ret->len) buf_char(ret, '\n');
            for (size_t i = 0; i < depth; i++) buf_char(ret, '>');
            if (depth) buf_char(ret, ' ');
        }
        buf_add(ret, line);
        goes_on = line.len && line.data[line.len - 1] == ' ' && !signature;
        depth_before = depth;
    }
}

/* The bytes of a part without its transfer encoding, in UTF-8. */
static Str decoded(BodyReader *r, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (!content) return (Str){ 0 };
    GMimeStream *memory = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    Str bytes = arena_str(r->arena, str_make((const char *)array->data, array->len));
    g_object_unref(memory);
    if (!bytes.len) return bytes;

    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    const char *charset = type ? g_mime_content_type_get_parameter(type, "charset") : NULL;
    if (str_starts(bytes, STR("\xEF\xBB\xBF"))) bytes = str_from_byte(bytes, 3);
    if (!charset || utf8_valid(bytes)) {
        bool stateful =
            charset &&
            (g_ascii_strncasecmp(charset, "iso-2022", 8) == 0 || g_ascii_strncasecmp(charset, "utf-7", 5) == 0 ||
             g_ascii_strncasecmp(charset, "hz", 2) == 0 || g_ascii_strncasecmp(charset, "utf-16", 6) == 0 ||
             g_ascii_strncasecmp(charset, "utf-32", 6) == 0);
        if (utf8_valid(bytes) && !stateful) return bytes; /* what is UTF-8 by its form is so, whatever it is called */
        if (!charset) return utf8_from_latin1(r->arena, bytes);
    }
    if (g_ascii_strcasecmp(charset, "utf-8") == 0) return utf8_repair(r->arena, bytes);
    const char *iconv_name = g_mime_charset_iconv_name(charset);
    gsize len = 0;
    char *converted = g_convert_with_fallback(bytes.data, (gssize)bytes.len, "UTF-8", iconv_name ? iconv_name : charset,
                                              NULL, NULL, &len, NULL);
    if (!converted) return utf8_from_latin1(r->arena, bytes);
    Str text = arena_str(r->arena, str_make(converted, len));
    g_free(converted);
    return utf8_repair(r->arena, text);
}

static void add_text(BodyReader *r, GMimePart *part)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    Str text = decoded(r, part);
    if (g_mime_content_type_is_type(type, "text", "html")) {
        text = html_text(r->arena, text, HTML_QUOTES_MARK);
    } else {
        const char *format = g_mime_content_type_get_parameter(type, "format");
        const char *delete_space = g_mime_content_type_get_parameter(type, "delsp");
        if (format && g_ascii_strcasecmp(format, "flowed") == 0) {
            Buf flowed = { 0 };
            unflow(&flowed, text, delete_space && g_ascii_strcasecmp(delete_space, "yes") == 0);
            text = arena_str(r->arena, buf_str(&flowed));
            buf_clear(&flowed);
        }
    }
    text = str_trim(text);
    if (!text.len) return;
    if (r->text.len) buf_lit(&r->text, "\n\n");
    buf_add(&r->text, text);
}

static void add_attachment(BodyReader *r, const char *name, const char *kind)
{
    Str shown = str_trim(copied(r->arena, name));
    if (r->attachments.len) buf_lit(&r->attachments, ", ");
    buf_add(&r->attachments, shown.len ? shown : str_from(kind));
}

static bool is_attached(GMimeObject *part)
{
    const char *disposition = g_mime_object_get_disposition(part);
    return disposition && g_ascii_strcasecmp(disposition, GMIME_DISPOSITION_ATTACHMENT) == 0;
}

static void read_part(BodyReader *r, GMimeObject *object, int depth);

/* Of a message in two forms the plain one; the other when the plain one has no words. */
static void read_alternative(BodyReader *r, GMimeMultipart *multipart, int depth)
{
    int count = g_mime_multipart_get_count(multipart);
    size_t before = r->text.len;
    for (int pass = 0; pass < 2 && r->text.len == before; pass++) {
        for (int i = 0; i < count && r->text.len == before; i++) {
            GMimeObject *child = g_mime_multipart_get_part(multipart, i);
            GMimeContentType *type = g_mime_object_get_content_type(child);
            bool plain = g_mime_content_type_is_type(type, "text", "plain");
            if (pass == 0 ? plain : !plain && !g_mime_content_type_is_type(type, "text", "calendar"))
                read_part(r, child, depth - 1);
        }
    }
}

static void read_part(BodyReader *r, GMimeObject *object, int depth)
{
    if (!object || depth <= 0 || ++r->parts > MAIL_PARTS_MAX) return;
    GMimeContentType *type = g_mime_object_get_content_type(object);
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        if (g_mime_content_type_is_type(type, "multipart", "alternative")) {
            read_alternative(r, multipart, depth);
            return;
        }
        int count = g_mime_multipart_get_count(multipart);
        for (int i = 0; i < count && r->parts <= MAIL_PARTS_MAX; i++)
            read_part(r, g_mime_multipart_get_part(multipart, i), depth - 1);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        add_attachment(r, inner ? g_mime_message_get_subject(inner) : NULL, "message");
    } else if (GMIME_IS_PART(object)) {
        GMimePart *part = GMIME_PART(object);
        const char *name = g_mime_part_get_filename(part);
        bool readable =
            g_mime_content_type_is_type(type, "text", "plain") || g_mime_content_type_is_type(type, "text", "html");
        if (readable && !is_attached(object) && !name) {
            add_text(r, part);
        } else if (is_attached(object) || name) { /* a picture inside the text has often no name of its own */
            add_attachment(r, name, "file");
        }
    }
}

MailBody mail_read_body(const MailHead *head, Arena *arena)
{
    BodyReader r = { .arena = arena };
    GMimeMessage *message = parse(head->bytes);
    if (message) {
        read_part(&r, g_mime_message_get_mime_part(message), MAIL_DEPTH_MAX);
        g_object_unref(message);
    }
    MailBody body = { .text = conversation_text(arena, arena_str(arena, buf_str(&r.text))),
                      .attachments = conversation_text(arena, arena_str(arena, buf_str(&r.attachments))) };
    buf_clear(&r.text);
    buf_clear(&r.attachments);
    return body;
}
