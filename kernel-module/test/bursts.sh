# Notifications at a pace that is kept up with, and at full speed to a capture that stands still.
. /root/test/lab.sh

# captured NAME [OPTION…]: a capture of what the module tells, which has begun. With all that V8 has to offer, for it has
# much to do.
captured() {
  name=$1
  shift
  background "$name" node /opt/nlscope/dist/main/nlscope.js capture -w "/tmp/$name.pcapng" \
    --group GENERIC/nlscope_lab/ticks --group GENERIC/nlscope_lab/values "$@"
  capture=$!
  await "/out/$name.err" Capturing
}

# burst NAME JSON: until the module has sent all of it.
burst() {
  lab_op "$1-start" BURST_START --json "$2"
  while lab_op "$1-stats" STATS_GET --json '{}' && grep -q running "/out/$1-stats.out"; do sleep 1; done
}

# Until all sockets of generic netlink have been read: column 2 of the table is the protocol, 5 what waits.
until_read() {
  while awk '$2 == 16 && $5 > 0 { found = 1 } END { exit !found }' /proc/net/netlink; do sleep 1; done
}

# The first pace that is kept up with; which it is depends on the machine.
for rate in 5000 1500 500; do
  lab_op before-stats STATS_GET --json '{}'
  captured paced --stop-after 100000 -Y 'nl.type == "none"'
  burst paced "{\"NLSCOPE_LAB_TICK_A_COUNT\":100000,\"NLSCOPE_LAB_TICK_A_RATE\":$rate}"
  until grep -q 'messages captured' /out/paced.err; do
    # It would wait in vain for what is lost.
    grep -q 'were lost' /out/paced.err && kill -INT $capture
    sleep 1
  done
  wait $capture
  grep -q ' 0 lost' /out/paced.err && break
done

captured full -Y 'genl.cmd == 3'
kill -STOP $capture
burst full '{"NLSCOPE_LAB_TICK_A_COUNT":100000,"NLSCOPE_LAB_TICK_A_SIZE":1000}'
kill -CONT $capture
until_read
# What comes after the burst shows when all of the burst has been taken in.
lab_op last VALUES_SET --json '{"NLSCOPE_LAB_A_U8":1}'
await /out/full.out VALUES_NTF
kill -INT $capture
wait $capture
dmesg >/out/dmesg
