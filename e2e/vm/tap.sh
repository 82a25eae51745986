# Taps, tcpdump beside them, and traffic of other programs. What was captured is left in /out.
set -u
. /root/guest.sh

devices() { ls /sys/class/net | grep -c '^nlscope'; }
has_devices() { [ "$(devices)" -eq "$1" ]; }

# tapped NAME [OPTION…]: a capture with a tap, which has begun.
tapped() {
  name=$1
  shift
  background "$name" nlscope capture --tap "$@"
  capture=$!
  await "/out/$name.err" Capturing
}

background monitor ip monitor all
monitor=$!
tapped every --every-copy -w /out/every.pcapng
every=$capture
device=$(ls /sys/class/net | grep '^nlscope')
background tcpdump tcpdump -i "$device" -Z root -U -w /out/tcpdump.pcap
dump=$!
await /out/tcpdump.err 'listening on'
tapped merged --all -w /out/merged.pcapng
merged=$capture
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
finished $merged
finished $dump
finished $every
devices >/out/after-stop

# known TYPE: asks once more; whether the capture has named who asked.
known() {
  echo "$probe" >&9
  sleep 0.5
  grep -q "$1" /out/asked.out
}
# asked_by PROBE TYPE REQUEST COMMAND…: a program that asks again and again until the capture knows it, and then what
# counts. Where the processor is emulated it may take long until somebody looks who it is.
asked_by() {
  probe=$1 type=$2 request=$3
  shift 3
  rm -f /tmp/lines
  mkfifo /tmp/lines
  "$@" </tmp/lines >/dev/null 2>&1 &
  program=$!
  exec 9>/tmp/lines
  waited_for "$type by $1" known "$type"
  echo "$request" >&9
  exec 9>&-
  wait $program
}
# All groups, too: a batch of nft is answered by notifications alone.
tapped asked --all -w /out/asked.pcapng -Y 'nl.comm in {"ip", "nft", "pb"} and nl.dir == "request"'
asked_by 'link show lo' RTM_GETLINK 'addr add 192.0.2.8/24 dev lo' ip -batch -
asked_by 'list tables' NFT_MSG_GETTABLE 'add table inet asked' nft -i
# A program by another name (ip takes more than two letters for an object), gone when the capture ends.
cp /usr/bin/ip /tmp/pb
asked_by 'rule show' RTM_GETRULE 'rule add fwmark 7 lookup 77' /tmp/pb -batch -
finished $capture

# Nothing is left when the program is killed, nor, after the next start, when its helper was.
tapped killed
kill -9 $capture
waited_for 'no tap' has_devices 0
tapped orphan
kill -9 $(pidof nlscope-helper)
kill -9 $capture
sleep 1
devices >/out/orphaned
# A device that somebody removes ends the tap with a sentence.
tapped removed
devices >/out/after-next
ip link del "$(ls /sys/class/net | grep '^nlscope')"
await /out/removed.err ended
finished $capture
# One that is set down ends the tap alone: what is subscribed to goes on.
tapped mixed --group ROUTE/link
ip link set "$(ls /sys/class/net | grep '^nlscope')" down
await /out/mixed.err ended
ip link add name after0 type dummy
await /out/mixed.out after0
finished $capture
devices >/out/after-down
kill $monitor
