/* conversation.h -- the noun everything turns on: one contact and its turns.
 *
 * A Conversation and all it points to live in one Arena (the reader's scratch)
 * until the sink that took it returns.  Every text is valid UTF-8, without NUL.
 */
#ifndef GOODWILL_IMPORT_CONVERSATION_H
#define GOODWILL_IMPORT_CONVERSATION_H

#include "base/arena.h"
#include "base/when.h"

typedef enum Role { ROLE_UNKNOWN, ROLE_CUSTOMER, ROLE_AGENT, ROLE_BOT, ROLE_SYSTEM, ROLE_COUNT } Role;
typedef enum Channel {
    CHANNEL_UNKNOWN,
    CHANNEL_PHONE,
    CHANNEL_CHAT,
    CHANNEL_EMAIL,
    CHANNEL_IN_PERSON,
    CHANNEL_SOCIAL,
    CHANNEL_COUNT
} Channel;

/* Who knows which speaker is staff. */
typedef enum Speakers {
    SPEAKERS_GIVEN,   /* the source said so */
    SPEAKERS_DECIDED, /* hear decided from what is said */
    SPEAKERS_SWAPPED, /* the source said so, but what is said fits the other way round: a person should look */
} Speakers;

enum { NO_PARTICIPANT = UINT32_MAX };

typedef struct Participant {
    Str id, name, email; /* empty when not known */
    Role role;
} Participant;

typedef struct Utterance {
    uint32_t participant; /* index into conversation->participant, or NO_PARTICIPANT */
    Role role;
    bool is_public; /* false: an internal note, kept and never judged as said to the customer */
    bool doubtful;  /* the transcriber was unsure of these words: shown, an agent is not judged on them */
    int64_t at_ms;  /* milliseconds from the conversation's start, WHEN_NONE when not known */
    int64_t end_ms; /* likewise, where the source says when the turn ended; else WHEN_NONE */
    Str text;
} Utterance;

typedef struct Conversation {
    Str id;        /* as the source names it; import makes one when it has none */
    bool id_given; /* false: made from a hash of the first turns */
    Channel channel;
    int64_t started;    /* when.h's point in time, WHEN_NONE when not known */
    int offset_minutes; /* of local time to UTC, as the source wrote it */
    Str source;         /* the name of the format it came in: "zendesk", "talk", … or the record's own `source` */
    Str file;           /* where it came from, for people */
    uint64_t line;      /* first line (from 1) of its record there; 0 when the file has no lines */
    Str subject;        /* of a ticket or mail; may be empty */
    Participant *participant;
    uint32_t participant_count, participant_capacity;
    Utterance *utterance;
    uint32_t utterance_count, utterance_capacity;
    uint32_t *participant_table; /* conversation.c's own: an index of the participants once they are many */
    uint32_t participant_table_size, participant_table_count;
    Speakers speakers; /* readers leave SPEAKERS_GIVEN; roles may still be ROLE_UNKNOWN */
} Conversation;

const char *role_name(Role role); /* "customer", "agent", "bot", "system", "unknown" */

/* Those, and the words other systems use (user, end-user, visitor, client, admin, operator, assistant, …); ROLE_UNKNOWN
 * for the rest. */
Role role_from(Str name);

const char *channel_name(Channel channel); /* "phone", "chat", "email", "in_person", "social", "unknown" */
Channel channel_from(Str name); /* those, and other systems' (voice, call, whatsapp, sms, web, twitter, …) */

/* All NONE, empty and zero but for what readers would else forget. */
void conversation_init(Conversation *ret);

/* The participant with this id (or, with an empty id, this name); added when there is none. Role is set when it was
 * unknown. */
uint32_t conversation_participant(Conversation *c, Arena *arena, Str id, Str name, Role role);

/* The participant with this id (or, with an empty id, this name), NO_PARTICIPANT when there is none. */
uint32_t conversation_find(Conversation *c, Arena *arena, Str id, Str name);

/* The text as valid UTF-8 with NULs as blanks; itself when it is so already. */
Str conversation_text(Arena *arena, Str text);

/* Adds a turn: role from the participant when `role` is unknown, public, no time.  Text is repaired to UTF-8, NULs
 * become blanks. */
Utterance *conversation_say(Conversation *c, Arena *arena, uint32_t participant, Role role, Str text);

#endif
