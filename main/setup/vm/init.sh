#!/bin/sh
# The first program of the guest: mounts, loads modules, runs /lab/command as the user it names, sends what it
# prints, its files and its exit status through virtio ports, and powers off.
export PATH=/usr/bin:/usr/lib/busybox HOME=/root TERM=dumb LANG=C.UTF-8
/usr/bin/busybox --install -s /usr/lib/busybox
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
mount -t debugfs debugfs /sys/kernel/debug
mkdir -p /run/netns /tmp /var/run /out
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
chmod 1777 /tmp /out
hostname lab
ip link set lo up

modprobe -a virtio_pci virtio_console 2>/dev/null
port() {
  while :; do
    for name in /sys/class/virtio-ports/*/name; do
      [ "$(cat "$name" 2>/dev/null)" = "lab.$1" ] && basename "$(dirname "$name")" && return
    done
    sleep 0.1
  done
}
exec 3<>"/dev/$(port control)"
loaded=0
while read -r module; do
  case $module in
  /*) reason=$(insmod $module 2>&1) ;;
  *) reason=$(modprobe $module 2>&1) ;;
  esac || { echo "failed cannot load $module: $reason" >&3; loaded=1; break; }
done </lab/modules

status=0
if [ $loaded = 0 ]; then
  echo "ready $(uname -r)" >&3
  mkfifo /lab/stdout /lab/stderr
  # A port that is closed loses what is still on its way: these stay open until the host has it all.
  exec 4>"/dev/$(port stdout)" 5>"/dev/$(port stderr)" 6>"/dev/$(port files)"
  cat /lab/stdout >&4 & out=$!
  cat /lab/stderr >&5 & err=$!
  . /lab/user
  cd "$HOME"
  NLSCOPE_OUT=/out setsid setpriv $PRIVILEGE /lab/command </dev/null >/lab/stdout 2>/lab/stderr 3>&- 4>&- 5>&- 6>&-
  status=$?
  # What the command left running would keep its output open.
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    case $pid in 1 | $out | $err) continue ;; esac
    [ -e "$process/exe" ] && kill -9 "$pid" 2>/dev/null
  done
  wait $out $err
  tar -C /out -cf - . >&6
fi
echo "exit $status" >&3
# The host says when.
[ $loaded != 0 ] || read -r _ <&3
poweroff -f
