/* asset.h -- the browser's files, which the build put into the program compressed. */
#ifndef GOODWILL_WEB_ASSET_H
#define GOODWILL_WEB_ASSET_H

#include "base/arena.h"

/* The text of one, decompressed; it must be there (a name of our own). */
Str asset_text(Str name, Arena *arena);

#endif
