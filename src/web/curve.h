/* curve.h -- the customer's feeling over the turns, laid out for curve.html. */
#ifndef GOODWILL_WEB_CURVE_H
#define GOODWILL_WEB_CURVE_H

#include "hear/hear.h"
#include "web/templates.h"

/* False when there are too few points to draw (fewer than two). */
bool curve_view(const Conversation *conversation, const Reading *reading, Arena *arena, CurveView *ret);

#endif
