/* show.h -- a judged conversation for eyes (terminal) and for tables (CSV).
 *
 * Pure: values in, bytes appended to a Buf.  The terminal form fits `width`
 * columns and means the same without colour: strengths are underlined ~~~,
 * harms !!!, what the customer showed ···, each with the behaviour's name.
 */
#ifndef GOODWILL_CLI_SHOW_H
#define GOODWILL_CLI_SHOW_H

#include "cli/pipeline.h"

typedef struct Show {
    const Hearer *hearer;
    int width;    /* columns, at least 40 */
    bool color;   /* ANSI colours may be used */
    bool turns;   /* false: the reading alone */
    bool reasons; /* below each mark: why it was made */
} Show;

/* Marks of behaviours that are off (hear_mark_state) are left out; those to be checked say so. */
void show_conversation(Buf *out, const Show *show, const Heard *heard);

/* The words under one turn, for show_conversation: text wrapped to `width` columns behind `indent` of them (the first
 * line is begun already), the turn's marks under it. */
void show_words(Buf *out, const Show *show, Str text, const Mark *mark, size_t mark_count, int indent,
                const char *style);

void show_csv_head(Buf *out, const Hearer *hearer);
void show_csv(Buf *out, const Hearer *hearer, const Heard *heard);

/* The terminal's colours, "" when there are none. */
typedef enum Style { STYLE_END, STYLE_DIM, STYLE_BOLD, STYLE_STRENGTH, STYLE_HARM, STYLE_CUSTOMER, STYLE_COUNT } Style;
const char *show_style(const Show *show, Style style);

#endif
