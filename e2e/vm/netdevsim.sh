# A simulated network card with two ports: what devlink and ethtool read, change and are told of it, all in one capture.
# What devlink printed of events is left in /out.
. /root/guest.sh

bus=/sys/bus/netdevsim
device=netdevsim/netdevsim1
debug=/sys/kernel/debug/netdevsim/netdevsim1

background capture nlscope capture --tap --all -w /out/netdevsim.pcapng
capture=$!
await /out/capture.err Capturing
# What a tap sees of equal events that follow one another cannot always be told from copies: a capture of the events alone.
background events nlscope capture --group GENERIC/devlink/config -w /out/events.pcapng
events=$!
await /out/events.err Capturing
background monitor devlink monitor
monitor=$!
# It says nothing before it listens: a device comes and goes until it has heard of one.
monitored() {
  echo '7 0' >$bus/new_device
  echo 7 >$bus/del_device
  [ -s /out/monitor.out ]
}
waited_for 'devlink monitor' monitored

# of NAME COMMAND…: what devlink or ethtool says, or why it does not.
of() {
  about=$1
  shift
  "$@" >"/out/$about.out" 2>&1 || echo "$*: $(cat "/out/$about.out")" >>/out/refused
}
# try COMMAND…: what changes something, or asks for what the device may lack.
try() {
  "$@" >/dev/null 2>/tmp/said || echo "$*: $(cat /tmp/said)" >>/out/refused
}
touch /out/refused

echo '1 2 4' >$bus/new_device
port=$(basename "$(ls -d $bus/devices/netdevsim1/net/* | head -1)")
echo "$port" >/out/port

# The device: what it is, its parameters, its resources, a new start, new firmware.
of dev devlink dev show
of dev-info devlink dev info $device
of dev-param devlink dev param show
try devlink dev param set $device name max_macs value 16 cmode driverinit
try devlink dev param set $device name test1 value false cmode driverinit
try devlink dev param set $device name max_macs value 16 cmode permanent
of resource devlink resource show $device
try devlink resource set $device path /IPv4/fib size 64
try devlink dev reload $device
of dev-stats devlink -s dev show $device
mkdir -p /lib/firmware
echo firmware >/lib/firmware/lab.bin
try devlink dev flash $device file lab.bin
try devlink dev flash $device file lab.bin component fw.mgmt overwrite settings
try devlink dev flash $device file none.bin
of selftests devlink dev selftests show $device

# Virtual functions and their transmit rates.
echo 2 >$bus/devices/netdevsim1/sriov_numvfs
of eswitch devlink dev eswitch show $device
try devlink dev eswitch set $device mode switchdev
of port devlink port show
of rate devlink port function rate show
vf=$(devlink port show | sed -n 's/^\(netdevsim[^:]*\):.* flavour pcivf .*/\1/p' | head -1)
try devlink port function rate add $device/group1
try devlink port function rate set $device/group1 tx_share 10mbit tx_max 100mbit
try devlink port function rate set "$vf" tx_share 2mbit tx_max 50mbit
try devlink port function rate set "$vf" parent group1
try devlink port function rate set "$vf" tx_priority 3
of rate-after devlink port function rate show
try devlink port function rate set "$vf" noparent
try devlink port function rate del $device/group1
try devlink port function set "$vf" hw_addr 00:11:22:33:44:55
try devlink port split $device/0 count 4
try devlink dev eswitch set $device mode legacy
echo 0 >$bus/devices/netdevsim1/sriov_numvfs

# Health: reporters, an error with all that a message can hold, and what is left of it.
of health devlink health show
echo 'something broke' >$debug/health/break_health
of health-after devlink health show $device reporter dummy
of health-dump devlink health dump show $device reporter dummy
of health-diagnose devlink health diagnose $device reporter dummy
try devlink health recover $device reporter dummy
try devlink health recover $device reporter empty
try devlink health test $device reporter dummy
try devlink health dump clear $device reporter dummy
try devlink health set $device reporter dummy grace_period 500
try devlink health set $device reporter dummy auto_recover false
try devlink health set $device reporter dummy auto_dump true

# Traps, their groups and their limits.
of trap devlink -s trap show
of trap-group devlink -s trap group show
of trap-policer devlink -s trap policer show
try devlink trap set $device trap blackhole_route action trap
try devlink trap group set $device group l3_drops action trap
try devlink trap group set $device group l3_drops policer 2
try devlink trap policer set $device policer 1 rate 2000 burst 256
try devlink trap set $device trap nothing action trap

# Regions of memory.
of region devlink region show
echo 1 >$debug/take_snapshot
try devlink region new $device/dummy
of region-after devlink region show $device/dummy
of region-dump devlink region dump $device/dummy snapshot 0
of region-read devlink region read $device/dummy snapshot 0 address 16 length 32
try devlink region del $device/dummy snapshot 0

# What this device has none of.
try devlink sb show
try devlink sb pool show
try devlink dpipe table show $device
try devlink dpipe header show $device
try devlink lc show

# ethtool on a port.
ip link set "$port" up
of ethtool ethtool "$port"
of ethtool-coalesce ethtool -c "$port"
of ethtool-ring ethtool -g "$port"
of ethtool-pause ethtool -I -a "$port"
of ethtool-fec ethtool -I --show-fec "$port"
of ethtool-features ethtool -k "$port"
of ethtool-channels ethtool -l "$port"
of ethtool-time ethtool -T "$port"
of ethtool-tunnels ethtool --show-tunnels "$port"
of ethtool-driver ethtool -i "$port"
of ethtool-module ethtool --show-module "$port"
of ethtool-eee ethtool --show-eee "$port"
of ethtool-statistics ethtool -S "$port" --all-groups
try ethtool -x "$port"
try ethtool -m "$port"
try ethtool --show-priv-flags "$port"
try ethtool --show-mm "$port"
try ethtool -C "$port" rx-usecs 33 tx-frames 7 adaptive-rx on
try ethtool -G "$port" rx 128 tx 256
try ethtool -A "$port" autoneg off rx on tx on
try ethtool --set-fec "$port" encoding rs
try ethtool -K "$port" hw-tc-offload on
try ethtool -L "$port" combined 2
try ethtool -s "$port" wol g
try ethtool -s "$port" msglvl 7
try ethtool --set-eee "$port" eee on

# The last of the device.
echo 1 >$bus/devices/netdevsim1/del_port
echo 1 >$bus/devices/netdevsim1/new_port
echo 1 >$bus/del_device

gone() { grep -q 'del.*netdevsim1' /out/monitor.out; }
waited_for 'the last event' gone
sleep 2
kill $monitor
finished $events
finished $capture
dmesg >/out/dmesg
