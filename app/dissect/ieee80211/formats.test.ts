import { describe, expect, it } from 'vitest';
import type { BytePart } from '../byteFormats.ts';
import { seeded } from '../testing/corpus.ts';
import { fromHex } from '../text.ts';
import { IEEE80211_FORMATS } from './formats.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const partsOf = (format: string, hex: string): readonly BytePart[] =>
  IEEE80211_FORMATS[format]?.parts?.(bytesOf(hex), true) ?? [];

/** All parts, each with where it stands, in the order of a tree that is open. */
function lines(parts: readonly BytePart[]): string[] {
  return parts.flatMap(({ name, start, end, text, parts: inner }) => [
    `${start}-${end} ${name}: ${text}`,
    ...lines(inner ?? []),
  ]);
}

function problems(parts: readonly BytePart[]): string[] {
  return parts.flatMap(({ start, end, problem, parts: inner }) => [
    ...(problem === undefined ? [] : [`${start}-${end} ${problem.code}: ${problem.text}`]),
    ...problems(inner ?? []),
  ]);
}

/** Every part lies in what it is a part of; returns how many there are. */
function count(parts: readonly BytePart[], start: number, end: number): number {
  let total = parts.length;
  for (const part of parts) {
    if (part.start < start || part.end > end || part.start > part.end) {
      throw new Error(`${part.name} covers ${part.start}..${part.end} outside ${start}..${end}`);
    }
    total += count(part.parts ?? [], part.start, part.end);
  }
  return total;
}

describe('elements', () => {
  it('of a list that is cut are kept as far as they go', () => {
    expect(problems(partsOf('wifi-elements', '0003 616263 30'))).toEqual(['5-6 malformed: one byte is no element']);
    expect(problems(partsOf('wifi-elements', '0005 6162'))).toEqual([
      '0-4 malformed: element of 5 bytes exceeds the 2 that are left',
    ]);
    expect(problems(partsOf('wifi-elements', '3006 0100 000fac04 dd00'))).toEqual([]);
    expect(problems(partsOf('wifi-elements', '3004 0100 000f'))).toEqual([
      '4-6 bad-length: ends before group_cipher does',
    ]);
  });

  it('say which access points are near (reduced neighbor report)', () => {
    const found = lines(partsOf('wifi-elements', 'c911000d7305ff02aabbccdd01a1b2c3d44efe'));
    expect(found).toContain('4-5 operating_class: 115');
    expect(found).toContain('5-6 channel: 5');
    expect(found).toContain('7-13 bssid: 02:aa:bb:cc:dd:01');
    expect(found).toContain('13-17 short_ssid: a1 b2 c3 d4');
    expect(found).toContain('18-19 psd: -1 dBm/MHz');
  });

  it('of multi-link devices hold what their presence bitmap says, and the elements of each link', () => {
    // Control 0x01b0: basic, with link id, change count, EML and MLD capabilities; a profile of link 2 with its address.
    const profile = '000f 3200 07 02aabbccddff 1104 0002 6162'.replaceAll(' ', '');
    const found = lines(partsOf('wifi-elements', `ff216bb0010d02aabbccddee01050a004200${profile}`));
    expect(found).toContain('6-12 mld_address: 02:aa:bb:cc:dd:ee');
    expect(found.find((line) => line.includes(' mac_address:'))).toBe('23-29 mac_address: 02:aa:bb:cc:dd:ff');
    expect(found.find((line) => line.includes(' ssid:'))).toBe('33-35 ssid: "ab"');
  });

  it('that hold one another end at some depth', () => {
    let inner = '';
    for (let i = 0; i < 40; i++) {
      const profile = `00${(inner.length / 2).toString(16).padStart(2, '0')}${inner}`;
      inner = `47${(1 + profile.length / 2).toString(16).padStart(2, '0')}01${profile}`;
    }
    const parts = partsOf('wifi-elements', inner);
    expect(problems(parts).map((line) => line.replace(/^\S+ /, ''))).toEqual([
      'too-deep: nested deeper than 12 levels',
    ]);
  });
});

describe('frames', () => {
  const header = (control: string): string => `${control}0000 020000000001 020000000002 020000000003 1000`;

  it('that send a station away say why', () => {
    expect(IEEE80211_FORMATS['wifi-frame']?.text(bytesOf(`${header('c000')} 0300`), true)).toBe(
      'deauthentication 02:00:00:00:00:02 > 02:00:00:00:00:01, reason WLAN_REASON_DEAUTH_LEAVING (3)',
    );
    expect(problems(partsOf('wifi-frame', `${header('c000')} 0300`))).toEqual([
      '24-26 wifi: reason WLAN_REASON_DEAUTH_LEAVING (3)',
    ]);
  });

  it('of data tell who sends to whom by the direction', () => {
    const text = (control: string): string | null =>
      IEEE80211_FORMATS['wifi-frame']?.text(bytesOf(`${header(control)} aaaa03000000 0800 4500`), true) ?? null;
    expect(text('0801')).toBe('data 02:00:00:00:00:02 > 02:00:00:00:00:03, ethertype 0x0800');
    expect(text('0802')).toBe('data 02:00:00:00:00:03 > 02:00:00:00:00:01, ethertype 0x0800');
  });

  it('of SAE have scalar and element of their group', () => {
    const commit = `0300 0100 0000 1300 ${'11'.repeat(32)} ${'22'.repeat(64)}`;
    const found = lines(partsOf('wifi-frame', `${header('b000')} ${commit}`)).map((line) => line.replace(/:.*/, ''));
    expect(found).toContain('32-64 scalar');
    expect(found).toContain('64-128 element');
  });

  it('with keys are told by their place in the handshake', () => {
    const key = (information: string, data: string): string =>
      `02 03 ${(95 + data.length / 2).toString(16).padStart(4, '0')} 02 ${information} 0010 ${'00'.repeat(8 + 32 + 16 + 8 + 8 + 16)} ${(data.length / 2).toString(16).padStart(4, '0')} ${data}`;
    const text = (hex: string): string | undefined =>
      IEEE80211_FORMATS['wifi-frame']?.text(bytesOf(hex), true) ?? undefined;
    expect(text(key('008a', 'dd14000fac0400112233445566778899aabbccddeeff'))).toBe('EAPOL key message 1 of 4');
    expect(text(key('010a', ''))).toBe('EAPOL key message 2 of 4');
    expect(text(key('13ca', '0011'))).toBe('EAPOL key message 3 of 4');
    expect(text(key('030a', ''))).toBe('EAPOL key message 4 of 4');
    expect(lines(partsOf('wifi-frame', key('008a', 'dd14000fac0400112233445566778899aabbccddeeff')))).toContain(
      '105-121 pmkid: 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff',
    );
  });
});

describe('numbers', () => {
  it.each([
    [2412, '2412 MHz (channel 1)'],
    [2484, '2484 MHz (channel 14)'],
    [5180, '5180 MHz (channel 36)'],
    [5885, '5885 MHz (channel 177)'],
    [5955, '5955 MHz (channel 1)'],
    [7115, '7115 MHz (channel 233)'],
    [58320, '58320 MHz (channel 1)'],
    [2413, '2413 MHz'],
    [900, '900 MHz'],
  ])('%s MHz', (mhz, text) => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, mhz, true);
    expect(IEEE80211_FORMATS['wifi-frequency']?.text(bytes, true)).toBe(text);
  });
});

describe('any bytes', () => {
  const random = seeded(7);
  const pick = (limit: number): number => Math.floor(random() * limit);

  /** Bytes of which many are small, as lengths, ids and counts are. */
  function noise(): Uint8Array {
    const bytes = new Uint8Array(pick(300));
    for (let i = 0; i < bytes.length; i++) bytes[i] = pick(3) === 0 ? pick(256) : pick(24);
    return bytes;
  }

  it.each(Object.entries(IEEE80211_FORMATS))('are read by %s within their bounds', (_, format) => {
    for (let i = 0; i < 1500; i++) {
      const bytes = noise();
      const parts = format.parts?.(bytes, true) ?? [];
      expect(typeof format.text(bytes, true)).toBe('string');
      expect(count(parts, 0, bytes.length)).toBeLessThan(bytes.length * 40 + 1000);
    }
  });

  it('behind each element id are read within their bounds', () => {
    const format = IEEE80211_FORMATS['wifi-elements']!;
    for (let id = 0; id < 512; id++) {
      for (let i = 0; i < 20; i++) {
        const body = noise().subarray(0, 253);
        const head = id < 256 ? [id, body.length] : [255, body.length + 1, id - 256];
        const bytes = Uint8Array.from([...head, ...body]);
        count(format.parts?.(bytes, true) ?? [], 0, bytes.length);
      }
    }
  });

  it('behind each action are read within their bounds', () => {
    const format = IEEE80211_FORMATS['wifi-frame']!;
    for (let category = 0; category < 256; category++) {
      for (let action = 0; action < 50; action++) {
        const bytes = Uint8Array.from([0xd0, ...new Uint8Array(23), category, action, ...noise().subarray(0, 60)]);
        count(format.parts?.(bytes, true) ?? [], 0, bytes.length);
      }
    }
  });
});
