import type { Kind } from '../testing/scene.ts';

/** Sets and maps with elements of every form: intervals, concatenations, times, counters, comments, verdicts. */
const SETS = `
table inet t {
 chain other { }
 set s4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9, 198.51.100.7 } }
 set s6 { type ipv6_addr; elements = { 2001:db8::1, 2001:db8::2 comment "two" } }
 set i6 { type ipv6_addr; flags interval; elements = { 2001:db8::/32 comment "documentation" } }
 set ports { type inet_service; elements = { 22 comment "ssh", 80 } }
 set timed { type ipv4_addr; flags timeout; timeout 1h; elements = { 192.0.2.1 timeout 2h, 192.0.2.2 } }
 set counted { type ipv4_addr; counter; elements = { 192.0.2.7 counter packets 5 bytes 600 } }
 set pair { type ipv4_addr . inet_service; elements = { 192.0.2.1 . 80, 192.0.2.2 . 443 comment "x" } }
 set ranges { type ipv4_addr . inet_service; flags interval; elements = { 10.0.0.0/8 . 100-200, 192.0.2.1 . 80 } }
 set names { type ifname; elements = { "lo", "v0" } }
 set macs { type ether_addr; elements = { 02:00:00:00:00:01 } }
 set numbers { type mark; elements = { 0x11, 0x22 } }
 map verdicts { type inet_service : verdict; elements = { 22 : accept, 80 : jump other, 81 : goto other, 82 : drop } }
 map marks { type ipv4_addr : mark; elements = { 192.0.2.3 : 0x11 } }
 map nat { type inet_service : ipv4_addr . inet_service; elements = { 80 : 10.0.0.1 . 8080 } }
 map prefixes { type ipv4_addr : verdict; flags interval; elements = { 10.0.0.0/8 : drop, 192.0.2.1-192.0.2.2 : accept } }
}
`;

export const ELEMENT_KINDS: readonly Kind[] = [{ name: 'sets with elements', lines: ['nft -f -'], input: SETS }];
