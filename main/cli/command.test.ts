import { type StdioOptions, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, type TestNamespace } from '../sources/testing/namespace.ts';
import { type BuiltCommand, buildCommand, capturePath } from './testing/command.ts';

let command: BuiltCommand;
const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => {
  command?.remove();
  rmSync(directory, { recursive: true });
});

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const tshark = spawnSync('tshark', ['--version']).status === 0;

describe('families --coverage', () => {
  it('counts what is known of what the headers declare', () => {
    const { status, stdout } = command.run(['families', '--coverage', '--json']);
    expect(status).toBe(0);
    const coverage = JSON.parse(stdout);
    for (const { messages, attributes } of coverage.areas) {
      for (const { known, declared, missing } of [messages, attributes]) expect(known + missing.length).toBe(declared);
    }
    const table = lines(command.run(['families', '--coverage']).stdout);
    for (const { title } of coverage.areas) expect(table.some((line) => line.startsWith(title))).toBe(true);
  });
});

describe('stats', () => {
  const cells = (line: string) => line.trim().split(/ {2,}/);

  it('prints every table, or the one that is asked for', () => {
    const { status, stdout } = command.run(['stats', capturePath('ethtool-a.pcap')]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^128 messages, \d+ bytes, 20 errors\n/);
    expect(lines(stdout).filter((line) => / MESSAGES /.test(line))).toHaveLength(4);
    const [head, first, ...rest] = lines(
      command.run(['stats', capturePath('ethtool-a.pcap'), '--by', 'families']).stdout,
    );
    expect(cells(head).slice(0, 3)).toEqual(['FAMILY', 'MESSAGES', 'BYTES']);
    expect(cells(first).slice(0, 2)).toEqual(['NETLINK_GENERIC', '48']);
    expect(rest.map((line) => cells(line)[0])).toEqual(['ethtool', 'nlctrl', 'NETLINK_ROUTE']);
  });

  it('counts what passes a display filter', () => {
    const report = JSON.parse(
      command.run(['stats', capturePath('route-a.pcap'), '-Y', 'nl.dir == request', '--json']).stdout,
    );
    const requests = lines(command.run(['read', capturePath('route-a.pcap'), '-Y', 'nl.dir == request']).stdout);
    expect(report.total.messages).toBe(requests.length);
    expect(report.total.requests).toBe(requests.length);
    expect(report.total.answers.count).toBeGreaterThan(0);
    expect(report.rate.shown.reduce((sum: number, count: number) => sum + count, 0)).toBe(requests.length);
    expect(report.rate.all.reduce((sum: number, count: number) => sum + count, 0)).toBe(162);
    const wrong = command.run(['stats', capturePath('route-a.pcap'), '-Y', 'nl.dir ==']);
    expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  });

  it.skipIf(!tshark).each(['addr-a.pcap', 'errors-rtnl.pcap', 'route-a.pcap', 'neigh-a.pcap'])(
    'counts the types of %s as tshark does',
    (name) => {
      // Of an NLMSG_ERROR it counts the header that is echoed, too.
      const options = [
        '-Y',
        '!(netlink.hdr_type == 2)',
        '-T',
        'fields',
        '-e',
        'netlink.hdr_type',
        '-e',
        'netlink-route.nltype',
      ];
      const fields = spawnSync('tshark', ['-r', capturePath(name), ...options], { encoding: 'utf8' }).stdout;
      const theirs = new Map<string, number>();
      for (const type of fields.split(/[\s,]+/).filter(Boolean)) theirs.set(type, (theirs.get(type) ?? 0) + 1);
      const { types } = JSON.parse(
        command.run(['stats', capturePath(name), '-Y', 'nl.type != NLMSG_ERROR', '--json']).stdout,
      );
      const ours = types.entries.map(({ messages }: { messages: number }) => messages);
      expect(ours).toEqual([...theirs.values()].toSorted((a, b) => b - a));
    },
  );
});

describe('read', () => {
  // Messages as the captures' own notes count them.
  it.each([
    ['addr-a.pcap', 103],
    ['route-a.pcap', 162],
    ['nft-a.pcap', 289],
    ['ss-a.pcap', 102],
    ['raw-uevent-a.pcap', 25],
    ['raw-audit-a.pcap', 54],
    ['genl-ctrl-a.pcap', 49],
  ])('prints one line for each message of %s', (name, count) => {
    const { status, stdout } = command.run(['read', capturePath(name)]);
    expect(status).toBe(0);
    expect(lines(stdout)).toHaveLength(count);
  });

  it('prints JSON whose ranges and values come from the bytes', () => {
    const { stdout } = command.run(['read', capturePath('addr-a.pcap'), '--json']);
    const messages = lines(stdout).map((line) => JSON.parse(line));
    expect(messages.map((message) => message.number)).toEqual(messages.map((_, index) => index + 1));
    const address = messages.find((message) => message.type === 'RTM_NEWADDR' && message.direction === 'request');
    expect(address).toMatchObject({
      protocol: 'NETLINK_ROUTE',
      flags: ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_EXCL', 'NLM_F_CREATE'],
      group: null,
      portid: 0,
    });
    const [header] = address.fields;
    expect(header).toMatchObject({ name: 'nlmsghdr', range: [0, 16] });
    expect(header.children[0]).toEqual({
      name: 'nlmsg_len',
      value: address.length,
      text: String(address.length),
      range: [0, 4],
      children: [],
    });
    expect(address.fields.find((field: { name: string }) => field.name === 'IFA_LOCAL')).toBeDefined();
  });

  it.runIf(tshark)('agrees with tshark on every header', () => {
    const path = capturePath('monitor-events.pcap');
    const fields = ['netlink.hdr_seq', 'netlink.hdr_pid', 'netlink.hdr_len'];
    // In an NLMSG_ERROR tshark also counts the header that it echoes.
    const options = ['-Y', '!netlink.error', '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
    const asked = spawnSync('tshark', ['-r', path, ...options]);
    // tshark prints a line for each frame, with the values of its messages between commas.
    const expected = lines(asked.stdout.toString()).flatMap((line) => {
      const columns = line.split('\t').map((cell) => cell.split(',').map(Number));
      return columns[0].map((_, message) => columns.map((column) => column[message]).join('\t'));
    });
    expect(expected.length).toBeGreaterThan(200);
    const names = 'nl.seq,nl.portid,nl.len';
    const { stdout } = command.run(['read', path, '-Y', 'nl.type_number != 2', '--fields', names]);
    expect(lines(stdout)).toEqual(expected);
  });

  it('filters, prints fields, CSV and trees, and writes what tshark reads', () => {
    const path = capturePath('route-a.pcap');
    const filtered = command.run(['read', path, '-Y', 'nl.type == "RTM_NEWROUTE"', '--fields', 'number,nl.type']);
    const numbers = lines(filtered.stdout).map((line) => line.split('\t')[0]);
    expect(numbers.length).toBeGreaterThan(5);
    expect(lines(filtered.stdout)[0]).toBe(`${numbers[0]}\tRTM_NEWROUTE`);
    const csv = lines(command.run(['read', path, '--csv']).stdout);
    expect(csv).toHaveLength(163);
    expect(csv[0]).toBe('number,time,protocol,type,flags,seq,portid,length,direction,group,comm,pid,summary,comment');
    const tree = command.run(['read', path, '-V', '-Y', 'number == 1']).stdout;
    expect(tree).toContain('\n  nlmsghdr');
    expect(tree).toContain('\n    nlmsg_len: ');
    const out = join(directory, 'out.pcapng');
    const written = command.run(['read', path, '-Y', 'nl.type == "RTM_NEWROUTE"', '-w', out]);
    expect(written).toMatchObject({ status: 0, stdout: '' });
    expect(lines(command.run(['read', out]).stdout)).toHaveLength(numbers.length);
    if (tshark) {
      const frames = spawnSync('tshark', ['-r', out, '-T', 'fields', '-e', 'netlink.hdr_len']).stdout.toString();
      expect(lines(frames).flatMap((line) => line.split(','))).toHaveLength(numbers.length);
    }
  });

  it('writes over the file it reads, and to standard output', () => {
    const path = join(directory, 'itself.pcap');
    const original = readFileSync(capturePath('link-attrs-a.pcap'));
    writeFileSync(path, original);
    const before = command.run(['read', path]).stdout;
    expect(lines(before).length).toBeGreaterThan(50);
    expect(command.run(['read', path, '-w', path]).status).toBe(0);
    expect(command.run(['read', path]).stdout).toBe(before);
    const piped = spawnSync(process.execPath, [command.entry, 'read', path, '-w', '-'], { maxBuffer: 1 << 26 });
    expect(piped.status).toBe(0);
    expect(command.run(['read', '-'], piped.stdout).stdout).toBe(before);
  });

  it('leaves a file as it was when another cannot take its place', () => {
    const path = join(directory, 'kept.pcapng');
    writeFileSync(path, 'kept');
    // Files of this shell may grow to one block.
    const script = 'trap "" XFSZ; ulimit -f 1; exec "$0" "$@"';
    const args = [process.execPath, command.entry, 'read', capturePath('nft-a.pcap'), '-w', path];
    const { status, stderr } = spawnSync('sh', ['-c', script, ...args], { encoding: 'utf8' });
    expect(stderr).toMatch(/^nlscope: cannot write .*kept\.pcapng: file too large\n$/);
    expect(status).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });

  it('reads standard input', () => {
    const { stdout, status } = command.run(['read', '-'], readFileSync(capturePath('rule-a.pcap')));
    expect(status).toBe(0);
    expect(lines(stdout)).toHaveLength(93);
  });

  it('reads traces of strace and hex dumps, compressed or not', () => {
    const trace = capturePath('raw-audit-a.strace.gz');
    const alike = (path: string) =>
      command.run(['read', path, '--fields', 'nl.type,nl.len', '-Y', 'nl.protocol == NETLINK_AUDIT']);
    const { stdout, status } = alike(trace);
    expect(status).toBe(0);
    expect(lines(stdout)).toEqual(lines(alike(capturePath('raw-audit-a.pcap')).stdout));
    const hex = '14000000120001030100000000000000';
    const dumped = command.run(['read', '-', '--protocol', 'ROUTE'], Buffer.from(`${hex}11000000\n`));
    expect(dumped).toMatchObject({ status: 0, stderr: '' });
    expect(dumped.stdout).toContain('RTM_GETLINK');
  });

  it('prints what stands before the break of a cut capture, and says where it is', () => {
    const cut = join(directory, 'cut.pcap');
    writeFileSync(cut, readFileSync(capturePath('addr-a.pcap')).subarray(0, 3000));
    const { status, stdout, stderr } = command.run(['read', cut]);
    expect(status).toBe(2);
    expect(lines(stdout)).toHaveLength(11);
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/cut\.pcap: .*frame 12, byte 2936/);
  });

  it.each([
    ['messages', `read "${capturePath('monitor-events.pcap')}" --json`],
    ['help', 'send --help'],
  ])('ends quietly when its reader has gone: %s', (_, words) => {
    const script = `"${process.execPath}" "${command.entry}" ${words} | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(lines(stdout)).toHaveLength(2);
    expect(lines(stdout)[1]).toBe('0');
    expect(stderr).toBe('');
  });
});

describe('spec check', () => {
  it('tells each problem with its place and what to do', () => {
    const file = join(directory, 'wrong.yaml');
    const set = 'attribute-sets: [{ name: a, attributes: [{ name: x, type: u33 }] }]';
    writeFileSync(file, `name: wrong\nprotocol: genetlink\n${set}\n`);
    const { status, stdout } = command.run(['spec', 'check', file]);
    expect(status).toBe(1);
    expect(lines(stdout)).toEqual([
      `${file}:3:59: error: attribute-sets[a].attributes[x].type: "u33" is not known here. Did you mean "u32"?`,
    ]);
    expect(command.run(['spec', 'check', capturePath('../../app/specs/nlctrl.yaml')])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing is wrong'),
    });
  });
});

describe('wrong use', () => {
  const none = '/nowhere.pcap';
  it.each([
    ['no such command', ['reed', none], /unknown command/],
    ['no file', ['read'], /missing required argument/],
    ['a file that is not there', ['read', none], /no such file or directory/],
    ['a folder', ['read', '/tmp'], /is a folder/],
    ['a file of another kind', ['read', '/etc/passwd'], /no capture that nlscope reads/],
    [
      'specs that are not there',
      ['read', capturePath('rule-a.pcap'), '--specs', '/nowhere'],
      /--specs \/nowhere: no such/,
    ],
    [
      'a profile that is not there, whether a filter asks for it or not',
      ['read', capturePath('rule-a.pcap'), '--profile', 'Nobody'],
      /no profile "Nobody"; there is /,
    ],
    [
      'a spec that is not there to be left out',
      ['spec', 'list', '--without-spec', 'rt-lnk'],
      /--without-spec rt-lnk: there is no spec of that name; there is rt-link/,
    ],
    ['specs that are no folder', ['spec', 'list', '--specs', '/etc/passwd'], /--specs \/etc\/passwd: not a directory/],
    ['a wrong filter', ['read', capturePath('rule-a.pcap'), '-Y', 'link.mtu == '], /wrong filter/],
    ['a field that does not exist', ['read', capturePath('rule-a.pcap'), '--fields', 'link.mtuu'], /link\.mtu/],
    ['two formats', ['read', capturePath('rule-a.pcap'), '--json', '--csv'], /cannot be used with/],
    ['hex that is none', ['decode', '--protocol', 'ROUTE', 'xyz'], /no hex digit/],
    ['a protocol that does not exist', ['decode', '--protocol', 'NONSENSE', '00'], /No such protocol/],
    ['a group that does not exist', ['capture', '--group', 'ROUTE/nonsense'], /no group "nonsense"/],
    ['a duration that is none', ['capture', '--duration', 'x'], /positive number/],
    ['an operation that does not exist', ['send', '--protocol', 'ROUTE', '--op', 'RTM_NONSENSE'], /no operation/],
    ['JSON that is none', ['send', '--protocol', 'ROUTE', '--op', 'RTM_GETLINK', '--json', '{'], /--json/],
    ['nothing to send', ['send', '--protocol', 'ROUTE'], /give --op/],
    ['an address that others reach', ['serve', '--host', '0.0.0.0'], /--insecure-remote/],
    ['a host without a name', ['capture', '--remote', ' '], /names no host/],
    [
      'a field that is misspelt',
      ['read', capturePath('rule-a.pcap'), '-Y', 'number > 1 && nl.typ == 3'],
      /at 15 \("nl\.typ"\) of number > 1 && nl\.typ == 3: nl\.typ is not a field\. Did you mean nl\.type/,
    ],
    [
      'a value of another type',
      [
        'send',
        '--protocol',
        'ROUTE',
        '--op',
        'RTM_GETLINK',
        '--json',
        '{"IFLA_LINKINFO":{"IFLA_INFO_KIND":1},"IFLA_MTU":"x"}',
      ],
      /--json: IFLA_MTU: "x" is not a number/,
    ],
  ])('%s: status 2 and one line', (_name, args, words) => {
    const { status, stdout, stderr } = command.run(args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(lines(stderr)).toHaveLength(1);
    expect(stderr).toMatch(/^nlscope: /);
    expect(stderr).toMatch(words);
  });
});

describe('a full disk', () => {
  it.each([['read', capturePath('rule-a.pcap'), '--json'], ['coverage', capturePath('rule-a.pcap')], ['--help']])(
    'is told by %s in one line, with status 2',
    (...args) => {
      const full = openSync('/dev/full', 'w');
      const stdio: StdioOptions = ['ignore', full, 'pipe'];
      const { status, stderr } = spawnSync(process.execPath, [command.entry, ...args], {
        env: command.env,
        stdio,
        encoding: 'utf8',
      });
      closeSync(full);
      expect(stderr).toBe('nlscope: cannot write to standard output: no space left on device\n');
      expect(status).toBe(2);
    },
  );
});

describe('a command that cannot go on', () => {
  const timeout = 30_000;

  it('ends at once where there is no such protocol', () => {
    const args = [command.entry, 'listen', '--protocol', '25'];
    const { status, stderr } = spawnSync(process.execPath, args, { env: command.env, encoding: 'utf8', timeout });
    expect(stderr).toContain('This kernel has no such protocol');
    expect(status).toBe(2);
  });

  it('ends when whoever read its lists has gone', () => {
    const script = '"$0" "$1" sockets --watch 0.1 | head -1';
    const args = ['-c', script, process.execPath, command.entry];
    const { status, stdout, stderr } = spawnSync('sh', args, { env: command.env, encoding: 'utf8', timeout });
    expect(stdout).toMatch(/^PROTOCOL /);
    expect([status, stderr]).toEqual([0, '']);
  });
});

describe('names that are misspelt', () => {
  it.each([
    [['raed', 'x'], "unknown command 'raed' (Did you mean read?)"],
    [['help', 'raed'], "unknown command 'raed' (Did you mean read?)"],
    [['capture', '--group', 'route/lnik'], 'NETLINK_ROUTE has no group "lnik"; there is link'],
    [['capture', '--group', 'rout/link'], '"rout/link" is no PROTOCOL/GROUP; there is ROUTE/link'],
    [['capture', '--group', 'nlctrl/notify'], '"nlctrl/notify" is no PROTOCOL/GROUP; there is GENERIC/nlctrl/notify'],
    [['send', '--protocol', 'route', '--op', 'RTM_GETLNIK'], 'no operation "RTM_GETLNIK"; there is RTM_GETLINK'],
    [['send', '--protocol', 'rout', '--hex', '00'], 'No such protocol; there is ROUTE'],
    [['spec', 'infer', 'nlctr'], 'neither this kernel nor a capture has a family "nlctr"; there is nlctrl'],
  ])('%j', (args, told) => {
    const { status, stderr } = command.run(args);
    expect(stderr).toContain(told);
    expect(status).toBe(2);
  });
});

describe('help', () => {
  it('tells defaults that say something, and no others', () => {
    for (const name of ['read', 'capture', 'serve', 'send', 'recover', 'sockets']) {
      const { status, stdout } = command.run([name, '--help']);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^Usage: nlscope /);
      expect(stdout.replaceAll(/\s+/g, ' ')).not.toMatch(/default: (\[\]|\{\}|false)/);
    }
    expect(command.run(['serve', '--help']).stdout).toContain('(default: "127.0.0.1")');
  });
});

describe('coverage and roundtrip', () => {
  it('count what is understood', () => {
    const { status, stdout } = command.run(['coverage', '--json', capturePath('link-kinds-a.pcap')]);
    const report = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(Object.keys(report)).toEqual([
      'messages',
      'attributes',
      'named',
      'typed',
      'bytes',
      'bytesDecoded',
      'malformed',
      'unknown',
    ]);
    expect(report).toMatchObject({ messages: 80, malformed: 0 });
    expect(report.named / report.attributes).toBeGreaterThan(0.99);
  });

  it('give the bytes back', () => {
    const paths = ['addr-a.pcap', 'link-kinds-a.pcap', 'rule-a.pcap'].map(capturePath);
    const { status, stdout } = command.run(['roundtrip', '--json', ...paths]);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ messages: 103 + 80 + 93, different: 0, differences: [] });
    expect(report.exact + report.notCovered).toBe(report.messages);
    expect(report.exact).toBeGreaterThan(200);
    expect(status).toBe(0);
  });
});

describe('decode', () => {
  const getLink = '1400000012000103640000000000000000000000';
  it('takes hex from the argument and from standard input', () => {
    const fromArgument = command.run(['decode', '--protocol', 'route', '--json', getLink]);
    expect(JSON.parse(fromArgument.stdout)).toMatchObject({
      type: 'RTM_GETLINK',
      flags: ['NLM_F_REQUEST', 'NLM_F_DUMP'],
      seq: 100,
      direction: 'request',
    });
    const spaced = getLink.replace(/../g, '0x$& ');
    const fromInput = command.run(['decode', '--protocol', '0'], `${spaced}\n`);
    expect(fromInput.stdout).toContain('RTM_GETLINK');
  });
});

it('tells its version and explains itself', () => {
  expect(command.run(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = command.run(['help']);
  expect(help.status).toBe(0);
  expect(help.stdout).toContain('roundtrip');
});

describe.skipIf(namespacesMissing())('live', () => {
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = makeNamespace();
  });
  afterAll(() => namespace.remove());

  /** Resolves with everything a started command prints, once it has ended. */
  function collect(args: readonly string[], ready: RegExp, then: () => void): Promise<{ status: number; out: string }> {
    const child = command.start(args);
    let out = '';
    let err = '';
    child.stdout?.on('data', (data) => {
      out += data;
    });
    return new Promise((resolve) => {
      child.stderr?.on('data', (data) => {
        const wasReady = ready.test(err);
        err += data;
        if (!wasReady && ready.test(err)) {
          then();
          setTimeout(() => child.kill('SIGINT'), 1000);
        }
      });
      child.on('close', (status) => resolve({ status: status ?? -1, out }));
    });
  }

  it('captures what ip does, until SIGINT, into a complete file', async () => {
    const file = join(directory, 'live.pcapng');
    const args = ['capture', '--group', 'ROUTE/link', '--group', 'ROUTE/5', '-w', file, '--netns', namespace.path];
    const { status, out } = await collect(args, /Capturing 2 groups/, () => {
      namespace.ip('link', 'add', 'c0', 'type', 'veth', 'peer', 'name', 'c1');
      namespace.ip('addr', 'add', '10.1.2.3/24', 'dev', 'c0');
      namespace.ip('link', 'del', 'c0');
    });
    expect(status).toBe(0);
    expect(lines(out).some((line) => /RTM_NEWADDR .*10\.1\.2\.3\/24.*c0/.test(line))).toBe(true);
    expect(lines(command.run(['read', file]).stdout)).toHaveLength(lines(out).length);
    expect(lines(command.run(['read', file, '-Y', 'nl.group == 5']).stdout).length).toBeGreaterThan(0);
    if (tshark) {
      const frames = spawnSync('tshark', ['-r', file, '-T', 'fields', '-e', 'netlink.hdr_len']);
      expect(frames.stderr.toString()).not.toMatch(/cut short|damaged|error/i);
      expect(lines(frames.stdout.toString())).toHaveLength(lines(out).length);
    }
  });

  it('sends a request and prints the answer; a refusal is status 1', () => {
    const base = ['send', '--protocol', 'ROUTE', '--netns', namespace.path, '--op'];
    const values = '{"IFLA_IFNAME": "s0", "linkinfo": {"kind": "veth"}}';
    expect(command.run([...base, 'RTM_NEWLINK', '--json', values])).toMatchObject({ status: 0, stderr: '' });
    const again = command.run([...base, 'RTM_NEWLINK', '--json', values]);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('EEXIST');
    const links = command.run([...base, 'RTM_GETLINK']);
    expect(links.stdout).toMatch(/RTM_NEWLINK \d+: s0[@:]/);
    expect(links.stdout).toContain('NLMSG_DONE');
    const long = command.run([...base, 'RTM_NEWLINK', '--json', `{"IFLA_IFNAME": "${'x'.repeat(40)}"}`]);
    expect(long.stderr).toMatch(/ERANGE .*IFLA_IFNAME at bytes 32\.\.7\d/);
  });

  it('begins a request as ip does: what goes without saying need not be said', () => {
    const send = (op: string, values: object) =>
      command.run([
        'send',
        '--protocol',
        'ROUTE',
        '--netns',
        namespace.path,
        '--op',
        op,
        '--json',
        JSON.stringify(values),
      ]);
    const shown = (...args: string[]) =>
      spawnSync('ip', ['-n', basename(namespace.path), ...args], { encoding: 'utf8' }).stdout;
    namespace.ip('link', 'set', 'lo', 'up');
    expect(send('RTM_NEWROUTE', { rtm_dst_len: 16, RTA_DST: '10.77.0.0', RTA_OIF: 1 })).toMatchObject({ status: 0 });
    expect(send('RTM_NEWRULE', { FRA_PRIORITY: 77, FRA_TABLE: 500 })).toMatchObject({ status: 0 });
    expect(shown('route', 'show', '10.77.0.0/16')).toMatch(/^10\.77\.0\.0\/16 dev lo\s*$/);
    expect(shown('rule', 'show', 'pref', '77')).toMatch(/^77:\s+from all lookup 500\s*$/);
    expect(send('RTM_DELROUTE', { rtm_dst_len: 16, RTA_DST: '10.77.0.0' })).toMatchObject({ status: 0 });
    expect(send('RTM_DELRULE', { FRA_PRIORITY: 77 })).toMatchObject({ status: 0 });
  });

  it('begins a request as ipset does: a set and an element need no more than their names', ({ skip }) => {
    const send = (op: string, values?: object) => {
      const base = ['send', '--protocol', 'NETFILTER', '--netns', namespace.path, '--op', op];
      return command.run(values === undefined ? base : [...base, '--json', JSON.stringify(values)]);
    };
    const made = send('IPSET_CMD_CREATE', { IPSET_ATTR_SETNAME: 'h1', IPSET_ATTR_DATA: { IPSET_ATTR_TIMEOUT: 300 } });
    if (/no answer|EINVAL \(/.test(made.stderr)) skip('this kernel has no ip_set');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    const element = { IPSET_ATTR_IP: { IPSET_ATTR_IPADDR_IPV4: '10.0.0.1' }, IPSET_ATTR_TIMEOUT: 200 };
    const added = send('IPSET_CMD_ADD', { IPSET_ATTR_SETNAME: 'h1', IPSET_ATTR_DATA: element });
    expect(added).toMatchObject({ status: 0, stderr: '' });
    expect(send('IPSET_CMD_LIST').stdout).toMatch(/h1 hash:ip .*timeout 300.* 10\.0\.0\.1 timeout (200|199)/);
    expect(send('IPSET_CMD_CREATE', { IPSET_ATTR_SETNAME: 'h1' })).toMatchObject({ status: 1 });
  });

  it('sends to groups and listens to them', async () => {
    const args = ['listen', '--protocol', 'USERSOCK', '--groups', '0x3', '--netns', namespace.path];
    const { out } = await collect(args, /Listening/, () => {
      const sent = command.run([
        'send',
        '--protocol',
        '2',
        '--groups',
        '3',
        '--text',
        'hello',
        '--netns',
        namespace.path,
      ]);
      expect(sent.status).toBe(0);
      expect(lines(sent.stdout)).toHaveLength(2);
    });
    expect(lines(out)).toHaveLength(2);
  });
});
