import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { capturePath } from '../../app/captureFile/testing/captures.ts';
import { type RemoteOptions, startRemote } from './remote.ts';
import { until } from './testing/namespace.ts';

const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(root, { recursive: true }));

/** What is in the search path of the "other host"; nothing but these. */
let there = '';
let ssh = '';

function program(folder: string, name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

beforeEach(() => {
  const folder = mkdtempSync(join(root, 'host-'));
  there = join(folder, 'bin');
  mkdirSync(there);
  for (const name of ['sh', 'cat', 'sleep', 'kill', 'head']) {
    const path = ['/bin', '/usr/bin'].map((bin) => join(bin, name)).find((candidate) => existsSync(candidate));
    if (path !== undefined) symlinkSync(path, join(there, name));
  }
  // Runs on this host what a real one would hand to the other.
  const run = `while [ "$1" != -- ]; do shift; done; shift; echo "$1" > ${folder}/host; shift; PATH=${there} exec /bin/sh -c "$*"`;
  ssh = program(folder, 'ssh', run);
});

interface Outcome {
  readonly bytes: Buffer;
  readonly lines: readonly string[];
  readonly reason: string;
}

/** Captures until it ends by itself, or as soon as so many bytes have come. */
function captured(options: Partial<RemoteOptions>, enough = Number.POSITIVE_INFINITY): Promise<Outcome> {
  return new Promise((resolve) => {
    const pieces: Uint8Array[] = [];
    const lines: string[] = [];
    let size = 0;
    const stop = startRemote(
      { host: 'user@box', ssh, ...options },
      {
        async bytes(bytes) {
          pieces.push(bytes);
          size += bytes.length;
          if (size < enough) return;
          stop();
          resolve({ bytes: Buffer.concat(pieces), lines, reason: 'stopped' });
        },
        ended: (error) => resolve({ bytes: Buffer.concat(pieces), lines, reason: error?.message ?? '' }),
        complain: (line) => lines.push(line),
      },
    );
  });
}

const capture = capturePath('rule-a');
const content = readFileSync(capture);

describe('another host', () => {
  it('captures by nlscope where that is installed, with the same options', async () => {
    program(there, 'nlscope', `echo "$@" >&2; cat ${capture}`);
    const args = ['--group', 'ROUTE/link', '--netns', "it's $HOME"];
    const { bytes, lines, reason } = await captured({ args });
    expect(lines).toEqual(["capture --group ROUTE/link --netns it's $HOME -w -"]);
    expect(bytes.equals(content)).toBe(true);
    expect(reason).toBe('');
    expect(readFileSync(join(there, '../host'), 'utf8')).toBe('user@box\n');
  });

  it('captures by tcpdump on an nlmon device otherwise, which is removed also when we stop', async () => {
    const log = join(there, '../log');
    program(there, 'ip', `echo "ip $@" >> ${log}`);
    program(there, 'tcpdump', `echo "tcpdump $@" >> ${log}; cat ${capture}; exec sleep 1000`);
    const { lines } = await captured({}, content.length);
    const done = () => readFileSync(log, 'utf8').trim().split('\n');
    await until(() => done().length === 4, 'the device is removed');
    const [device] = /nlmon\d+/.exec(done()[0]) ?? [''];
    expect(done()).toEqual([
      `ip link add ${device} type nlmon`,
      `ip link set ${device} up`,
      `tcpdump -i ${device} -U -w -`,
      `ip link del ${device}`,
    ]);
    expect(lines[0]).toMatch(/^nlscope is not installed there: tcpdump/);
  });

  it('runs what the user says instead', async () => {
    expect(await captured({ command: `head -c 100 ${capture}` })).toEqual({
      bytes: content.subarray(0, 100),
      lines: [],
      reason: '',
    });
  });

  it.each<[string, () => Partial<RemoteOptions>, RegExp]>([
    [
      'nothing that captures',
      () => ({}),
      /^nothing there can capture: neither nlscope nor tcpdump is installed there$/,
    ],
    ['no ssh here', () => ({ ssh: '/nowhere/ssh' }), /^ssh cannot be started: there is no program "\/nowhere\/ssh"$/],
    [
      'a connection that is refused',
      () => ({ ssh: program(root, 'refused', 'echo "ssh: Permission denied (publickey)." >&2; exit 255') }),
      /^the connection failed or was cut: ssh: Permission denied \(publickey\)\.$/,
    ],
    ['a capture that fails', () => ({ command: 'echo no such device >&2; exit 3' }), /status 3: no such device$/],
    ['a connection that is cut', () => ({ command: `head -c 100 ${capture}; exit 255` }), /failed or was cut/],
  ])('with %s is told', async (_name, options, words) => {
    expect((await captured(options())).reason).toMatch(words);
  });

  it('is not taken for an option of ssh', async () => {
    program(there, 'nlscope', 'exit 0');
    await captured({ host: '-oProxyCommand=false' });
    expect(readFileSync(join(there, '../host'), 'utf8')).toBe('-oProxyCommand=false\n');
  });
});
