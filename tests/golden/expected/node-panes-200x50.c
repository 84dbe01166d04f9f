==== rest
davit  node7 - root
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
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
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
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
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Space Mark  U Undo
==== mounts
davit  node7 - root
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|  shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
|                                                                                                   |  /srv/log/old     old            /            tmpfs      0/8.0M 0% 0s     8.0M                   |
+ 3 Mounts in shop-api -----------------------------------------------------------------------------+--------------------------------------------------------------------------------------------------+
|  TARGET                                  SOURCE                                                                                       FS       ACCESS  ORIGIN                PROPAGATION     MAJ:MIN |
|> /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
|  /dev/shm                                shm                                                                                          tmpfs    rw      system                private         0:61    |
|  /etc/hostname                           lib:/docker/containers/4b6c7895773f7325716c2d~2489bf458b1ea0feac18402372a084fc6788/hostname  tmpfs    rw      system                private         0:50    |
|  /etc/hosts                              lib:/docker/containers/4b6c7895773f7325716c2d~9c42489bf458b1ea0feac18402372a084fc6788/hosts  tmpfs    rw      system                private         0:50    |
|  /etc/resolv.conf                        lib:/docker/containers/4b6c7895773f7325716c2d~9bf458b1ea0feac18402372a084fc6788/resolv.conf  tmpfs    rw      system                private         0:50    |
|  /proc                                   proc                                                                                         proc     rw      system                private         0:56    |
|  /proc/acpi                              tmpfs                                                                                        tmpfs    ro      system                private         0:63    |
|  /proc/bus                               proc:/bus                                                                                    proc     ro      system                private         0:56    |
|  /proc/fs                                proc:/fs                                                                                     proc     ro      system                private         0:56    |
|  /proc/irq                               proc:/irq                                                                                    proc     ro      system                private         0:56    |
|  /proc/keys                              tmpfs:/null                                                                                  tmpfs    rw      system                private         0:57    |
|  /proc/sys                               proc:/sys                                                                                    proc     ro      system                private         0:56    |
|  /proc/timer_list                        tmpfs:/null                                                                                  tmpfs    rw      system                private         0:57    |
|  /sys                                    sysfs                                                                                        sysfs    ro      system                private         0:59    |
|  /sys/firmware                           tmpfs                                                                                        tmpfs    ro      system                private         0:64    |
|  /sys/fs/cgroup                          tmpfs                                                                                        tmpfs    rw      system                private         0:60    |
|  /sys/fs/cgroup/blkio                    cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:35    |
|  /sys/fs/cgroup/cpu                      cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:29    |
|  /sys/fs/cgroup/cpuacct                  cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:30    |
|  /sys/fs/cgroup/cpuset                   cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:31    |
|  /sys/fs/cgroup/devices                  cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:33    |
|  /sys/fs/cgroup/freezer                  cgroup:/davit-tests-5cdvsf/golden/docker/4b6c~c2d3449c42489bf458b1ea0feac18402372a084fc6788  cgroup   ro      system                slave           0:34    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Delete Dismiss  y Copy  U Undo
==== filesystems
davit  node7 - root
+ 1 Containers 5 -----------------------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|  a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|  batch            scratch     0s   0    running            701      batch                         |> /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|> shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
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
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
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
 a Attach  Enter Open  x All actions  / Filter  ? Help  q Quit  F5 Read again  > Sort by next
==== filter-typed
davit  node7 - root
+ 1 Containers 1/5 - filter: api -------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|> shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|                                                                                                   |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|                                                                                                   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|                                                                                                   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|                                                                                                   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
 Filter api
 Ctrl-C Cancel
==== filter
davit  node7 - root
+ 1 Containers 1/5 - filter: api -------------------------------------------------------------------+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
|> shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
|                                                                                                   |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|                                                                                                   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|                                                                                                   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|                                                                                                   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
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
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Space Mark  U Undo
==== marks
davit  node7 - root
+ 1 Containers 5 ---------------------------------------------------------------------- 4 marked ---+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
| *a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
| *batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
|  edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
|>*shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
| *shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
|  /data                                   lib:/docker/volumes/pgvolume/_data                                                           tmpfs    rw      declared              slave           0:50    |
|  /etc/certs                              /dev/loop0:/certs                                                                            ext4     ro      declared              private         7:0     |
|  /scratch                                tmpfs                                                                                        tmpfs    rw      other                 private         0:62    |
|  /                                       overlay                                                                                      overlay  rw      image                 slave           0:53    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:57    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:55    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:58    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
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
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  Space Mark  U Undo
==== menu
davit  node7 - root
+ 1 Containers 5 ---------------------------------------------------------------------- 5 marked ---+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
| *a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
| *batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
| *edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
| *shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|>*shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
|                                              + shop-worker -------------------------------------------------------------------------------------------+                                              |
|                                              | > a      Attach      attach a directory to the container; nothing happens before the plan is confirmed |                                              |
|                                              |   D      Detach      davit attached nothing in this container                                          |                                              |
|                                              |   Enter  Open        open what is selected                                                             |                                              |
|                                              |   3      Mounts      to the mounts in the selected container                                           |                                              |
|                                              |   y      Copy        copy to the terminal's clipboard: the name, the path, the command of a plan       |                                              |
|                                              |   Space  Mark        mark this row                                                                     |                                              |
|                                              |   U      Undo        take back your last change; shows its plan first                                  |                                              |
+ 3 Mounts in shop-worker ---------------------|   F5     Read again  read everything again, usage too                                                  |----------------------------------------------+
|  TARGET                                  SOUR+--------------------------------------------------------------------------------------------------------+ORIGIN                PROPAGATION     MAJ:MIN |
|  /                                       overlay                                                                                      overlay  ro      image                 slave           0:65    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:69    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:67    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:70    |
|  /dev/shm                                shm                                                                                          tmpfs    rw      system                private         0:83    |
|  /etc/hostname                           lib:/docker/containers/5540696f2598da64eab2fc~eda163502d303c4c879286d6d9ae7a72fef8/hostname  tmpfs    ro      system                private         0:50    |
|  /etc/hosts                              lib:/docker/containers/5540696f2598da64eab2fc~4eceda163502d303c4c879286d6d9ae7a72fef8/hosts  tmpfs    ro      system                private         0:50    |
+ 4 Log --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                                                                                                                                            |
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
 Enter Open  Up Up  Down Down  Esc Back
==== palette
davit  node7 - root
+ 1 Containers 5 ---------------------------------------------------------------------- 5 marked ---+ 2 Filesystems 11 --------------------------------------------------------------------------------+
|  NAME^            RUNTIME     UP   ATT  STATE              PID      ID            IMAGE           |  MOUNT POINT^     DEVICE         SUB-ROOT     TYPE       USAGE            SIZE   LABEL     TRAN  |
| *a-name-~e-x2lqz  docker      0s   0    running            663      5dd907e665d7  busybox:local   |  /                /dev/vda       /            ext4       17G/251G 19% 0s  251G             virtio|
| *batch            scratch     0s   0    running            701      batch                         |  /dev/shm         tmpfs          /            tmpfs      not read                                |
| *edge-proxy       docker      0s   0    paused             576      e86c6083323d  busybox:local   |  /dev/shm         tmpfs          /            tmpfs      16K/23G 1% 0s    23G                    |
| *shop-api         docker      1s   0    running            435      4b6c7895773f  busybox:local   |  /run             tmpfs          /            tmpfs      0/64M 0% 0s      64M                    |
|>*shop-worker      docker      1s   0    running            504      5540696f2598  busybox:local   |  /srv             /dev/loop0     /            ext4       24K/54M 1% 0s    54M                    |
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
|  /                                       overlay                                                                                      overlay  ro      image                 slave           0:65    |
|  /dev                                    tmpfs                                                                                        tmpfs    rw      system                private         0:69    |
|  /dev/mqueue                             mqueue                                                                                       mqueue   rw      system                private         0:67    |
|  /dev/pts                                devpts                                                                                       devpts   rw      system                private         0:70    |
|  /dev/shm                                shm                                                                                          tmpfs    rw      system                private         0:83    |
|  /etc/hostname                           lib:/docker/containers/5540696f2598da64eab2fc~eda163502d303c4c879286d6d9ae7a72fef8/hostname  tmpfs    ro      system                private         0:50    |
+ Command ---------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| > detach                 D        detach what davit attached here; nothing happens before it is confirmed                                                                                            |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
| :deta                                                                                                                                                                                                |
+ Tab completes - Enter does it - Esc back ------------------------------------------------------------------------------------------------------------------------------------------------------------+
 Ctrl-C Cancel
==== help
davit  node7 - root
+ Keys in the lists -----------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| Up, k           Up: one row up                                                                                                                                                                       |
| Down, j         Down: one row down                                                                                                                                                                   |
| PageUp          Page up: one page up                                                                                                                                                                 |
| PageDown        Page down: one page down                                                                                                                                                             |
| Ctrl-U          Half page up: half a page up                                                                                                                                                         |
| Ctrl-D          Half page down: half a page down                                                                                                                                                     |
| Home, g         First: to the first row                                                                                                                                                              |
| End, G          Last: to the last row; in the log: follow what is new                                                                                                                                |
| Tab             Next pane: to the next pane                                                                                                                                                          |
| Shift-Tab       Previous pane: to the pane before                                                                                                                                                    |
| 1               Containers: to the containers                                                                                                                                                        |
| 2               Filesystems: to the host's filesystems                                                                                                                                               |
| 3               Mounts: to the mounts in the selected container                                                                                                                                      |
| 4, l            Log: to the log                                                                                                                                                                      |
| +               Zoom: this pane alone on the screen                                                                                                                                                  |
| _               All panes: all panes again                                                                                                                                                           |
| Enter           Open: open what is selected                                                                                                                                                          |
| Esc, Backspace  Back: back; in a list: clear the filter                                                                                                                                              |
| Space           Mark: mark this row                                                                                                                                                                  |
| *               Mark all: mark all that the filter shows, or none                                                                                                                                    |
| /               Filter: show only rows with this text, with a ! before it only those without; search in a text                                                                                       |
| x               All actions: all that can be done with this row, and why what cannot                                                                                                                 |
| :               Command: do something by its name                                                                                                                                                    |
| ?, F1           Help: what the keys do here                                                                                                                                                          |
| >               Sort by next: sort by the next column                                                                                                                                                |
| <               Sort by previous: sort by the column before                                                                                                                                          |
| I               Invert order: sort the other way round                                                                                                                                               |
| a, F2           Attach: attach a directory to the container; nothing happens before the plan is confirmed                                                                                            |
| D, F8           Detach: detach what davit attached here; nothing happens before it is confirmed                                                                                                      |
| U               Undo: take back your last change; shows its plan first                                                                                                                               |
| Delete          Dismiss: no longer show a row of what was lost                                                                                                                                       |
| y               Copy: copy to the terminal's clipboard: the name, the path, the command of a plan                                                                                                    |
| :theme          Theme: other colours: a menu that shows each, or :theme NAME                                                                                                                         |
| :save-screen    Save screen: save this screen as text and attributes: :save-screen FILE                                                                                                              |
| F5              Read again: read everything again, usage too                                                                                                                                         |
| Ctrl-L          Redraw: paint the whole screen again                                                                                                                                                 |
| Ctrl-Z          Suspend: back to the shell; fg returns here                                                                                                                                          |
| Ctrl-C          Cancel: end what is under way, then quit                                                                                                                                             |
| q, F10          Quit: close this; in the panes: leave davit                                                                                                                                          |
|                                                                                                                                                                                                      |
| No key of a list changes anything: attach, detach and undo open a page that shows its plan first, and the plan has its own key.                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
|                                                                                                                                                                                                      |
+------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
 Down Down  PageDown Page down  / Filter  n Next  y Copy  Esc Back
==== details
davit  node7 - root
+ shop-api --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| Name              shop-api                                                                                                                                                                           |
| Name known        from the runtime                                                                                                                                                                   |
| Runtime           docker                                                                                                                                                                             |
| Id                4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084fc6788                                                                                                                   |
| Image             busybox:local                                                                                                                                                                      |
| State             running                                                                                                                                                                            |
| Started           22 Nov 02:56 (1 s ago)                                                                                                                                                             |
| Pid               435                                                                                                                                                                                |
| Attached          0 by davit                                                                                                                                                                         |
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
==== details-end
davit  node7 - root
+ shop-api --------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------------+
| Name              shop-api                                                                                                                                                                           |
| Name known        from the runtime                                                                                                                                                                   |
| Runtime           docker                                                                                                                                                                             |
| Id                4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084fc6788                                                                                                                   |
| Image             busybox:local                                                                                                                                                                      |
| State             running                                                                                                                                                                            |
| Started           22 Nov 02:56 (1 s ago)                                                                                                                                                             |
| Pid               435                                                                                                                                                                                |
| Attached          0 by davit                                                                                                                                                                         |
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
