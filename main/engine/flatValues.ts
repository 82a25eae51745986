import type { AttributeValue, MessageValue } from '../../app/contracts/index.ts';
import type { FieldValue } from '../../app/contracts/message.ts';
import { thereIs } from '../../app/filter/index.ts';
import type { AttrDef, AttrSpace, OperationDef, StructDef } from '../../app/specs/index.ts';

type JsonObject = { readonly [key: string]: unknown };

/** A name that neither the fixed header nor the attribute set of its place knows. */
export class UnknownNameError extends Error {}

const MODEL_KEYS: ReadonlySet<string> = new Set([
  'protocol',
  'genlFamily',
  'type',
  'flags',
  'seq',
  'portid',
  'length',
  'genl',
  'header',
  'attributes',
  'payload',
  'tail',
]);

/**
 * Fills an operation's template from JSON. Keys of MessageValue (flags, header, attributes, …) replace the template's;
 * any other key is a member of the fixed header or an attribute, by uapi constant or by the spec's name, nests as
 * objects: {"ifi_index": 7, "IFLA_IFNAME": "veth0", "linkinfo": {"kind": "veth"}}.
 * Throws UnknownNameError. What is wrong with the values themselves, encoding tells.
 */
export function fillTemplate(template: MessageValue, operation: OperationDef, json: JsonObject): MessageValue {
  const { header, space } = operation.message;
  const model = Object.fromEntries(Object.entries(json).filter(([key]) => MODEL_KEYS.has(key)));
  const value: MessageValue = { ...template, ...model };
  if ('header' in model) value.header = { ...template.header, ...value.header };
  const attributes: { [key: string]: unknown } = {};
  for (const [key, given] of Object.entries(json)) {
    if (MODEL_KEYS.has(key)) continue;
    const member = memberOf(header, key);
    if (member !== undefined) value.header = { ...value.header, [member]: given as FieldValue };
    else attributes[key] = given;
  }
  value.attributes = replacing(value.attributes, attributesOf(space, attributes, header));
  return value;
}

/** Attributes in place of those of the same names, and the others after them. */
function replacing(before: readonly AttributeValue[], given: readonly AttributeValue[]): AttributeValue[] {
  const names = new Set(before.flatMap(({ name }) => name ?? []));
  return [
    ...before.flatMap((attribute) => {
      const others = given.filter(({ name }) => name !== undefined && name === attribute.name);
      return others.length > 0 ? others : [attribute];
    }),
    ...given.filter(({ name }) => name === undefined || !names.has(name)),
  ];
}

function memberOf(struct: StructDef | null, key: string): string | undefined {
  return struct?.members.find(({ name, specName }) => name === key || specName === key)?.name;
}

/** Attributes from an object, in its order; values that are lists repeat an attribute that may occur more than once. */
function attributesOf(space: AttrSpace | null, json: JsonObject, header: StructDef | null = null): AttributeValue[] {
  return Object.entries(json).flatMap(([key, given]) => {
    const def = space?.byName.get(key);
    if (def === undefined) throw new UnknownNameError(unknownName(space, key, header));
    const repeats = def.multi && Array.isArray(given) && def.layout !== 'array';
    return repeats ? given.map((item) => attributeOf(def, item, json)) : [attributeOf(def, given, json)];
  });
}

function unknownName(space: AttrSpace | null, key: string, header: StructDef | null): string {
  const names = [...(space?.byName.keys() ?? []), ...(header?.byName.keys() ?? [])];
  return `no field "${key}"${space === null ? '' : ` in ${space.id}`}${thereIs(key, names)}`;
}

function attributeOf(def: AttrDef, given: unknown, siblings: JsonObject): AttributeValue {
  if (isObject(given) && ('hex' in given || 'attributes' in given)) return { name: def.name, ...given };
  if (def.layout === 'indexed-array' && Array.isArray(given)) {
    return { name: def.name, attributes: given.map((item, index) => itemOf(def, item, index + 1)) };
  }
  if (!isObject(given)) return { name: def.name, value: given as FieldValue };
  switch (def.layout) {
    case 'nest':
      return { name: def.name, attributes: attributesOf(def.space, given) };
    case 'message':
      return headed(def.name, def.header, def.space, given);
    case 'sub-message': {
      const format = def.formats?.get(selected(def, siblings));
      return headed(def.name, format?.header ?? null, format?.space ?? null, given);
    }
    default:
      return { name: def.name, value: given as FieldValue };
  }
}

function itemOf(def: AttrDef, given: unknown, type: number): AttributeValue {
  if (isObject(given)) return { type, attributes: attributesOf(def.space, given) };
  return { type, value: given as FieldValue };
}

function headed(name: string, header: StructDef | null, space: AttrSpace | null, json: JsonObject): AttributeValue {
  const members: { [member: string]: FieldValue } = {};
  const rest: { [key: string]: unknown } = {};
  for (const [key, given] of Object.entries(json)) {
    const member = memberOf(header, key);
    if (member !== undefined) members[member] = given as FieldValue;
    else rest[key] = given;
  }
  const attributes = attributesOf(space, rest, header);
  return header === null ? { name, attributes } : { name, value: members, attributes };
}

/** The value of the sibling that chooses a sub-message's format. */
function selected(def: AttrDef, siblings: JsonObject): string {
  for (const selector of def.selectors) {
    for (const [key, value] of Object.entries(siblings)) {
      const short = key.toLowerCase().replaceAll('_', '-');
      if ((key === selector || short === selector || short.endsWith(`-${selector}`)) && typeof value === 'string') {
        return value;
      }
    }
  }
  return '';
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
