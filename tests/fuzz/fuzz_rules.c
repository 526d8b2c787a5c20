/* fuzz_rules.c -- any bytes as a rules file, beside a few behaviours and spellings: it is compiled or refused, and what
 * is wrong is told one line a mistake.
 *
 * The words in force stay out: they take a second to compile under the sanitizers and would not change what is tried.
 */
#include <stdlib.h>

#include "base/utf8.h"
#include "hear/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MISTAKES_TOLD = 100 };

static void must(bool held)
{
    if (!held) abort();
}

static size_t count_lines(Str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++) count += s.data[i] == '\n';
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Embedded item[] = {
        { STR("abbreviations.txt"), STR("mr\ne.g\n") },
        { STR("behaviours.tsv"), STR("id\twho\tsign\tname\tcounts\tnot\n"
                                     "recovery.apology\tagent\t+\tApology\tsays sorry\ta stock line\n"
                                     "customer.need\tcustomer\t.\tNeed\twhat is behind it\t\n") },
        { STR("endings.tsv"), STR("'s\tis\n'll\twill\n") },
        { STR("irregular.tsv"), STR("be is are was were been being am\ngo goes went gone going\n") },
        { STR("list.txt"), STR("# a list\ngas bill\nwater\n") },
        { STR("rules/case.rules"), str_make((const char *)data, size) },
        { STR("spelling.tsv"), STR("i'm\ti am\ncan't\tcan not\n") },
        { STR("stopwords.txt"), STR("a\nthe\n") },
    };
    Words words = { .item = item, .count = COUNT(item) };
    Buf report = { 0 };
    size_t mistakes = 0;
    Err err = { 0 };
    Rules *rules = rules_open(&words, &report, &mistakes, &err);
    must(rules || err.kind != ERR_NONE);
    must(count_lines(buf_str(&report)) == MIN(mistakes, (size_t)MISTAKES_TOLD));
    for (uint32_t i = 0; rules && i < rules->phrase_count; i++) must(rules->phrase[i].rule < rules->rule_count);
    for (uint32_t i = 0; rules && i < rules->rule_count; i++) {
        const Rule *rule = &rules->rule[i];
        bool boundary = rule->has & (1u << PHRASE_BOUNDARY);
        must(rule->behaviour < rules->behaviour_count || rule->behaviour == NO_BEHAVIOUR);
        must(mistakes || rule->behaviour != NO_BEHAVIOUR || rule->signal.len > 0 || boundary);
        must(rule->sure <= 100 && rule->quality <= 100 && rule->words_min <= rule->words_max);
    }
    rules_free(rules);
    buf_clear(&report);
    return 0;
}
