==== menu
davit [RO]  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      19s  0    running                 |
|  batch                         scratch     19s  0    running                 |
|  edge-proxy                    docker      19s  0    paused                  |
+ shop-api --------------------------------------------------------------------+
| > a      Attach      this console is for reading: it was started with --rea~ |
|   D      Detach      this console is for reading: it was started with --rea~ |
|   Enter  Open        open what is selected                                   |
|   3      Mounts      to the mounts in the selected container                 |
|   y      Copy        copy to the terminal's clipboard: the name, the path, ~ |
|   Space  Mark        mark this row                                           |
|   U      Undo        this console is for reading: it was started with --rea~ |
|   F5     Read again  read everything again, usage too                        |
|   this console is for reading: it was started with --readonly                |
|                                                                              |
+------------------------------------------------------------------------------+
| 02:56:33   container restarted                                               |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back
==== refused
davit [RO]  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      19s  0    running                 |
|  batch                         scratch     19s  0    running                 |
|  edge-proxy                    docker      19s  0    paused                  |
|> shop-api                      docker      20s  1    running                 |
|  shop-worker                   docker      6s   0    running                 |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /mnt/log    /dev/loop0:/log             ext4     ro      davit root 22 Nov  |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
+ 4 Log --------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                      |
| 02:56:33 attach /srv/certs > shop-worker /tmp (root, ok)                     |
| 02:56:33 lost: shop-worker /tmp (/srv/certs) (root)                          |
| 02:56:33   container restarted                                               |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 this console is for reading: it was started with --readonly
