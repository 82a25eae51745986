import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  constants,
  createWriteStream,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, until } from '../sources/testing/namespace.ts';
import { capinfosCount } from './testing/addresses.ts';
import { type BuiltCommand, buildCommand, capturePath, startCommand } from './testing/command.ts';
import { type ServedHost, startServed } from './testing/servedHost.ts';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
const at = (name: string) => join(directory, name);
let command: BuiltCommand;
beforeAll(async () => {
  command = await buildCommand();
  // For those who look for it by name, such as another host and Wireshark.
  writeFileSync(at('nlscope'), `#!/bin/sh\nexec '${process.execPath}' '${command.entry}' "$@"\n`);
  chmodSync(at('nlscope'), 0o755);
});
afterAll(() => {
  command?.remove();
  rmSync(directory, { recursive: true });
});

const lines = (text: string) => text.split('\n').filter(Boolean);
const content = readFileSync(capturePath('rule-a.pcap'));

describe('a capture that comes through a pipe', () => {
  it('is printed as it comes, and told when it is cut', async () => {
    const child = spawn(process.execPath, [command.entry, '-'], { env: command.env });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      err += data;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.write(content.subarray(0, 5000));
    // The pipe stays open meanwhile.
    while (lines(out).length < 10) await new Promise((resolve) => setTimeout(resolve, 20));
    const before = lines(out).length;
    // A reader that is slow is waited for, not asked again and again.
    const flags = /flags:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/fdinfo/1`, 'utf8'))?.[1];
    expect(Number.parseInt(flags!, 8) & constants.O_NONBLOCK).toBe(0);
    child.stdin.end(content.subarray(5000, content.length - 10));
    expect(await ended).toBe(2);
    expect(lines(out).length).toBeGreaterThan(before);
    expect(err).toMatch(/standard input: .*record.*left in the file.*; what came before is kept/);
  });

  it('is followed by its path, printed and written to a file', async () => {
    const [fifo, copy] = [at('fifo'), at('copy.pcapng')];
    spawnSync('mkfifo', [fifo]);
    const running = await startCommand(command, ['read', fifo, '-w', copy, '--fields', 'nl.type'], /^/);
    const descriptor = openSync(fifo, 'w');
    writeSync(descriptor, content.subarray(0, 4000));
    await running.sees(/RTM_NEWRULE/);
    // What has been printed is in the file already.
    expect(capinfosCount(copy) ?? 1).toBeGreaterThan(0);
    writeSync(descriptor, content.subarray(4000));
    closeSync(descriptor);
    const { status, out, err } = await running.ended;
    expect([status, err]).toEqual([0, expect.stringMatching(/^93 messages written to /)]);
    expect(out).toBe(command.run(['read', capturePath('rule-a.pcap'), '--fields', 'nl.type']).stdout);
    expect(command.run(['read', copy, '--fields', 'nl.type']).stdout).toBe(out);
  });
});

describe('the window on standard input', () => {
  /** A window, and what writes to its standard input. */
  async function shown(kind: 'pipe' | 'socket'): Promise<{ host: ServedHost; writer: Writable }> {
    const folder = mkdtempSync(at('window-'));
    const fifo = join(folder, 'fifo');
    spawnSync('mkfifo', [fifo]);
    const wrapper = kind === 'pipe' ? ['sh', '-c', `exec "$@" < ${fifo}`, 'sh'] : [];
    const starting = startServed(command, folder, { args: ['-'], wrapper });
    const pipe = kind === 'pipe' ? createWriteStream(fifo) : null;
    const host = await starting;
    // What Node gives its children is a socket.
    return { host, writer: pipe ?? host.process.stdin ?? expect.unreachable() };
  }

  it.each(['pipe', 'socket'] as const)('shows what comes through a %s as it comes', async (kind) => {
    const { host, writer } = await shown(kind);
    try {
      writer.write(content.subarray(0, 4000));
      await until(() => (host.state()?.view.total ?? 0) > 10, 'the first part is shown');
      expect(host.state()).toMatchObject({ capture: 'capturing', sources: [{ kind: 'pipe', name: 'standard input' }] });
      writer.end(content.subarray(4000));
      await until(() => host.state()?.capture === 'stopped', 'it has ended');
      expect(host.state()).toMatchObject({
        view: { total: 93 },
        sources: [{ messages: 93, errors: 0 }],
        unsaved: true,
      });
    } finally {
      await host.kill();
    }
  });

  it('lets the writer go when the capture is stopped', async () => {
    const { host, writer } = await shown('pipe');
    try {
      const refused = new Promise<NodeJS.ErrnoException>((resolve) => writer.once('error', resolve));
      writer.write(content);
      await until(() => host.state()?.view.total === 93, 'it is shown');
      await host.call('stopCapture');
      writer.write(content);
      expect((await refused).code).toBe('EPIPE');
    } finally {
      await host.kill();
    }
  });

  it('opens a file that is put there, and says when nothing is', () => {
    const serve = (input: string) =>
      spawnSync('sh', ['-c', `timeout 5 "$@" ${input}`, 'sh', process.execPath, command.entry, 'serve', '-'], {
        env: command.env,
        encoding: 'utf8',
      });
    expect(serve(`< ${capturePath('rule-a.pcap')}`).stdout).toMatch(/^http:/);
    expect(serve('< /dev/null')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^nlscope: cannot serve: nothing comes through standard input/),
    });
  });
});

describe.skipIf(namespacesMissing() !== undefined)('another host', () => {
  it('is captured on by its own nlscope, over a program that stands for ssh', async () => {
    const namespace = makeNamespace();
    writeFileSync(at('ssh'), `#!/bin/sh\nshift 3\nPATH=${directory}:$PATH exec /bin/sh -c "$*"\n`);
    chmodSync(at('ssh'), 0o755);
    try {
      const file = at('remote.pcapng');
      const where = ['--remote', 'root@box', '--ssh', at('ssh'), '--netns', namespace.name, '--group', 'ROUTE/5'];
      const running = await startCommand(
        command,
        ['capture', ...where, '-a', 'messages:2', '-w', file],
        /box: Capturing/,
      );
      namespace.ip('addr', 'add', '10.1.0.1/32', 'dev', 'lo');
      await running.sees(/10\.1\.0\.1/);
      namespace.ip('addr', 'add', '10.1.0.2/32', 'dev', 'lo');
      const { status, err } = await running.ended;
      expect([status, err]).toEqual([0, expect.stringMatching(/2 messages captured, 0 lost, stopped at 2 messages/)]);
      const { stdout } = command.run(['read', file, '--fields', 'nl.netns,addr.local']);
      expect(lines(stdout)).toEqual([1, 2].map((n) => `root@box/${namespace.name}\t10.1.0.${n}`));
    } finally {
      namespace.remove();
    }
  });
});

describe('several hosts', () => {
  it('are captured on: when the connection to one is cut the other goes on, and each is counted', async () => {
    // Stands for ssh: hands on a capture, and stays connected.
    const go = at('go');
    writeFileSync(at('part'), content.subarray(0, 4000));
    writeFileSync(at('rest'), content);
    const script = `case "$*" in
      *far*) echo $$ >far.pid; cat part; exec sleep 1000;;
      *) while [ ! -e go ]; do sleep 0.05; done; cat rest;;
    esac`;
    writeFileSync(at('ssh2'), `#!/bin/sh\ncd ${directory}\n${script}\n`);
    chmodSync(at('ssh2'), 0o755);
    const hosts = ['--remote', 'far', '--remote', 'near', '--ssh', at('ssh2')];
    const running = await startCommand(command, ['capture', ...hosts], /Capturing on far, near/);
    await running.sees(/RTM_/);
    process.kill(Number(readFileSync(at('far.pid'), 'utf8')), 'SIGKILL');
    await running.complains(/far: ssh was ended by SIGKILL; .*; what came before is kept/);
    await running.complains(/messages were lost in far \(source\)/);
    const before = lines(running.out()).length;
    writeFileSync(go, '');
    const { status, out, err } = await running.ended;
    expect(lines(out)).toHaveLength(before + 93);
    expect(status).toBe(2);
    expect(err).toMatch(
      new RegExp(`\nfar: ${before} messages, \\d+ bytes, an unknown number lost, 1 error \\(far: ssh was`),
    );
    expect(err).toMatch(/\nnear: 93 messages, \d+ bytes, 0 lost, it has ended\n/);
    expect(err).toMatch(new RegExp(`\n${before + 93} messages captured, an unknown number lost`));
  });
});

describe('Wireshark', () => {
  it('is answered what it asks, under any name', () => {
    const ask = (...args: string[]) => spawnSync(at('nlscope'), args, { env: command.env, encoding: 'utf8' });
    const interfaces = ask('--extcap-interfaces', '--extcap-version=4.0').stdout;
    expect(interfaces).toMatch(/^extcap \{version=\d+\.\d+\.\d+\}/);
    expect(interfaces).toContain('\ninterface {value=nlscope}{display=');
    expect(ask('--extcap-interface', 'nlscope', '--extcap-dlts').stdout).toMatch(/^dlt \{number=253\}\{name=NETLINK\}/);
    const config = lines(ask('--extcap-interface', 'nlscope', '--extcap-config').stdout);
    expect(config.every((line, i) => line.startsWith(`arg {number=${i}}{call=--`))).toBe(true);
    const refused = ask('--capture', '--extcap-interface', 'eth0', '--fifo', at('none'));
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/no interface "eth0"/)]);
  });

  const FOLDER = spawnSync('tshark', ['-G', 'folders'], { encoding: 'utf8' }).stdout ?? '';
  const extcapFolder = /^Extcap path:\s+(\S+)/m.exec(FOLDER)?.[1] ?? '';
  const canMount =
    namespacesMissing() === undefined &&
    existsSync(extcapFolder) &&
    spawnSync('unshare', ['--mount', 'mount', '--bind', directory, extcapFolder]).status === 0;
  if (!canMount)
    console.warn('skipped: tshark capturing by extcap needs its folder, and root to put ours in its place');

  it.skipIf(!canMount)('captures from us', async () => {
    const namespace = makeNamespace();
    const tshark = `tshark -i nlscope -o extcap.nlscope.netns:${namespace.name} -c 3 -T fields -e frame.interface_name`;
    const script = `mount --bind ${directory} ${extcapFolder} && exec ${tshark}`;
    const child = spawn('unshare', ['--mount', '--propagation=slave', 'sh', '-c', script], { env: command.env });
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    const ended = new Promise((resolve) => child.on('close', resolve));
    let over = false;
    void ended.then(() => {
      over = true;
    });
    try {
      for (let n = 1; !over && n < 250; n++) {
        namespace.ip('addr', 'add', `10.1.0.${n}/32`, 'dev', 'lo');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      child.kill('SIGKILL');
      await ended;
      expect(lines(out)).toEqual(Array(3).fill(`netlink@${namespace.name}`));
    } finally {
      namespace.remove();
    }
  });
});
