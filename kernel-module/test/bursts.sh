# Notifications at a pace that is kept up with, and at full speed to a capture that stands still.
. /root/test/guest.sh

# settled FILE: until it has not grown for ten seconds.
settled() {
  size=
  until [ "$size" = "$(stat -c %s "$1")" ]; do
    size=$(stat -c %s "$1")
    sleep 10
  done
}

# burst NAME JSON: a capture of the group while a burst runs; with "frozen" the capture stands still meanwhile.
burst() {
  background "$1" nlscope capture --group GENERIC/nlscope_lab/ticks -w "/tmp/$1.pcapng" -Y 'nl.type == "none"'
  capture=$!
  await "/out/$1.err" Capturing
  [ "$3" != frozen ] || kill -STOP $capture
  lab_op "$1-start" BURST_START --json "$2"
  while lab_op "$1-stats" STATS_GET --json '{}' && grep -q running "/out/$1-stats.out"; do sleep 1; done
  kill -CONT $capture
  settled "/tmp/$1.pcapng"
  kill -INT $capture
  wait $capture
}
burst paced '{"NLSCOPE_LAB_TICK_A_COUNT":100000,"NLSCOPE_LAB_TICK_A_RATE":10000}'
burst full '{"NLSCOPE_LAB_TICK_A_COUNT":100000,"NLSCOPE_LAB_TICK_A_SIZE":1000}' frozen
dmesg >/out/dmesg
