/* The files that the FUSE server has, and what it answers about them. Protocol: linux/fuse.h. */
#include "fuse.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

enum {
    MAX_WRITE = 4096,
    CACHE_SECONDS = 1,
    NODES_MAX = 64,
};

struct node {
    uint64_t id; /* also the inode number; 0: none */
    uint64_t parent;
    char name[NAME_MAX + 1];
    mode_t mode;
    uid_t uid;
    gid_t gid;
    const char *content;
};

static struct node nodes[NODES_MAX] = {
    {.id = FUSE_ROOT_ID, .name = ".", .mode = S_IFDIR | 0755, .content = ""},
    {.id = 2, .parent = FUSE_ROOT_ID, .name = "f", .mode = S_IFREG | 0644, .content = "fuse\n"},
    {.id = 3, .parent = FUSE_ROOT_ID, .name = "d", .mode = S_IFDIR | 0755, .content = ""},
};

static struct node *node_by_id(uint64_t id)
{
    for (size_t i = 0; id && i < NODES_MAX; i++)
        if (nodes[i].id == id)
            return &nodes[i];
    return NULL;
}

static struct node *child_of(uint64_t parent, const char *name)
{
    for (size_t i = 0; i < NODES_MAX; i++)
        if (nodes[i].id && nodes[i].parent == parent && strcmp(nodes[i].name, name) == 0)
            return &nodes[i];
    return NULL;
}

static struct fuse_attr attr_of(const struct node *n)
{
    return (struct fuse_attr){
        .ino = n->id,
        .size = strlen(n->content),
        .blocks = 1,
        .mode = n->mode,
        .nlink = S_ISDIR(n->mode) ? 2 : 1,
        .uid = n->uid,
        .gid = n->gid,
        .blksize = 4096,
    };
}

static ssize_t answer_init(const void *in, void *out)
{
    const struct fuse_init_in *ask = in;
    struct fuse_init_out answer = {
        .major = FUSE_KERNEL_VERSION,
        .minor = ask->minor < FUSE_KERNEL_MINOR_VERSION ? ask->minor : FUSE_KERNEL_MINOR_VERSION,
        .max_readahead = ask->max_readahead,
        .max_write = MAX_WRITE};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_getattr(const struct node *n, void *out)
{
    struct fuse_attr_out answer = {.attr_valid = CACHE_SECONDS, .attr = attr_of(n)};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static void set_name(struct node *n, const char *name)
{
    size_t length = strnlen(name, NAME_MAX);

    memcpy(n->name, name, length);
    n->name[length] = '\0';
}

static ssize_t answer_entry(const struct node *n, void *out)
{
    struct fuse_entry_out answer;

    if (!n)
        return -ENOENT;
    answer = (struct fuse_entry_out){.nodeid = n->id,
                                     .entry_valid = CACHE_SECONDS,
                                     .attr_valid = CACHE_SECONDS,
                                     .attr = attr_of(n)};
    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_mkdir(const struct fuse_in_header *h, const void *in, void *out)
{
    static uint64_t next = 4;
    const struct fuse_mkdir_in *ask = in;
    const char *name = (const char *)(ask + 1);

    if (child_of(h->nodeid, name))
        return -EEXIST;
    for (size_t i = 0; i < NODES_MAX; i++) {
        if (nodes[i].id)
            continue;
        nodes[i] = (struct node){.id = next++,
                                 .parent = h->nodeid,
                                 .mode = S_IFDIR | (ask->mode & ~ask->umask & 07777),
                                 .uid = h->uid,
                                 .gid = h->gid,
                                 .content = ""};
        set_name(&nodes[i], name);
        return answer_entry(&nodes[i], out);
    }
    return -ENOSPC;
}

static ssize_t answer_rmdir(const struct fuse_in_header *h, const char *name)
{
    struct node *n = child_of(h->nodeid, name);

    if (!n || !S_ISDIR(n->mode))
        return n ? -ENOTDIR : -ENOENT;
    for (size_t i = 0; i < NODES_MAX; i++)
        if (nodes[i].id && nodes[i].parent == n->id)
            return -ENOTEMPTY;
    n->id = 0;
    return 0;
}

/* Never over another: RENAME_NOREPLACE or not. */
static ssize_t answer_rename(const struct fuse_in_header *h, const void *in)
{
    const struct fuse_rename2_in *ask = in;
    const char *name = (const char *)(ask + 1), *new_name = name + strlen(name) + 1;
    struct node *n = child_of(h->nodeid, name);

    if (!n || child_of(ask->newdir, new_name))
        return n ? -EEXIST : -ENOENT;
    n->parent = ask->newdir;
    set_name(n, new_name);
    return 0;
}

static ssize_t answer_open(const void *in, void *out)
{
    const struct fuse_open_in *ask = in;
    struct fuse_open_out answer = {0};

    if ((ask->flags & O_ACCMODE) != O_RDONLY)
        return -EROFS;
    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

static ssize_t answer_read(const struct node *n, const void *in, char *out)
{
    const struct fuse_read_in *ask = in;
    size_t size = strlen(n->content), left;

    if (ask->offset >= size)
        return 0;
    left = size - (size_t)ask->offset;
    if (left > ask->size)
        left = ask->size;
    memcpy(out, n->content + ask->offset, left);
    return (ssize_t)left;
}

static size_t put_dirent(char *out, uint64_t id, uint64_t next, const char *name, mode_t mode)
{
    struct fuse_dirent entry = {
        .ino = id, .off = next, .namelen = (uint32_t)strlen(name), .type = mode >> 12};
    size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + entry.namelen);

    memset(out, 0, size);
    memcpy(out, &entry, FUSE_NAME_OFFSET);
    memcpy(out + FUSE_NAME_OFFSET, name, entry.namelen);
    return size;
}

/* "." and "..", then the nodes by their place. */
static ssize_t answer_readdir(const struct node *n, const void *in, char *out)
{
    const struct fuse_read_in *ask = in;
    size_t limit = ask->size < BUFFER_SIZE ? ask->size : BUFFER_SIZE, at = 0;

    for (uint64_t i = ask->offset; i < 2 + NODES_MAX; i++) {
        const struct node *child = i < 2 ? n : &nodes[i - 2];

        if (i >= 2 && (!child->id || child->parent != n->id))
            continue;
        if (at + FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + NAME_MAX) > limit)
            break;
        at += put_dirent(out + at, child->id, i + 1,
                         i == 0   ? "."
                         : i == 1 ? ".."
                                  : child->name,
                         child->mode);
    }
    return (ssize_t)at;
}

static ssize_t answer_statfs(void *out)
{
    struct fuse_statfs_out answer = {
        .st = {.blocks = 1, .files = 3, .bsize = 4096, .frsize = 4096, .namelen = 255}};

    memcpy(out, &answer, sizeof answer);
    return sizeof answer;
}

ssize_t answer(const struct fuse_in_header *h, const void *in, char *out)
{
    const struct node *n = node_by_id(h->nodeid);

    if (h->opcode == FUSE_INIT)
        return answer_init(in, out);
    if (h->opcode == FUSE_STATFS)
        return answer_statfs(out);
    if (!n)
        return -ENOENT;
    switch (h->opcode) {
    case FUSE_GETATTR:
        return answer_getattr(n, out);
    case FUSE_LOOKUP:
        return answer_entry(child_of(n->id, in), out);
    case FUSE_MKDIR:
        return answer_mkdir(h, in, out);
    case FUSE_RMDIR:
        return answer_rmdir(h, in);
    case FUSE_RENAME2:
        return answer_rename(h, in);
    case FUSE_OPEN:
    case FUSE_OPENDIR:
        return answer_open(in, out);
    case FUSE_READ:
        return answer_read(n, in, out);
    case FUSE_READDIR:
        return answer_readdir(n, in, out);
    case FUSE_ACCESS: /* asked with --hang=access only */
    case FUSE_RELEASE:
    case FUSE_RELEASEDIR:
    case FUSE_FLUSH:
    case FUSE_DESTROY:
        return 0;
    case FUSE_SETATTR:
    case FUSE_CREATE:
    case FUSE_MKNOD:
    case FUSE_SYMLINK:
    case FUSE_LINK:
    case FUSE_UNLINK:
    case FUSE_RENAME:
        return -EROFS;
    default: /* the kernel copes with what a server does not know */
        return -ENOSYS;
    }
}
