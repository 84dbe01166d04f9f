// Finds a directory to list without mounting anything: runs in a resolver child.
#ifndef DAVIT_ENGINE_LISTING_WALK_H
#define DAVIT_ENGINE_LISTING_WALK_H

// Walks the absolute `path` with the descriptor `root` as its "/", one component at a time, and
// looks at the filesystem of each before it goes on: a look-up in an autofs, or below one, would
// make its daemon mount something. Symbolic links are followed inside the root. Returns an O_PATH
// descriptor or -errno; -EREMOTE: there is an autofs on the way.
int listing_walk(int root, const char *path);

#endif
