#include "core/engine/label.h"

#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/text.h"

// From container-selinux: domains that may use any file, and file types for containers.
static const char *const unconfined[] = {"spc_t", "unconfined_t", "unconfined_service_t", "init_t",
                                         "kernel_t"};
static const char *const for_containers[] = {"container_file_t", "container_ro_file_t",
                                             "container_share_t", "svirt_sandbox_file_t"};

// The field `index` of a label, as a piece of it; the last one takes the rest.
static bool field(const char *label, unsigned index, const char **ret, size_t *ret_length)
{
    for (unsigned i = 0; i < index; i++) {
        label = strchr(label, ':');
        if (!label)
            return false;
        label++;
    }
    *ret = label;
    *ret_length = index < 3 ? strcspn(label, ":") : strlen(label);
    return *ret_length > 0;
}

static bool is_one_of(const char *text, size_t length, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i]) == length && memcmp(list[i], text, length) == 0)
            return true;
    return false;
}

// "s0:c1,c2" has the categories "c1,c2"; "s0" has none.
static const char *categories(const char *level)
{
    const char *colon = strchr(level, ':');

    return colon ? colon + 1 : "";
}

bool label_clash(const char *process, const char *file)
{
    const char *process_type, *file_type, *process_level, *file_level;
    size_t process_length, file_length, ignored;

    if (!field(process, 2, &process_type, &process_length) ||
        !field(file, 2, &file_type, &file_length) || !field(process, 3, &process_level, &ignored) ||
        !field(file, 3, &file_level, &ignored))
        return false;
    if (is_one_of(process_type, process_length, unconfined, ARRAY_SIZE(unconfined)))
        return false;
    if (!is_one_of(file_type, file_length, for_containers, ARRAY_SIZE(for_containers)))
        return true;
    return *categories(file_level) &&
           strcmp(categories(file_level), categories(process_level)) != 0;
}

bool label_read(int proc, int fd, char process[LABEL_SIZE], char file[LABEL_SIZE])
{
    char path[32], raw[LABEL_SIZE];
    ssize_t n;

    // Other modules use the same file of /proc with texts of their own.
    if (access("/sys/fs/selinux/enforce", F_OK) < 0)
        return false;
    n = file_read_into(proc, "attr/current", raw, sizeof raw);
    if (n <= 0)
        return false;
    raw[strcspn(raw, "\n")] = '\0';
    text_clean(process, LABEL_SIZE, raw, strlen(raw));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    n = getxattr(path, "security.selinux", raw, sizeof raw - 1);
    if (n <= 0)
        return false;
    raw[n] = '\0';
    text_clean(file, LABEL_SIZE, raw, strlen(raw));
    return true;
}
