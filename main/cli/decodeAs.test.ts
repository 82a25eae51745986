import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCommand, buildCommand, capturePath } from './testing/command.ts';

let command: BuiltCommand;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command?.remove());

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

/** A datagram of one message with this type and payload, as hex of a little-endian host. */
function datagram(type: number, payload: string): string {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(16 + payload.length / 2, 0);
  header.writeUInt16LE(type, 4);
  return header.toString('hex') + payload;
}

const text = (words: string) => Buffer.from(words).toString('hex');

describe('--decode-as', () => {
  it('reads a private protocol as text, and a filter finds the words', () => {
    const dump = datagram(32, text('link up\n'));
    const options = ['--protocol', '31', '--decode-as', 'proto:31=text'];
    const { stdout } = command.run(['decode', ...options, dump]);
    expect(stdout).toContain('payload: link up');
    expect(stdout).toContain('<proto:31=text>');
    const found = command.run(['read', '-', ...options, '-Y', '"link up"'], `${dump}\n`);
    expect(lines(found.stdout)).toHaveLength(1);
  });

  it('reads attributes of a capture otherwise, in lines, fields, JSON and counts', () => {
    const path = capturePath('nflog-a.pcap.gz');
    const rule = ['--decode-as', 'attr:NFULA_PREFIX=hex'];
    const values = (options: string[]) =>
      lines(command.run(['read', path, '--fields', 'nflog.prefix', '-Y', 'nflog.prefix', ...options]).stdout);
    const plain = values([]);
    expect(plain.length).toBeGreaterThan(0);
    const hex = values(rule).map((value) => value.replaceAll(':', ''));
    expect(hex.map((value) => Buffer.from(value, 'hex').toString().replace('\0', ''))).toEqual(plain);
    const json = lines(command.run(['read', path, '--json', '-Y', 'nflog.prefix', ...rule]).stdout);
    expect(json[0]).toContain('"decodedAs":"attr:NFULA_PREFIX=hex"');
    const typed = (options: string[]) => JSON.parse(command.run(['coverage', path, '--json', ...options]).stdout).typed;
    expect(typed(rule)).toBe(typed([]) - plain.length);
  });

  it('gives messages back byte for byte, whatever was chosen', () => {
    const rules = ['attr:NFULA_PREFIX=u8', 'attr:NFULA_PAYLOAD=text', 'attr:NFULA_PACKET_HDR=nest'];
    const { stdout } = command.run([
      'roundtrip',
      capturePath('nflog-a.pcap.gz'),
      '--json',
      ...rules.flatMap((rule) => ['--decode-as', rule]),
    ]);
    const { exact, different, messages } = JSON.parse(stdout);
    expect({ exact, different }).toEqual({ exact: messages, different: 0 });
  });

  it('tells which family an id is where a capture does not say', () => {
    const dump = `${datagram(29, '00010000080001000 7000000'.replace(' ', ''))}\n`;
    const read = (...options: string[]) => command.run(['read', '-', '--protocol', 'generic', ...options], dump).stdout;
    expect(read('--decode-as', 'genl:29=wireguard')).toContain('WG_CMD_GET_DEVICE');
    expect(read('--decode-as', 'genl:29=wireguard', '--fields', 'genl.family')).toBe('wireguard\n');
  });

  it('explains a rule that cannot be used', () => {
    for (const [rule, reason] of [
      ['proto:31', 'says no reading'],
      ['attr:NFULA_PAYLAOD=text', 'Did you mean "NFULA_PAYLOAD"'],
    ]) {
      const { status, stderr, stdout } = command.run(['read', capturePath('addr-a.pcap'), '--decode-as', rule]);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(lines(stderr)).toHaveLength(1);
      expect(stderr).toContain(reason);
    }
  });

  it('tells of a family that no spec knows, and is used where the capture has it', () => {
    const read = (rule: string) => command.run(['stats', capturePath('genl-ctrl-a.pcap'), '--decode-as', rule]);
    expect(read('genl:nlctr=text').stderr).toBe(
      'nlscope: --decode-as genl:nlctr=text: no spec knows a generic netlink family "nlctr"; there is nlctrl\n',
    );
    expect(read('attr:genl:wireguar/1=text').stderr).toContain('there is wireguard');
    expect(read('genl:nlctr=text').status).toBe(0);
    for (const rule of ['genl:nlctrl=text', 'genl:4711=text', 'proto:31=text']) expect(read(rule).stderr).toBe('');
  });
});
