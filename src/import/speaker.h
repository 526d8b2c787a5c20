/* speaker.h -- "Jane Doe: good morning" taken apart: is what stands before the colon somebody's name?
 *
 * Shape alone decides here; whether a doubtful one is a name is for the reader
 * to say, which has seen the whole file.
 */
#ifndef GOODWILL_IMPORT_SPEAKER_H
#define GOODWILL_IMPORT_SPEAKER_H

#include "import/conversation.h"
#include "import/import.h"

typedef enum NameShape {
    NAME_NONE,
    NAME_DOUBTFUL, /* one capitalised word, or a word for a role: "Remember:", "Anna:", "agent:" */
    NAME_STRONG,   /* nothing but a name looks like this: "ANNA:", "Anna Berg:", "[SPEAKER_00]:", "Agent 2:" */
} NameShape;

/* Splits a line at its first colon.  A clock, a web address, a sentence and the labels of words/import/labels.tsv
 * ("Note:", "Order number:") are no names. `name` and `rest` are written unless NAME_NONE, views of the line. */
NameShape speaker_prefix(Str line, Str *name, Str *rest);

/* The role that the user gave this name, channel or number with --roles; ROLE_UNKNOWN when none. */
Role speaker_told(Str name, const ImportOptions *options);

/* Is each part of --roles a name and a role that we know? */
bool speaker_roles_check(const char *roles, Err *err) MUST_USE;

/* The role that a speaker's name says: "Agent", "Customer 2", "Jane Doe (agent)", "SUPPORT-1"; first by what the user
 * said with --roles. */
Role speaker_role(Str name, const ImportOptions *options);

#endif
