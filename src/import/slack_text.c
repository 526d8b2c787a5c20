/* slack_text.c -- who is who in a Slack export, and text without its markup.  Searches are by bisection: ids come from
 * strangers. */
#include <stdlib.h>

#include "base/buf.h"
#include "import/slack.h"

static int by_user_id(const void *a, const void *b)
{
    return str_compare(((const SlackUser *)a)->id, ((const SlackUser *)b)->id);
}

static int by_folder(const void *a, const void *b)
{
    return str_compare(((const SlackPlace *)a)->folder, ((const SlackPlace *)b)->folder);
}

static Str first_filled(Str a, Str b, Str c)
{
    a = str_trim(a);
    b = str_trim(b);
    return a.len ? a : b.len ? b : str_trim(c);
}

void slack_add_users(SlackIndex *index, Arena *arena, const Json *users)
{
    JSON_EACH(user, users)
    {
        const Json *profile = json_get(user, "profile");
        SlackUser u = { .id = arena_str(arena, json_str(json_get(user, "id"))) };
        if (!u.id.len) continue;
        Str real = first_filled(json_str(json_get(profile, "real_name")), json_str(json_get(user, "real_name")),
                                json_str(json_get(profile, "display_name")));
        u.name = arena_str(arena, first_filled(real, json_str(json_get(user, "name")), u.id));
        u.email = arena_str(arena, json_str(json_get(profile, "email")));
        u.team = arena_str(arena, json_str(json_get(user, "team_id")));
        u.is_bot = json_true(json_get(user, "is_bot")) || str_equal(u.id, STR("USLACKBOT"));
        u.is_guest = json_true(json_get(user, "is_restricted")) || json_true(json_get(user, "is_ultra_restricted")) ||
                     json_true(json_get(user, "is_stranger"));
        *ARENA_PUSH(arena, index->user, index->user_count, index->user_capacity) = u;
    }
}

void slack_add_places(SlackIndex *index, Arena *arena, const Json *channels)
{
    JSON_EACH(channel, channels)
    {
        Str id = json_str(json_get(channel, "id")), name = json_str(json_get(channel, "name"));
        if (!id.len) continue;
        SlackPlace place = { .id = arena_str(arena, id) };
        place.folder = name.len ? arena_str(arena, name) : place.id; /* direct messages stand under their id */
        if (name.len) place.name = arena_printf(arena, "#%.*s", STR_ARG(name));
        *ARENA_PUSH(arena, index->place, index->place_count, index->place_capacity) = place;
    }
}

static int by_team(const void *a, const void *b) { return str_compare(*(const Str *)a, *(const Str *)b); }

static Str most_common_team(const SlackIndex *index)
{
    Arena arena = { 0 };
    Str *team = arena_alloc(&arena, index->user_count * sizeof *team), best = { 0 };
    uint32_t best_count = 0;
    for (uint32_t i = 0; i < index->user_count; i++) team[i] = index->user[i].team;
    if (index->user_count) qsort(team, index->user_count, sizeof *team, by_team);
    for (uint32_t i = 0, next; i < index->user_count; i = next) {
        for (next = i + 1; next < index->user_count && str_equal(team[next], team[i]);) next++;
        if (next - i <= best_count || !team[i].len) continue;
        best_count = next - i;
        best = team[i];
    }
    arena_clear(&arena);
    return best;
}

void slack_sort(SlackIndex *index)
{
    if (index->user_count) qsort(index->user, index->user_count, sizeof *index->user, by_user_id);
    if (index->place_count) qsort(index->place, index->place_count, sizeof *index->place, by_folder);
    index->home_team = most_common_team(index);
}

const SlackUser *slack_user(const SlackIndex *index, Str id)
{
    SlackUser key = { .id = id };
    if (!id.len || !index->user_count) return NULL;
    return bsearch(&key, index->user, index->user_count, sizeof key, by_user_id);
}

const SlackPlace *slack_place(const SlackIndex *index, Str folder)
{
    SlackPlace key = { .folder = folder };
    if (!index->place_count) return NULL;
    return bsearch(&key, index->place, index->place_count, sizeof key, by_folder);
}

bool slack_is_outside(const SlackIndex *index, const SlackUser *user)
{
    return user->is_guest || (user->team.len && index->home_team.len && !str_equal(user->team, index->home_team));
}

/* ---- markup */

/* &amp; &lt; &gt; are all that Slack escapes. */
static void add_plain(Buf *out, Str s)
{
    static const struct {
        Str reference;
        char c;
    } row[] = { { { "&amp;", 5 }, '&' }, { { "&lt;", 4 }, '<' }, { { "&gt;", 4 }, '>' } };
    while (s.len) {
        size_t run = str_find_char(s, '&');
        if (run == STR_NOT_FOUND) run = s.len;
        buf_add(out, str_sub(s, 0, run));
        s = str_from_byte(s, run);
        if (!s.len) return;
        size_t used = 0;
        for (size_t i = 0; i < COUNT(row) && !used; i++) {
            if (!str_starts(s, row[i].reference)) continue;
            buf_char(out, row[i].c);
            used = row[i].reference.len;
        }
        if (!used) buf_char(out, '&');
        s = str_from_byte(s, used ? used : 1);
    }
}

/* What stands between '<' and '>': a person, a channel, a command or a link; with words of its own behind a '|'. */
static void add_reference(const SlackIndex *index, Buf *out, Str inside)
{
    size_t bar = str_find_char(inside, '|');
    Str target = str_sub(inside, 0, bar), label = bar == STR_NOT_FOUND ? (Str){ 0 } : str_from_byte(inside, bar + 1);
    char kind = target.data[0];
    if (kind == '@' || kind == '#') {
        const SlackUser *user = kind == '@' ? slack_user(index, str_from_byte(target, 1)) : NULL;
        Str name = user ? user->name : label.len ? label : str_from_byte(target, 1);
        if (!name.len || name.data[0] != kind) buf_char(out, kind);
        add_plain(out, name);
    } else if (kind == '!') { /* <!here>, <!subteam^S1|@team>, <!date^1^{date}|3 March> */
        if (!label.len) buf_char(out, '@');
        add_plain(out, label.len ? label : str_from_byte(target, 1));
    } else if (label.len) {
        add_plain(out, label);
    } else {
        add_plain(out, str_starts(target, STR("mailto:")) ? str_from_byte(target, 7) : target);
    }
}

Str slack_text(const SlackIndex *index, Arena *arena, Str markup)
{
    Buf out = { 0 };
    bool no_more = false; /* no '>' follows: looked for once */
    while (markup.len) {
        size_t open = str_find_char(markup, '<');
        if (open == STR_NOT_FOUND) open = markup.len;
        add_plain(&out, str_sub(markup, 0, open));
        markup = str_from_byte(markup, open);
        if (!markup.len) break;
        size_t close = no_more ? STR_NOT_FOUND : str_find_char(markup, '>');
        no_more = close == STR_NOT_FOUND;
        if (no_more || close < 2) {
            buf_char(&out, '<');
            markup = str_from_byte(markup, 1);
            continue;
        }
        add_reference(index, &out, str_sub(markup, 1, close));
        markup = str_from_byte(markup, close + 1);
    }
    Str text = arena_str(arena, str_trim(buf_str(&out)));
    buf_clear(&out);
    return text;
}
