/* show_words.c -- the words of one turn, wrapped, with its marks drawn under them.
 *
 *     I'm sorry about the wait. I'll call the depot at four.
 *     ~~~~~~~~~~~~~~~~~~~~~~~~~ Apology that owns it
 *                               ~~~~~~~~~~~~~~~~~~~~~~~~~~~~ Concrete commitment
 *
 * Under each line stand rows; a mark goes into the first row that has room for
 * its underline and, where the mark ends, its name: behind it, else before it,
 * else in a row below.  Cost grows with the text and the marks, not their
 * product: only marks that reach into a line are looked at, and rows are few.
 */
#include <stdlib.h>

#include "cli/lay_out.h"
#include "cli/show.h"

enum { ROWS_MAX = 16, LABEL_MAX = 80 };

typedef struct Row {
    Buf text;
    int column; /* where the next character of this row stands */
} Row;

typedef struct Words {
    const Show *show;
    Buf *out;
    Str text;
    int indent, width; /* width: columns of the text itself */
    const Mark *mark;
    size_t mark_count, mark_next;            /* the first that no line has reached */
    size_t *open, open_count, open_capacity; /* marks that reach into this line */
    uint32_t *columns;                       /* of the line's bytes */
    size_t columns_capacity;
    Row row[ROWS_MAX];
    size_t row_count, left_out;
} Words;

static void *grown(void *old, size_t count, size_t size)
{
    void *memory = realloc(old, count * size);
    if (!memory) abort(); /* the process is out of memory */
    return memory;
}

static Style style_of(const Behaviour *b)
{
    if (b->who == WHO_CUSTOMER) return STYLE_CUSTOMER;
    return b->sign == SIGN_HARM ? STYLE_HARM : b->sign == SIGN_STRENGTH ? STYLE_STRENGTH : STYLE_CUSTOMER;
}

static const char *stroke_of(Style style) { return style == STYLE_HARM ? "!" : style == STYLE_STRENGTH ? "~" : "·"; }

static Row *row_at(Words *w, size_t index)
{
    if (index >= ROWS_MAX) return NULL;
    while (w->row_count <= index) {
        w->row[w->row_count].text.len = 0;
        w->row[w->row_count++].column = 0;
    }
    return &w->row[index];
}

static void row_styled(Words *w, Row *row, int column, Style style)
{
    lay_out_pad(&row->text, column - row->column);
    buf_add(&row->text, str_from(show_style(w->show, style)));
    row->column = column;
}

static void row_label(Words *w, Row *row, int column, Style style, Str label)
{
    row_styled(w, row, column, style);
    row->column += lay_out_cut(&row->text, label, w->width - column);
    buf_add(&row->text, str_from(show_style(w->show, STYLE_END)));
}

static void row_strokes(Words *w, Row *row, int begin, int end, Style style)
{
    row_styled(w, row, begin, style);
    for (int i = begin; i < end; i++) buf_add(&row->text, str_from(stroke_of(style)));
    buf_add(&row->text, str_from(show_style(w->show, STYLE_END)));
    row->column = end;
}

/* A blank stands between two things in a row. */
static bool row_free(const Row *row, int column) { return row->column == 0 ? column >= 0 : column > row->column; }

static void label_below(Words *w, size_t index, int column, Style style, Str label, int label_width)
{
    column = MAX(0, MIN(column, w->width - label_width));
    for (Row *row; (row = row_at(w, index)) != NULL; index++)
        if (row_free(row, column)) {
            row_label(w, row, column, style, label);
            return;
        }
    w->left_out++;
}

static void place(Words *w, int begin, int end, Style style, Str label)
{
    int label_width = lay_out_width(label);
    for (size_t i = 0; i < ROWS_MAX; i++) {
        Row *row = row_at(w, i);
        if (!row_free(row, begin)) continue;
        bool behind = end + 1 + label_width <= w->width;
        bool before = !behind && label_width && row_free(row, begin - 1 - label_width);
        if (before) row_label(w, row, begin - 1 - label_width, style, label);
        row_strokes(w, row, begin, end, style);
        if (label_width && behind)
            row_label(w, row, end + 1, style, label);
        else if (label_width && !before)
            label_below(w, i + 1, begin, style, label, label_width);
        return;
    }
    w->left_out++;
}

/* The behaviour's name; that it was only a stock phrase is worth knowing at once, and that people agree with too few
 * such marks. */
static Str label_of(const Words *w, const Mark *m, char room[LABEL_MAX])
{
    enum { STOCK_PHRASE_MAX = 30 }; /* hear.h's anchor */
    const Behaviour *b = hear_behaviour(w->show->hearer, m->behaviour);
    Str stock = STR(", stock phrase");
    Str check = STR(", please check");
    size_t len = MIN(b->name.len, LABEL_MAX - stock.len - check.len);
    memcpy(room, b->name.data, len);
    if (b->sign == SIGN_STRENGTH && m->quality <= STOCK_PHRASE_MAX) {
        memcpy(room + len, stock.data, stock.len);
        len += stock.len;
    }
    if (hear_mark_state(w->show->hearer, m) == STATE_CHECK) {
        memcpy(room + len, check.data, check.len);
        len += check.len;
    }
    return str_make(room, len);
}

static void place_mark(Words *w, const Line *line, const Mark *m)
{
    size_t begin = MAX(m->begin, line->begin), end = MIN(m->end, line->end);
    if (begin >= end) return;
    int from = (int)w->columns[begin - line->begin], to = (int)w->columns[end - line->begin];
    Style style = style_of(hear_behaviour(w->show->hearer, m->behaviour));
    char room[LABEL_MAX];
    bool ends_here = m->end <= line->next;
    place(w, from, MAX(to, from + 1), style, ends_here ? label_of(w, m, room) : (Str){ 0 });
}

/* Opens the marks that this line reaches, draws, and drops those that end in it. */
static void place_marks(Words *w, const Line *line)
{
    for (; w->mark_next < w->mark_count && w->mark[w->mark_next].begin < line->next; w->mark_next++) {
        if (w->open_count == w->open_capacity) {
            w->open_capacity = w->open_capacity ? w->open_capacity * 2 : 16;
            w->open = grown(w->open, w->open_capacity, sizeof *w->open);
        }
        w->open[w->open_count++] = w->mark_next;
    }
    size_t kept = 0;
    for (size_t i = 0; i < w->open_count; i++) {
        const Mark *m = &w->mark[w->open[i]];
        place_mark(w, line, m);
        if (m->end > line->next) w->open[kept++] = w->open[i];
    }
    w->open_count = kept;
}

static void measure(Words *w, const Line *line)
{
    size_t needed = line->end - line->begin + 1;
    if (needed > w->columns_capacity) {
        w->columns_capacity = needed * 2;
        w->columns = grown(w->columns, w->columns_capacity, sizeof *w->columns);
    }
    lay_out_columns(w->text, line->begin, line->end, w->columns);
}

static void print_rows(Words *w)
{
    for (size_t i = 0; i < w->row_count; i++) {
        if (w->row[i].column == 0) continue;
        lay_out_pad(w->out, w->indent);
        buf_add(w->out, buf_str(&w->row[i].text));
        buf_char(w->out, '\n');
    }
    if (w->left_out) {
        lay_out_pad(w->out, w->indent);
        buf_printf(w->out, "(and %zu more)\n", w->left_out);
    }
    w->row_count = w->left_out = 0;
}

static void print_reasons(Words *w)
{
    for (size_t i = 0; i < w->mark_count; i++) {
        const Mark *m = &w->mark[i];
        const Behaviour *b = hear_behaviour(w->show->hearer, m->behaviour);
        Buf line = { 0 };
        buf_add(&line, b->name);
        buf_printf(&line, ": quality %d %%, confidence %d %%, ", m->quality, m->confidence);
        buf_add(&line, hear_reason(w->show->hearer, m->rule));
        Line part;
        size_t at = 0;
        while (lay_out_line(buf_str(&line), &at, w->width, &part)) {
            lay_out_pad(w->out, w->indent);
            buf_add(w->out, str_from(show_style(w->show, STYLE_DIM)));
            lay_out_text(w->out, str_sub(buf_str(&line), part.begin, part.end));
            buf_add(w->out, str_from(show_style(w->show, STYLE_END)));
            buf_char(w->out, '\n');
        }
        buf_clear(&line);
    }
}

void show_words(Buf *out, const Show *show, Str text, const Mark *mark, size_t mark_count, int indent,
                const char *style)
{
    Words w = { .show = show, .out = out, .text = text, .indent = indent, .mark = mark, .mark_count = mark_count };
    w.width = MAX(2, show->width - indent);
    const char *end = style[0] ? show_style(show, STYLE_END) : "";
    Line line;
    size_t at = 0;
    bool first = true;
    while (lay_out_line(text, &at, w.width, &line)) {
        if (!first) lay_out_pad(out, line.end > line.begin ? indent : 0);
        first = false;
        buf_add(out, str_from(style));
        lay_out_text(out, str_sub(text, line.begin, line.end));
        buf_add(out, str_from(end));
        buf_char(out, '\n');
        if (mark_count == 0) continue;
        measure(&w, &line);
        place_marks(&w, &line);
        print_rows(&w);
    }
    if (first) buf_char(out, '\n');
    if (show->reasons) print_reasons(&w);
    for (size_t i = 0; i < ROWS_MAX; i++) buf_clear(&w.row[i].text);
    free(w.open);
    free(w.columns);
}
