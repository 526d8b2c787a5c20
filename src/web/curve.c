/* curve.c -- where the points, the line and the turn labels of the emotion curve lie. */
#include "web/curve.h"

/* Units of curve.html's drawing. */
enum {
    LEFT = 130,      /* the first turn */
    RIGHT = 760,     /* the last turn */
    MIDDLE = 135,    /* feeling 0 */
    HALF = 95,       /* from 0 to 1 */
    TICK_GAP = 44,   /* turn numbers stand at least this far apart */
    DOTS_MAX = 400,  /* more points than that are drawn as every n-th */
    ABOUT_MAX = 120, /* bytes of the turn's words beside a dot */
    EVEN = 15,       /* hundredths: closer to 0 than that is even */
};

static int x_of(uint32_t turn, uint32_t turn_count)
{
    return turn_count < 2 ? LEFT : LEFT + (int)((uint64_t)turn * (RIGHT - LEFT) / (turn_count - 1));
}

static int y_of(int value) { return MIDDLE - value * HALF / 100; }

static const char *css_of(int value) { return value > EVEN ? "up" : value < -EVEN ? "down" : "even"; }

/* The first words, cut between characters. */
static Str begin_of(Str text, Arena *arena)
{
    if (text.len <= ABOUT_MAX) return text;
    size_t end = ABOUT_MAX;
    while (end > 0 && ((uint8_t)text.data[end] & 0xC0) == 0x80) end--;
    return arena_printf(arena, "%.*s…", (int)end, text.data);
}

static void add_point(Buf *line, bool first, int x, int y) { buf_printf(line, "%c%d %d", first ? 'M' : 'L', x, y); }

static CurveTick *add_ticks(const CurveDot *dot, const uint32_t *turn, size_t count, Arena *arena, size_t *ret)
{
    CurveTick *tick = ARENA_NEW(arena, CurveTick, count);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (n && dot[i].x - tick[n - 1].x < TICK_GAP) continue;
        tick[n++] = (CurveTick){ .x = dot[i].x, .text = arena_printf(arena, "%u", turn[i] + 1) };
    }
    *ret = n;
    return tick;
}

bool curve_view(const Conversation *c, const Reading *reading, Arena *arena, CurveView *ret)
{
    size_t count = reading->emotion.count, step = count / DOTS_MAX + 1, n = 0;
    if (count < 2) return false;
    CurveDot *dot = ARENA_NEW(arena, CurveDot, count);
    uint32_t *turn = ARENA_NEW(arena, uint32_t, count);
    Buf line = { 0 }, area = { 0 };
    for (size_t i = 0; i < count; i += step) {
        const Emotion *e = &reading->emotion.item[i];
        if (e->utterance >= c->utterance_count) continue;
        int x = x_of(e->utterance, c->utterance_count), y = y_of(e->value);
        add_point(&line, n == 0, x, y);
        if (n == 0) add_point(&area, true, x, MIDDLE);
        add_point(&area, false, x, y);
        Str words = begin_of(c->utterance[e->utterance].text, arena);
        turn[n] = e->utterance;
        dot[n++] =
            (CurveDot){ .x = x, .y = y, .css = str_from(css_of(e->value)), .turn = e->utterance + 1, .about = words };
    }
    if (n) add_point(&area, false, (int)dot[n - 1].x, MIDDLE);
    CurveView view = { .line = arena_str(arena, buf_str(&line)),
                       .area = arena_printf(arena, "%.*sZ", (int)area.len, area.data ? area.data : "") };
    buf_clear(&line);
    buf_clear(&area);
    if (n < 2) return false;
    view.dots.item = dot;
    view.dots.count = n;
    view.ticks.item = add_ticks(dot, turn, n, arena, &view.ticks.count);
    view.from = turn[0] + 1;
    view.to = turn[n - 1] + 1;
    view.begins = dot[0].css;
    view.ends = dot[n - 1].css;
    *ret = view;
    return true;
}
