import { describe, expect, it } from 'vitest';
import { type AttrSpace, builtinLibrary, type CompiledSpec, type MessageDef, type StructDef } from '../specs/index.ts';
import { InfoWriter, parseTemplate, templatePaths } from './template.ts';

const library = builtinLibrary();

/** Where a path's names stop meaning something in a message; '' when all of them do. */
function brokenAt(message: MessageDef, path: string): string {
  const [first, ...rest] = path.split('.');
  if (first === 'request') {
    const requests = [...message.spec.requests.values()];
    return requests.some((request) => brokenAt(request, rest.join('.')) === '') ? '' : rest.join('.');
  }
  if (isMember(message.header, [first, ...rest])) return '';
  if (path.startsWith('nlmsg_')) return '';
  let spaces: AttrSpace[] = message.space === null ? [] : [message.space];
  for (const name of [first, ...rest]) {
    if (name === '[]') continue;
    const defs = spaces.flatMap((s) => s.byName.get(name) ?? []);
    const members = spaces.length === 0 || defs.length > 0 ? [] : headerMembers(message.spec, name);
    if (defs.length === 0 && members.length === 0) return name;
    spaces = defs.flatMap((d) => [
      ...(d.space === null ? [] : [d.space]),
      ...[...(d.switch?.cases.values() ?? [])],
      ...[...(d.formats?.values() ?? [])].flatMap((f) => (f.space === null ? [] : [f.space])),
    ]);
    if (defs.some((d) => d.struct !== null || d.header !== null || d.element !== null || d.formats !== null)) return '';
  }
  return '';
}

function isMember(struct: StructDef | null, [first, ...rest]: readonly string[]): boolean {
  const member = struct?.byName.get(first);
  return member !== undefined && (rest.length === 0 || isMember(member.struct, rest));
}

function headerMembers(spec: CompiledSpec, name: string): string[] {
  return [...spec.structs.values()].flatMap((s) => (s.byName.has(name) ? [s.name] : []));
}

describe('summary templates', () => {
  const all = [...library.specs()].flatMap((spec) =>
    [...spec.summaries].flatMap(([message, forms]) =>
      [...new Set(Object.values(forms))].filter((t) => t !== '').map((text) => ({ spec, message, text })),
    ),
  );

  it.each(all.map(({ spec, message, text }) => [`${spec.name} ${message}`, spec, message, text] as const))(
    '%s names what the message has',
    (_title, spec, name, text) => {
      const template = parseTemplate(text);
      expect(template.problem).toBe('');
      // As request and as reply a message may have different attributes.
      const messages = [...spec.requests.values(), ...spec.replies.values()].filter((m) => m.name === name);
      expect(templatePaths(template).filter((p) => messages.every((m) => brokenAt(m, p) !== ''))).toEqual([]);
    },
  );
});

describe('parseTemplate', () => {
  it.each([
    ['{a', 'missing "}"'],
    ['[a', 'missing "]"'],
    ['{a:loud}', 'unknown form "loud"'],
  ])('says what is wrong with %s', (text, problem) => {
    expect(parseTemplate(text).problem).toBe(problem);
  });
});

describe('InfoWriter', () => {
  it('alternates descriptive and value text and trims blanks', () => {
    const out = new InfoWriter();
    out.muted(' dev ');
    out.strong('eth0');
    out.muted('  mtu ');
    out.strong('1500');
    out.muted('  ');
    expect(out.finish()).toEqual(['dev ', 'eth0', ' mtu ', '1500']);
    expect(new InfoWriter().finish()).toEqual(['']);
  });
});
