/* features_turn.h -- features of whole turns; between features.c and features_turn.c. */
#ifndef GOODWILL_HEAR_FEATURES_TURN_H
#define GOODWILL_HEAR_FEATURES_TURN_H

#include "hear/features.h"

/* features.c: names a feature, adds one, what a token is called in features. */
uint64_t feature_name(uint64_t kind, uint64_t a, uint64_t b, uint64_t c);
void feature_add(Features *features, uint64_t name);
uint64_t feature_word(const Hearing *h, const Token *token);
int feature_valence(const Hearing *h, uint64_t word); /* hundredths; 0 where nothing is known */

void features_turn_words(const Hearing *h, const Turn *turn, Features *f);
void features_turn_letters(Str text, Features *f);
void features_turn_facts(const Hearing *h, const Conversation *c, uint32_t utterance, Features *f);

#endif
