==== before
davit  node7 - root - 1 attached
- 1 Containers 5 -----------------------
  NAME^            UP  ATT STATE
  a-name-t~e-x2lqz 13s 0   running
  batch            13s 0   running
  edge-proxy       13s 0   paused
  shop-api         14s 1   running
> shop-worker      0s  0   running, 1 l~

 a Attach  D Detach  Enter Open  ? Help
==== rest
davit  node7 - root - 1 attached
- 3 Mounts in shop-worker --------------
  TARGET   SOURCE                 ACCESS
> /tmp     LOST, was /srv/certs   ro
  /        overlay                ro
  /dev     tmpfs                  rw
  /dev~eue mqueue                 rw
  /dev/pts devpts                 rw
  /dev/shm shm                    rw
 a Attach  D Detach  Enter Open  ? Help
