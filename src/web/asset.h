/* asset.h -- the browser's files, which the build put into the program compressed. */
#ifndef GOODWILL_WEB_ASSET_H
#define GOODWILL_WEB_ASSET_H

#include "base/arena.h"

typedef struct Asset {
    Str gzip;     /* lives as long as the program */
    char tag[17]; /* 16 hex digits over its bytes */
} Asset;

bool asset_find(Str name, Asset *ret) MUST_USE;

/* The text of one, decompressed; it must be there (a name of our own, or found). */
Str asset_text(Str name, Arena *arena);

/* 16 hex digits over all of them: a part of their addresses, so that browsers may keep them for good. */
Str asset_version(void);

#endif
