/* labels.c -- looks names up in the embedded labels, and puts times into words. */
#include "web/labels.h"

#include "base/embedded.h"

extern const EmbeddedTable embedded_labels;

/* The text behind "kind.name\t" at the head of a line; empty when there is none. */
static Str find(Str kind, Str name)
{
    const Embedded *file = embedded_find(&embedded_labels, STR("labels.tsv"));
    Str rest = file ? file->bytes : (Str){ 0 }, line, key, first;
    while (str_next_line(&rest, &line)) {
        if (!str_starts(line, kind) || !str_next_part(&line, '\t', &key)) continue;
        if (str_next_part(&key, '.', &first) && str_equal(first, kind) && str_equal(key, name)) return line;
    }
    return (Str){ 0 };
}

Str label(const char *kind, Str name)
{
    Str text = find(str_from(kind), name);
    return text.len ? text : name;
}

Str label_outcome(const char *kind, Outcome outcome)
{
    const char *name = outcome_name(outcome);
    return label(kind, name ? str_from(name) : STR("unsure"));
}

Str label_ends(const char *kind, Ends ends)
{
    const char *name = ends_name(ends);
    return label(kind, name ? str_from(name) : STR("unsure"));
}

Str label_answer(const char *kind, Answer answer)
{
    return label(kind, answer == ANSWER_YES ? STR("yes") : answer == ANSWER_NO ? STR("no") : STR("unsure"));
}

/* The anchors are 100, 50 and 30 hundredths; what lies between goes to the nearer one. */
Str label_quality(uint8_t quality)
{
    return label("quality", quality >= 75 ? STR("specific") : quality >= 40 ? STR("generic") : STR("stock"));
}

static Str numbered(Arena *arena, const char *kind, int number)
{
    return label(kind, arena_printf(arena, "%d", number));
}

static bool local(int64_t when, int offset_minutes, int64_t *ret)
{
    return when != WHEN_NONE && !__builtin_add_overflow(when, (int64_t)offset_minutes * 60000, ret);
}

Str label_moment(Arena *arena, int64_t when, int offset_minutes)
{
    int64_t there;
    if (!local(when, offset_minutes, &there)) return (Str){ 0 };
    Date d = when_to_date(there);
    Str weekday = numbered(arena, "weekday", date_weekday(there)), month = numbered(arena, "month", d.month);
    return arena_printf(arena, "%.*s %d %.*s %d, %02d:%02d", STR_ARG(weekday), d.day, STR_ARG(month), d.year, d.hour,
                        d.minute);
}

Str label_moment_short(Arena *arena, int64_t when, int offset_minutes)
{
    int64_t there;
    if (!local(when, offset_minutes, &there)) return (Str){ 0 };
    Date d = when_to_date(there);
    Str month = str_sub(numbered(arena, "month", d.month), 0, 3);
    return arena_printf(arena, "%d %.*s %d, %02d:%02d", d.day, STR_ARG(month), d.year, d.hour, d.minute);
}

Str label_clock(Arena *arena, int64_t ms)
{
    if (ms == WHEN_NONE || ms < 0) return (Str){ 0 };
    long long s = ms / 1000;
    if (s >= 86400) return label_duration(arena, ms);
    if (s >= 3600) return arena_printf(arena, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    return arena_printf(arena, "%02lld:%02lld", s / 60, s % 60);
}

Str label_duration(Arena *arena, int64_t ms)
{
    static const struct {
        int64_t ms, below; /* one of them; used below that many ms */
        const char *one, *many;
    } unit[] = {
        { 1000, 90 * 1000, "second", "seconds" },
        { 60000, 90 * 60000, "minute", "minutes" },
        { 3600000, 36 * (int64_t)3600000, "hour", "hours" },
        { 86400000, INT64_MAX, "day", "days" },
    };
    if (ms == WHEN_NONE || ms < 0) return (Str){ 0 };
    if (ms < 1000) return label("time", STR("ms"));
    size_t i = 0;
    while (ms >= unit[i].below && i + 1 < COUNT(unit)) i++;
    long long count = ms / unit[i].ms + (ms % unit[i].ms >= unit[i].ms / 2);
    Str name = label("time", str_from(count == 1 ? unit[i].one : unit[i].many));
    return arena_printf(arena, "%lld %.*s", count, STR_ARG(name));
}
