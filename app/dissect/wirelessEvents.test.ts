import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/builtin.ts';
import type { BytePart } from './byteFormats.ts';
import { bareContext } from './dissector.ts';
import { decodeMessage } from './message.ts';
import { newFamilies, readCorpus, readCorpusFile, seeded } from './testing/corpus.ts';
import { fromHex, toHex } from './text.ts';
import { wirelessEvents } from './wirelessEvents.ts';

/** How iwevent says it. */
const WORDS: { readonly [event: string]: string } = {
  SIOCGIWSCAN: 'Scan request completed',
  SIOCGIWAP: 'New Access Point/Cell address:',
  IWEVASSOCREQIE: 'Association Request IEs:',
  IWEVASSOCRESPIE: 'Association Response IEs:',
};

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const text = (hex: string, little = true): string | null => wirelessEvents.text(bytesOf(hex), little);

function lines(parts: readonly BytePart[]): string[] {
  return parts.flatMap(({ name, start, end, text, parts: inner }) => [
    `${start}-${end} ${name}: ${text}`,
    ...lines(inner ?? []),
  ]);
}

/** wireless_send_event of Linux: a header, padding to a pointer on hosts of 64 bits, and what the event carries. */
describe('events of the wireless extensions', () => {
  it('tell of an access point, on hosts of either width and byte order', () => {
    const mac = '02 00 00 00 01 00';
    expect(text(`1800 158b 00000000 0100 ${mac} 00000000 00000000`)).toBe('SIOCGIWAP 02:00:00:00:01:00');
    expect(text(`1400 158b 0100 ${mac} 00000000 00000000`)).toBe('SIOCGIWAP 02:00:00:00:01:00');
    expect(text(`0018 8b15 00000000 0001 ${mac} 00000000 00000000`, false)).toBe('SIOCGIWAP 02:00:00:00:01:00');
  });

  it('hold the elements of a request to associate', () => {
    const hex = '1500 078c 00000000 0500 0000 00000000 0003 616263';
    expect(text(hex)).toBe('IWEVASSOCREQIE "abc", 1 element');
    expect(lines(wirelessEvents.parts!(bytesOf(hex), true))).toEqual([
      '0-21 IWEVASSOCREQIE: "abc", 1 element',
      '0-2 len: 21',
      '2-4 cmd: IWEVASSOCREQIE (0x8c07)',
      '8-10 length: 5',
      '10-12 flags: 0x0',
      '16-21 elements: "abc", 1 element',
      '16-21 WLAN_EID_SSID: "abc"',
      '16-17 id: 0',
      '17-18 length: 3',
      '18-21 ssid: "abc"',
    ]);
    expect(text('0d00 078c 0500 0000 0003 616263')).toBe('IWEVASSOCREQIE "abc", 1 element');
  });

  it('say that a scan has results, a network its name, a channel its frequency', () => {
    expect(text('1000 198b 00000000 0000 0000 00000000')).toBe('SIOCGIWSCAN');
    expect(text('1400 1a8b 00000000 0400 0100 00000000 686f6d65')).toBe('SIOCSIWESSID "home"');
    expect(text('1000 048b 00000000 6c090000 0600 00 00')).toBe('SIOCSIWFREQ 2412 MHz');
    expect(text('0c00 048b 0b000000 0000 00 00')).toBe('SIOCSIWFREQ channel 11');
    expect(text('1400 2a8b 00000000 0400 0000 00000000 73656372')).toBe('SIOCSIWENCODE 4 bytes, hidden');
  });

  it('come one after the other, and end where bytes are none', () => {
    expect(text('0c00 018c 00000000 3c c4 a1 00 0400 008b')).toBe(
      'IWEVQUAL quality 60, level 196, noise 161; SIOCSIWCOMMIT',
    );
    const parts = wirelessEvents.parts!(bytesOf('0400 008b 0300 ff'), true);
    expect(parts.at(-1)).toMatchObject({ name: 'rest', start: 4, end: 7, problem: { code: 'malformed' } });
    expect(text('0600 999c abcd')).toBe('event 0x9c99 ab cd');
  });

  it('are what iwevent printed of the same radio', () => {
    const specs = builtinLibrary();
    const seen = readCorpus('wext-a').flatMap(({ bytes, envelope }) => {
      const { fields } = decodeMessage(specs, bytes, envelope, bareContext(newFamilies()));
      return fields.find(({ name }) => name === 'IFLA_WIRELESS')?.children ?? [];
    });
    const ours = seen.map((event) => {
      const data = event.child('elements')?.bytes();
      return `${WORDS[event.name]}${data === undefined ? (event.child('ap_addr')?.text ?? '') : toHex(data).toUpperCase()}`;
    });
    const theirs = readCorpusFile('wext-a.iwevent.txt').toString().trim().split('\n').slice(1);
    const sorted = (lines: readonly string[]): string[] => lines.toSorted();
    // Two events of one moment come in either order, as each listener takes them.
    expect(sorted(ours)).toEqual(
      sorted(theirs.map((line) => line.replace(/^\S+ +\S+ +/, '').replace('Not-Associated', '00:00:00:00:00:00'))),
    );
    expect(ours.length).toBe(5);
  });

  it('of any bytes lie in these', () => {
    const random = seeded(7);
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => Math.floor(random() * 256));
      if (bytes.length > 3) {
        bytes[0] = Math.floor(random() * bytes.length);
        bytes[1] = 0;
        bytes[2] = Math.floor(random() * 0x38);
        bytes[3] = random() < 0.8 ? 0x8b : 0x8c;
      }
      for (const line of lines(wirelessEvents.parts!(bytes, random() < 0.5))) {
        const [, start = '', end = ''] = /^(\d+)-(\d+) /.exec(line) ?? [];
        expect(Number(start) <= Number(end) && Number(end) <= bytes.length).toBe(true);
      }
    }
  });
});
