/* embedded.c -- finds a file among those that the build put into the program, by halving. */
#include "base/embedded.h"

const Embedded *embedded_find(const EmbeddedTable *table, Str name)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(table->item[middle].name, name);
        if (order == 0) return &table->item[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
