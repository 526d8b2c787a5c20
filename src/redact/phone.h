/* phone.h -- does a row of digits look like a telephone number (E.164 and the national forms)? */
#ifndef GOODWILL_REDACT_PHONE_H
#define GOODWILL_REDACT_PHONE_H

#include "base/base.h"

enum { PHONE_MIN = 7, PHONE_MAX = 15, PHONE_GROUPS_MAX = 12 };

typedef struct PhoneLook {
    const uint8_t *digit;
    size_t count;
    uint8_t group[PHONE_GROUPS_MAX]; /* digits of each written group */
    size_t groups;
    bool plus;    /* '+' stands before it */
    bool bracket; /* '(' stands before it */
    bool spoken;
    bool named; /* somebody spoke of a telephone just before */
} PhoneLook;

bool phone_looks(const PhoneLook *look);

#endif
