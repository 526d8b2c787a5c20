/* test_speakers.c -- who is staff: told, decided from what is said, or told the wrong way round. */
#include "hear_case.h"

static Hearer *hearer;
static Hearing *hearing;

static int open_hearer(void **state)
{
    (void)state;
    Err err;
    hearer = hear_open(NULL, &err);
    if (hearer) hearing = hearing_new(hearer);
    return hearer ? 0 : -1;
}

static int close_hearer(void **state)
{
    (void)state;
    hearing_free(hearing);
    hear_free(hearer);
    return 0;
}

#define OPENS "Thank you for calling Harbour Bikes, how can I help you?"
#define WANTS "I want my money back, I have been waiting three weeks for my bike."
#define LOOKS "Let me check your order, I'm sorry about the wait."
#define WHY   "Why was my order cancelled? Nobody told me."

/* Turns "who: text"; who is a role, a name (then its role is open) or "?" (nobody is named).  Roles as they come out.
 */
static const struct {
    const char *name, *turns, *roles; /* a agent, c customer, b bot, s system, ? unknown */
    Speakers speakers;
} CASES[] = {
    { "told", "agent: " OPENS "\ncustomer: " WANTS "\n", "ac", SPEAKERS_GIVEN },
    { "two names", "Lena: " OPENS "\nTom: " WANTS "\nLena: " LOOKS "\nTom: Right.\n", "acac", SPEAKERS_DECIDED },
    { "two names, the customer first", "Tom: " WANTS "\nLena: " LOOKS "\n", "ca", SPEAKERS_DECIDED },
    { "one name speaks alone, as staff do", "Lena: " OPENS "\n", "a", SPEAKERS_DECIDED },
    { "one name speaks alone, as customers do", "Tom: " WANTS "\n", "c", SPEAKERS_DECIDED },
    { "three names", "Lena: " OPENS "\nTom: " WANTS "\nOmar: " LOOKS "\nTom: Fine.\n", "acac", SPEAKERS_DECIDED },
    { "staff are told, one is open", "agent: Yes.\nTom: Yes.\n", "ac", SPEAKERS_DECIDED },
    { "the customer is told, one is open", "customer: Yes.\nLena: Yes.\n", "ca", SPEAKERS_DECIDED },
    { "nobody is named", "?: " OPENS "\n?: " WANTS "\n?: " LOOKS "\n?: Fine.\n", "acac", SPEAKERS_DECIDED },
    { "nobody is named, the customer first", "?: " WANTS "\n?: " LOOKS "\n?: " WHY "\n", "cac", SPEAKERS_DECIDED },
    { "nobody is named, one speaks twice", "?: " OPENS "\n?: " WANTS "\n?: " WHY "\n?: " LOOKS "\n", "acca",
      SPEAKERS_DECIDED },
    { "bots and systems stay what they are", "bot: " OPENS "\nsystem: " WANTS "\nLena: " LOOKS "\nTom: " WHY "\n",
      "bsac", SPEAKERS_DECIDED },
    { "nothing tells", "Lena: Yes.\nTom: Yes.\n", "??", SPEAKERS_DECIDED },
    { "nothing tells and nobody is named", "?: Yes.\n?: Yes.\n", "??", SPEAKERS_DECIDED },
    { "swapped", "customer: " OPENS "\nagent: " WANTS "\ncustomer: " LOOKS "\nagent: " WHY "\n", "caca",
      SPEAKERS_SWAPPED },
    { "one turn is plainly somebody else's",
      "agent: " OPENS "\ncustomer: " WANTS "\nagent: " LOOKS
      " I want a refund and I want to speak to a manager, this is ridiculous, I have been waiting and nobody told me.\n"
      "customer: Thank you for calling Harbour Bikes, you are through to Lena, how can I help you?\n",
      "acac", SPEAKERS_SWAPPED },
    { "a customer who apologises", "agent: " OPENS "\ncustomer: I'm sorry for the trouble, let me check. " WANTS "\n",
      "ac", SPEAKERS_GIVEN },
    { "nothing is said", "", "", SPEAKERS_GIVEN },
};

static void conversation_of(Conversation *c, Arena *arena, Str turns)
{
    conversation_init(c);
    for (Str rest = turns, line; str_next_line(&rest, &line);) {
        size_t colon = str_find(line, STR(": "));
        Str who = str_sub(line, 0, colon), text = str_from_byte(line, colon + 2);
        Role role = role_from(who);
        uint32_t participant = role != ROLE_UNKNOWN || str_equal(who, STR("?"))
                                   ? NO_PARTICIPANT
                                   : conversation_participant(c, arena, (Str){ 0 }, who, ROLE_UNKNOWN);
        conversation_say(c, arena, participant, role, text);
    }
}

static void who_is_staff(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        Arena arena = { 0 };
        Conversation c;
        Marks marks;
        Reading reading;
        char roles[16] = "";
        conversation_of(&c, &arena, str_from(CASES[i].turns));
        hear_run(hearing, &c, &arena, &marks, &reading);
        for (uint32_t k = 0; k < c.utterance_count; k++) roles[k] = "?cabs"[c.utterance[k].role];
        if (strcmp(roles, CASES[i].roles) != 0 || c.speakers != CASES[i].speakers) {
            print_error("%s: got %s (%d), expected %s (%d)\n", CASES[i].name, roles, (int)c.speakers, CASES[i].roles,
                        (int)CASES[i].speakers);
            wrong++;
        }
        for (uint32_t k = 0; k < c.participant_count; k++) /* people have the role of their turns */
            for (uint32_t n = 0; n < c.utterance_count; n++)
                if (c.utterance[n].participant == k) assert_int_equal(c.utterance[n].role, c.participant[k].role);
        for (size_t k = 0; k < marks.count; k++) { /* who is nobody's is judged as nobody's */
            Role role = c.utterance[marks.item[k].utterance].role;
            Who mine = hear_behaviour(hearer, marks.item[k].behaviour)->who;
            assert_int_equal(role, mine == WHO_AGENT ? ROLE_AGENT : ROLE_CUSTOMER);
        }
        arena_clear(&arena);
    }
    assert_int_equal(wrong, 0);
}

/* Each of very many people is decided by their own turns. */
static void thousands_of_people(void **state)
{
    (void)state;
    enum { PEOPLE = 3000 };
    Arena arena = { 0 };
    Conversation c;
    Marks marks;
    Reading reading;
    conversation_init(&c);
    for (int i = 0; i < PEOPLE; i++) {
        Str name = arena_printf(&arena, "Person%d", i);
        uint32_t who = conversation_participant(&c, &arena, (Str){ 0 }, name, ROLE_UNKNOWN);
        conversation_say(&c, &arena, who, ROLE_UNKNOWN, i % 2 ? STR(WANTS) : STR(OPENS));
    }
    hear_run(hearing, &c, &arena, &marks, &reading);
    for (uint32_t i = 0; i < PEOPLE; i++) assert_int_equal(c.utterance[i].role, i % 2 ? ROLE_CUSTOMER : ROLE_AGENT);
    arena_clear(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(who_is_staff), cmocka_unit_test(thousands_of_people) };
    return cmocka_run_group_tests(tests, open_hearer, close_hearer);
}
