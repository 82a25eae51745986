import { describe, expect, it } from 'vitest';
import { parseTemplate, templatePaths } from '../dissect/template.ts';
import { builtinLibrary } from './builtin.ts';
import { compileSpec, joinedTemplate } from './compile.ts';
import { ownerOf } from './library.ts';
import type { AttrSpace, CompiledSpec } from './tables.ts';
import type { StartValue, StartView, ViewDocument, YnlDocument } from './ynl.ts';

const specs = import.meta.glob<YnlDocument>(['./*.yaml', '!./*.view.yaml'], { eager: true, import: 'default' });
const views = import.meta.glob<ViewDocument>('./*.view.yaml', { eager: true, import: 'default' });
const library = builtinLibrary();

/** Every name a sidecar uses must be one its spec knows: a misspelt one would silently present nothing. */
describe.each(Object.entries(views))('%s', (path, view) => {
  const document = specs[path.replace('.view.yaml', '.yaml')];
  const spec = compileSpec(document, view, (id) => library.space(id));
  const names = namesOf(spec);

  it('belongs to the spec beside it', () => {
    expect(view.spec).toBe(document.name);
  });

  it('says which other specs it names', () => {
    const named = Object.values(view.attributes ?? {}).flatMap(({ message, sameAs }) => [message?.set, sameAs]);
    const others = named.filter((id) => id?.includes('/')).map((id) => ownerOf(id!));
    expect(new Set(view.uses)).toEqual(new Set(others));
  });

  it('names what the spec has', () => {
    const unknown = [
      ...Object.keys({ ...view.sets, ...view.texts, ...view.strings }).filter((set) => !spec.spaces.has(set)),
      ...Object.keys(view.attributes ?? {}).filter((attribute) => !names.attributes.has(attribute)),
      ...Object.keys(view.members ?? {}).filter((member) => !names.members.has(member)),
      ...(view.hide ?? []).filter((attribute) => !names.attributes.has(attribute)),
      ...Object.keys(view.summaries ?? {}).filter((message) => !names.messages.has(message)),
      ...Object.keys(view.starts ?? {}).filter((message) => !names.messages.has(message.replace(/\.dump$/, ''))),
      ...Object.values(view.starts ?? {})
        .flatMap(startNames)
        .filter((member) => member !== 'nlmsg_flags' && !names.inTemplates.has(member)),
      ...Object.keys(view.spelling ?? {}).filter((constant) => !names.constants.has(constant)),
    ];
    expect(unknown).toEqual([]);
  });

  it('has templates that can be filled in', () => {
    const wrong = templatesOf(view).flatMap(([message, text]) => {
      const template = parseTemplate(text);
      const unknown = templatePaths(template)
        .flatMap((place) => place.split('.'))
        .filter((step) => step !== '[]' && step !== 'request' && !names.inTemplates.has(step));
      return [...(template.problem === '' ? [] : [template.problem]), ...unknown].map((what) => `${message}: ${what}`);
    });
    expect(wrong).toEqual([]);
  });

  it('gives every message of a spec that has summaries one', () => {
    if (view.summaries === undefined) return;
    expect([...names.messages].filter((message) => view.summaries?.[message] === undefined)).toEqual([]);
  });
});

function namesOf(spec: CompiledSpec) {
  const attributes = [...spec.spaces.values()].flatMap(attributeNames);
  const borrowed = [...reachable(spec)].flatMap(attributeNames);
  const structs = [...spec.structs.values()];
  const members = structs.flatMap((struct) =>
    struct.members.map((member) => `${struct.specName.replaceAll('-', '_')}.${member.name}`),
  );
  const messages = [...spec.requests.values(), ...spec.replies.values(), ...spec.events.values()].map(
    ({ name }) => name,
  );
  const memberNames = members.map((member) => member.slice(member.indexOf('.') + 1));
  const bits = [
    ...[...spec.spaces.values()].flatMap(({ byNumber }) => [...byNumber.values()]),
    ...structs.flatMap((s) => s.members),
  ].flatMap((def) => def.bits.map(({ def: part }) => part.name));
  return {
    constants: new Set(spec.enums.flatMap(({ entries }) => entries.map(({ name }) => name))),
    attributes: new Set(attributes),
    members: new Set(members),
    messages: new Set(messages),
    inTemplates: new Set([...attributes, ...borrowed, ...memberNames, ...bits, ...structs.map(({ name }) => name)]),
  };
}

function attributeNames(space: AttrSpace): string[] {
  return [...space.byNumber.values()].map(({ name }) => name);
}

/** Every set that the attributes of a spec lead to, those of other specs included. */
function reachable(spec: CompiledSpec): Set<AttrSpace> {
  const found = new Set<AttrSpace>(spec.spaces.values());
  for (const space of found) {
    for (const { space: nested, formats } of space.byNumber.values()) {
      if (nested !== null) found.add(nested);
      for (const format of formats?.values() ?? []) if (format.space !== null) found.add(format.space);
    }
  }
  return found;
}

function templatesOf(view: ViewDocument): [string, string][] {
  const texts = Object.entries(view.texts ?? {});
  const summaries = Object.entries(view.summaries ?? {}).flatMap(([message, forms]) =>
    (typeof forms === 'string' ? [forms] : Object.values(forms)).map((text): [string, string] => [
      message,
      joinedTemplate(text) ?? '',
    ]),
  );
  return [...texts, ...summaries];
}

/** Members and attributes that a request begins with, those in nests too. */
function startNames(start: StartView): string[] {
  const isNest = (value: StartValue): value is StartView => typeof value === 'object' && !Array.isArray(value);
  return Object.entries(start).flatMap(([name, value]) => (isNest(value) ? [name, ...startNames(value)] : [name]));
}
