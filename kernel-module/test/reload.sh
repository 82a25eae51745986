# Loads and unloads the module 200 times while /root/traffic and a namespace that comes and goes use it.
. /root/test/lab.sh

/root/traffic &
traffic=$!
(while :; do unshare -n true; done) &
namespaces=$!
slab() {
  awk '/SUnreclaim/ { print $2 }' /proc/meminfo
}
loads=0
while [ $loads -lt 200 ]; do
  insmod /root/nlscope_lab.ko interval_ms=1 || exit 1
  # In use while the traffic has a socket open.
  until rmmod nlscope_lab 2>/dev/null; do :; done
  loads=$((loads + 1))
  [ $loads != 20 ] || before=$(slab)
done
kill $traffic $namespaces
sleep 2
echo "$loads $before $(slab)" >/out/loads
dmesg >/out/dmesg
