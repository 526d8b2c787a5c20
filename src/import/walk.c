/* walk.c -- see walk.h. */
#include "import/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "import/import.h"

/* The folders above the one being walked, to notice a link that leads back. */
typedef struct Above {
    const struct Above *next;
    dev_t device;
    ino_t inode;
    int depth;
} Above;

typedef struct Walk {
    Arena *arena;
    FoundList *list;
} Walk;

static void found(Walk *w, Found item)
{
    *ARENA_PUSH(w->arena, w->list->item, w->list->count, w->list->capacity) = item;
}

static void found_error(Walk *w, const char *path, const Err *err)
{
    Err *copy = arena_alloc(w->arena, sizeof *copy);
    *copy = *err;
    found(w, (Found){ .kind = FOUND_ERROR, .path = path, .err = copy });
}

static int compare_names(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

typedef struct Names {
    char **item;
    size_t count, capacity;
} Names;

/* The names in a folder, sorted by their bytes, without hidden ones. */
static bool folder_names(const char *path, Arena *arena, Names *ret, Err *err)
{
    DIR *folder = opendir(path);
    if (!folder) return err_system(err, "cannot open the folder", path);
    *ret = (Names){ 0 };
    errno = 0;
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        if (ret->count == IMPORT_ENTRIES_MAX)
            good = err_set(err, ERR_LIMIT, "%s: more than %d files in a folder", path, IMPORT_ENTRIES_MAX);
        else
            *ARENA_PUSH(arena, ret->item, ret->count, ret->capacity) =
                (char *)arena_str(arena, str_from(entry->d_name)).data;
    }
    if (good && errno) good = err_system(err, "cannot read the folder", path);
    closedir(folder);
    if (good && ret->count) qsort(ret->item, ret->count, sizeof *ret->item, compare_names);
    return good;
}

static const char *join(Arena *arena, const char *folder, const char *name)
{
    size_t len = strlen(folder);
    const char *slash = len && folder[len - 1] == '/' ? "" : "/";
    return arena_printf(arena, "%s%s%s", folder, slash, name).data;
}

bool walk_is_slack_day(const char *name)
{
    static const char PATTERN[] = "dddd-dd-dd.json";
    if (strlen(name) != sizeof PATTERN - 1) return false;
    for (size_t i = 0; i < sizeof PATTERN - 1; i++)
        if (PATTERN[i] == 'd' && i < 10 ? !ascii_digit(name[i]) : PATTERN[i] != name[i]) return false;
    return true;
}

static bool has_name(const Names *names, const char *name)
{
    return names->count && bsearch(&name, names->item, names->count, sizeof *names->item, compare_names);
}

/* users.json and channels.json, and a folder with a day in it. */
static bool is_slack_folder(const char *path, const Names *names, Arena *arena)
{
    if (!has_name(names, "users.json") || !has_name(names, "channels.json")) return false;
    for (size_t i = 0; i < names->count; i++) {
        struct stat st;
        Err ignored;
        Names inside;
        const char *inner = join(arena, path, names->item[i]);
        if (stat(inner, &st) || !S_ISDIR(st.st_mode) || !folder_names(inner, arena, &inside, &ignored)) continue;
        for (size_t k = 0; k < inside.count; k++)
            if (walk_is_slack_day(inside.item[k])) return true;
    }
    return false;
}

static void walk_path(Walk *w, const char *path, const Above *above, bool named);

static void walk_folder(Walk *w, const char *path, const struct stat *st, const Above *above)
{
    Err err = { 0 };
    for (const Above *a = above; a; a = a->next)
        if (a->device == st->st_dev && a->inode == st->st_ino) return;
    Above here = { above, st->st_dev, st->st_ino, above ? above->depth + 1 : 1 };
    Names names;
    if (here.depth > IMPORT_FOLDER_DEPTH_MAX) {
        err_set(&err, ERR_LIMIT, "%s: more than %d folders deep", path, IMPORT_FOLDER_DEPTH_MAX);
        found_error(w, path, &err);
    } else if (!folder_names(path, w->arena, &names, &err)) {
        found_error(w, path, &err);
    } else if (is_slack_folder(path, &names, w->arena)) {
        found(w, (Found){ .kind = FOUND_SLACK_FOLDER, .path = path });
    } else {
        size_t before = w->list->count;
        for (size_t i = 0; i < names.count && w->list->count < IMPORT_ENTRIES_MAX; i++)
            walk_path(w, join(w->arena, path, names.item[i]), &here, false);
        if (w->list->count == before && !above) {
            err_set(&err, ERR_INPUT, "%s: the folder holds no files", path);
            found_error(w, path, &err);
        }
    }
}

/* `named`: by the user himself, so that pipes and devices are read as well. */
static void walk_path(Walk *w, const char *path, const Above *above, bool named)
{
    struct stat st;
    Err err = { 0 };
    if (stat(path, &st)) {
        err_system(&err, "cannot open", path);
        found_error(w, path, &err);
    } else if (S_ISDIR(st.st_mode)) {
        walk_folder(w, path, &st, above);
    } else if (S_ISREG(st.st_mode)) {
        found(w, (Found){ .kind = FOUND_FILE, .path = path, .bytes = (uint64_t)MAX(st.st_size, 0) });
    } else if (named) {
        found(w, (Found){ .kind = FOUND_PIPE, .path = path });
    }
}

void walk(const char *const *paths, size_t count, Arena *arena, FoundList *ret)
{
    Walk w = { arena, ret };
    for (size_t i = 0; i < count; i++) {
        const char *path = arena_str(arena, str_from(paths[i])).data;
        if (strcmp(path, "-") == 0)
            found(&w, (Found){ .kind = FOUND_PIPE, .path = path });
        else
            walk_path(&w, path, NULL, true);
    }
    if (ret->count >= IMPORT_ENTRIES_MAX) {
        Err err = { 0 };
        err_set(&err, ERR_LIMIT, "more than %d files; the rest is not read", IMPORT_ENTRIES_MAX);
        found_error(&w, "", &err);
    }
}

static void add_json_files(Walk *w, const char *folder, int depth)
{
    Names names;
    Err ignored;
    if (!folder_names(folder, w->arena, &names, &ignored)) return;
    for (size_t i = 0; i < names.count && w->list->count <= IMPORT_ENTRIES_MAX; i++) {
        const char *path = join(w->arena, folder, names.item[i]);
        struct stat st;
        if (stat(path, &st)) continue;
        if (S_ISDIR(st.st_mode) && depth == 0)
            add_json_files(w, path, depth + 1);
        else if (S_ISREG(st.st_mode) && str_ends(str_from(path), STR(".json")))
            found(w, (Found){ .kind = FOUND_FILE, .path = path, .bytes = (uint64_t)MAX(st.st_size, 0) });
    }
}

bool walk_slack(const char *folder, Arena *arena, FoundList *ret, Err *err)
{
    Walk w = { arena, ret };
    add_json_files(&w, folder, 0);
    if (ret->count > IMPORT_ENTRIES_MAX)
        return err_set(err, ERR_LIMIT, "%s: more than %d files in a Slack export", folder, IMPORT_ENTRIES_MAX);
    return true;
}
