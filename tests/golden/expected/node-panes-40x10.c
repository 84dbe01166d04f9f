==== rest
davit  node7 - root
- 1 Containers 5 -----------------------
  NAME^            UP  ATT STATE
  a-name-t~e-x2lqz 0s  0   running
  batch            0s  0   running
  edge-proxy       0s  0   paused
> shop-api         1s  0   running
  shop-worker      1s  0   running

 a Attach  D Detach  Enter Open  ? Help
==== mounts
davit  node7 - root
- 3 Mounts in shop-api -----------------
  TARGET   SOURCE                 ACCESS
> /data    lib:/docker~lume/_data rw
  /etc~rts /dev/loop0:/certs      ro
  /scratch tmpfs                  rw
  /        overlay                rw
  /dev     tmpfs                  rw
  /dev~eue mqueue                 rw
 a Attach  D Detach  Enter Open  ? Help
==== filesystems
davit  node7 - root
- 2 Filesystems 11 ---------------------
  MOUNT POINT^   DEVICE        TYPE
  /              /dev/vda      ext4
> /dev/shm       tmpfs         tmpfs
  /dev/shm       tmpfs         tmpfs
  /run           tmpfs         tmpfs
  /srv           /dev/loop0    ext4
  /srv/log/old   old           tmpfs
 a Attach  Enter Open  x All actions
==== filter-typed
davit  node7 - root
- 1 Containers 1/5 - filter: api -------
  NAME^            UP  ATT STATE
> shop-api         1s  0   running




 Filter api
 Ctrl-C Cancel
==== filter
davit  node7 - root
- 1 Containers 1/5 - filter: api -------
  NAME^            UP  ATT STATE
> shop-api         1s  0   running





 a Attach  D Detach  Enter Open  ? Help
==== marks
davit  node7 - root
- 1 Containers 5 ---------- 4 marked ---
  NAME^            UP  ATT STATE
 *a-name-t~e-x2lqz 0s  0   running
 *batch            0s  0   running
  edge-proxy       0s  0   paused
>*shop-api         1s  0   running
 *shop-worker      1s  0   running

 a Attach  D Detach  Enter Open  ? Help
==== menu
davit  node7 - root
+ shop-worker -------------------------+
| > a      Attach      attach a direc~ |
|   D      Detach      davit attached~ |
|   Enter  Open        open what is s~ |
|   3      Mounts      to the mounts ~ |
|   attach a directory to the          |
|   container; nothing happens before  |
+--------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back
==== palette
davit  node7 - root
+ Command -----------------------------+
| > detach                 D        d~ |
|                                      |
|                                      |
|                                      |
|                                      |
| :deta                                |
+ Tab completes - Enter does it - Es~ -+
 Ctrl-C Cancel
==== help
davit  node7 - root
+ Keys in the lists -------------------+
| Up, k         Up: one row up         |
| Down, j       Down: one row down     |
| PageUp        Page up: one page up   |
| PageDown      Page down: one page    |
|               down                   |
| Ctrl-U        Half page up: half a   |
+-------------------------- 1-6 of 99 -+
 Down Down  PageDown Page down  / Filter
==== details
davit  node7 - root
+ shop-api ----------------------------+
| Name          shop-api               |
| Name known    from the runtime       |
| Runtime       docker                 |
| Id            4b6c7895773f7325716c2d |
|               3449c42489bf458b1ea0fe |
|               ac18402372a084fc6788   |
+-------------------------- 1-6 of 35 -+
 Down Down  PageDown Page down  / Filter
==== details-end
davit  node7 - root
+ shop-api ----------------------------+
|               ac18402372a084fc6788   |
| Image         busybox:local          |
| State         running                |
| Started       22 Nov 02:56 (1 s ago) |
| Pid           435                    |
| Attached      0 by davit             |
+------------------------- 6-11 of 35 -+
 Down Down  PageDown Page down  / Filter
