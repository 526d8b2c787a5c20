/* agree_stats.h -- what follows from counts of how often a reader and people agree.
 *
 * Two judges look at the same units (turns) and mark each or not:
 *
 *                    people: marked   not
 *   reader: marked        both        only_reader
 *           not           only_people neither
 *
 * n = all four; p_o = (both + neither) / n, the share on which they agree.
 *   Cohen's kappa  (p_o - p_e) / (1 - p_e), p_e = r·p + (1-r)(1-p), r and p the shares that each marks
 *                  (Cohen 1960, Educ. Psychol. Meas. 20:37-46)
 *   Gwet's AC1     the same with p_e = 2q(1-q), q = (r + p) / 2; not upset by rare behaviours
 *                  (Gwet 2008, Br. J. Math. Stat. Psychol. 61:29-48)
 *   Krippendorff's alpha, nominal, two judges and none missing:  1 - (2n - 1) d / (m (2n - m)),
 *                  d = only_reader + only_people, m = 2 both + d: values "marked" of both judges
 *                  (Krippendorff 2004, Content Analysis, 2nd ed., ch. 11; .667 is his least for tentative conclusions)
 *   Wilson's score interval of k of n (Wilson 1927, JASA 22:209-212)
 *   The percentile interval of bootstrap rounds (Efron 1979, Ann. Statist. 7:1-26)
 *   Expected calibration error: the mean distance, weighted by how many, between how sure the reader was and how often
 *                  it was right, in bands of confidence (Naeini, Cooper & Hauskrecht 2015, AAAI)
 * NAN: nothing to reckon with (nobody marked anything, or everything, so chance alone would agree).
 */
#ifndef GOODWILL_LEARN_AGREE_STATS_H
#define GOODWILL_LEARN_AGREE_STATS_H

#include "base/base.h"

typedef struct Units {
    double both, only_reader, only_people, neither;
} Units;

typedef struct Interval {
    double low, high; /* 95 %; NAN: unknown */
} Interval;

double units_kappa(const Units *u);
double units_ac1(const Units *u);
double units_alpha(const Units *u);
double units_prevalence(const Units *u); /* the share that people marked */

Interval wilson(double right, double of);

/* The middle 95 % of `value` (sorted here); rounds without a value (NAN) are left out. */
Interval percentiles(double *value, size_t count);

enum { BANDS = 10 }; /* of confidence: 1 to 10, 11 to 20, … hundredths */

typedef struct Bands {
    struct {
        double marks, right, confidence; /* confidence: summed hundredths */
    } item[BANDS];
} Bands;

void bands_add(Bands *bands, unsigned confidence, bool right);
double bands_error(const Bands *bands); /* expected calibration error, 0..1; NAN without marks */

#endif
