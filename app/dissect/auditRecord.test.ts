import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldNode, FieldValue, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector, toHex } from './index.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const genl = newFamilies();
const context = bareContext(genl);
const scope = { library, genl, littleEndian: true };

const EVENT = {
  protocol: 9,
  direction: 'notify',
  group: 1,
  nsid: null,
  sourcePortid: 0,
  destPortid: null,
  littleEndian: true,
} as const;

/** A record as the kernel sends it; `daemon`: to the daemon, with the header left out of nlmsg_len. */
function record(type: number, text: string, daemon = false): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const message = new Uint8Array(16 + bytes.length);
  const view = new DataView(message.buffer);
  view.setUint32(0, daemon ? bytes.length : message.length, true);
  view.setUint16(4, type, true);
  message.set(bytes, 16);
  return message;
}

function read(bytes: Uint8Array) {
  const { tree, notes, summary } = dissector.dissect(bytes, EVENT, context);
  const values = dissector.values(bytes, EVENT, context);
  expect(toHex(encodeMessage(JSON.parse(JSON.stringify(values)), scope).bytes)).toBe(toHex(bytes));
  return { tree, notes, line: `${summary.type} ${summary.info.join('')}`, values };
}

function text(tree: readonly FieldNode[], name: string): string | undefined {
  return tree.find((node) => node.name === name)?.text;
}

/** name=value pairs of a printed record; values may hold blanks. */
function pairs(line: string): Map<string, string> {
  const found = line.matchAll(/(?:^|[ '])([a-z][\w-]*)=(.*?)(?= [a-z][\w-]*=|$)/g);
  return new Map([...found].map(([, name, value]) => [name, value.trim()]));
}

describe('records of a live kernel', () => {
  // `ausearch -i` of audit 3.0.9 for the same records, in UTC.
  const folder = new URL('../../e2e/captures/', import.meta.url);
  const theirs = readFileSync(new URL('audit-events.ausearch', folder), 'utf8').trim().split('\n');
  const messages = readCorpus('audit-events');

  /** What ausearch reads by the machine's names of users and groups, by what a call's arguments are, or in part. */
  const same = (name: string, want: string, got: string): boolean =>
    want === got ||
    (/[ug]id$/.test(name) && /^\d+$/.test(got) && !/^\d+$/.test(want)) ||
    (/^a[0-3]$/.test(name) && !want.startsWith('0x')) ||
    (name === 'key' && got.split(', ').includes(want)) ||
    (name === 'msg' && want.startsWith("'")) ||
    `${got}'` === want;

  it('read as ausearch -i reads them', () => {
    const wrong: string[] = [];
    let compared = 0;
    const open = new Map<string, string[]>();
    for (const line of theirs) {
      const match = /^type=(\S+) msg=audit\(.*?:(\d+)\) : (.*)$/.exec(line)!;
      const key = `AUDIT_${match[1]} ${match[2]}`;
      open.set(key, [...(open.get(key) ?? []), match[3]]);
    }
    for (const { bytes } of messages) {
      const { summary, tree } = dissector.dissect(bytes, EVENT, context);
      const [event, ...rest] = tree.slice(1);
      const serial = event.children[1].text;
      const candidates = (open.get(`${summary.type} ${serial}`) ?? []).map(pairs);
      const item = rest.find((node) => node.name === 'item')?.text;
      const want = candidates.find((one) => one.get('item') === item) ?? new Map();
      const got = pairs(summary.info.join('').replace(/^audit\(.*?\): ?/, ''));
      expect([...got.keys()].filter((name) => name !== 'text').length).toBeGreaterThanOrEqual(want.size - 1);
      for (const [name, value] of want) {
        compared++;
        if (!same(name, value, got.get(name) ?? '')) wrong.push(`${summary.type} ${name}: ${value} / ${got.get(name)}`);
      }
    }
    expect(compared).toBeGreaterThan(300);
    expect(wrong).toEqual([]);
  });

  it('offer their values to filters', () => {
    const names = messages.flatMap(({ bytes }) =>
      dissector.dissect(bytes, EVENT, context).tree.flatMap((node) => node.filter ?? []),
    );
    expect(new Set(names)).toEqual(new Set(names.filter((name) => name.startsWith('audit.'))));
    expect(names).toContain('audit.comm');
  });
});

describe('audit records', () => {
  it('show what the kernel distrusts as text, and write it back the same way', () => {
    const { tree, values } = read(
      record(1309, 'audit(1364481363.243:24287): argc=3 a0="ls" a1=2D6C2061 a2="10"', true),
    );
    expect(text(tree, 'a1')).toBe('-l a');
    expect((values as MessageValue).header).toEqual({ time: '1364481363.243', serial: 24287 });
    expect((values as MessageValue).attributes.slice(1)).toEqual([
      { name: 'a0', value: 'ls' },
      { name: 'a1', value: '-l a' },
      { name: 'a2', value: '10' },
    ]);
  });

  it('do not take the numbers of a system call for text', () => {
    const { tree } = read(record(1300, 'audit(1.000:1): arch=c00000b7 syscall=56 success=no exit=-13 a0=10 a1=4142'));
    expect(['arch', 'syscall', 'exit', 'a0', 'a1'].map((name) => text(tree, name))).toEqual([
      'aarch64 (c00000b7)',
      'openat (56)',
      'EACCES(Permission denied) (-13)',
      '0x10',
      '0x4142',
    ]);
  });

  it('to the daemon leave their header out of nlmsg_len, which is no mistake', () => {
    const { notes, values } = read(record(1307, 'audit(1.000:1): cwd="/root"', true));
    expect(notes).toEqual([]);
    expect((values as MessageValue).length).toBe('audit(1.000:1): cwd="/root"'.length);
  });

  it('of programs hold records in quotes', () => {
    const inner = `op=PAM:authentication acct="root" exe="/usr/bin/su" terminal=/dev/pts/1 res=failed`;
    const { tree, notes } = read(record(1100, `audit(1.000:2): pid=5 uid=0 auid=4294967295 ses=1 msg='${inner}'\0`));
    const msg = tree.find((node) => node.name === 'msg');
    expect(msg?.children.map((node) => node.name)).toEqual(['op', 'acct', 'exe', 'terminal', 'res']);
    expect(text(tree, 'auid')).toBe('unset (4294967295)');
    expect(notes.map((note) => note.code)).toEqual(['failed']);
  });

  it('of SELinux: words between the pairs, and a warning', () => {
    const denied = 'avc:  denied  { read write } for  pid=7 comm="httpd" path=2F612062 tclass=file permissive=0';
    const { tree, notes } = read(record(1400, `audit(1.000:3): ${denied}`));
    expect(text(tree, 'text')).toBe('avc:  denied  { read write } for ');
    expect(text(tree, 'path')).toBe('/a b');
    expect(notes.map((note) => note.code)).toEqual(['denied']);
  });

  it('name socket addresses', () => {
    const shown = (saddr: string): string | undefined =>
      text(read(record(1306, `audit(1.000:4): saddr=${saddr}`)).tree, 'saddr')?.replace(/ \(.*/, '');
    expect(shown('01002F6465762F6C6F6700')).toBe('{ saddr_fam=local path=/dev/log }');
    expect(shown('0A000035000000000000000000000000000000000000000100000000')).toBe(
      '{ saddr_fam=inet6 laddr=::1 lport=53 }',
    );
  });

  it.each([
    'audit(1.000:5): ',
    '',
    '  x=1  y=2 ',
    'a=1\tb=2\n',
    'msg=\'a=1 b="x y"  c\' d="unclosed',
    'comm="quoted by mistake" exe=(null) key=GG name=00',
    'audit(1.000:6): proctitle=C3A900FF comm=\u00e9\u00e8',
    '=x a= b== {c}',
  ])('whatever stands in them: %j', (body) => {
    read(record(1300, body));
  });
});

describe('audit rules', () => {
  function rule(header: MessageValue['header']): string {
    const value: MessageValue = {
      protocol: 'NETLINK_AUDIT',
      type: 'AUDIT_ADD_RULE',
      flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
      seq: 1,
      portid: 0,
      header,
      attributes: [],
    };
    const { bytes, problems } = encodeMessage(value, scope);
    expect(problems).toEqual([]);
    return read(bytes).line;
  }

  it('of a capture read as auditctl -l prints them', () => {
    const lines = readCorpus('raw-audit-a').map(({ bytes, envelope }) => {
      const { type, info } = dissector.summarize(bytes, envelope, context);
      return `${type} ${info.join('')}`;
    });
    const listed = lines.filter((line) => line.startsWith('AUDIT_LIST_RULES -'));
    expect(listed.slice(0, 2)).toEqual([
      'AUDIT_LIST_RULES -w /etc/passwd -p wa -k pw',
      'AUDIT_LIST_RULES -a always,exit -F arch=b64 -S unlink,openat -F auid=0 -F success=0 -F key=t',
    ]);
  });

  it('are written from lists of fields', () => {
    const fields: FieldValue[] = [
      { field: 'AUDIT_ARCH', value: 0x40000003 },
      { field: 'AUDIT_LOGINUID', op: 'AUDIT_NOT_EQUAL', value: 0xffffffff },
      { field: 'AUDIT_FIELD_COMPARE', op: 'AUDIT_NOT_EQUAL', value: 12 },
      { field: 'AUDIT_EXE', value: '/bin/true' },
    ];
    const flags = ['AUDIT_FILTER_EXIT', 'AUDIT_FILTER_PREPEND'];
    expect(rule({ flags, action: 'AUDIT_NEVER', mask: [5, '10-12'], fields })).toBe(
      'AUDIT_ADD_RULE -A never,exit -F arch=b32 -S open,10-12 -F auid!=unset -C uid!=fsuid -F exe=/bin/true',
    );
  });

  it('say what cannot be written', () => {
    const value: MessageValue = {
      protocol: 'NETLINK_AUDIT',
      type: 'AUDIT_ADD_RULE',
      flags: [],
      seq: 0,
      portid: 0,
      header: { flags: ['AUDIT_FILTER_NOWHERE'], action: 'AUDIT_ALWAYS', mask: [5000], fields: [{ field: 'PID' }] },
      attributes: [],
    };
    expect(encodeMessage(value, scope).problems.map((problem) => problem.path.join('.'))).toEqual([
      'header.flags.0',
      'header.mask.0',
    ]);
  });

  it('cut short or too long are noted, not thrown', () => {
    const short = record(1011, 'x'.repeat(100));
    expect(dissector.notes(short, EVENT, context).map((note) => note.code)).toEqual(['malformed']);
    const long = new Uint8Array(16 + 1040);
    const view = new DataView(long.buffer);
    view.setUint32(0, long.length, true);
    view.setUint16(4, 1011, true);
    view.setUint32(16 + 8, 1000, true);
    view.setUint32(16 + 268, 210, true);
    view.setUint32(16 + 524, 0xffffffff, true);
    expect(dissector.notes(long, EVENT, context).map((note) => note.code)).toEqual(['malformed', 'malformed']);
  });
});

describe('other audit messages', () => {
  it('two places that are watched alike', () => {
    const header = { old: '/srv', new: '/mnt/srv' };
    const { bytes } = encodeMessage(
      { protocol: 'AUDIT', type: 'AUDIT_MAKE_EQUIV', flags: [], seq: 0, portid: 0, header, attributes: [] },
      scope,
    );
    expect(toHex(bytes.subarray(16))).toBe(`04000000080000002f7372762f6d6e742f737276`);
    expect(read(bytes).line).toBe('AUDIT_MAKE_EQUIV -q /srv,/mnt/srv');
  });
});
