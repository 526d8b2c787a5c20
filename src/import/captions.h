/* captions.h -- cues with times become the turns of a conversation; for WebVTT and SRT.
 *
 * A reader adds its cues in the file's order; captions_give finds out who
 * speaks, puts them in the order of time, joins what one speaker says in cues at
 * most CAPTION_GAP_MS apart, and hands the conversation over.
 *
 * Who speaks: the cue's voice; else a name in front of the text ("Jane: hello",
 * ">> JANE: hello"); else, where names are carried, whoever spoke before; else
 * nobody that we know.  Lines that begin with a dash are one speaker each.
 */
#ifndef GOODWILL_IMPORT_CAPTIONS_H
#define GOODWILL_IMPORT_CAPTIONS_H

#include "import/import.h"

enum { CAPTION_GAP_MS = 2000 };

typedef struct Caption {
    int64_t begin_ms, end_ms; /* from the start of the recording */
    Str voice;                /* the speaker's name where the format has a place for it; else empty */
    Str text;                 /* without markup; lines as shown, with '\n' between */
} Caption;

typedef struct Captions {
    Caption *item;
    uint32_t count, capacity;
} Captions;

typedef enum CaptionNames {
    NAMES_OWN,     /* a name counts for its own cue; carried all the same when the file marks changes with ">>" */
    NAMES_CARRIED, /* a name counts until the next */
} CaptionNames;

bool captions_give(const Captions *captions, CaptionNames names, const ImportBlock *block, ImportSink *sink,
                   Arena *scratch);

#endif
