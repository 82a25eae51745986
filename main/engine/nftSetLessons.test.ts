import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCaptureFile } from '../cli/captureInput.ts';
import { createDecoding } from './decoding.ts';

const decoding = createDecoding();
const open = async (name: string) =>
  (await openCaptureFile(fileURLToPath(new URL(`../../e2e/captures/${name}`, import.meta.url)), decoding)).document;

/** Elements of sets without intervals, and of concatenations, as nft 1.1.7 listed them on Linux 7.2. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  c1: ['10.0.0.1 . 80', '10.0.0.2 . 443'],
  c2: ['10.0.0.0/24 . 80-90 . "eth*"', '10.1.0.1 . 443 . "lo"'],
  c4: ['00:11:22:33:44:55 . 10.0.0.9'],
  c5: ['10.0.0.7 . 0x00000005 . established'],
  mk: ['0x00000010', '0x00000020'],
  et: ['ip', 'arp', '0x88cc'],
  ic: ['destination-unreachable', 'echo-request'],
  cs: ['established', 'new'],
  pt: ['host', 'multicast'],
  ty: ['100', '1500'],
  dsc: ['cs1', 'ef'],
  tf: ['syn', 'ack'],
  u: ['0', '1000'],
  sday: ['"Monday"', '"Saturday"'],
  cti: ['10.0.0.0/8 . 192.168.0.1-192.168.0.9 . 1000-2000'],
  m1: ['10.0.0.1 : 192.168.0.1 . 80'],
  m2: ['80 : 0x00000010', '443 : 0x00000020'],
  m3: ['1.2.3.4 . 22 : drop', '1.2.3.5 . 23 : accept'],
  m5: ['0x00000001 : 1:2'],
  m6: ['80 : 8080'],
};

describe('elements of nft sets', () => {
  it('read as nft lists them, in requests and in answers', async () => {
    const document = await open('nft-sets-d.pcap.gz');
    const said = { request: new Map<string, string>(), reply: new Map<string, string>() };
    for (let row = 0; row < document.store.count; row++) {
      const { type, info } = document.summarize(row);
      const { direction } = document.store.envelope(row);
      const [, set, elements] = /element inet f (\w+) \{ (.*) \}/.exec(info.join('')) ?? [];
      if (type !== 'NFT_MSG_NEWSETELEM' || set === undefined || (direction !== 'request' && direction !== 'reply'))
        continue;
      if (!said[direction].has(set)) said[direction].set(set, elements);
    }
    for (const [set, elements] of Object.entries(LISTED)) {
      const sorted = [...elements].sort();
      expect([set, said.request.get(set)?.split(', ').sort()]).toEqual([set, sorted]);
      expect([set, said.reply.get(set)?.split(', ').sort()]).toEqual([set, sorted]);
    }
  });

  it('have the numbers of intervals in network order', async () => {
    const document = await open('nft-sets-d.pcap.gz');
    const lines = Array.from({ length: document.store.count }, (_, row) => document.summarize(row).info.join(''));
    expect(lines).toContain(
      'add element inet f mki { 0x00000000 end, 0x00000010, 0x00000020 end, 0x00000040, 0x00000041 end }',
    );
    expect(lines).toContain('add element inet f tm { 0 end, 100, 201 end }');
    expect(lines).toContain('add element inet f m4 { 0.0.0.0 end, 10.0.0.0 : 192.168.5.0/24, 10.0.1.0 end }');
  });

  it('of sets that the kernel names are told apart by their numbers', async () => {
    const document = await open('nft-sets-d.pcap.gz');
    const lines = Array.from({ length: document.store.count }, (_, row) => document.summarize(row).info.join(''));
    expect(lines.filter((line) => line.startsWith('add element inet f __'))).toEqual([
      'add element inet f __set%d { 10.0.0.1 . 22, 10.0.0.2 . 23 }',
      'add element inet f __set%d { 0 end, 22, 23 end, 80, 91 end }',
      'add element inet f __map%d { 2001:db8::1 . 80 : accept, 2001:db8::2 . 443 : drop }',
      'add element inet f __map%d { 10.0.0.1 : 0x00000001, 10.0.0.2 : 0x00000002 }',
      'add element inet f __set%d { 0x00000000 end, 0x00000001, 0x00000002 end, 0x00000100, 0x00000200 end }',
      'add element inet f __set%d { new . "lo", established . "eth0" }',
    ]);
  });

  it('have their text above the bytes in the tree', async () => {
    const document = await open('nft-sets-d.pcap.gz');
    const row = Array.from({ length: document.store.count }, (_, i) => i).find((i) =>
      document.summarize(i).info.join('').startsWith('add element inet f c1 '),
    );
    const list = document.decode(row!).fields.find(({ name }) => name === 'NFTA_SET_ELEM_LIST_ELEMENTS');
    const key = list?.children[0].child('NFTA_SET_ELEM_KEY');
    expect(key?.text).toBe('10.0.0.1 . 80');
    expect(key?.child('NFTA_DATA_VALUE')?.text).toBe('0a 00 00 01 00 50 00 00');
  });
});
