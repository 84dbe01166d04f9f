==== detach
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
|                                                           + Detach /mnt/log from shop-api -----------------------------------------------+                                                           |
|                                                           | Attached by root, 22 Nov 02:56, read-only, from /srv/log                     |                                                           |
|                                                           | After:  /mnt/log is gone: davit made it and takes it away again              |                                                           |
|                                                           | Held by sleep (pid 1349): its working directory                              |                                                           |
|                                                           |         After a lazy detach it goes on reading, unseen, until it lets go.    |                                                           |
|                                                           | [Back]  [Detach]  [Wait 10 s]  [Lazy: hidden now, still in use]              |                                                           |
|                                                           +------------------------------------------------------------------------------+                                                           |
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
 Enter Open  Up Up  Down Down  Esc Back  ? Help
==== refused
davit  node7 - root - 1 attached
+ Attach a filesystem > 2 containers ------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| Source  /srv/certs                                                                                                                                                                                   |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755                                                                                                                                                  |
| Target  /proc/certs                                                                                                                                                                                  |
| Access  (*) read-only  ( ) writable     nosuid nodev private                                                                                                                                  [more] |
+ > Plan ----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| ! edge-proxy /proc/certs: cannot be done: /proc/certs: /proc lies on /proc (proc), which the kernel makes                                                                                            |
| ! shop-worker /proc/certs: cannot be done: /proc/certs: /proc lies on /proc (proc), which the kernel makes                                                                                           |
|                                                                                                                                                                                                      |
| edge-proxy /proc/certs                                                                                                                                                                               |
| ! /proc/certs: /proc lies on /proc (proc), which the kernel makes                                                                                                                                    |
|   name a directory on the container's own filesystem                                                                                                                                                 |
|                                                                                                                                                                                                      |
| shop-worker /proc/certs                                                                                                                                                                              |
| ! /proc/certs: /proc lies on /proc (proc), which the kernel makes                                                                                                                                    |
|   name a directory on the container's own filesystem                                                                                                                                                 |
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
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---------------------------------------------------------------------------------------------------------------------------+
 A attaches; Enter changes nothing
==== undo
davit  node7 - root - 1 attached
+ Undo my last change: /mnt/log in shop-api -----------------------------------------------------------------------------------------------------------------------------------------------------------+
| 1 look up /mnt/log in the root of shop-api                                    openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
| 2 note in the journal what is about to be done                                write(<journal>, intent)                                                                                               |
| 3 enter the mount namespace of shop-api                                       setns(<mount namespace of shop-api>, CLONE_NEWNS)                                                                      |
| 4 unmount /mnt/log                                                            umount2("log", UMOUNT_NOFOLLOW)                                                                                        |
| 5 look whether it is gone                                                     statmount(2149279967)                                                                                                  |
| 6 remove /mnt/log, which davit made                                           unlinkat(</mnt>, "log", AT_REMOVEDIR)                                                                                  |
| 7 look at what /mnt/log shows now                                             openat2(<root of shop-api>, "/mnt/log", {flags=O_PATH|O_CLOEXEC, resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})       |
| 8 note in the journal that it is done                                         write(<journal>, done)                                                                                                 |
| After: /mnt/log is gone: davit made it and takes it away again                                                                                                                                       |
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
+ A takes it back - y copies the command - Esc back ---------------------------------------------------------------------------------------------------------------------------------------------------+
 A Do it  y Copy  Down Down  Esc Back  ? Help
