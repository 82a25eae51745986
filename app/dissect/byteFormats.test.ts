import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import { byteFormat } from './byteFormats.ts';
import { fromHex } from './text.ts';

function bytesOf(hex: string): Uint8Array {
  return fromHex(hex) ?? new Uint8Array();
}

function text(format: string, hex: string, littleEndian = true): string | null | undefined {
  return byteFormat(format)?.text(bytesOf(hex), littleEndian);
}

describe('base64', () => {
  // RFC 4648 section 10.
  it.each([
    ['', ''],
    ['66', 'Zg=='],
    ['666f', 'Zm8='],
    ['666f6f', 'Zm9v'],
    ['666f6f626172', 'Zm9vYmFy'],
  ])('%s is %s', (hex, base64) => {
    expect(text('base64', hex)).toBe(base64);
    expect(byteFormat('base64')?.parse?.(base64)).toEqual(bytesOf(hex));
  });

  it.each(['Zg', 'Zg=a', '====', 'Zm9v!'])('%s is none', (wrong) => {
    expect(byteFormat('base64')?.parse?.(wrong)).toBeNull();
  });
});

describe('sockaddr', () => {
  it('of IPv4 and IPv6, in the byte order of the host', () => {
    expect(text('sockaddr', '02001388c00002090000000000000000')).toBe('192.0.2.9:5000');
    expect(text('sockaddr', '00021388c00002090000000000000000', false)).toBe('192.0.2.9:5000');
    const inet6 = '0a00138800000000fe80000000000000000000000000000103000000';
    expect(text('sockaddr', inet6)).toBe('[fe80::1]:5000');
    const parts = byteFormat('sockaddr')?.parts?.(bytesOf(inet6), true) ?? [];
    expect(parts.map(({ name, text: value }) => `${name} ${value}`)).toEqual([
      'sin6_family AF_INET6 (10)',
      'sin6_port 5000',
      'sin6_flowinfo 0',
      'sin6_addr fe80::1',
      'sin6_scope_id 3',
    ]);
  });

  it('is told as bytes when it is of another family or cut', () => {
    expect(text('sockaddr', '01002f746d70')).toBeNull();
    expect(text('sockaddr', '0200138801')).toBeNull();
    expect(text('sockaddr', '')).toBeNull();
  });
});

describe('inet-addr', () => {
  it('is IPv4 where only the first four bytes say something', () => {
    expect(text('inet-addr', '0a000001000000000000000000000000')).toBe('10.0.0.1');
    expect(text('inet-addr', '20010db8000000000000000000000001')).toBe('2001:db8::1');
    expect(text('inet-addr', '0a000001')).toBeNull();
  });
});

describe('bitmap', () => {
  it('numbers its bits by words of the host', () => {
    expect(text('bitmap', '0900000002000000')).toBe('0, 3, 33');
    expect(text('bitmap', '0000000900000002', false)).toBe('0, 3, 33');
    expect(text('bitmap', '00000000')).toBe('0');
    expect(text('bitmap', '0000')).toBeNull();
  });

  it('names them where an enum does, beyond 64 bits too', () => {
    const names = builtinLibrary()
      .genlSpec('ethtool')
      ?.spaces.get('bitset-link-mode')
      ?.byName.get('ETHTOOL_A_BITSET_VALUE')?.enum;
    const bits = bytesOf('20000000000000000040000000000000');
    expect(byteFormat('bitmap')?.text(bits, true, names)).toBe(
      'ETHTOOL_LINK_MODE_1000baseT_Full_BIT | ETHTOOL_LINK_MODE_100000baseCR_Full_BIT',
    );
  });
});

describe('ufid', () => {
  it('reads as `ovs-dpctl dump-flows` prints it', () => {
    expect(text('ufid', '02bb8dd289461982ae26db8c9198ca7b')).toBe('d28dbb02-8219-4689-8cdb-26ae7bca9891');
  });
});

describe('packet', () => {
  const ethernet = '82a57033181c2260c2698d4c';
  it.each([
    ['TCP', `${ethernet}08004500002800004000400600000a0000010a000002d4310050`, 'ip 10.0.0.1:54321 > 10.0.0.2:80 tcp'],
    [
      'a later fragment',
      `${ethernet}08004500002800000010401100000a0000010a000002d4310050`,
      'ip 10.0.0.1 > 10.0.0.2 udp',
    ],
    [
      'ARP',
      `${ethernet}080600010800060400012260c2698d4c0a0000010000000000000a000002`,
      'arp request 10.0.0.1 > 10.0.0.2',
    ],
    [
      'IPv6 behind options, in a VLAN',
      `${ethernet}8100002a86dd6000000000100001fe800000000000000000000000000001ff020000000000000000000000000016` +
        '3a00050200000000',
      'ipv6 fe80::1 > ff02::16 icmpv6',
    ],
    ['another protocol', `${ethernet}88cc0207`, 'LLDP 22:60:c2:69:8d:4c > 82:a5:70:33:18:1c'],
    ['a cut header', `${ethernet}080045000028`, 'ip 22:60:c2:69:8d:4c > 82:a5:70:33:18:1c'],
  ])('%s', (_what, hex, line) => {
    expect(text('packet', hex)).toBe(line);
  });

  it('is told as bytes when it is too short for a frame', () => {
    expect(text('packet', 'ffffffff')).toBeNull();
  });

  it('never reads beyond its bytes', () => {
    const whole = bytesOf(`${ethernet}86dd60000000001000003c00050200000000`.padEnd(160, '0'));
    for (let length = 0; length <= whole.length; length++) {
      const parts = byteFormat('packet')?.parts?.(whole.subarray(0, length), true) ?? [];
      expect(parts.every(({ start, end }) => start >= 0 && end <= length)).toBe(true);
    }
  });
});
