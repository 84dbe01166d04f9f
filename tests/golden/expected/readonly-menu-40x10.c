==== menu
davit [RO]  node7 - root - 1 attached
+ shop-api ----------------------------+
| > a      Attach      this console i~ |
|   D      Detach      this console i~ |
|   Enter  Open        open what is s~ |
|   3      Mounts      to the mounts ~ |
|   this console is for reading: it    |
|   was started with --readonly        |
+--------------------------------------+
 Enter Open  Up Up  Down Down  Esc Back
==== refused
davit [RO]  node7 - root - 1 attached
- 1 Containers 5 -----------------------
  NAME^            UP  ATT STATE
  a-name-t~e-x2lqz 19s 0   running
  batch            19s 0   running
  edge-proxy       19s 0   paused
> shop-api         20s 1   running
  shop-worker      6s  0   running

 this console is for reading: it was st~
