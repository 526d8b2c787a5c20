/* listen.h -- learned models mark beside the rules.
 *
 * In: a turn that the rules have marked, and the models in force (the .gwm files of words/models).  Out: the turn's
 * marks, changed as each model says for each of its behaviours (ModelMode): the model alone decides, a rule's words
 * being shown where one overlaps; either is enough; or the rules are better and the model is not asked.  Marks of a
 * company's own rules stay always: who wrote a rule means it.
 */
#ifndef GOODWILL_HEAR_LISTEN_H
#define GOODWILL_HEAR_LISTEN_H

#include "hear/model.h"

typedef struct Listener Listener; /* of a Hearer: the models; read-only */

/* Words without the models that this reader does not ask, so that the hash over them tells readers apart too. */
Words listener_words(const Words *words, ReaderKind reader, Arena *arena);

/* `words`: listener_words.  False when a model of them is damaged, or one over sentence vectors is asked for and the
 * encoder's file is not there.  `*ret` is NULL when there is no model. */
bool listener_open(const Words *words, const Rules *rules, bool deep, Arena *arena, Listener **ret, Err *err) MUST_USE;
void listener_free(Listener *listener);

/* The reason of mark.rule = rule_count + index; empty when there is none such. */
Str listener_reason(const Listener *listener, uint32_t index);

/* A thread's own; h->sink while judging. */
TurnSink *listening_new(const Listener *listener);
void listening_free(TurnSink *listening);

#endif
