/* hear_json.h -- what was heard, as one JSON object (the `--json` line, without its line break).
 *
 * In: a conversation as judged (after redaction), its marks and reading.  Out:
 * {"id","source":{"file","line"},"speakers","turns":[…],"reading":{…},"marks":[…]}
 */
#ifndef GOODWILL_HEAR_HEAR_JSON_H
#define GOODWILL_HEAR_HEAR_JSON_H

#include "hear/hear.h"

void hear_json(Buf *out, const Hearer *hearer, const Conversation *conversation, Marks marks, const Reading *reading,
               bool with_turns);
void hear_json_reading(Buf *out, const Conversation *conversation, const Reading *reading);

#endif
