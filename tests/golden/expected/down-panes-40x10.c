==== rest
davit - docker DOWN (names from disk)
- 1 Containers 5 -----------------------
  NAME^            UP  ATT STATE
  a-name-t~e-x2lqz 19s 0   running
  batch            19s 0   running
  edge-proxy       19s 0   paused
> shop-api         20s 1   running
  shop-worker      6s  0   running

 a Attach  D Detach  Enter Open  ? Help
==== details
davit - docker DOWN (names from disk)
+ shop-api ----------------------------+
| Name          shop-api               |
| Name known    from what the runtime  |
|               left on disk: it does  |
|               not answer now         |
| Runtime       docker                 |
| Id            4b6c7895773f7325716c2d |
+-------------------------- 1-6 of 38 -+
 Down Down  PageDown Page down  / Filter
