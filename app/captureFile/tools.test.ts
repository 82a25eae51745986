/** What other programs make of our files, and we of theirs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Direction } from '../contracts/index.ts';
import { type Gap, MemoryFile, PcapngWriter } from './index.ts';
import { captureBytes, capturePath, readAll } from './testing/captures.ts';

const installed = ['tshark', 'editcap', 'capinfos'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const CORPUS = ['addr-a', 'ethtool-a', 'monitor-events', 'nft-a', 'raw-audit-a', 'ss-a', 'xfrm-a'] as const;

const LOSS: Gap = { protocol: 0, lost: 17, cause: 'kernel' };
const family = {
  id: 0x10,
  name: 'nlctrl',
  version: 2,
  headerSize: 0,
  maxAttr: 10,
  groups: [{ id: 0x10, name: 'notify' }],
  operations: [{ cmd: 3, flags: 0xe }],
};

describe.skipIf(!installed)('tshark and editcap', () => {
  const folder = installed ? mkdtempSync(join(tmpdir(), 'capture-tools-')) : '';
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Saves a capture with all that the cooked header cannot hold, beside each datagram and between them. */
  function save(name: string): { path: string; directions: Direction[] } {
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'nlscope 1.2.3', os: 'Linux 6.18' });
    const directions: Direction[] = [];
    writer.facts({ families: [family], interfaces: [{ index: 1, name: 'lo', nsid: null, timeNs: 1n }] }, 0n);
    readAll(captureBytes(name)).frames.forEach((frame, i) => {
      const direction = (['unknown', 'request', 'reply', 'notify'] as const)[i % 4];
      directions.push(direction);
      if (i === 3) writer.gap(LOSS, frame.timeNs);
      const envelope = { ...frame.envelope, direction, group: i, nsid: null, sourcePortid: 0, destPortid: i };
      writer.datagram(envelope, frame.timeNs + 7n, frame.bytes, {
        marks: [0],
        comments: i === 5 ? [{ message: 0, text: 'look here' }] : [],
      });
    });
    writer.finish(0n);
    const path = join(folder, `${name}.pcapng`);
    writeFileSync(path, file.read(0, file.size));
    return { path, directions };
  }

  function fields(path: string, ...names: string[]): string[][] {
    const asked = names.flatMap((name) => ['-e', name]);
    const ran = spawnSync('tshark', ['-r', path, '-T', 'fields', ...asked], { encoding: 'utf8', maxBuffer: 1 << 28 });
    expect(ran.stderr.replace(/Running as user.*\n/, '')).toBe('');
    expect(ran.status).toBe(0);
    return ran.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split('\t'));
  }

  const asSeen = ['frame.len', 'frame.cap_len', 'netlink.family', 'netlink.hdr_len', 'netlink.hdr_seq'] as const;

  test.each(CORPUS)('tshark reads our %s as it reads the original', (name) => {
    const { path } = save(name);
    const ours = fields(path, ...asSeen);
    expect(ours).toEqual(fields(capturePath(name), ...asSeen));
    expect(ours.length).toBe(readAll(captureBytes(name)).frames.length);
  });

  test('tshark sees nanoseconds, direction, comment and what was lost', () => {
    const { path, directions } = save('addr-a');
    const rows = fields(path, 'frame.time_epoch', 'frame.packet_flags_direction', 'frame.comment');
    const { frames } = readAll(captureBytes('addr-a'));
    const seen = { unknown: '', request: '0x00000002', reply: '0x00000001', notify: '0x00000001', user: '' };
    rows.forEach(([time, direction, comment], i) => {
      const digits = (frames[i].timeNs + 7n).toString();
      expect(time).toBe(`${digits.slice(0, -9)}.${digits.slice(-9)}`);
      expect(direction).toBe(seen[directions[i]]);
      expect(comment).toBe(i === 5 ? 'look here' : '');
    });
    const info = execFileSync('capinfos', ['-M', path], { encoding: 'utf8' });
    expect(info).toMatch(/Number of packets:\s+70/);
    expect(info).toMatch(/Capture application:\s+nlscope 1\.2\.3/);
    expect(info).toMatch(/nanosec/);
  });

  test('what we keep beside datagrams survives editcap', () => {
    const { path } = save('addr-a');
    const edited = join(folder, 'edited.pcapng');
    execFileSync('editcap', [path, edited, '5-70'], { stdio: 'ignore' });
    const ours = readAll(new Uint8Array(readFileSync(path)));
    const theirs = readAll(new Uint8Array(readFileSync(edited)));
    expect(theirs.frames.map(({ offset: _, ...rest }) => rest)).toEqual(
      ours.frames.slice(0, 4).map(({ offset: _, ...rest }) => rest),
    );
    expect(ours.gaps.map(({ after, gap }) => ({ after, gap }))).toEqual([{ after: 3, gap: LOSS }]);
    expect(theirs.gaps.map(({ after, gap }) => ({ after, gap }))).toEqual([{ after: 3, gap: LOSS }]);
    expect(theirs.reader.facts.hosts[0].families).toEqual([family]);
    expect(theirs.reader.facts.hosts[0].interfaces).toEqual([{ index: 1, name: 'lo', nsid: null, timeNs: 1n }]);
  });

  test('namespaces are interfaces there, and survive editcap', () => {
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    const names = [undefined, 'blue', 'nginx[820]', 'blue'];
    const frames = readAll(captureBytes('addr-a')).frames.slice(0, names.length);
    frames.forEach(({ envelope, timeNs, bytes }, i) => {
      writer.datagram({ ...envelope, netns: names[i] }, timeNs, bytes);
    });
    writer.finish(0n);
    const [path, edited] = ['namespaces', 'namespaces-edited'].map((name) => join(folder, `${name}.pcapng`));
    writeFileSync(path, file.read(0, file.size));
    expect(fields(path, 'frame.interface_name').flat()).toEqual(
      names.map((name) => (name === undefined ? 'netlink' : `netlink@${name}`)),
    );
    execFileSync('editcap', [path, edited, '1'], { stdio: 'ignore' });
    const again = readAll(new Uint8Array(readFileSync(edited))).frames;
    expect(again.map(({ envelope }) => envelope.netns)).toEqual(names.slice(1));
  });

  test.each(['pcap', 'nsecpcap', 'modpcap', 'pcapng'])('reads %s as editcap writes it', (format) => {
    const path = join(folder, `converted.${format}`);
    execFileSync('editcap', ['-F', format, capturePath('nft-a'), path], { stdio: 'ignore' });
    const original = readAll(captureBytes('nft-a'));
    const converted = readAll(new Uint8Array(readFileSync(path)));
    const content = (capture: typeof original) => capture.frames.map(({ offset: _, ...rest }) => rest);
    expect(content(converted)).toEqual(content(original));
    expect(converted.report.broken).toBeNull();
  });

  test('a datagram longer than Wireshark takes opens there, with all its messages', () => {
    const [frame] = readAll(captureBytes('wg-a')).frames;
    const message = new Uint8Array(6000);
    message.set(frame.bytes);
    new DataView(message.buffer).setUint32(0, message.length, true);
    const messages = new Array(100).fill(message);
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    writer.datagram(frame.envelope, frame.timeNs, new Uint8Array(Buffer.concat(messages)));
    writer.finish(0n);
    const path = join(folder, 'long.pcapng');
    writeFileSync(path, file.read(0, file.size));
    expect(fields(path, 'frame.cap_len').map(([length]) => Number(length))).toEqual([258_016, 258_016, 84_016]);
  });
});
