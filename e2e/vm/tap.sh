# Taps, tcpdump beside them, and traffic of other programs. What was captured is left in /out.
set -u
devices() { ls /sys/class/net | grep -c '^nlscope'; }
# Waits until so many devices of ours are there.
await() {
  for _ in $(seq 600); do
    [ "$(devices)" -eq "$1" ] && return 0
    sleep 0.2
  done
  echo "waited in vain for $1 taps" >&2
  exit 1
}
started() {
  for _ in $(seq 600); do
    grep -q Capturing "$1" && return 0
    sleep 0.2
  done
  cat "$1" >&2
  exit 1
}

ip link set lo up
ip monitor all >/out/monitor.out 2>&1 &
monitor=$!
nlscope capture --tap --every-copy -w /out/every.pcapng >/dev/null 2>/out/every.err &
every=$!
started /out/every.err
device=$(ls /sys/class/net | grep '^nlscope')
tcpdump -i "$device" -Z root -U -w /out/tcpdump.pcap 2>/out/tcpdump.err &
dump=$!
sleep 3
nlscope capture --tap --all -w /out/merged.pcapng >/out/merged.out 2>/out/merged.err &
merged=$!
started /out/merged.err
sleep 1

ip link add name tapped0 type dummy
ip addr add 192.0.2.7/24 dev tapped0
ip link set tapped0 up
ip route add 198.51.100.0/24 via 192.0.2.1
ip link show dev nothing0 2>/dev/null
nft add table inet tapped
nft list ruleset >/dev/null
genl ctrl list >/dev/null 2>&1
ss -a >/dev/null 2>&1
ip link del tapped0
sleep 2
kill -INT $merged
wait $merged
kill -INT $dump
wait $dump
kill -INT $every
wait $every
devices >/out/after-stop

# Nothing is left when the program is killed, nor, after the next start, when its helper was.
nlscope capture --tap >/dev/null 2>/out/killed.err &
killed=$!
started /out/killed.err
kill -9 $killed
await 0
nlscope capture --tap >/dev/null 2>/out/orphan.err &
orphan=$!
started /out/orphan.err
kill -9 $(pidof nlscope-helper)
kill -9 $orphan
sleep 1
devices >/out/orphaned
# A device that somebody removes ends the tap with a sentence.
nlscope capture --tap >/dev/null 2>/out/removed.err &
removed=$!
started /out/removed.err
devices >/out/after-next
ip link del "$(ls /sys/class/net | grep '^nlscope')"
for _ in $(seq 100); do
  grep -q ended /out/removed.err && break
  sleep 0.2
done
kill -INT $removed
wait $removed
kill $monitor
exit 0
