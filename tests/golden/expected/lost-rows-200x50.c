==== before
davit  node7 - root - 1 attached
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      13s  0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     13s  0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      13s  0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|  shop-api         docker      14s  1    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      12K/64M 1% 0s    64M                    |
|> shop-worker      docker      0s   0    running, 1 lost    1462     5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
+ 3 Mounts in shop-worker --------------------------------------------------------------------------+--------------------------------------------------------------------------------------------------+
|  TARGET                                  SOURCE                                                                                       FS       ACCESS  ORIGIN                PROPAGATION     MAJ:MIN |
|  /tmp                                    LOST, was /srv/certs                                                                                  ro      davit root 22 Nov                             |
|  /                                       overlay                                                                                      overlay  ro      image                 slave           0:65    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:69    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:67    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:70    |
|  /dev/shm                                shm                                                                                          tmpfs    rw      system                private         0:83    |
|  /etc/hostname                           lib:/docker/containers/5540696f2598da64eab2fc~eda163502d303c4c879286d6d9ae7a72fef8/hostname  tmpfs    ro      system                private         0:50    |
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
==== rest
davit  node7 - root - 1 attached
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      13s  0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     13s  0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      13s  0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|  shop-api         docker      14s  1    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      12K/64M 1% 0s    64M                    |
|> shop-worker      docker      0s   0    running, 1 lost    1462     5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
|                                                                                                   |  /srv/log/old     old            /            tmpfs      0/8.0M 0% 0s     8.0M                   |
+ 3 Mounts in shop-worker --------------------------------------------------------------------------+--------------------------------------------------------------------------------------------------+
|  TARGET                                  SOURCE                                                                                       FS       ACCESS  ORIGIN                PROPAGATION     MAJ:MIN |
|> /tmp                                    LOST, was /srv/certs                                                                                  ro      davit root 22 Nov                             |
|  /                                       overlay                                                                                      overlay  ro      image                 slave           0:65    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:69    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:67    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:70    |
|  /dev/shm                                shm                                                                                          tmpfs    rw      system                private         0:83    |
|  /etc/hostname                           lib:/docker/containers/5540696f2598da64eab2fc~eda163502d303c4c879286d6d9ae7a72fef8/hostname  tmpfs    ro      system                private         0:50    |
|  /etc/hosts                              lib:/docker/containers/5540696f2598da64eab2fc~4eceda163502d303c4c879286d6d9ae7a72fef8/hosts  tmpfs    ro      system                private         0:50    |
|  /etc/resolv.conf                        lib:/docker/containers/5540696f2598da64eab2fc~163502d303c4c879286d6d9ae7a72fef8/resolv.conf  tmpfs    ro      system                private         0:50    |
|  /proc                                   proc                                                                                         proc     rw      system                private         0:68    |
|  /proc/acpi                              tmpfs                                                                                        tmpfs    ro      system                private         0:84    |
|  /proc/bus                               proc:/bus                                                                                    proc     ro      system                private         0:68    |
|  /proc/fs                                proc:/fs                                                                                     proc     ro      system                private         0:68    |
|  /proc/irq                               proc:/irq                                                                                    proc     ro      system                private         0:68    |
|  /proc/keys                              tmpfs:/null                                                                                  tmpfs    rw      system                private         0:69    |
|  /proc/sys                               proc:/sys                                                                                    proc     ro      system                private         0:68    |
|  /proc/timer_list                        tmpfs:/null                                                                                  tmpfs    rw      system                private         0:69    |
|  /sys                                    sysfs                                                                                        sysfs    ro      system                private         0:71    |
|  /sys/firmware                           tmpfs                                                                                        tmpfs    ro      system                private         0:85    |
|  /sys/fs/cgroup                          tmpfs                                                                                        tmpfs    rw      system                private         0:72    |
|  /sys/fs/cgroup/blkio                    cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:35    |
|  /sys/fs/cgroup/cpu                      cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:29    |
|  /sys/fs/cgroup/cpuacct                  cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:30    |
|  /sys/fs/cgroup/cpuset                   cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:31    |
|  /sys/fs/cgroup/devices                  cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:33    |
|  /sys/fs/cgroup/freezer                  cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:34    |
|  /sys/fs/cgroup/memory                   cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:32    |
|  /sys/fs/cgroup/pids                     cgroup:/davit-tests-5cdvsf/golden/docker/5540~2fcb244eceda163502d303c4c879286d6d9ae7a72fef8  cgroup   ro      system                slave           0:36    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| 02:56:27 attach /srv/log > shop-api /mnt/log (root, ok)                                                                                                                                              |
| 02:56:33 attach /srv/certs > shop-worker /tmp (root, ok)                                                                                                                                             |
| 02:56:33 lost: shop-worker /tmp (/srv/certs) (root)                                                                                                                                                  |
| 02:56:33   container restarted                                                                                                                                                                       |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Delete Dismiss  y Copy  U Undo
