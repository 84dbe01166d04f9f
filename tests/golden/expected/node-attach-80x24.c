==== browser-host
davit  node7 - root
+ Host /srv -------------------------------------------------------------------+
| > [choose this directory]                                                    |
|   .. (the directory above)                                                   |
|   Gr??e/                                               directory             |
|   certs/                                               directory             |
|   log/                                                 directory             |
|   lost+found/                                          directory             |
|   odd?[31m?name/                                       directory             |
|   pgdata/                                              directory             |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+ Enter opens - Space chooses - Left up - / filter - Esc back -----------------+
 Enter Open  Up Up  Down Down  / Filter  Esc Back  ? Help
==== browser-container
davit  node7 - root
+ shop-api:/ ------------------------------------------------------------------+
| > [choose this directory]                                                    |
|   .dockerenv                                           file          0 bytes |
|   bin/                                                 directory             |
|   data/                                                directory             |
|   dev/                                                 directory             |
|   etc/                                                 directory             |
|   home/                                                directory             |
|   mnt/                                                 directory             |
|   proc/                                                directory             |
|   root/                                                directory             |
|   scratch/                                             directory             |
|   srv/                                                 directory             |
|   sys/                                                 directory             |
|   tmp/                                                 directory             |
|   var/                                                 directory             |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+ Enter opens - Space chooses - Left up - / filter - Esc back -----------------+
 Enter Open  Up Up  Down Down  / Filter  Esc Back  ? Help
==== access
davit  node7 - root
+ Attach a filesystem > shop-api - docker 4b6c7895773f - pid 435 --------------+
| Source  /srv/log                                                             |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755 - 1 mount below          |
| Target  /mnt/log                                             will be created |
| Access  (*) read-only  ( ) writable     nosuid nodev private          [more] |
+ Plan ------------------------------------------------------------------------+
|  1 open /srv/log on the host                                         openat2 |
|  2 look up /mnt/log in the root of shop-api                          openat2 |
|  3 clone /srv/log                                                  open_tree |
|  4 make the clone read-only and its own                        mount_setattr |
|  5 prove that /srv/log cannot be written                            unlinkat |
|  6 note in the journal what is about to be done                        write |
|  7 make the directory /mnt/log in the container's writable layer     mkdirat |
|  8 give it its name, unless that is taken                          renameat2 |
|  9 enter the mount namespace of shop-api                               setns |
| 10 move the clone to /mnt/log                                     move_mount |
| 11 look at /mnt/log from inside: the same mount, its flags           openat2 |
| 12 try access as uid 0 of the container's init                    faccessat2 |
| 13 note in the journal that it is done                                 write |
| ! left out: /srv/log/old (old); --recursive takes it                         |
| Inside: owned by root - not writable - hides nothing - host unchanged        |
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---+
 Enter Open  Up Up  Down Down  Esc Back  ? Help
==== plan
davit  node7 - root
+ Attach a filesystem > shop-api - docker 4b6c7895773f - pid 435 --------------+
| Source  /srv/log                                                             |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755 - 1 mount below          |
| Target  /mnt/log                                             will be created |
| Access  (*) read-only  ( ) writable     nosuid nodev private          [more] |
+ > Plan ----------------------------------------------------------------------+
|  1 open /srv/log on the host                                         openat2 |
|  2 look up /mnt/log in the root of shop-api                          openat2 |
|  3 clone /srv/log                                                  open_tree |
|  4 make the clone read-only and its own                        mount_setattr |
|  5 prove that /srv/log cannot be written                            unlinkat |
|  6 note in the journal what is about to be done                        write |
|  7 make the directory /mnt/log in the container's writable layer     mkdirat |
|  8 give it its name, unless that is taken                          renameat2 |
|  9 enter the mount namespace of shop-api                               setns |
| 10 move the clone to /mnt/log                                     move_mount |
| 11 look at /mnt/log from inside: the same mount, its flags           openat2 |
| 12 try access as uid 0 of the container's init                    faccessat2 |
| 13 note in the journal that it is done                                 write |
| ! left out: /srv/log/old (old); --recursive takes it                         |
| Inside: owned by root - not writable - hides nothing - host unchanged        |
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---+
 A attaches; Enter changes nothing
==== attached
davit  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
|  batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|> shop-api                      docker      1s   1    running                 |
|  shop-worker                   docker      1s   0    running                 |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /mnt/log    /dev/loop0:/log             ext4     ro      davit root 22 Nov  |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
+ 4 Log --------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok, 13 steps)            |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 attached /mnt/log in shop-api, verified inside
==== unfolded
davit  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|> shop-api                      docker      1s   1    running                 |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /mnt/log    /dev/loop0:/log             ext4     ro      davit root 22 Nov  |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
+ 4 Log ------------------------------------------------------------ paused ---+
|>02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                      |
|              open /srv/log on the host openat2(AT_FDCWD, "/srv/lo~  ok  32 us|
|              look up /mnt/log in the root of shop-api openat2(<ro~  ok  66 us|
|              clone /srv/log open_tree(</srv/log>, "", OPEN_TREE_C~  ok  22 us|
|              make the clone read-only and its own mount_setattr(<c~  ok  4 us|
|              prove that /srv/log cannot be written unlinkat(<clone~  ok  4 us|
|              note in the journal what is about to be done write(~  ok  837 us|
|              make the directory /mnt/log in the container's writ~  ok  1.1 ms|
|              give it its name, unless that is taken renameat2(</~  ok  932 us|
|              enter the mount namespace of shop-api setns(<mount n~  ok  13 us|
|              move the clone to /mnt/log move_mount(<clone>, "", ~  ok  1.2 ms|
+------------------------------------------------------------------------------+
 Enter Open  f Follow  w Wrap  t Time  / Filter  F Full screen  ? Help  q Quit
==== unfolded-wrapped
davit  node7 - root - 1 attached
+ 4 Log ------------------------------------------------------------ paused ---+
|>02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                      |
|              open /srv/log on the host openat2(AT_FDCWD, "/srv/log",         |
|              {flags=O_PATH|O_CLOEXEC})  ok  32 us                            |
|              look up /mnt/log in the root of shop-api openat2(<root of       |
|              shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC,                 |
|              resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})  ok  66 us      |
|              clone /srv/log open_tree(</srv/log>, "",                        |
|              OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)  ok  22 us     |
|              make the clone read-only and its own mount_setattr(<clone>, "", |
|              AT_EMPTY_PATH|AT_RECURSIVE,                                     |
|              {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV, |
|              propagation=MS_PRIVATE})  ok  4 us                              |
|              prove that /srv/log cannot be written unlinkat(<clone of        |
|              /srv/log>, a name that is absent, 0) = EROFS  ok  4 us          |
|              note in the journal what is about to be done write(<journal>,   |
|              intent)  ok  837 us                                             |
|              make the directory /mnt/log in the container's writable layer   |
|              mkdirat(</mnt>, ".davit-4238bc8b0871", 0755)  ok  1.1 ms        |
|              give it its name, unless that is taken renameat2(</mnt>,        |
|              ".davit-4238bc8b0871", </mnt>, "log", RENAME_NOREPLACE)  ok  932|
+------------------------------------------------------------------------------+
 Enter Open  f Follow  w Wrap  t Time  / Filter  F Full screen  ? Help  q Quit
