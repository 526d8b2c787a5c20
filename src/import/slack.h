/* slack.h -- the people and channels of a Slack export, and its markup as text. */
#ifndef GOODWILL_IMPORT_SLACK_H
#define GOODWILL_IMPORT_SLACK_H

#include "base/json.h"
#include "import/import.h"

typedef struct SlackUser {
    Str id, name, email;
    Str team;
    bool is_bot;
    bool is_guest; /* invited from outside to some channels */
} SlackUser;

typedef struct SlackPlace {
    Str folder, id, name; /* name with its '#', empty for direct messages */
} SlackPlace;

typedef struct SlackIndex {
    SlackUser *user; /* sorted by id */
    uint32_t user_count, user_capacity;
    SlackPlace *place; /* sorted by folder */
    uint32_t place_count, place_capacity;
    Str home_team; /* most users' */
} SlackIndex;

void slack_add_users(SlackIndex *index, Arena *arena, const Json *users);
void slack_add_places(SlackIndex *index, Arena *arena, const Json *channels);
void slack_sort(SlackIndex *index); /* after the last of them, before the first search */

const SlackUser *slack_user(const SlackIndex *index, Str id);          /* NULL when there is none */
const SlackPlace *slack_place(const SlackIndex *index, Str folder);    /* likewise */
bool slack_is_outside(const SlackIndex *index, const SlackUser *user); /* a guest, or of another company */

/* "<@U1> see <https://a.example|this> &amp; that" -> "@Ann see this & that" */
Str slack_text(const SlackIndex *index, Arena *arena, Str markup);

#endif
