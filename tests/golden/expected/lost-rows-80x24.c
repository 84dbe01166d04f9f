==== before
davit  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      13s  0    running                 |
|  batch                         scratch     13s  0    running                 |
|  edge-proxy                    docker      13s  0    paused                  |
|  shop-api                      docker      14s  1    running                 |
|> shop-worker                   docker      0s   0    running, 1 lost         |
|                                                                              |
+ 3 Mounts in shop-worker -----------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /tmp        LOST, was /srv/certs                 ro      davit root 22 Nov  |
|  /           overlay                     overlay  ro      image              |
|  /dev        tmpfs                       tmpfs    rw      system             |
+ 4 Log --------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                      |
| 02:56:33 attach /srv/certs > shop-worker /tmp (root, ok)                     |
| 02:56:33 lost: shop-worker /tmp (/srv/certs) (root)                          |
| 02:56:33   container restarted                                               |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  U Undo
==== rest
davit  node7 - root - 1 attached
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  edge-proxy                    docker      13s  0    paused                  |
|  shop-api                      docker      14s  1    running                 |
|> shop-worker                   docker      0s   0    running, 1 lost         |
+ 3 Mounts in shop-worker -----------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|> /tmp        LOST, was /srv/certs                 ro      davit root 22 Nov  |
|  /           overlay                     overlay  ro      image              |
|  /dev        tmpfs                       tmpfs    rw      system             |
|  /dev/~ueue  mqueue                      mqueue   rw      system             |
|  /dev/pts    devpts                      devpts   rw      system             |
|  /dev/shm    shm                         tmpfs    rw      system             |
|  /etc/~name  lib:/docker/c~ef8/hostname  tmpfs    ro      system             |
|  /etc/hosts  lib:/docker/c~72fef8/hosts  tmpfs    ro      system             |
+ 4 Log --------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                      |
| 02:56:33 attach /srv/certs > shop-worker /tmp (root, ok)                     |
| 02:56:33 lost: shop-worker /tmp (/srv/certs) (root)                          |
| 02:56:33   container restarted                                               |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  y Copy
