/* phone.c -- shapes that are telephone numbers by themselves, and lengths that are when somebody said so. */
#include "redact/phone.h"

static bool groups_are(const PhoneLook *look, const char *shape)
{
    size_t n = strlen(shape);
    if (n != look->groups) return false;
    for (size_t i = 0; i < n; i++)
        if (look->group[i] != (uint8_t)(shape[i] - '0')) return false;
    return true;
}

static bool in_range(uint32_t value, uint32_t low, uint32_t high) { return value >= low && value <= high; }

static uint32_t value_of(const uint8_t *digit, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++) value = value * 10 + digit[i];
    return value;
}

/* Eight digits that are a day, whole or in the groups of a date. */
static bool is_date(const PhoneLook *look)
{
    const uint8_t *d = look->digit;
    if (look->count < 8) return false;
    bool grouped = (look->groups >= 3 && look->group[0] == 4 && look->group[1] == 2 && look->group[2] == 2) ||
                   (look->groups >= 3 && look->group[0] == 2 && look->group[1] == 2 && look->group[2] == 4);
    if (!grouped && !(look->groups == 1 && look->count == 8)) return false;
    bool year_first = in_range(value_of(d, 4), 1900, 2099) && in_range(value_of(d + 4, 2), 1, 12) &&
                      in_range(value_of(d + 6, 2), 1, 31);
    bool year_last = in_range(value_of(d + 4, 4), 1900, 2099) && in_range(value_of(d, 2), 1, 31) &&
                     in_range(value_of(d + 2, 2), 1, 31);
    return year_first || year_last;
}

/* Groups in which people write numbers of one country or another; the first digits decide the rest. */
static bool is_national(const PhoneLook *look)
{
    const uint8_t *d = look->digit;
    size_t n = look->count;
    bool north_american = d[0] >= 2 && d[3] >= 2;
    if (north_american &&
        (groups_are(look, "334") || (look->bracket && (groups_are(look, "37") || groups_are(look, "334")))))
        return true;
    if (n == 11 && d[0] == 1 && d[1] >= 2 && (groups_are(look, "1334") || groups_are(look, "137"))) return true;
    if (d[0] == 0 && d[1] == 0) return n >= 10; /* 00: out of the country */
    if (d[0] == 0 && d[1] != 0) {               /* 0: out of town */
        if (look->spoken) return n == 10 || n == 11;
        if (look->groups == 1) return n == 10 || n == 11;
        return n >= 9 && n <= 12 && !(look->groups > 6);
    }
    if (look->spoken) return false;
    if (n == 9 && (d[0] >= 6) && (groups_are(look, "333") || groups_are(look, "3222"))) return true;
    if (n == 10 && d[0] >= 6 && groups_are(look, "55")) return true; /* India */
    return look->bracket && look->groups >= 2 && n >= 8 && n <= 12;
}

bool phone_looks(const PhoneLook *look)
{
    if (look->count < PHONE_MIN || look->count > PHONE_MAX) return false;
    if (look->plus) return look->count >= 8;
    if (is_date(look)) return false;
    if (look->named) return true;
    return look->count >= 9 && is_national(look);
}
