// Root's and each user's own service that speaks Docker's API, asked for the names of its owner's
// containers.
#ifndef DAVIT_RUNTIME_DOCKER_OWNERS_H
#define DAVIT_RUNTIME_DOCKER_OWNERS_H

#include "core/runtime/backend.h"
#include "core/runtime/docker_endpoint.h"

// Whether it is one of the kind's that runs here and that a service could know by its id.
bool docker_owners_has(enum docker_kind kind, const struct container *container);

// The service of `owner`: as docker_endpoint_find() and docker_endpoint_of_user().
int docker_owners_find(enum docker_kind kind, uid_t owner, const struct runtime_options *options,
                       struct docker_endpoint *ret, struct error *err);

// Asks the service of each owner of such containers that have no name of a daemon's yet; of dockerd
// only users' own. One that fails, and one that answers, is said in `status`, unless that is of
// another one already.
int docker_owners_ask(enum docker_kind kind, const struct query *query, struct container_list *list,
                      struct runtime_status *status, struct error *err);

// Says in `status` that one fails. endpoint->text NULL: its disk.
void docker_owners_failed(enum docker_kind kind, const struct docker_endpoint *endpoint,
                          struct runtime_status *status, struct error *err);
// Says in `status` which one is meant. -ENOMEM.
int docker_owners_show(const struct docker_endpoint *endpoint, struct runtime_status *status);

#endif
