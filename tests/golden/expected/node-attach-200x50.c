==== browser-host
davit  node7 - root
+ Host /srv -------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| > [choose this directory]                                                                                                                                                                            |
|   .. (the directory above)                                                                                                                                                                           |
|   Gr??e/                                                                                                                                                                       directory             |
|   certs/                                                                                                                                                                       directory             |
|   log/                                                                                                                                                                         directory             |
|   lost+found/                                                                                                                                                                  directory             |
|   odd?[31m?name/                                                                                                                                                               directory             |
|   pgdata/                                                                                                                                                                      directory             |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+ Enter opens - Space chooses - Left up - / filter - Esc back -----------------------------------------------------------------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  / Filter  Esc Back  ? Help
==== browser-container
davit  node7 - root
+ shop-api:/ ------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| > [choose this directory]                                                                                                                                                                            |
|   .dockerenv                                                                                                                                                                   file          0 bytes |
|   bin/                                                                                                                                                                         directory             |
|   data/                                                                                                                                                                        directory             |
|   dev/                                                                                                                                                                         directory             |
|   etc/                                                                                                                                                                         directory             |
|   home/                                                                                                                                                                        directory             |
|   mnt/                                                                                                                                                                         directory             |
|   proc/                                                                                                                                                                        directory             |
|   root/                                                                                                                                                                        directory             |
|   scratch/                                                                                                                                                                     directory             |
|   srv/                                                                                                                                                                         directory             |
|   sys/                                                                                                                                                                         directory             |
|   tmp/                                                                                                                                                                         directory             |
|   var/                                                                                                                                                                         directory             |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+ Enter opens - Space chooses - Left up - / filter - Esc back -----------------------------------------------------------------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  / Filter  Esc Back  ? Help
==== access
davit  node7 - root
+ Attach a filesystem > shop-api - docker 4b6c7895773f - pid 435 --------------------------------------------------------------------------------------------------------------------------------------+
| Source  /srv/log                                                                                                                                                                                     |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755 - 1 mount below                                                                                                                                  |
| Target  /mnt/log                                                                                                                                                                     will be created |
| Access  (*) read-only  ( ) writable     nosuid nodev private                                                                                                                                  [more] |
+ Plan ------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
|  1 open /srv/log on the host                                                  openat2(AT_FDCWD, "/srv/log", {flags=O_PATH|O_CLOEXEC})                                                                |
|  2 look up /mnt/log in the root of shop-api                                   openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
|  3 clone /srv/log                                                             open_tree(</srv/log>, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)                                             |
|  4 make the clone read-only and its own                                       mount_setattr(<clone>, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV~ |
|  5 prove that /srv/log cannot be written                                      unlinkat(<clone of /srv/log>, a name that is absent, 0) = EROFS                                                        |
|  6 note in the journal what is about to be done                               write(<journal>, intent)                                                                                               |
|  7 make the directory /mnt/log in the container's writable layer              mkdirat(</mnt>, ".davit-ID", 0755)                                                                                     |
|  8 give it its name, unless that is taken                                     renameat2(</mnt>, ".davit-ID", </mnt>, "log", RENAME_NOREPLACE)                                                        |
|  9 enter the mount namespace of shop-api                                      setns(<mount namespace of shop-api>, CLONE_NEWNS)                                                                      |
| 10 move the clone to /mnt/log                                                 move_mount(<clone>, "", </mnt/log>, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)                               |
| 11 look at /mnt/log from inside: the same mount, its flags                    openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
| 12 try access as uid 0 of the container's init                                faccessat2(</mnt/log>, "", R_OK, AT_EMPTY_PATH|AT_EACCESS)                                                             |
| 13 note in the journal that it is done                                        write(<journal>, done)                                                                                                 |
| ! left out: /srv/log/old (old); --recursive takes it                                                                                                                                                 |
| Inside: owned by root - not writable - hides nothing - host unchanged                                                                                                                                |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---------------------------------------------------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back  ? Help
==== plan
davit  node7 - root
+ Attach a filesystem > shop-api - docker 4b6c7895773f - pid 435 --------------------------------------------------------------------------------------------------------------------------------------+
| Source  /srv/log                                                                                                                                                                                     |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755 - 1 mount below                                                                                                                                  |
| Target  /mnt/log                                                                                                                                                                     will be created |
| Access  (*) read-only  ( ) writable     nosuid nodev private                                                                                                                                  [more] |
+ > Plan ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
|  1 open /srv/log on the host                                                  openat2(AT_FDCWD, "/srv/log", {flags=O_PATH|O_CLOEXEC})                                                                |
|  2 look up /mnt/log in the root of shop-api                                   openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
|  3 clone /srv/log                                                             open_tree(</srv/log>, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)                                             |
|  4 make the clone read-only and its own                                       mount_setattr(<clone>, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV~ |
|  5 prove that /srv/log cannot be written                                      unlinkat(<clone of /srv/log>, a name that is absent, 0) = EROFS                                                        |
|  6 note in the journal what is about to be done                               write(<journal>, intent)                                                                                               |
|  7 make the directory /mnt/log in the container's writable layer              mkdirat(</mnt>, ".davit-ID", 0755)                                                                                     |
|  8 give it its name, unless that is taken                                     renameat2(</mnt>, ".davit-ID", </mnt>, "log", RENAME_NOREPLACE)                                                        |
|  9 enter the mount namespace of shop-api                                      setns(<mount namespace of shop-api>, CLONE_NEWNS)                                                                      |
| 10 move the clone to /mnt/log                                                 move_mount(<clone>, "", </mnt/log>, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)                               |
| 11 look at /mnt/log from inside: the same mount, its flags                    openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
| 12 try access as uid 0 of the container's init                                faccessat2(</mnt/log>, "", R_OK, AT_EMPTY_PATH|AT_EACCESS)                                                             |
| 13 note in the journal that it is done                                        write(<journal>, done)                                                                                                 |
| ! left out: /srv/log/old (old); --recursive takes it                                                                                                                                                 |
| Inside: owned by root - not writable - hides nothing - host unchanged                                                                                                                                |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---------------------------------------------------------------------------------------------------------------------------+
 A attaches; Enter changes nothing
==== attached
davit  node7 - root - 1 attached
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      1s   1    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|  shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
|                                                                                                   |  /srv/log/old     old            /            tmpfs      0/8.0M 0% 0s     8.0M                   |
|                                                                                                   |  /var/lib         lib            /            tmpfs      4.3M/11G 1% 0s   11G                    |
|                                                                                                   |  /var/li~/merged  overlay        /            overlay    4.3M/11G 1% 0s   11G                    |
|                                                                                                   |  /var/li~/merged  overlay        /            overlay    4.3M/11G 1% 0s   11G                    |
|                                                                                                   |  /var/li~/merged  overlay        /            overlay    4.3M/11G 1% 0s   11G                    |
|                                                                                                   |  /var/li~/merged  overlay        /            overlay    4.3M/11G 1% 0s   11G                    |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
|                                                                                                   |                                                                                                  |
+ 3 Mounts in shop-api -----------------------------------------------------------------------------+--------------------------------------------------------------------------------------------------+
|  TARGET                                  SOURCE                                                                                       FS       ACCESS  ORIGIN                PROPAGATION     MAJ:MIN |
|  /mnt/log                                /dev/loop0:/log                                                                              ext4     ro      davit root 22 Nov     private         7:0     |
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok, 13 steps)                                                                                                                                    |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 attached /mnt/log in shop-api, verified inside
==== unfolded
davit  node7 - root - 1 attached
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      1s   1    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|  shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
|                                                                                                   |  /srv/log/old     old            /            tmpfs      0/8.0M 0% 0s     8.0M                   |
+ 3 Mounts in shop-api -----------------------------------------------------------------------------+--------------------------------------------------------------------------------------------------+
|  TARGET                                  SOURCE                                                                                       FS       ACCESS  ORIGIN                PROPAGATION     MAJ:MIN |
|  /mnt/log                                /dev/loop0:/log                                                                              ext4     ro      davit root 22 Nov     private         7:0     |
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
+ 4 Log ------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------ paused ---+
|>02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                                                                                                                                              |
|              open /srv/log on the host openat2(AT_FDCWD, "/srv/log", {flags=O_PATH|O_CLOEXEC})  ok  32 us                                                                                            |
|              look up /mnt/log in the root of shop-api openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})  ok  66 us                    |
|              clone /srv/log open_tree(</srv/log>, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)  ok  22 us                                                                                    |
|              make the clone read-only and its own mount_setattr(<clone>, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV, propagation=MS_PR~  ok  4 us|
|              prove that /srv/log cannot be written unlinkat(<clone of /srv/log>, a name that is absent, 0) = EROFS  ok  4 us                                                                         |
|              note in the journal what is about to be done write(<journal>, intent)  ok  837 us                                                                                                       |
|              make the directory /mnt/log in the container's writable layer mkdirat(</mnt>, ".davit-4238bc8b0871", 0755)  ok  1.1 ms                                                                  |
|              give it its name, unless that is taken renameat2(</mnt>, ".davit-4238bc8b0871", </mnt>, "log", RENAME_NOREPLACE)  ok  932 us                                                            |
|              enter the mount namespace of shop-api setns(<mount namespace of shop-api>, CLONE_NEWNS)  ok  13 us                                                                                      |
|              move the clone to /mnt/log move_mount(<clone>, "", </mnt/log>, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)  ok  1.2 ms                                                         |
|              look at /mnt/log from inside: the same mount, its flags openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})  ok  288 us    |
|              try access as uid 0 of the container's init faccessat2(</mnt/log>, "", R_OK, AT_EMPTY_PATH|AT_EACCESS)  ok  13 us                                                                       |
|              note in the journal that it is done write(<journal>, done)  ok  96 us                                                                                                                   |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 Enter Open  f Follow  w Wrap  t Time  / Filter  F Full screen  ? Help  q Quit  U Undo
==== unfolded-wrapped
davit  node7 - root - 1 attached
+ 4 Log ------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------ paused ---+
|>02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                                                                                                                                              |
|              open /srv/log on the host openat2(AT_FDCWD, "/srv/log", {flags=O_PATH|O_CLOEXEC})  ok  32 us                                                                                            |
|              look up /mnt/log in the root of shop-api openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})  ok  66 us                    |
|              clone /srv/log open_tree(</srv/log>, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)  ok  22 us                                                                                    |
|              make the clone read-only and its own mount_setattr(<clone>, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY|MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV, propagation=MS_PRIVATE})  ok|
|              4 us                                                                                                                                                                                    |
|              prove that /srv/log cannot be written unlinkat(<clone of /srv/log>, a name that is absent, 0) = EROFS  ok  4 us                                                                         |
|              note in the journal what is about to be done write(<journal>, intent)  ok  837 us                                                                                                       |
|              make the directory /mnt/log in the container's writable layer mkdirat(</mnt>, ".davit-4238bc8b0871", 0755)  ok  1.1 ms                                                                  |
|              give it its name, unless that is taken renameat2(</mnt>, ".davit-4238bc8b0871", </mnt>, "log", RENAME_NOREPLACE)  ok  932 us                                                            |
|              enter the mount namespace of shop-api setns(<mount namespace of shop-api>, CLONE_NEWNS)  ok  13 us                                                                                      |
|              move the clone to /mnt/log move_mount(<clone>, "", </mnt/log>, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)  ok  1.2 ms                                                         |
|              look at /mnt/log from inside: the same mount, its flags openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})  ok  288 us    |
|              try access as uid 0 of the container's init faccessat2(</mnt/log>, "", R_OK, AT_EMPTY_PATH|AT_EACCESS)  ok  13 us                                                                       |
|              note in the journal that it is done write(<journal>, done)  ok  96 us                                                                                                                   |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 Enter Open  f Follow  w Wrap  t Time  / Filter  F Full screen  ? Help  q Quit  U Undo
