==== detach
davit  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
|  batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|> shop-api                      docker      1s   1    running                 |
|  shop-worker                   docker      1s   0    running                 |
+ Detach /mnt/log from shop-api -----------------------------------------------+
| Attached by root, 22 Nov 02:56, read-only, from /srv/log                     |
| After:  /mnt/log is gone: davit made it and takes it away again              |
| Held by sleep (pid 1349): its working directory                              |
|         After a lazy detach it goes on reading, unseen, until it lets go.    |
| [Back]  [Detach]  [Wait 10 s]  [Lazy: hidden now, still in use]              |
+------------------------------------------------------------------------------+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok, 13 steps)            |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back  ? Help
==== refused
davit  node7 - root - 1 attached
+ Attach a filesystem > 2 containers ------------------------------------------+
| Source  /srv/certs                                                           |
|         /dev/loop0 7:0 ext4 - sub-root / - 0:0 0755                          |
| Target  /proc/certs                                                          |
| Access  (*) read-only  ( ) writable     nosuid nodev private          [more] |
+ > Plan ----------------------------------------------------------------------+
| ! edge-proxy /proc/certs: cannot be done: /proc/certs: /proc lies on /proc   |
|   (proc), which the kernel makes                                             |
| ! shop-worker /proc/certs: cannot be done: /proc/certs: /proc lies on /proc  |
|   (proc), which the kernel makes                                             |
|                                                                              |
| edge-proxy /proc/certs                                                       |
| ! /proc/certs: /proc lies on /proc (proc), which the kernel makes            |
|   name a directory on the container's own filesystem                         |
|                                                                              |
| shop-worker /proc/certs                                                      |
| ! /proc/certs: /proc lies on /proc (proc), which the kernel makes            |
|   name a directory on the container's own filesystem                         |
|                                                                              |
|                                                                              |
|                                                                              |
+ Enter next - Ctrl-O browse - on Plan: A attach, y copy command - Esc back ---+
 A attaches; Enter changes nothing
==== undo
davit  node7 - root - 1 attached
+ Undo my last change: /mnt/log in shop-api -----------------------------------+
| 1 look up /mnt/log in the root of shop-api                           openat2 |
| 2 note in the journal what is about to be done                         write |
| 3 enter the mount namespace of shop-api                                setns |
| 4 unmount /mnt/log                                                   umount2 |
| 5 look whether it is gone                                          statmount |
| 6 remove /mnt/log, which davit made                                 unlinkat |
| 7 look at what /mnt/log shows now                                    openat2 |
| 8 note in the journal that it is done                                  write |
| After: /mnt/log is gone: davit made it and takes it away again               |
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
+ A takes it back - y copies the command - Esc back ---------------------------+
 A Do it  y Copy  Down Down  Esc Back  ? Help
