==== rest
davit  node7 - root - docker DOWN (names from disk) - 1 attached
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      19s  0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     19s  0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      19s  0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      20s  1    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      12K/64M 1% 0s    64M                    |
|  shop-worker      docker      6s   0    running            1462     5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                                                                                                                                              |
| 02:56:33 attach /srv/certs > shop-worker /tmp (root, ok)                                                                                                                                             |
| 02:56:33 lost: shop-worker /tmp (/srv/certs) (root)                                                                                                                                                  |
| 02:56:33   container restarted                                                                                                                                                                       |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Space Mark  U Undo
==== details
davit  node7 - root - docker DOWN (names from disk) - 1 attached
+ shop-api --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| Name              shop-api                                                                                                                                                                           |
| Name known        from what the runtime left on disk: it does not answer now                                                                                                                         |
| Runtime           docker                                                                                                                                                                             |
| Id                4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084fc6788                                                                                                                   |
| Image             busybox:local                                                                                                                                                                      |
| State             running                                                                                                                                                                            |
| Started           22 Nov 02:56 (20 s ago)                                                                                                                                                            |
| Pid               435                                                                                                                                                                                |
| Attached          1 by davit                                                                                                                                                                         |
|                                                                                                                                                                                                      |
| Namespaces                                                                                                                                                                                           |
| cgroup            4026531835                                                                                                                                                                         |
| ipc               4026532268                                                                                                                                                                         |
| mnt               4026532266                                                                                                                                                                         |
| net               4026532270                                                                                                                                                                         |
| pid               4026532269                                                                                                                                                                         |
| user              4026531837                                                                                                                                                                         |
| uts               4026532267                                                                                                                                                                         |
|                                                                                                                                                                                                      |
| Users                                                                                                                                                                                                |
| the same as outside: root inside is root                                                                                                                                                             |
|                                                                                                                                                                                                      |
| Declared mounts                                                                                                                                                                                      |
| /data             volume pgvolume at /var/lib/docker/volumes/pgvolume/_data                                                                                                                          |
| /etc/certs        /srv/certs                                                                                                                                                                         |
|                   read-only                                                                                                                                                                          |
|                                                                                                                                                                                                      |
| Labels                                                                                                                                                                                               |
| com.example.team  pay?]52;c;aGk=??ments                                                                                                                                                              |
| tier              front                                                                                                                                                                              |
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
 Down Down  PageDown Page down  / Filter  n Next  y Copy  Esc Back
