#!/bin/sh
# "Attach a volume to a container while it is running" (Jérôme Petazzoni, 2015), the script at the
# end of that post with docker-enter as it was then: what tests/bench compares davit with.
#
#   recipe.sh CONTAINER HOSTPATH CONTPATH
#
# ASK=once asks Docker for the container's pid once instead of at each of the seven steps.
#
# Its quoting is what it was.
# shellcheck disable=all
set -e
CONTAINER=$1
HOSTPATH=$2
CONTPATH=$3

container_pid() {
    docker inspect --format '{{.State.Pid}}' "$CONTAINER"
}

docker_enter() {
    pid=${PID:-$(container_pid)}
    shift 2
    nsenter --target "$pid" --mount --uts --ipc --net --pid -- env --ignore-environment -- "$@"
}

[ "$ASK" != once ] || PID=$(container_pid)

REALPATH=$(readlink --canonicalize $HOSTPATH)
FILESYS=$(df -P $REALPATH | tail -n 1 | awk '{print $6}')

while read DEV MOUNT JUNK
do [ $MOUNT = $FILESYS ] && break
done </proc/mounts
[ $MOUNT = $FILESYS ] # Sanity check!

while read A B C SUBROOT MOUNT JUNK
do [ $MOUNT = $FILESYS ] && break
done < /proc/self/mountinfo
[ $MOUNT = $FILESYS ] # Moar sanity check!

SUBPATH=$(echo $REALPATH | sed s,^$FILESYS,,)
DEVDEC=$(printf "%d %d" $(stat --format "0x%t 0x%T" $DEV))

docker_enter $CONTAINER -- sh -c "[ -b $DEV ] || mknod -m 0600 $DEV b $DEVDEC"
docker_enter $CONTAINER -- mkdir /tmpmnt
docker_enter $CONTAINER -- mount $DEV /tmpmnt
docker_enter $CONTAINER -- mkdir -p $CONTPATH
docker_enter $CONTAINER -- mount -o bind /tmpmnt/$SUBROOT/$SUBPATH $CONTPATH
docker_enter $CONTAINER -- umount /tmpmnt
docker_enter $CONTAINER -- rmdir /tmpmnt
