// What a container of systemd-nspawn(1) is called, from the command line.
#ifndef DAVIT_RUNTIME_NSPAWN_NAME_H
#define DAVIT_RUNTIME_NSPAWN_NAME_H

#define NSPAWN_NAME_SIZE 256

// `arguments` as in main(), NULL at the end; raw. By --machine=, else as nspawn itself does it: the
// last component of --directory=, of --image= without ".raw", or of the working directory, which
// `proc` (its /proc/PID) has. 0 with raw bytes, or 1 when it has no name.
int nspawn_name(const char *const *arguments, int proc, char out[NSPAWN_NAME_SIZE]);

#endif
