/* slack.c -- the export of a Slack workspace: an archive of users.json, channels.json (groups, dms, mpims) and a folder
 * for each channel with a file for each day.
 *
 * In: the archive's bytes, whole.  Out: a conversation for each thread, and of
 * the other messages of a channel one for each stretch without a silence of
 * SILENCE_MS.  Ids are the channel's and the first message's, so they stay when
 * the workspace goes on.  Apps are ROLE_BOT, joins and the like ROLE_SYSTEM; in
 * a conversation with people from outside (guests, another company) these are
 * the customers and the others staff, else roles stay unknown.
 *
 * Memory holds one channel's messages, when an archive has its folders together
 * as Slack's do.
 */
#include "import/slack.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "import/draft.h"
#include "import/formats.h"
#include "import/walk.h"

static const int64_t SILENCE_US = 2LL * 60 * 60 * 1000000;
enum { CHANNEL_BYTES_MAX = IMPORT_WHOLE_MAX /* of a channel's days, unpacked */ };
static const uint64_t UNPACKED_MAX = 8ULL << 30; /* bytes of all days */

typedef struct Said {
    int64_t us; /* when, in microseconds since 1970: what tells messages apart */
    Str ts, thread;
    Str who; /* a user's id, or an app's name */
    Str text, files;
    Role role; /* BOT, SYSTEM or UNKNOWN: a person */
    uint32_t order;
} Said;

typedef struct SlackChannel {
    Str folder;
    uint32_t days_left; /* files of the archive that are still to come */
    Arena arena;
    Said *said;
    uint32_t count, capacity;
    size_t bytes;
    bool too_big;
} SlackChannel;

typedef struct Export {
    const ImportBlock *block;
    ImportSink *sink;
    Arena *scratch;
    Arena arena; /* of index and folders */
    SlackIndex index;
    SlackChannel *channel; /* sorted by folder */
    uint32_t channel_count, channel_capacity;
    uint64_t unpacked;
} Export;

/* ---- the archive */

/* What an entry is called below the export's own folder, which some programs put around it: its last part, and the one
 * before. */
static void entry_parts(const char *path, Str *folder, Str *name)
{
    Str rest = str_from(path), part;
    *folder = *name = (Str){ 0 };
    while (str_next_part(&rest, '/', &part)) {
        *folder = *name;
        *name = part;
    }
}

typedef bool TakeEntry(Export *e, Str folder, Str name, struct archive *archive, bool *go_on);

/* False with a reject when the archive is broken; what was taken before stays. */
static bool each_entry(Export *e, TakeEntry *take)
{
    struct archive *archive = archive_read_new();
    archive_read_support_format_zip(archive);
    archive_read_support_format_tar(archive);
    archive_read_support_filter_gzip(archive);
    bool go_on = true;
    int state =
        archive_read_open_memory(archive, e->block->bytes.data ? e->block->bytes.data : "", e->block->bytes.len);
    uint32_t entries = 0;
    while (go_on && state >= ARCHIVE_WARN) {
        struct archive_entry *entry;
        state = archive_read_next_header(archive, &entry);
        if (state == ARCHIVE_EOF) break;
        if (state < ARCHIVE_WARN) continue;
        if (++entries > IMPORT_ENTRIES_MAX) {
            go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "more than %d files: the rest is left",
                                  IMPORT_ENTRIES_MAX);
            break;
        }
        const char *path = archive_entry_pathname(entry);
        if (!path || archive_entry_filetype(entry) != AE_IFREG) continue;
        Str folder, name;
        entry_parts(path, &folder, &name);
        if (!take(e, folder, name, archive, &go_on)) break;
    }
    if (go_on && state < ARCHIVE_WARN)
        go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "the archive is damaged: %s",
                              archive_error_string(archive) ? archive_error_string(archive) : "it cannot be read");
    archive_read_free(archive);
    return go_on;
}

/* The entry as JSON in the arena; NULL and a reject when it is none. */
static const Json *entry_json(Export *e, Str folder, Str name, struct archive *archive, Arena *arena, size_t *bytes,
                              bool *go_on)
{
    Buf buf = { 0 };
    la_ssize_t got = 0;
    enum { PIECE = 1 << 16 };
    while (buf.len <= IMPORT_CONVERSATION_MAX && (got = archive_read_data(archive, buf_room(&buf, PIECE), PIECE)) > 0)
        buf.len += (size_t)got;
    const char *slash = folder.len ? "/" : "";
    const Json *json = NULL;
    if (got < 0 || buf.len > IMPORT_CONVERSATION_MAX) {
        *go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "%.*s%s%.*s: %s", STR_ARG(folder), slash,
                               STR_ARG(name), got < 0 ? "cannot be unpacked" : "over 64 MB");
    } else {
        Err err = { 0 };
        size_t at = 0;
        Str text = arena_str(arena, buf_str(&buf));
        if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_from_byte(text, 3);
        json = json_parse(text, arena, &at, &err);
        if (!json)
            *go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "%.*s%s%.*s: byte %zu: %s", STR_ARG(folder), slash,
                                   STR_ARG(name), at, err.text);
    }
    *bytes = buf.len;
    buf_clear(&buf);
    return json;
}

static bool count_unpacked(Export *e, size_t bytes, bool *go_on)
{
    e->unpacked += bytes;
    if (e->unpacked <= UNPACKED_MAX) return true;
    *go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "more than %llu GB unpacked: the rest is left",
                           (unsigned long long)(UNPACKED_MAX >> 30));
    return false;
}

static bool is_day(Str name)
{
    char text[32];
    if (name.len >= sizeof text) return false;
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return walk_is_slack_day(text);
}

/* First time through: people, channels, and which folder has how many days. */
static bool take_index(Export *e, Str folder, Str name, struct archive *archive, bool *go_on)
{
    if (is_day(name) && folder.len) {
        /* Days of one folder mostly follow each other. */
        SlackChannel *last = e->channel_count ? &e->channel[e->channel_count - 1] : NULL;
        if (!last || !str_equal(last->folder, folder)) {
            last = ARENA_PUSH(&e->arena, e->channel, e->channel_count, e->channel_capacity);
            *last = (SlackChannel){ .folder = conversation_text(&e->arena, arena_str(&e->arena, folder)) };
        }
        last->days_left++;
        return true;
    }
    bool users = str_equal(name, STR("users.json")) || str_equal(name, STR("org_users.json"));
    bool places = str_equal(name, STR("channels.json")) || str_equal(name, STR("groups.json")) ||
                  str_equal(name, STR("dms.json")) || str_equal(name, STR("mpims.json"));
    if (!users && !places) return true;
    Arena arena = { 0 };
    size_t bytes;
    const Json *json = entry_json(e, folder, name, archive, &arena, &bytes, go_on);
    if (json && users) slack_add_users(&e->index, &e->arena, json);
    if (json && places) slack_add_places(&e->index, &e->arena, json);
    arena_clear(&arena);
    return *go_on && count_unpacked(e, bytes, go_on);
}

static int by_channel_folder(const void *a, const void *b)
{
    return str_compare(((const SlackChannel *)a)->folder, ((const SlackChannel *)b)->folder);
}

/* One entry for each folder, sorted. */
static void sort_channels(Export *e)
{
    uint32_t n = 0;
    if (e->channel_count) qsort(e->channel, e->channel_count, sizeof *e->channel, by_channel_folder);
    for (uint32_t i = 0; i < e->channel_count; i++) {
        if (n && str_equal(e->channel[n - 1].folder, e->channel[i].folder))
            e->channel[n - 1].days_left += e->channel[i].days_left;
        else
            e->channel[n++] = e->channel[i];
    }
    e->channel_count = n;
}

/* ---- messages */

/* "1454969100.000005" */
static bool read_ts(Str ts, int64_t *ret_us)
{
    Str seconds;
    Str rest = ts;
    int64_t s, fraction = 0;
    static const int64_t SECONDS_MAX = 100000000000; /* the year 5138 */
    if (!str_next_part(&rest, '.', &seconds) || !str_to_i64(seconds, &s) || s < 0 || s > SECONDS_MAX) return false;
    for (size_t i = 0; i < 6; i++) {
        char c = i < rest.len ? rest.data[i] : '0';
        if (!ascii_digit(c)) return false;
        fraction = fraction * 10 + (c - '0');
    }
    *ret_us = s * 1000000 + fraction;
    return true;
}

static bool is_system(Str subtype)
{
    static const char *const begins[] = {
        "channel_",         "group_",       "im_",           "mpim_",     "bot_add",   "bot_remove", "bot_enable",
        "bot_disable",      "pinned_item",  "unpinned_item", "reminder_", "tombstone", "huddle_",    "sh_room",
        "app_conversation", "file_mention", "ekm_",          "joiner_"
    };
    for (size_t i = 0; i < COUNT(begins); i++)
        if (str_starts(subtype, str_from(begins[i]))) return true;
    return false;
}

/* What an app shows beside or instead of its text. */
static void add_attachments(Buf *out, const Json *attachments)
{
    static const char *const member[] = { "pretext", "title", "text" };
    JSON_EACH(attachment, attachments)
    {
        size_t before = out->len;
        for (size_t i = 0; i < COUNT(member); i++) {
            Str text = json_str(json_get(attachment, member[i]));
            if (!text.len) continue;
            if (out->len) buf_char(out, '\n');
            buf_add(out, text);
        }
        Str fallback = json_str(json_get(attachment, "fallback"));
        if (out->len > before || !fallback.len) continue;
        if (out->len) buf_char(out, '\n');
        buf_add(out, fallback);
    }
}

static void add_file(Buf *out, const Json *file)
{
    Str name = json_str(json_get(file, "name"));
    if (!name.len) name = json_str(json_get(file, "title"));
    if (!name.len) return;
    if (out->len) buf_lit(out, ", ");
    buf_add(out, name);
}

static bool read_message(Export *e, SlackChannel *channel, const Json *message)
{
    Arena *arena = &channel->arena;
    Said said = { .order = channel->count };
    Str subtype = json_str(json_get(message, "subtype"));
    if (str_equal(subtype, STR("message_changed"))) {
        message = json_get(message, "message");
        subtype = json_str(json_get(message, "subtype"));
    }
    if (str_equal(subtype, STR("message_deleted")) || str_equal(subtype, STR("message_replied"))) return true;
    Str ts = json_scalar(json_get(message, "ts"));
    if (!read_ts(ts, &said.us)) return false;
    said.ts = arena_str(arena, ts);
    said.thread = arena_str(arena, json_scalar(json_get(message, "thread_ts")));

    Str text = json_str(json_get(message, "text")), user = json_str(json_get(message, "user"));
    const Json *file = json_get(message, "file");
    Str first_words = json_str(json_path(file, "initial_comment.comment"));
    if (str_equal(subtype, STR("file_comment"))) { /* as exports had it until 2018 */
        text = json_str(json_path(message, "comment.comment"));
        user = json_str(json_path(message, "comment.user"));
    } else if (str_equal(subtype, STR("file_share")) && first_words.len) {
        text = first_words;
    }
    const SlackUser *known = slack_user(&e->index, user);
    bool is_app = (known && known->is_bot) || str_equal(subtype, STR("bot_message")) ||
                  (!user.len && json_str(json_get(message, "bot_id")).len);
    Buf buf = { 0 };
    buf_add(&buf, text);
    if (is_app || !text.len) add_attachments(&buf, json_get(message, "attachments"));
    said.text = slack_text(&e->index, arena, buf_str(&buf));
    buf.len = 0;
    add_file(&buf, file);
    JSON_EACH(f, json_get(message, "files")) add_file(&buf, f);
    said.files = arena_str(arena, buf_str(&buf));
    buf_clear(&buf);

    said.role = is_system(subtype) ? ROLE_SYSTEM : is_app ? ROLE_BOT : ROLE_UNKNOWN;
    if (!user.len) user = json_str(json_get(message, "username"));
    if (!user.len) user = json_str(json_path(message, "user_profile.real_name"));
    if (!user.len) user = json_str(json_path(message, "bot_profile.name"));
    if (!user.len) user = json_str(json_get(message, "bot_id"));
    said.who = arena_str(arena, user);
    channel->bytes += said.text.len + said.files.len + sizeof said;
    if (said.text.len || said.files.len) *ARENA_PUSH(arena, channel->said, channel->count, channel->capacity) = said;
    return true;
}

/* ---- conversations */

static int by_us(const void *left, const void *right)
{
    const Said *a = left, *b = right;
    if (a->us != b->us) return a->us < b->us ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static int by_thread(const void *left, const void *right)
{
    const Said *const *a = left, *const *b = right;
    int order = str_compare((*a)->thread, (*b)->thread);
    return order ? order : by_us(*a, *b);
}

static int by_str(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

/* Messages that answers name as their thread belong to it, also where the export does not say so itself. */
static void mark_roots(SlackChannel *channel)
{
    Str *thread = arena_alloc(&channel->arena, channel->count * sizeof *thread);
    size_t n = 0;
    for (uint32_t i = 0; i < channel->count; i++)
        if (channel->said[i].thread.len) thread[n++] = channel->said[i].thread;
    if (!n) return;
    qsort(thread, n, sizeof *thread, by_str);
    for (uint32_t i = 0; i < channel->count; i++) {
        Said *said = &channel->said[i];
        if (!said->thread.len && bsearch(&said->ts, thread, n, sizeof *thread, by_str)) said->thread = said->ts;
    }
}

typedef struct Talk {
    Said *const *said;
    uint32_t count;
} Talk;

static uint32_t participant_of(Export *e, Conversation *c, const Said *said, bool with_guests)
{
    if (!said->who.len) return NO_PARTICIPANT;
    const SlackUser *user = slack_user(&e->index, said->who);
    if (!user) return conversation_participant(c, e->scratch, said->who, said->who, said->role);
    Role role = user->is_bot                        ? ROLE_BOT
                : !with_guests                      ? ROLE_UNKNOWN
                : slack_is_outside(&e->index, user) ? ROLE_CUSTOMER
                                                    : ROLE_AGENT;
    uint32_t who = conversation_participant(c, e->scratch, user->id, user->name, role);
    c->participant[who].email = user->email;
    return who;
}

static bool has_guests(const Export *e, const Talk *talk)
{
    for (uint32_t i = 0; i < talk->count; i++) {
        const SlackUser *user = slack_user(&e->index, talk->said[i]->who);
        if (user && !user->is_bot && talk->said[i]->role != ROLE_SYSTEM && slack_is_outside(&e->index, user))
            return true;
    }
    return false;
}

static bool give_talk(Export *e, const SlackChannel *channel, const Talk *talk, Str name)
{
    const SlackPlace *place = slack_place(&e->index, channel->folder);
    bool with_guests = has_guests(e, talk);
    Conversation c;
    arena_reset(e->scratch);
    conversation_init(&c);
    c.channel = CHANNEL_CHAT;
    c.started = talk->said[0]->us / 1000;
    Str where = place ? place->id : channel->folder;
    c.id = arena_printf(e->scratch, "%.*s-%.*s", STR_ARG(where), STR_ARG(name));
    c.subject = place ? place->name : channel->folder;
    for (uint32_t i = 0; i < talk->count; i++) {
        const Said *said = talk->said[i];
        uint32_t who = participant_of(e, &c, said, with_guests);
        int64_t at = said->us / 1000 - c.started;
        if (said->text.len) conversation_say(&c, e->scratch, who, said->role, said->text)->at_ms = at;
        if (said->files.len)
            conversation_say(&c, e->scratch, who, ROLE_SYSTEM,
                             arena_printf(e->scratch, "attached: %.*s", STR_ARG(said->files)))
                ->at_ms = at;
    }
    draft_roles(&c, e->block->options);
    draft_hide_addresses(&c, e->scratch);
    return import_give(e->sink, e->block, &c, 0, e->scratch);
}

/* Where the stretch of persons' and apps' messages that begins at `first` ends. */
static uint32_t stretch_end(Said *const *flow, uint32_t first, uint32_t count)
{
    uint32_t last = first;
    for (uint32_t i = first + 1; i < count; i++) {
        if (flow[i]->us - flow[last]->us > SILENCE_US) break;
        if (flow[i]->role != ROLE_SYSTEM) last = i;
    }
    uint32_t end = last + 1; /* with what happened right after it */
    while (end < count && flow[end]->role == ROLE_SYSTEM && flow[end]->us - flow[last]->us <= SILENCE_US) end++;
    return end;
}

/* Joins and the like far from anything said are nobody's conversation: left out. */
static bool give_flow(Export *e, const SlackChannel *channel, Said *const *flow, uint32_t count)
{
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        uint32_t first = begin;
        while (first < count && flow[first]->role == ROLE_SYSTEM) first++;
        if (first == count) break;
        while (flow[first]->us - flow[begin]->us > SILENCE_US) begin++;
        end = stretch_end(flow, first, count);
        if (!give_talk(e, channel, &(Talk){ flow + begin, end - begin }, flow[first]->ts)) return false;
    }
    return true;
}

static bool give_threads(Export *e, SlackChannel *channel, Said **threaded, uint32_t count)
{
    qsort(threaded, count, sizeof(Said *), by_thread);
    for (uint32_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && str_equal(threaded[end]->thread, threaded[begin]->thread);) end++;
        if (!give_talk(e, channel, &(Talk){ threaded + begin, end - begin }, threaded[begin]->thread)) return false;
    }
    return true;
}

static bool give_channel(Export *e, SlackChannel *channel)
{
    if (channel->too_big)
        return import_reject(e->sink, e->block, 0, UINT64_MAX, "%.*s: a channel of more than %d MB",
                             STR_ARG(channel->folder), CHANNEL_BYTES_MAX >> 20);
    mark_roots(channel);
    if (channel->count) qsort(channel->said, channel->count, sizeof *channel->said, by_us);
    Said **flow = arena_alloc(&channel->arena, channel->count * sizeof(Said *));
    Said **threaded = arena_alloc(&channel->arena, channel->count * sizeof(Said *));
    uint32_t flows = 0, threads = 0;
    for (uint32_t i = 0; i < channel->count; i++) {
        Said *said = &channel->said[i];
        /* An answer "also sent to the channel" is in the export twice. */
        if (i && said->us == said[-1].us && str_equal(said->who, said[-1].who) && str_equal(said->text, said[-1].text))
            continue;
        if (said->thread.len)
            threaded[threads++] = said;
        else
            flow[flows++] = said;
    }
    bool go_on = give_flow(e, channel, flow, flows);
    return go_on && (threads == 0 || give_threads(e, channel, threaded, threads));
}

/* Second time through: the days. */
static bool take_day(Export *e, Str folder, Str name, struct archive *archive, bool *go_on)
{
    if (!is_day(name) || !folder.len) return true;
    SlackChannel key = { .folder = conversation_text(e->scratch, folder) };
    SlackChannel *channel = bsearch(&key, e->channel, e->channel_count, sizeof key, by_channel_folder);
    if (!channel || !channel->days_left) return true;
    Arena arena = { 0 };
    size_t bytes = 0, skipped = 0;
    const Json *day = channel->too_big ? NULL : entry_json(e, folder, name, archive, &arena, &bytes, go_on);
    JSON_EACH(message, day) skipped += !read_message(e, channel, message);
    arena_clear(&arena);
    if (skipped && *go_on)
        *go_on = import_reject(e->sink, e->block, 0, UINT64_MAX, "%.*s/%.*s: %zu messages without a time",
                               STR_ARG(folder), STR_ARG(name), skipped);
    if (!count_unpacked(e, bytes, go_on)) return false;
    if (channel->bytes > CHANNEL_BYTES_MAX && !channel->too_big) {
        channel->too_big = true;
        channel->said = NULL;
        channel->count = channel->capacity = 0;
        arena_clear(&channel->arena);
    }
    if (--channel->days_left == 0 && *go_on) {
        *go_on = give_channel(e, channel);
        arena_clear(&channel->arena);
        channel->said = NULL;
        channel->count = 0;
    }
    return *go_on;
}

static bool read_slack(const ImportBlock *block, ImportSink *sink, Arena *scratch, Err *err)
{
    if (err) err->kind = ERR_NONE;
    arena_reset(scratch);
    Export e = { .block = block, .sink = sink, .scratch = scratch };
    bool go_on = each_entry(&e, take_index);
    if (go_on) {
        slack_sort(&e.index);
        sort_channels(&e);
        if (!e.channel_count)
            go_on = import_reject(sink, block, 0, UINT64_MAX, "no Slack export: no channel has a day");
        else
            go_on = each_entry(&e, take_day);
    }
    /* A damaged archive ends before its last days: what was read counts. */
    for (uint32_t i = 0; i < e.channel_count; i++) {
        if (go_on && e.channel[i].count) go_on = give_channel(&e, &e.channel[i]);
        arena_clear(&e.channel[i].arena);
    }
    arena_clear(&e.arena);
    return go_on;
}

/* The files come to the reader as one whole when the feed finds them together (open.h); so this is asked only of bytes
 * that nobody unpacked. */
static int recognise_slack(Str head, Str file_name, bool whole)
{
    (void)file_name;
    (void)whole;
    bool is_zip = str_starts(head, STR("PK\x03\x04"));
    return is_zip && str_find(head, STR("channels.json")) != STR_NOT_FOUND ? 80 : 0;
}

const Format format_slack = { .name = "slack",
                              .about = "Slack workspace export (zip or unpacked folder)",
                              .recognise = recognise_slack,
                              .read = read_slack };
