/* agree_stats.c -- see agree_stats.h. */
#include "learn/agree_stats.h"

#include <math.h>
#include <stdlib.h>

static const double Z_95 = 1.959963984540054; /* of the standard normal, two-sided */

static double all_units(const Units *u) { return u->both + u->only_reader + u->only_people + u->neither; }

static double above_chance(double agreed, double by_chance)
{
    return by_chance < 1 ? (agreed - by_chance) / (1 - by_chance) : NAN;
}

double units_kappa(const Units *u)
{
    double n = all_units(u);
    if (n <= 0) return NAN;
    double reader = (u->both + u->only_reader) / n, people = (u->both + u->only_people) / n;
    return above_chance((u->both + u->neither) / n, reader * people + (1 - reader) * (1 - people));
}

double units_ac1(const Units *u)
{
    double n = all_units(u);
    if (n <= 0) return NAN;
    double mean = (2 * u->both + u->only_reader + u->only_people) / (2 * n);
    return above_chance((u->both + u->neither) / n, 2 * mean * (1 - mean));
}

double units_alpha(const Units *u)
{
    double n = all_units(u), differ = u->only_reader + u->only_people, marked = 2 * u->both + differ;
    double chance = marked * (2 * n - marked);
    return chance > 0 ? 1 - (2 * n - 1) * differ / chance : NAN;
}

double units_prevalence(const Units *u)
{
    double n = all_units(u);
    return n > 0 ? (u->both + u->only_people) / n : NAN;
}

Interval wilson(double right, double of)
{
    if (of <= 0) return (Interval){ NAN, NAN };
    double p = right / of, z2 = Z_95 * Z_95, middle = p + z2 / (2 * of);
    double half = Z_95 * sqrt(p * (1 - p) / of + z2 / (4 * of * of)), scale = 1 + z2 / of;
    return (Interval){ fmax(0, (middle - half) / scale), fmin(1, (middle + half) / scale) };
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

Interval percentiles(double *value, size_t count)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(value[i])) value[known++] = value[i];
    if (known == 0) return (Interval){ NAN, NAN };
    qsort(value, known, sizeof *value, by_value);
    size_t low = (size_t)floor(.025 * (double)known), high = (size_t)ceil(.975 * (double)known);
    return (Interval){ value[MIN(low, known - 1)], value[high ? MIN(high - 1, known - 1) : 0] };
}

void bands_add(Bands *bands, unsigned confidence, bool right)
{
    unsigned band = confidence ? (MIN(confidence, 100u) - 1) * BANDS / 100 : 0;
    bands->item[band].marks++;
    bands->item[band].right += right;
    bands->item[band].confidence += confidence;
}

double bands_error(const Bands *bands)
{
    double all = 0, error = 0;
    for (size_t i = 0; i < BANDS; i++) {
        all += bands->item[i].marks;
        error += fabs(bands->item[i].confidence / 100 - bands->item[i].right);
    }
    return all > 0 ? error / all : NAN;
}
