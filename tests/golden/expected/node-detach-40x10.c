==== detach
davit  node7 - root - 1 attached
+ Detach /mnt/log from shop-api -------+
| After:  /mnt/log is gone: davit made |
|         it and takes it away again   |
| Held by sleep (pid 1349): its        |
|         working directory            |
| [Back]  [Detach]  [Wait 10 s]        |
| [Lazy: hidden now, still in use]     |
+--------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back
==== refused
davit  node7 - root - 1 attached
+ Attach 4/4 > 2 containers -----------+
| ! edge-proxy /proc/certs: cannot be  |
|   done: /proc/certs: /proc lies on   |
|   /proc (proc), which the kernel     |
|   makes                              |
| ! shop-worker /proc/certs: cannot be |
|   done: /proc/certs: /p~    +14 more |
+ Enter next - Ctrl-O browse - on Pl~ -+
 A attaches; Enter changes nothing
==== undo
davit  node7 - root - 1 attached
+ Undo my last chan~t/log in shop-api -+
| 1 look up /mnt/log in the r~ openat2 |
| 2 note in the journal what is~ write |
| 3 enter the mount namespace o~ setns |
| 4 unmount /mnt/log           +4 more |
| After: /mnt/log is gone: davit made  |
| it and takes it away again           |
+ A takes it back - y copies the com~ -+
 A Do it  y Copy  Down Down  Esc Back
