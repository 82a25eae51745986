# Radios, links, IPsec, connections, processes and audit rules at work, all in one capture. What the tools printed beside
# it is left in /out.
. /root/guest.sh

# monitor NAME COMMAND…: a tool that prints events; all of them end when the capture does.
monitors=
monitor() {
  background "$@"
  monitors="$monitors $!"
}

# Whether another socket of that protocol has joined groups, beside the capture's.
joined() {
  awk -v protocol="$1" '$2 == protocol && $3 != 0 && $4 != "00000000" { sockets++ } END { exit sockets < 2 }' \
    /proc/net/netlink
}
# An interface that comes and goes, until iw has heard of one.
iw_hears() {
  iw dev wlan2 interface add probe0 type monitor
  iw dev probe0 del
  [ -s /out/iw.out ]
}

auditctl -e 1 >/dev/null
modprobe mac80211_hwsim radios=3
background capture nlscope capture --tap --all -w /out/hardware.pcapng
capture=$!
await /out/capture.err Capturing
monitor iw iw event
monitor xfrm ip xfrm monitor
waited_for 'ip xfrm monitor' joined 6
monitor conntrack conntrack -E
waited_for 'conntrack -E' joined 12
waited_for 'iw event' iw_hears

# Radios: an access point and its station, a scan, a mesh, the regulatory domain.
iw list >/out/wiphys 2>&1
cat >/tmp/hostapd.conf <<END
interface=wlan0
driver=nl80211
ctrl_interface=/run/hostapd
ssid=nlscope lab
hw_mode=g
channel=1
END
background hostapd hostapd -t /tmp/hostapd.conf
access_point=$!
await /out/hostapd.out AP-ENABLED
ip link set wlan1 up
# `iw scan` listens for the end only after it has asked, and waits forever where that comes at once.
background scanning iw dev wlan1 scan
scanner=$!
await /out/iw.out 'scan finished'
iw dev wlan1 scan dump >/out/scan
kill $scanner 2>/dev/null
iw dev wlan1 connect 'nlscope lab'
connected() { iw dev wlan1 link | grep -q Connected; }
waited_for 'the station' connected
iw dev wlan1 link >/out/link
iw dev wlan0 station dump >/out/stations
iw dev wlan1 set power_save on
iw dev wlan1 get power_save >/dev/null
iw dev wlan2 interface add mesh0 type mesh
ip link set mesh0 up
iw dev mesh0 mesh join labmesh
iw dev mesh0 get mesh_param mesh_hwmp_rootmode >/dev/null
iw dev mesh0 mesh leave
iw reg get >/out/reg-before
iw reg set DE
domain() { iw reg get | grep -q 'country DE'; }
waited_for 'the regulatory domain' domain
iw reg get >/out/reg-after
iw dev wlan1 disconnect
kept disable hostapd_cli -p /run/hostapd -i wlan0 disable
kill $access_point
wait $access_point

# Links of every kind that the kernel has a module for.
while read -r name arguments; do
  # shellcheck disable=SC2086
  ip link add name "$name" $arguments 2>>/out/links.err
done <<END
lkdummy type dummy
lkveth type veth peer name lkpeer
lkbridge type bridge vlan_filtering 1 mcast_snooping 0
lkbond type bond mode active-backup miimon 100
lkteam type team
lkvlan link lkveth type vlan id 100 protocol 802.1ad
lkmacvlan link lkpeer type macvlan mode bridge
lkmacvtap link lkpeer type macvtap mode vepa
lkipvlan link lkdummy type ipvlan mode l3
lkipvtap link lkdummy type ipvtap mode l3
lkvxlan type vxlan id 42 remote 192.0.2.9 dstport 4789 dev lkveth
lkgeneve type geneve id 43 remote 192.0.2.9
lkgre type gre remote 192.0.2.9 local 192.0.2.1 key 7
lkgretap type gretap remote 192.0.2.9 local 192.0.2.1
lkerspan type erspan remote 192.0.2.9 local 192.0.2.1 seq key 5 erspan_ver 1 erspan 123
lkip6gre type ip6gre remote 2001:db8::9 local 2001:db8::1
lkip6gretap type ip6gretap remote 2001:db8::9 local 2001:db8::1
lkipip type ipip remote 192.0.2.9 local 192.0.2.2
lksit type sit remote 192.0.2.9 local 192.0.2.3
lkip6tnl type ip6tnl remote 2001:db8::9 local 2001:db8::1
lkvti type vti remote 192.0.2.9 local 192.0.2.4 key 8
lkvti6 type vti6 remote 2001:db8::9 local 2001:db8::1 key 9
lkxfrm type xfrm dev lkveth if_id 9
lkvrf type vrf table 100
lkifb type ifb
lkwireguard type wireguard
lkmacsec link lkveth type macsec port 11 encrypt on
lkhsr type hsr slave1 lkbond slave2 lkteam supervision 45 version 1
lkvcan type vcan
lkvxcan type vxcan peer name lkvxpeer
lknlmon type nlmon
lkbatadv type batadv
END
ip -j -d link >/out/links.json
ip link set lkveth up mtu 1400 alias 'a link of the lab'
ethtool -K lkveth tso off gso off
ethtool lkveth >/out/ethtool-link
ethtool -k lkveth >/dev/null
ethtool -l lkveth >/dev/null
ethtool -c lkveth >/dev/null 2>&1
ethtool -T lkveth >/dev/null
ethtool -L lkveth combined 1 >/dev/null 2>&1
ethtool -L lkveth rx 1 tx 1 >/dev/null 2>&1
ip link del lkmacvlan

# IPsec.
ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x1001 reqid 1 mode tunnel \
  auth-trunc 'hmac(sha256)' 0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 128 \
  enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f sel src 10.1.0.0/16 dst 10.2.0.0/16
ip xfrm state add src 192.0.2.2 dst 192.0.2.1 proto esp spi 0x1002 reqid 1 mode transport \
  aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128 flag esn replay-window 64
ip xfrm policy add src 10.1.0.0/16 dst 10.2.0.0/16 dir out priority 7 \
  tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 1 mode tunnel
ip xfrm state list >/out/xfrm-states
ip xfrm policy list >/out/xfrm-policies
ip xfrm state allocspi src 192.0.2.1 dst 192.0.2.2 proto esp mode tunnel min 0x2000 max 0x2fff >/dev/null
ip xfrm policy deleteall
ip xfrm state flush

# Connections that are followed.
nft add table inet lab
nft 'add chain inet lab in { type filter hook input priority 0; }'
nft add rule inet lab in ct state established accept
ping -c 1 -W 5 127.0.0.1 >/dev/null
conntrack -I -p tcp -s 192.0.2.1 -d 192.0.2.2 --sport 1000 --dport 80 --state SYN_SENT -t 300 -m 7 >/dev/null 2>&1
conntrack -U -p tcp -s 192.0.2.1 -d 192.0.2.2 --sport 1000 --dport 80 -m 8 >/dev/null 2>&1
conntrack -L >/out/conntrack-list 2>&1
conntrack -D -p tcp -s 192.0.2.1 >/dev/null 2>&1

# Audit rules, and what one of them tells.
auditctl -a always,exit -F arch=b64 -S mkdir -S mkdirat -F auid!=4294967295 -F 'uid>=1000' -k lab-user >/dev/null
auditctl -a always,exit -F arch=b64 -S mkdir,mkdirat -F success=1 -k lab-folders >/dev/null
auditctl -w /etc/passwd -p wa -k lab-passwd >/dev/null
mkdir /tmp/audited
auditctl -l >/out/rules
kept rules-sent nlscope send --protocol AUDIT --op AUDIT_LIST_RULES
auditctl -D >/dev/null

# A process that is named by what it is, for a moment.
/usr/bin/env sh -c 'exit 7'

sleep 2
# shellcheck disable=SC2086
kill $monitors
finished $capture
dmesg >/out/dmesg
