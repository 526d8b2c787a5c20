/* zendesk_people.h -- whoever a Zendesk export describes, found by number.
 *
 * In: user objects of any list, in any order.  Out: the first that was told
 * with a number.  Looking up costs a few steps however many there are.
 */
#ifndef GOODWILL_IMPORT_ZENDESK_PEOPLE_H
#define GOODWILL_IMPORT_ZENDESK_PEOPLE_H

#include "base/json.h"
#include "import/conversation.h"

typedef struct Person {
    Str id, name, email;
    Role role;
    size_t order;
} Person;

typedef struct People {
    Person *person;
    size_t count, capacity;
} People;

/* What a user object says of its role; ROLE_UNKNOWN when nothing. */
Role person_role(const Json *user);

void people_add(People *people, Arena *arena, const Json *user, Str id); /* nothing without an id */
void people_add_all(People *people, Arena *arena, const Json *users);    /* a list of them, or {"17":{…}} */
void people_sort(People *people);                                        /* when all are added, before any is sought */
const Person *people_find(const People *people, Str id);                 /* NULL when not told; NULL people are none */

#endif
