import { describe, expect, it } from 'vitest';
import { type AttrSpace, builtinLibrary, type CompiledSpec, type MessageDef, type StructDef } from '../specs/index.ts';
import { bareContext } from './dissector.ts';
import { InfoWriter } from './infoWriter.ts';
import { decodeMessage } from './message.ts';
import { PlacedTemplate } from './render.ts';
import { parseTemplate, templateOf, templatePaths } from './template.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

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
    if (defs.some((d) => d.bits.length > 0)) return '';
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
  if (member === undefined || rest.length === 0) return member !== undefined;
  if (rest.length === 1 && member.bits.some(({ def }) => def.name === rest[0])) return true;
  const cases = [...(member.variant?.cases.values() ?? [])].map(({ def }) => def.struct);
  return [member.struct, ...cases].some((inner) => isMember(inner, rest));
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
      const messages = [...spec.requests.values(), ...spec.replies.values(), ...spec.events.values()].filter(
        (m) => m.name === name,
      );
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

describe('PlacedTemplate', () => {
  const context = bareContext(newFamilies());
  const fieldsOf = (file: 'conntrack-a' | 'nft-a', index: number) => {
    const { bytes, envelope } = readCorpus(file)[index];
    return decodeMessage(library, bytes, envelope, context).fields;
  };
  const established = fieldsOf('conntrack-a', 33);
  const rule = fieldsOf('nft-a', 64);

  function render(text: string, fields = established): string {
    const out = new InfoWriter();
    new PlacedTemplate(parseTemplate(text), { header: null, space: null, ownHeader: null }).render(fields, out);
    return out.finish().join('');
  }

  it('tests flags', () => {
    expect(render('{CTA_STATUS~IPS_ASSURED?assured}')).toBe('assured');
    expect(render('{CTA_STATUS!~IPS_ASSURED?open}')).toBe('');
    expect(render('{CTA_STATUS!~IPS_DYING?alive}')).toBe('alive');
    expect(render('[of {CTA_STATUS~IPS_DYING?death}] id')).toBe('id');
  });

  it('compares two values', () => {
    const [source, port] = [
      'CTA_TUPLE_ORIG.CTA_TUPLE_IP.CTA_IP_V4_SRC',
      'CTA_TUPLE_ORIG.CTA_TUPLE_PROTO.CTA_PROTO_SRC_PORT',
    ];
    const back = 'CTA_TUPLE_REPLY.CTA_TUPLE_IP.CTA_IP_V4_DST';
    const portBack = 'CTA_TUPLE_REPLY.CTA_TUPLE_PROTO.CTA_PROTO_SRC_PORT';
    expect(render(`{${source}=@${back}?as it was} {${source}!=@${back}?translated}`)).toBe('as it was');
    expect(render(`{${port}=@${portBack}?one} {${port}!=@${portBack}?other {${port}}}`)).toBe('other 51914');
    expect(render(`{${source}=@CTA_ZONE?equal} {${source}!=@CTA_ZONE?other} id`)).toBe('id');
  });

  it('shows what it does not name', () => {
    expect(render('status {CTA_STATUS:num} {*}')).toMatch(/^status \d+ tuple-orig tcp 127\.0\.0\.1 .* timeout 432000$/);
    expect(render('{CTA_TUPLE_ORIG.CTA_TUPLE_IP.CTA_IP_V4_SRC} {*}')).not.toContain('tuple-orig');
  });

  it('drops groups without their value, and the blanks around them', () => {
    expect(render('id [zone {CTA_ZONE}] [of {CTA_HELP.CTA_HELP_NAME*}] [{CTA_ZONE|CTA_STATUS:num}] end')).toBe(
      `id ${render('{CTA_STATUS:num}')} end`,
    );
    expect(render('[first {CTA_STATUS:num} then {CTA_ZONE}]id [[zone {CTA_ZONE}] end]')).toBe('id end');
    expect(render('[{CTA_TUPLE_REPLY.[].nothing*}]id')).toBe('id');
  });

  it.each(['conntrack-a', 'nft-a'] as const)('says the same of messages of %s when it is made for them', (file) => {
    let lines = 0;
    for (const { bytes, envelope } of readCorpus(file)) {
      const { fields, message } = decodeMessage(library, bytes, envelope, context);
      const forms = message?.spec.summaries.get(message.name);
      if (message === undefined || forms === undefined) continue;
      for (const text of new Set(Object.values(forms))) {
        const out = new InfoWriter();
        new PlacedTemplate(templateOf(text), message).render(fields, out);
        expect(out.finish().join(''), text).toBe(render(text, fields));
        lines++;
      }
    }
    expect(lines).toBeGreaterThan(20);
  });

  it('has names in every form', () => {
    const state = 'CTA_PROTOINFO.CTA_PROTOINFO_TCP.CTA_PROTOINFO_TCP_STATE';
    expect(render(`{${state}} {${state}:short} {${state}:lower} {${state}:num}`)).toBe(
      'TCP_CONNTRACK_ESTABLISHED ESTABLISHED established 3',
    );
  });

  it('describes nests by the template of their set, else by their first values', () => {
    expect(render('{CTA_TUPLE_REPLY}')).toBe('tcp 127.0.0.1 to 127.0.0.1 port 5555 to 51914');
    expect(render('{CTA_TUPLE_REPLY.CTA_TUPLE_PROTO}')).toBe('IPPROTO_TCP, 5555, 51914');
    expect(render('{NFTA_RULE_EXPRESSIONS.NFTA_LIST_ELEM.NFTA_EXPR_NAME*}', rule)).toBe(
      'meta, cmp, payload, cmp, limit, log, immediate',
    );
    expect(render('{NFTA_RULE_EXPRESSIONS.NFTA_LIST_ELEM*}', rule)).toMatch(/^meta reg_1 = nfproto, cmp reg_1 eq 02, /);
  });

  it('shows the first of many occurrences and counts the rest', () => {
    const [field] = rule.filter((f) => f.name === 'NFTA_RULE_TABLE');
    const many = render('{NFTA_RULE_TABLE*}', Array(40).fill(field));
    expect(many).toBe(`${Array(16).fill('filter').join(', ')}, … 24 more`);
  });
});
