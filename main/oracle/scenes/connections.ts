import type { Kind } from '../testing/scene.ts';

/** Connections that conntrack writes into the table itself. */
export const FLOW_KINDS: readonly Kind[] = [
  {
    name: 'connections',
    lines: [
      'conntrack -I -p tcp -s 10.0.0.1 -d 10.0.0.2 --sport 100 --dport 200 --state ESTABLISHED -t 300 -m 7',
      'conntrack -I -p tcp -s 10.0.0.4 -d 10.0.0.2 --sport 100 --dport 201 --state SYN_SENT -t 300 -u SEEN_REPLY,ASSURED',
      'conntrack -I -p tcp -s 10.0.0.9 -d 10.0.0.2 --sport 100 --dport 200 --state SYN_SENT -t 300 --src-nat 192.0.2.1:5000',
      'conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.3 --sport 101 --dport 53 -t 200 -u SEEN_REPLY',
      'conntrack -I -p icmp -s 10.0.0.1 -d 10.0.0.3 --icmp-type 8 --icmp-code 0 --icmp-id 77 -t 200',
      'conntrack -I -p icmpv6 -s 2001:db8::1 -d 2001:db8::2 --icmpv6-type 128 --icmpv6-code 0 --icmpv6-id 78 -t 200',
      'conntrack -I -p udp -s 10.0.0.1 -d 10.0.0.3 --sport 101 --dport 53 -t 200 -w 9',
    ],
  },
  {
    name: 'SCTP connections',
    lines: [
      'conntrack -I -p sctp -s 2001:db8::1 -d 2001:db8::2 --sport 1 --dport 2 --state ESTABLISHED --orig-vtag 1 --reply-vtag 2 -t 200',
    ],
  },
];

/** Policies, which every kernel with XFRM takes. */
export const POLICY_KINDS: readonly Kind[] = [
  {
    name: 'policies',
    lines: [
      'ip xfrm policy add src 10.0.0.0/24 dst 10.1.0.0/24 dir out priority 77 mark 5 mask 0xff tmpl src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x99 reqid 7 mode tunnel',
      'ip xfrm policy add src 10.2.0.0/24 dst 10.1.0.0/24 proto udp sport 5 dport 99 dir in priority 5 tmpl proto ah mode transport level use tmpl src 192.0.2.1 dst 192.0.2.2 proto comp mode tunnel',
      'ip xfrm policy add src 2001:db8::/64 dst 2001:db8:1::/64 dir fwd action block priority 11 if_id 9',
      'ip xfrm policy add src 2001:db8::1 dst 2001:db8::2 proto ipv6-icmp type 128 code 3 dir out flag icmp',
    ],
  },
];

export const STATE_KINDS: readonly Kind[] = [
  {
    name: 'states',
    lines: [
      'ip xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0x99 reqid 7 mode tunnel mark 5 mask 0xff replay-window 32 flag esn enc cbc(aes) 0x000102030405060708090a0b0c0d0e0f auth-trunc hmac(sha256) 0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 128',
      'ip xfrm state add src 2001:db8::1 dst 2001:db8::2 proto esp spi 0x100 mode transport aead rfc4106(gcm(aes)) 0x000102030405060708090a0b0c0d0e0f10111213 96 sel src 2001:db8::1 dst 2001:db8::2 proto tcp dport 5',
    ],
  },
];

/** Sockets of all sorts: a program that opens them and says so. */
export const SOCKET_PROGRAM = `
const net = require('net'), dgram = require('dgram');
const server = net.createServer((peer) => peer.write('hello'));
server.listen({ port: 5001, host: '127.0.0.1', backlog: 77 }, () => {
  const client = net.connect(5001, '127.0.0.1');
  client.setKeepAlive(true, 60000);
  client.once('data', () => {
    const six = net.createServer().listen({ port: 5002, host: '::', ipv6Only: true, backlog: 5 }, () => {
      const both = net.createServer().listen({ port: 5003, host: '::', backlog: 6 }, () => {
        const udp = dgram.createSocket('udp4');
        udp.bind(5004, '127.0.0.1', () => {
          const path = net.createServer().listen('/tmp/nlscope-oracle-' + process.pid, () => console.log('ready'));
        });
      });
    });
  });
});
`;
