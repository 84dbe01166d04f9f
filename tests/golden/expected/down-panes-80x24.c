==== rest
davit  node7 - root - docker DOWN (names from disk) - 1 attached
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
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  U Undo
==== details
davit  node7 - root - docker DOWN (names from disk) - 1 attached
+ shop-api --------------------------------------------------------------------+
| Name              shop-api                                                   |
| Name known        from what the runtime left on disk: it does not answer now |
| Runtime           docker                                                     |
| Id                4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084 |
|                   fc6788                                                     |
| Image             busybox:local                                              |
| State             running                                                    |
| Started           22 Nov 02:56 (20 s ago)                                    |
| Pid               435                                                        |
| Attached          1 by davit                                                 |
|                                                                              |
| Namespaces                                                                   |
| cgroup            4026531835                                                 |
| ipc               4026532268                                                 |
| mnt               4026532266                                                 |
| net               4026532270                                                 |
| pid               4026532269                                                 |
| user              4026531837                                                 |
| uts               4026532267                                                 |
|                                                                              |
+----------------------------------------------------------------- 1-20 of 31 -+
 Down Down  PageDown Page down  / Filter  n Next  y Copy  Esc Back
