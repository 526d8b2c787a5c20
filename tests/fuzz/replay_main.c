/* replay_main.c -- runs a fuzz target over files, so that what fuzzing once found stays found.
 *
 * In: folders or files on the command line.  Out: a TAP case a file (sorted by
 * name); a crash or a file that takes longer than SECONDS_MAX ends the program
 * after its name was printed.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SECONDS_MAX = 30 };

static int no_dots(const struct dirent *entry) { return entry->d_name[0] != '.'; }

static bool replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) return false;
    /* An allocation of its own size, so that the sanitizer sees a read past the end. */
    struct stat about;
    size_t size = fstat(fileno(file), &about) == 0 ? (size_t)about.st_size : 0;
    uint8_t *bytes = malloc(size ? size : 1);
    bool whole = bytes && fread(bytes, 1, size, file) == size;
    fclose(file);
    if (whole) {
        alarm(SECONDS_MAX);
        whole = LLVMFuzzerTestOneInput(bytes, size) == 0;
        alarm(0);
    }
    free(bytes);
    return whole;
}

int main(int count, char **argument)
{
    int done = 0, bad = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int a = 1; a < count; a++) {
        struct dirent **entry = NULL;
        int entries = scandir(argument[a], &entry, no_dots, alphasort);
        for (int i = 0; i < entries; i++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", argument[a], entry[i]->d_name);
            printf("# %s\n", entry[i]->d_name);
            bool good = replay(path);
            printf("%s %d - %s\n", good ? "ok" : "not ok", ++done, entry[i]->d_name);
            bad += !good;
            free(entry[i]);
        }
        free(entry);
    }
    if (done == 0) printf("not ok %d - the corpus is empty\n", ++done);
    printf("1..%d\n", done);
    return bad || done == 0;
}
