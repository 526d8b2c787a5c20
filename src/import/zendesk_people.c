/* zendesk_people.c -- see zendesk_people.h. */
#include "import/zendesk_people.h"

#include <stdlib.h>

/* End users see staff with `agent: true` instead of a role. */
Role person_role(const Json *user)
{
    const Json *agent = json_get(user, "agent");
    Role role = role_from(json_str(json_get(user, "role")));
    if (role == ROLE_UNKNOWN && json_true(agent)) role = ROLE_AGENT;
    if (role == ROLE_UNKNOWN && json_is(agent, JSON_FALSE)) role = ROLE_CUSTOMER;
    return role;
}

void people_add(People *people, Arena *arena, const Json *user, Str id)
{
    if (id.len == 0 || !json_is(user, JSON_OBJECT)) return;
    Person person = { .id = id,
                      .name = str_trim(json_str(json_get(user, "name"))),
                      .email = str_trim(json_str(json_get(user, "email"))),
                      .role = person_role(user),
                      .order = people->count };
    *ARENA_PUSH(arena, people->person, people->count, people->capacity) = person;
}

void people_add_all(People *people, Arena *arena, const Json *users)
{
    JSON_EACH(user, users)
    {
        Str id = json_scalar(json_get(user, "id"));
        people_add(people, arena, user, id.len ? id : user->key); /* also {"users":{"17":{…}}} */
    }
}

static int by_id(const void *a, const void *b)
{
    const Person *x = a, *y = b;
    int order = str_compare(x->id, y->id);
    return order ? order : (x->order > y->order) - (x->order < y->order);
}

void people_sort(People *people)
{
    if (people->count) qsort(people->person, people->count, sizeof *people->person, by_id);
}

/* The first that was told with this id. */
const Person *people_find(const People *people, Str id)
{
    size_t low = 0, high = people ? people->count : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(people->person[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return people && low < people->count && str_equal(people->person[low].id, id) ? &people->person[low] : NULL;
}
