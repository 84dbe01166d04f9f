#include "core/host/block_stack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/host/block_sysfs.h"
#include "core/host/loopdevice.h"

#define STACK_MS 5000

const char *block_stack_sysfs = "/sys";
const char *block_stack_swaps = "/proc/swaps";

// In memory that the child shares with its parent.
struct memory {
    struct block_stack stack;
    dev_t devices[HELD_MAX];
    size_t n_devices;
};

struct climb {
    struct held_subject *subject; // the child's own copy
    const struct mount_table *host;
    struct memory *memory;
};

// ---- rows ----

static void name_of(dev_t number, char *out, size_t size)
{
    char node[PATH_MAX];

    if (block_sysfs_node(number, node) == 0)
        text_clean(out, size, node, strlen(node));
    else
        (void)snprintf(out, size, "device %u:%u", major(number), minor(number));
}

static struct stacked *add_row(struct climb *climb, enum holder_kind kind, dev_t number,
                               const char *path, const char *below)
{
    struct block_stack *stack = &climb->memory->stack;
    struct stacked *row;

    if (stack->n_rows == STACKED_MAX) {
        stack->complete = false;
        return NULL;
    }
    row = &stack->rows[stack->n_rows++];
    *row = (struct stacked){.device = number, .kind = kind};
    if (path)
        text_clean(row->path, sizeof row->path, path, strlen(path));
    else
        name_of(number, row->path, sizeof row->path);
    text_clean(row->below, sizeof row->below, below, strlen(below));
    return row;
}

// True when it is new.
static bool add_device(struct climb *climb, dev_t number)
{
    struct memory *memory = climb->memory;
    struct error ignored;
    int r = held_subject_add_device(climb->subject, number, &ignored);

    if (r == 1 && memory->n_devices < HELD_MAX)
        memory->devices[memory->n_devices++] = number;
    else if (r < 0)
        memory->stack.complete = false;
    return r == 1;
}

// ---- sysfs ----

static dev_t number_in(int directory, const char *name)
{
    char path[300], text[32];
    unsigned high, low;

    (void)snprintf(path, sizeof path, "%s/dev", name);
    if (file_read_into(directory, path, text, sizeof text) <= 0 ||
        sscanf(text, "%u:%u", &high, &low) != 2)
        return 0;
    return makedev(high, low);
}

static enum holder_kind kind_of(const char *name)
{
    return strncmp(name, "dm-", 3) == 0    ? HOLDER_DM
           : strncmp(name, "md", 2) == 0   ? HOLDER_MD
           : strncmp(name, "loop", 4) == 0 ? HOLDER_LOOP
                                           : HOLDER_DEVICE;
}

// Its partitions are no holders by themselves: nobody has them yet.
static void climb_partitions(struct climb *climb, const char *place)
{
    _cleanup_closedir_ DIR *directory = opendir(place);
    struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        char partition[300];

        (void)snprintf(partition, sizeof partition, "%s/partition", entry->d_name);
        if (entry->d_name[0] != '.' && faccessat(dirfd(directory), partition, F_OK, 0) == 0) {
            dev_t number = number_in(dirfd(directory), entry->d_name);

            if (number)
                (void)add_device(climb, number);
        }
    }
}

static void climb_holders(struct climb *climb, dev_t below, const char *place)
{
    _cleanup_closedir_ DIR *directory = NULL;
    struct dirent *entry;
    char path[PATH_MAX], name[64];

    if (snprintf(path, sizeof path, "%s/holders", place) >= (int)sizeof path)
        return;
    name_of(below, name, sizeof name);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        dev_t number = entry->d_name[0] != '.' ? number_in(dirfd(directory), entry->d_name) : 0;

        if (number && add_device(climb, number))
            (void)add_row(climb, kind_of(entry->d_name), number, NULL, name);
    }
}

static void climb_device(struct climb *climb, dev_t number)
{
    char place[PATH_MAX];

    (void)snprintf(place, sizeof place, "%s/dev/block/%u:%u", block_stack_sysfs, major(number),
                   minor(number));
    climb_partitions(climb, place);
    climb_holders(climb, number, place);
}

// ---- files ----

// Whether a file of the host is in one of the places. `path` as the kernel names it.
static bool file_is_there(const struct climb *climb, dev_t device, const char *path)
{
    const struct held_subject *subject = climb->subject;
    const struct mount_entry *on =
        climb->host && path[0] == '/' ? mount_table_containing(climb->host, path) : NULL;

    // The files of a btrfs have another number than its mounts.
    if (held_subject_has_whole(subject, device) ||
        (on && strcmp(on->type, "btrfs") == 0 && held_subject_has_whole(subject, on->device)))
        return true;
    if (!subject->host_path || !path_is_below(path, subject->host_path))
        return false;
    for (size_t i = 0; on && i < subject->n_places; i++)
        if (subject->places[i].device == on->device)
            return true;
    return false;
}

struct loop_context {
    struct climb *climb;
    bool grown;
};

static int climb_loop(const struct loop_device *loop, void *context)
{
    struct loop_context *in = context;
    char path[64], file[4096] = "";
    dev_t number = loop->node;

    if (held_subject_has_device(in->climb->subject, number))
        return 0;
    (void)snprintf(path, sizeof path, "/sys/block/loop%u/loop/backing_file", loop->number);
    if (file_read_into(AT_FDCWD, path, file, sizeof file) > 0)
        file[strcspn(file, "\n")] = '\0';
    if ((!loop->block || !held_subject_has_device(in->climb->subject, loop->block)) &&
        !file_is_there(in->climb, loop->file.device, file))
        return 0;
    in->grown |= add_device(in->climb, number);
    (void)add_row(in->climb, HOLDER_LOOP, number, NULL, file);
    return 0;
}

// The kernel writes a space of a name as \040.
static void unescape(char *name)
{
    char *out = name;

    for (const char *s = name; *s; s++)
        if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
            s[3] >= '0' && s[3] <= '7') {
            *out++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 + (s[3] - '0'));
            s += 3;
        } else {
            *out++ = *s;
        }
    *out = '\0';
}

// A line "FILENAME TYPE SIZE USED PRIORITY" of /proc/swaps.
static void look_at_swap(struct climb *climb, char *line)
{
    char *end = strpbrk(line, " \t");
    const char *about = "swap";
    struct stat st;
    bool device;

    if (!end || line[0] != '/')
        return;
    *end = '\0';
    unescape(line);
    if (stat(line, &st) < 0)
        return;
    device = S_ISBLK(st.st_mode);
    if (device ? held_subject_has_device(climb->subject, st.st_rdev)
               : file_is_there(climb, st.st_dev, line))
        (void)add_row(climb, HOLDER_SWAP, device ? st.st_rdev : 0, line, about);
}

static void look_at_swaps(struct climb *climb)
{
    _cleanup_fclose_ FILE *file = fopen(block_stack_swaps, "re");
    char line[4096 * 4 + 128];

    while (file && fgets(line, sizeof line, file))
        look_at_swap(climb, line);
}

// ---- all of it ----

static int climb_all(const void *context, struct resolver_answer *answer)
{
    struct climb climb = *(const struct climb *)context;
    struct held_subject *subject = climb.subject;
    struct loop_context loops = {&climb, true};
    size_t done = 0;

    (void)answer;
    while (loops.grown || done < subject->n_devices) {
        while (done < subject->n_devices)
            climb_device(&climb, subject->devices[done++]);
        loops.grown = false;
        (void)loop_each(climb_loop, &loops);
    }
    look_at_swaps(&climb);
    return 0;
}

static int take(struct held_subject *subject, const struct memory *memory,
                struct block_stack *stack, struct error *err)
{
    size_t n = memory->n_devices < HELD_MAX ? memory->n_devices : HELD_MAX;

    for (size_t i = 0; i < n; i++) {
        int r = held_subject_add_device(subject, memory->devices[i], err);

        if (r < 0)
            return r;
    }
    *stack = memory->stack;
    if (stack->n_rows > STACKED_MAX)
        stack->n_rows = STACKED_MAX;
    return 0;
}

int block_stack_find(struct held_subject *subject, const struct mount_table *host,
                     struct block_stack **ret, struct error *err)
{
    _cleanup_block_stack_ struct block_stack *stack = calloc(1, sizeof *stack);
    _cleanup_free_ struct resolver_answer *answer = malloc(sizeof *answer);
    struct memory *memory =
        mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct climb climb = {subject, host, memory};
    struct error failure;
    bool whole;
    int r;

    if (!stack || !answer || memory == MAP_FAILED) {
        if (memory != MAP_FAILED)
            (void)munmap(memory, sizeof *memory);
        return ERROR_OOM(err);
    }
    memory->stack.complete = true;
    whole = resolver_ask("what is made of a device", climb_all, &climb, NULL, 0, STACK_MS, answer,
                         &failure) == 0;
    r = take(subject, memory, stack, err);
    stack->complete &= whole;
    (void)munmap(memory, sizeof *memory);
    if (r == 0)
        *ret = TAKE_POINTER(stack);
    return r;
}

void block_stack_free(struct block_stack *stack)
{
    free(stack);
}
