==== rest
davit  node7 - root
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
|  batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|> shop-api                      docker      1s   0    running                 |
|  shop-worker                   docker      1s   0    running                 |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  U Undo
==== mounts
davit  node7 - root
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|  batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|> shop-api                      docker      1s   0    running                 |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|> /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
|  /           overlay                     overlay  rw      image              |
|  /dev        tmpfs                       tmpfs    rw      system             |
|  /dev/~ueue  mqueue                      mqueue   rw      system             |
|  /dev/pts    devpts                      devpts   rw      system             |
|  /dev/shm    shm                         tmpfs    rw      system             |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  y Copy
==== filesystems
davit  node7 - root
+ 1 Containers 5 -------------------+ 2 Filesystems 11 ------------------------+
|  MOUNT POINT^      DEVICE          SUB-ROOT      TYPE       USAGE            |
|  /                 /dev/vda        /             ext4       17G/251G 19% 0s  |
|> /dev/shm          tmpfs           /             tmpfs      not read         |
|  /dev/shm          tmpfs           /             tmpfs      16K/23G 1% 0s    |
|  /run              tmpfs           /             tmpfs      0/64M 0% 0s      |
|  /srv              /dev/loop0      /             ext4       24K/54M 1% 0s    |
|  /srv/log/old      old             /             tmpfs      0/8.0M 0% 0s     |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  Enter Open  x All actions  / Filter  ? Help  q Quit  F5 Read again
==== filter-typed
davit  node7 - root
+ 1 Containers 1/5 - filter: api ---+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|> shop-api                      docker      1s   0    running                 |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
 Filter api
 Ctrl-C Cancel
==== filter
davit  node7 - root
+ 1 Containers 1/5 - filter: api ---+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
|> shop-api                      docker      1s   0    running                 |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  U Undo
==== marks
davit  node7 - root
+ 1 Containers 5 ------ 4 marked ---+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
| *a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
| *batch                         scratch     0s   0    running                 |
|  edge-proxy                    docker      0s   0    paused                  |
|>*shop-api                      docker      1s   0    running                 |
| *shop-worker                   docker      1s   0    running                 |
|                                                                              |
+ 3 Mounts in shop-api --------------------------------------------------------+
|  TARGET      SOURCE                      FS       ACCESS  ORIGIN             |
|  /data       lib:/docker/v~volume/_data  tmpfs    rw      declared           |
|  /etc/certs  /dev/loop0:/certs           ext4     ro      declared           |
|  /scratch    tmpfs                       tmpfs    rw      other              |
+ 4 Log --------------------------------------------------------- following ---+
| nothing has been attached or detached yet                                    |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 a Attach  D Detach  Enter Open  x All actions  / Filter  ? Help  q Quit  U Undo
==== menu
davit  node7 - root
+ 1 Containers 5 ------ 5 marked ---+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
| *a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
| *batch                         scratch     0s   0    running                 |
| *edge-proxy                    docker      0s   0    paused                  |
+ shop-worker -----------------------------------------------------------------+
| > a      Attach      attach a directory to the container; nothing happens b~ |
|   D      Detach      davit attached nothing in this container                |
|   Enter  Open        open what is selected                                   |
|   3      Mounts      to the mounts in the selected container                 |
|   y      Copy        copy to the terminal's clipboard: the name, the path, ~ |
|   Space  Mark        mark this row                                           |
|   U      Undo        take back your last change; shows its plan first        |
|   F5     Read again  read everything again, usage too                        |
|   attach a directory to the container; nothing happens before the plan is    |
|   confirmed                                                                  |
+------------------------------------------------------------------------------+
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
+------------------------------------------------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back
==== palette
davit  node7 - root
+ 1 Containers 5 ------ 5 marked ---+ 2 Filesystems 11 ------------------------+
|  NAME^                         RUNTIME     UP   ATT  STATE                   |
| *a-name-that-is~-middle-x2lqz  docker      0s   0    running                 |
| *batch                         scratch     0s   0    running                 |
| *edge-proxy                    docker      0s   0    paused                  |
| *shop-api                      docker      1s   0    running                 |
|>*shop-worker                   docker      1s   0    running                 |
|                                                                              |
+ 3 Mounts in shop-worker -----------------------------------------------------+
+ Command ---------------------------------------------------------------------+
| > detach                 D        detach what davit attached here; nothing ~ |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
|                                                                              |
| :deta                                                                        |
+ Tab completes - Enter does it - Esc back ------------------------------------+
 Ctrl-C Cancel
==== help
davit  node7 - root
+ Keys in the lists -----------------------------------------------------------+
| Up, k           Up: one row up                                               |
| Down, j         Down: one row down                                           |
| PageUp          Page up: one page up                                         |
| PageDown        Page down: one page down                                     |
| Ctrl-U          Half page up: half a page up                                 |
| Ctrl-D          Half page down: half a page down                             |
| Home, g         First: to the first row                                      |
| End, G          Last: to the last row; in the log: follow what is new        |
| Tab             Next pane: to the next pane                                  |
| Shift-Tab       Previous pane: to the pane before                            |
| 1               Containers: to the containers                                |
| 2               Filesystems: to the host's filesystems                       |
| 3               Mounts: to the mounts in the selected container              |
| 4, l            Log: to the log                                              |
| +               Zoom: this pane alone on the screen                          |
| _               All panes: all panes again                                   |
| Enter           Open: open what is selected                                  |
| Esc, Backspace  Back: back; in a list: clear the filter                      |
| Space           Mark: mark this row                                          |
| *               Mark all: mark all that the filter shows, or none            |
+----------------------------------------------------------------- 1-20 of 48 -+
 Down Down  PageDown Page down  / Filter  n Next  y Copy  Esc Back
==== details
davit  node7 - root
+ shop-api --------------------------------------------------------------------+
| Name              shop-api                                                   |
| Name known        from the runtime                                           |
| Runtime           docker                                                     |
| Id                4b6c7895773f7325716c2d3449c42489bf458b1ea0feac18402372a084 |
|                   fc6788                                                     |
| Image             busybox:local                                              |
| State             running                                                    |
| Started           22 Nov 02:56 (1 s ago)                                     |
| Pid               435                                                        |
| Attached          0 by davit                                                 |
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
==== details-end
davit  node7 - root
+ shop-api --------------------------------------------------------------------+
| Namespaces                                                                   |
| cgroup            4026531835                                                 |
| ipc               4026532268                                                 |
| mnt               4026532266                                                 |
| net               4026532270                                                 |
| pid               4026532269                                                 |
| user              4026531837                                                 |
| uts               4026532267                                                 |
|                                                                              |
| Users                                                                        |
| the same as outside: root inside is root                                     |
|                                                                              |
| Declared mounts                                                              |
| /data             volume pgvolume at /var/lib/docker/volumes/pgvolume/_data  |
| /etc/certs        /srv/certs                                                 |
|                   read-only                                                  |
|                                                                              |
| Labels                                                                       |
| com.example.team  pay?]52;c;aGk=??ments                                      |
| tier              front                                                      |
+---------------------------------------------------------------- 12-31 of 31 -+
 Down Down  PageDown Page down  / Filter  n Next  y Copy  Esc Back
