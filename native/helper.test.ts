import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const HELPER = fileURLToPath(new URL('./build/Release/nlscope-helper', import.meta.url));

/**
 * A client of the helper that is not ours: it packs the structs of native/helper/channel.h by hand and says what no
 * nlscope would. Prints one JSON object.
 */
const CLIENT = `
import json, os, re, socket, struct, subprocess, sys, time
helper = sys.argv[1]
OPEN, JOIN, SEND, TAP, UNTAP = 1, 2, 3, 4, 5

def request(op, protocol=0, portid=0, group=0, flags=0, buffer=0, tap=0, size=0):
    return struct.pack('=8I', op, protocol, portid, group, flags, buffer, tap, size)

def start(uid=None):
    if uid is not None: os.seteuid(uid)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if uid is not None: os.seteuid(0)
    child = subprocess.Popen([helper], stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    return ours, child

def reply(channel):
    data, fds, flags, _ = socket.recv_fds(channel, 4096, 4)
    code, call, tap, interface, name, version = struct.unpack_from('=i44sII16sI', data)
    capabilities, = struct.unpack_from('=Q', data, 80)
    return {'code': code, 'call': call.split(b'\\0')[0].decode(), 'version': version, 'capabilities': capabilities, 'fds': fds}

def ask(channel, message, *fds):
    socket.send_fds(channel, [message], list(fds)) if fds else channel.send(message)
    return reply(channel)

channel, child = start()
out = {'greeting': reply(channel)}
status = open('/proc/%d/status' % child.pid).read()
out['status'] = dict(re.findall(r'^(Cap\\w+|NoNewPrivs|Seccomp):\\s+(\\w+)', status, re.M))
out['cwd'] = os.readlink('/proc/%d/cwd' % child.pid)
null = os.open('/dev/null', os.O_RDONLY)
uts = os.open('/proc/self/ns/uts', os.O_RDONLY)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
strange = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
out['answers'] = {
    'a message that is too short': ask(channel, b'x'),
    'a size that is not true': ask(channel, request(SEND, size=100) + b'12345'),
    'a message that is too long': ask(channel, request(SEND, size=200000) + b'x' * 200000),
    'no such call': ask(channel, request(99)),
    'a protocol that is not served': ask(channel, request(OPEN, protocol=25)),
    'a buffer that is too large': ask(channel, request(OPEN, buffer=1 << 29)),
    'a file for a namespace': ask(channel, request(OPEN), null),
    'another namespace': ask(channel, request(OPEN), uts),
    'a tap in a file': ask(channel, request(TAP), null),
    'a group without a socket': ask(channel, request(JOIN, group=1)),
    'a group for another socket': ask(channel, request(JOIN, group=1), udp.fileno()),
    'a datagram by another socket': ask(channel, request(SEND, size=4) + b'1234', udp.fileno()),
    'a tap that is not there': ask(channel, request(UNTAP, tap=7)),
    'a socket': ask(channel, request(OPEN, protocol=0)),
    'a group': ask(channel, request(JOIN, group=1), strange.fileno()),
}
opened = out['answers']['a socket']['fds']
out['opened'] = socket.socket(fileno=opened[0]).family == socket.AF_NETLINK if opened else False
channel.close()
out['exit'] = child.wait(20)
if os.getuid() == 0:
    channel, child = start(65534)
    out['stranger'] = reply(channel)
    out['strangerExit'] = child.wait(20)
def calls_of(pid, wanted):
    # Lets the process itself make system calls (x86-64): ptrace(2) puts them in place of the one it waits in.
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    GETREGS, SETREGS, STEP, ATTACH, DETACH = 12, 13, 9, 16, 17
    RAX, RDX, RSI, RDI, ORIG_RAX, RIP, R10 = 10, 12, 13, 14, 15, 16, 7
    def trace(request, data=None):
        if libc.ptrace(request, pid, None, data) < 0: raise OSError(ctypes.get_errno(), 'ptrace')
    trace(ATTACH)
    os.waitpid(pid, 0)
    before = (ctypes.c_ulong * 27)()
    trace(GETREGS, before)
    results = {}
    for name, number, arguments in wanted:
        regs = (ctypes.c_ulong * 27)(*before)
        # The instruction pointer is behind the instruction that made the call.
        regs[RIP], regs[RAX], regs[ORIG_RAX] = before[RIP] - 2, number, ctypes.c_ulong(-1).value
        for register, value in zip((RDI, RSI, RDX, R10), arguments): regs[register] = ctypes.c_ulong(value).value
        trace(SETREGS, regs)
        trace(STEP)
        os.waitpid(pid, 0)
        trace(GETREGS, regs)
        results[name] = ctypes.c_long(regs[RAX]).value
    regs = (ctypes.c_ulong * 27)(*before)
    regs[RIP], regs[RAX], regs[ORIG_RAX] = before[RIP] - 2, before[ORIG_RAX], ctypes.c_ulong(-1).value
    trace(SETREGS, regs)
    trace(DETACH)
    return results

if os.uname().machine == 'x86_64' and os.getuid() == 0:
    channel, child = start()
    reply(channel)
    wait_for = time.time() + 20
    while open('/proc/%d/wchan' % child.pid).read() == '0' and time.time() < wait_for: time.sleep(0.01)
    out['calls'] = calls_of(child.pid, [
        ('getpid', 39, ()),
        ('socket(AF_NETLINK)', 41, (16, 3, 0)),
        ('socket(AF_INET)', 41, (2, 1, 0)),
        ('openat, to read', 257, (-100, 0, 0)),
        ('openat, to write', 257, (-100, 0, 1)),
        ('openat, to create', 257, (-100, 0, 0o100)),
        ('execve', 59, (0, 0, 0)),
        ('fork', 57, ()),
        ('clone, a process', 56, (17, 0, 0, 0)),
        ('clone3', 435, (0, 0)),
        ('ptrace', 101, (0, 0, 0, 0)),
        ('kill', 62, (1, 0)),
        ('unshare', 272, (0x40000000,)),
        ('setns, another', 308, (-1, 0x04000000)),
        ('setns, a network namespace', 308, (-1, 0x40000000)),
        ('mount', 165, (0, 0, 0, 0)),
        ('bpf', 321, (0, 0, 0)),
        ('init_module', 175, (0, 0, 0)),
        ('setuid', 105, (0,)),
        ('unlink', 87, (0,)),
        ('mmap, to execute', 9, (0, 4096, 7, 0x22)),
        ('ioctl, a terminal', 16, (0, 0x5401, 0)),
        ('x32 getpid', 0x40000000 + 39, ()),
    ])
    out['pid'] = child.pid
    out['after'] = ask(channel, request(OPEN, protocol=0))
    channel.close()
    child.wait(20)
out['known'] = {'NET_ADMIN': 12, 'NET_RAW': 13, 'SYS_ADMIN': 21, 'AUDIT_READ': 37, 'NET_BROADCAST': 11}
print(json.dumps(out))
`;

function missing(): string | undefined {
  if (!existsSync(HELPER)) return 'skipped: the helper is not built';
  return spawnSync('python3', ['-c', 'import socket; socket.send_fds']).status === 0
    ? undefined
    : 'skipped: no python3 that passes descriptors';
}
const reason = missing();
if (reason !== undefined) console.warn(reason);

const EPERM = 1;
const ENOENT = 2;
const EBADMSG = 74;
const EMSGSIZE = 90;
const EBADF = 9;
const EFAULT = 14;
const ENOSYS = 38;

describe.skipIf(reason !== undefined)('the helper, by a client that is not ours', () => {
  const { stdout, stderr } =
    reason === undefined
      ? spawnSync('python3', ['-c', CLIENT, HELPER], { encoding: 'utf8' })
      : { stdout: '', stderr: '' };
  const out = stdout === '' ? null : JSON.parse(stdout);

  it('keeps the capabilities it needs and no other, and can gain none', () => {
    expect(stderr).toBe('');
    const allowed = Object.values<number>(out.known).reduce((bits, bit) => bits | (1n << BigInt(bit)), 0n);
    const of = (set: string) => BigInt(`0x${out.status[set]}`);
    expect(of('CapEff') & ~allowed).toBe(0n);
    expect(of('CapPrm')).toBe(of('CapEff'));
    expect([of('CapInh'), of('CapAmb')]).toEqual([0n, 0n]);
    expect(out.status.NoNewPrivs).toBe('1');
    // SECCOMP_MODE_FILTER
    expect(out.status.Seccomp).toBe('2');
    expect(out.cwd).toBe('/');
    expect(out.greeting).toMatchObject({ code: 0, version: 1 });
    expect(BigInt(out.greeting.capabilities)).toBe(of('CapEff'));
    if (process.getuid?.() === 0) expect(of('CapEff')).toBe(allowed);
  });

  it.each([
    ['a message that is too short', EBADMSG, 'policy: message too short'],
    ['a size that is not true', EBADMSG, 'policy: wrong size'],
    ['a message that is too long', EMSGSIZE, 'recvmsg'],
    ['no such call', EPERM, 'policy: unknown call'],
    ['a protocol that is not served', EPERM, 'policy: protocol not served'],
    ['a buffer that is too large', EPERM, 'policy: receive buffer too large'],
    ['a file for a namespace', EPERM, 'policy: not a network namespace'],
    ['another namespace', EPERM, 'policy: not a network namespace'],
    ['a tap in a file', EPERM, 'policy: not a network namespace'],
    ['a group without a socket', EPERM, 'policy: not a netlink socket'],
    ['a group for another socket', EPERM, 'policy: not a netlink socket'],
    ['a datagram by another socket', EPERM, 'policy: not a netlink socket'],
    ['a tap that is not there', ENOENT, 'policy: no such tap'],
  ])('refuses %s and goes on', (what, code, call) => {
    expect(out.answers[what]).toMatchObject({ code, call, fds: [] });
  });

  it('serves what its policy names after all that, and ends with its client', () => {
    expect(out.answers['a socket']).toMatchObject({ code: 0, call: '' });
    expect(out.opened).toBe(true);
    expect(out.answers['a group'].code).toBe(0);
    expect(out.exit).toBe(0);
  });

  it.skipIf(process.getuid?.() !== 0 || process.arch !== 'x64')(
    'can make no system call that its work does not need',
    () => {
      const { 'socket(AF_NETLINK)': socket, ...others } = out.calls;
      expect(socket).toBeGreaterThan(2);
      expect(others).toEqual({
        getpid: out.pid,
        'openat, to read': -EFAULT,
        'setns, a network namespace': -EBADF,
        clone3: -ENOSYS,
        ...Object.fromEntries(
          [
            'socket(AF_INET)',
            'openat, to write',
            'openat, to create',
            'execve',
            'fork',
            'clone, a process',
            'ptrace',
            'kill',
            'unshare',
            'setns, another',
            'mount',
            'bpf',
            'init_module',
            'setuid',
            'unlink',
            'mmap, to execute',
            'ioctl, a terminal',
            'x32 getpid',
          ].map((call) => [call, -EPERM]),
        ),
      });
      expect(out.after).toMatchObject({ code: 0, call: '' });
    },
  );

  it.skipIf(process.getuid?.() !== 0)('does not serve another user', () => {
    expect(out.stranger).toMatchObject({ code: EPERM, call: 'policy: the client belongs to another user' });
    expect(out.strangerExit).toBe(1);
  });
});

const CROSS = 'aarch64-linux-gnu-g++';
const crosses = spawnSync(CROSS, ['--version']).status === 0;
if (!crosses) console.warn(`skipped: ${CROSS} is not installed, so that the helper's calls are not compiled for arm64`);

describe.skipIf(!crosses)('on arm64', () => {
  it('the calls that the helper may make have numbers, and are restricted', () => {
    const source = fileURLToPath(new URL('./helper/system_calls.cc', import.meta.url));
    const compile = (...args: string[]) =>
      spawnSync(CROSS, ['-std=c++17', '-Wall', '-Wextra', '-Werror', ...args, source], { encoding: 'utf8' });
    const { status, stderr } = compile('-fsyntax-only');
    expect([status, stderr]).toEqual([0, '']);
    const [, architecture] = /kArchitecture = (.*);/.exec(compile('-E', '-P').stdout) ?? [];
    // EM_AARCH64 of linux/elf-em.h, and not the 0 of a processor whose calls are not known.
    expect(architecture).toContain('183');
  });
});
