// What a service manager is told, without its library.
#ifndef DAVIT_BASE_NOTIFY_H
#define DAVIT_BASE_NOTIFY_H

// One datagram to NOTIFY_SOCKET (sd_notify(3)), without ever waiting; nothing where there is none.
void notify_service_manager(const char *state);

#endif
