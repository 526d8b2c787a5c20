/* card.c -- the check digit and the ranges of the schemes. */
#include "redact/card.h"

bool card_luhn(const uint8_t *digit, size_t count)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t d = digit[count - 1 - i];
        if (i & 1) d = d > 4 ? 2 * d - 9 : 2 * d;
        sum += d;
    }
    return sum % 10 == 0;
}

/* Ranges of the first six digits (issuer identification numbers) and the lengths seen in them. */
static const struct {
    uint32_t first, last;
    uint8_t shortest, longest;
} SCHEME[] = {
    { 400000, 499999, 13, 19 },                             /* Visa: 13, 16, 19; others are cut out below */
    { 510000, 559999, 16, 16 },                             /* Mastercard */
    { 222100, 272099, 16, 16 },                             /* Mastercard, second range */
    { 340000, 349999, 15, 15 },                             /* American Express */
    { 370000, 379999, 15, 15 }, { 352800, 358999, 16, 19 }, /* JCB */
    { 300000, 305999, 14, 19 },                             /* Diners */
    { 360000, 369999, 14, 19 }, { 380000, 399999, 14, 19 }, { 601100, 601199, 16, 19 }, /* Discover */
    { 644000, 659999, 16, 19 }, { 620000, 629999, 16, 19 },                             /* UnionPay */
    { 810000, 829999, 16, 19 },                                                         /* UnionPay, RuPay */
    { 220000, 220499, 16, 19 },                                                         /* Mir */
    { 979200, 979299, 16, 16 },                                                         /* Troy */
    { 500000, 509999, 13, 19 },                                                         /* Maestro, RuPay, Verve, Elo */
    { 560000, 589999, 13, 19 }, { 600000, 601099, 13, 19 }, { 601200, 609999, 13, 19 },
    { 630000, 639999, 13, 19 }, { 670000, 679999, 13, 19 },
};

bool card_known(const uint8_t *digit, size_t count)
{
    if (count < CARD_MIN || count > CARD_MAX || digit[0] < 2 || digit[0] == 7) return false;
    uint32_t head = 0;
    for (size_t i = 0; i < 6; i++) head = head * 10 + digit[i];
    if (digit[0] == 4) return count == 13 || count == 16 || count == 19;
    for (size_t i = 0; i < COUNT(SCHEME); i++)
        if (head >= SCHEME[i].first && head <= SCHEME[i].last)
            return count >= SCHEME[i].shortest && count <= SCHEME[i].longest;
    return false;
}

bool card_expiry(const uint8_t *digit, size_t count)
{
    uint32_t month, year;
    if (count == 3) {
        month = digit[0], year = (uint32_t)digit[1] * 10 + digit[2];
    } else if (count == 4) {
        month = (uint32_t)digit[0] * 10 + digit[1], year = (uint32_t)digit[2] * 10 + digit[3];
    } else if (count == 5 || count == 6) {
        const uint8_t *y = digit + count - 4;
        month = count == 5 ? digit[0] : (uint32_t)digit[0] * 10 + digit[1];
        if (y[0] != 2 || y[1] != 0) return false;
        year = (uint32_t)y[2] * 10 + y[3];
    } else {
        return false;
    }
    return month >= 1 && month <= 12 && year >= 15 && year <= 49; /* cards are issued for 20 years at most */
}
