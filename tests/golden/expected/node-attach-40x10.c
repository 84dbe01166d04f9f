==== browser-host
davit  node7 - root
+ Host /srv ---------------------------+
| > [choose this directory]            |
|   .. (the directory above)           |
|   Gr??e/                             |
|   certs/                             |
|   log/                               |
|   lost+found/                        |
+ Enter opens - Space chooses - Left~ -+
 Enter Open  Up Up  Down Down  / Filter
==== browser-container
davit  node7 - root
+ shop-api:/ --------------------------+
| > [choose this directory]            |
|   .dockerenv                         |
|   bin/                               |
|   data/                              |
|   dev/                               |
|   etc/                               |
+ Enter opens - Space chooses - Left~ -+
 Enter Open  Up Up  Down Down  / Filter
==== access
davit  node7 - root
+ Attach 3/4 > shop-api ---------------+
| Access  (*) read-only  ( ) writable  |
|         nosuid nodev private  [more] |
|                                      |
|                                      |
|                                      |
|                                      |
+ Enter next - Ctrl-O browse - on Pl~ -+
 Enter Open  Up Up  Down Down  Esc Back
==== plan
davit  node7 - root
+ Attach 4/4 > shop-api ---------------+
|  1 open /srv/log on the host openat2 |
|  2 look up /mnt/log in the ~ openat2 |
|  3 clone /srv/log          open_tree |
|  4 make the clone read-only and its~ |
|  5 prove that /srv/log ~    +12 more |
| ! Inside: owned by root - not writa~ |
+ Enter next - Ctrl-O browse - on Pl~ -+
 A attaches; Enter changes nothing
==== attached
davit  node7 - root - 1 attached
- 1 Containers 5 -----------------------
  NAME^            UP  ATT STATE
  a-name-t~e-x2lqz 0s  0   running
  batch            0s  0   running
  edge-proxy       0s  0   paused
> shop-api         1s  1   running
  shop-worker      1s  0   running

 attached /mnt/log in shop-api, verifie~
==== unfolded
davit  node7 - root - 1 attached
- 4 Log --------------------- paused ---
>02:56:27 attach /srv/log > shop-api /m~
              open /srv/log ~  ok  32 us
              look up /mnt/l~  ok  66 us
              clone /srv/log   ok  22 us
              make the clone ~  ok  4 us
              prove that /srv~  ok  4 us
              note in the j~  ok  837 us
 Enter Open  f Follow  w Wrap  t Time
==== unfolded-wrapped
davit  node7 - root - 1 attached
- 4 Log --------------------- paused ---
>02:56:27 attach /srv/log > shop-api
          /mnt/log (root, ok)
              open /srv/log on the host
              openat2(AT_FDCWD,
              "/srv/log",
              {flags=O_PATH|O_CLOEXEC})
              ok  32 us
 Enter Open  f Follow  w Wrap  t Time
