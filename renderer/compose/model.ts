import type { AttributeValue, FieldValue, MessageValue, StructValue } from '../../app/contracts/index.ts';

/**
 * Where something stands in a message being written: `['header', 'ifi_index']` is a member of the fixed header, `[2]`
 * the third attribute, `[2, 0]` the first attribute nested in it, `[2, 'tcp_state']` a member of its struct value, and
 * `['flags']`, `['seq']`, … the message's own properties.
 */
export type FormPath = readonly (string | number)[];

/** A path as one text, for maps and element ids. */
export function pathKey(path: FormPath): string {
  return path.join('/');
}

/** Whether `path` stands at `prefix` or below it. */
export function isWithin(path: FormPath, prefix: FormPath): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => step === path[i]);
}

/** The part of a path that leads to its attribute: the leading indices. Empty for what stands in no attribute. */
export function attributePath(path: FormPath): number[] {
  const end = path.findIndex((step) => typeof step === 'string');
  return (end < 0 ? path : path.slice(0, end)) as number[];
}

/** The attributes directly under `parent` (`[]`: those of the message). */
export function childrenAt(message: MessageValue, parent: FormPath): readonly AttributeValue[] {
  if (parent.length === 0) return message.attributes;
  return attributeAt(message, parent)?.attributes ?? [];
}

/** The attribute at a path of indices, if there is one. */
export function attributeAt(message: MessageValue, path: FormPath): AttributeValue | undefined {
  let list: readonly AttributeValue[] | undefined = message.attributes;
  let found: AttributeValue | undefined;
  for (const step of path) {
    if (typeof step !== 'number') return undefined;
    found = list?.[step];
    list = found?.attributes;
  }
  return found;
}

/** The value at a path: of a header member, an attribute, or a member of an attribute's struct. */
export function valueAt(message: MessageValue, path: FormPath): FieldValue | undefined {
  if (path[0] === 'header') return memberAt(message.header, path.slice(1));
  const owner = attributePath(path);
  const attribute = attributeAt(message, owner);
  return memberAt(attribute?.value, path.slice(owner.length));
}

/**
 * Sets the value at a path that `valueAt` reads. Structs on the way are made where they are missing; an attribute's raw
 * bytes, and lengths or padding kept from a captured message, give way to the new value.
 */
export function setValue(message: MessageValue, path: FormPath, value: FieldValue): MessageValue {
  if (path[0] === 'header') {
    return renewed(message, { header: withMember(message.header, path.slice(1), value) as StructValue });
  }
  const owner = attributePath(path);
  return editAttribute(message, owner, (attribute) => {
    const { hex: _hex, ...rest } = withoutLayout(attribute);
    return { ...rest, value: withMember(attribute.value, path.slice(owner.length), value) };
  });
}

/** Gives an attribute raw bytes (hex digits) in place of a value or children. */
export function setRaw(message: MessageValue, path: FormPath, hex: string): MessageValue {
  return editAttribute(message, path, (attribute) => {
    const { value: _value, attributes: _attributes, rest: _rest, ...kept } = withoutLayout(attribute);
    return { ...kept, hex };
  });
}

/** Replaces the attribute at `path` by what `change` makes of it. A path that leads nowhere changes nothing. */
export function editAttribute(
  message: MessageValue,
  path: FormPath,
  change: (attribute: AttributeValue) => AttributeValue,
): MessageValue {
  const index = path.at(-1);
  if (typeof index !== 'number') return message;
  return editList(message, path.slice(0, -1), (list) =>
    index < list.length ? list.map((attribute, i) => (i === index ? change(attribute) : attribute)) : list,
  );
}

/** Puts an attribute among the children of `parent`, at `index` or at their end. */
export function insertAttribute(
  message: MessageValue,
  parent: FormPath,
  attribute: AttributeValue,
  index = childrenAt(message, parent).length,
): MessageValue {
  return editList(message, parent, (list) => list.toSpliced(index, 0, attribute));
}

/** Removes the attribute at `path` with all that is in it. */
export function removeAttribute(message: MessageValue, path: FormPath): MessageValue {
  const index = path.at(-1);
  if (typeof index !== 'number') return message;
  return editList(message, path.slice(0, -1), (list) => (index < list.length ? list.toSpliced(index, 1) : list));
}

/** Puts a copy of the attribute at `path` right behind it. */
export function duplicateAttribute(message: MessageValue, path: FormPath): MessageValue {
  const attribute = attributeAt(message, path);
  const index = path.at(-1);
  if (attribute === undefined || typeof index !== 'number') return message;
  return insertAttribute(message, path.slice(0, -1), structuredClone(attribute), index + 1);
}

/** Moves the attribute at `path` by `by` places among its siblings, as far as there are any. */
export function moveAttribute(message: MessageValue, path: FormPath, by: number): MessageValue {
  const target = moveTarget(message, path, by);
  const index = path.at(-1);
  if (target === null || typeof index !== 'number') return message;
  return editList(message, path.slice(0, -1), (list) => list.toSpliced(index, 1).toSpliced(target, 0, list[index]!));
}

/** Index the attribute at `path` comes to stand at when moved by `by` places; null when it cannot move. */
export function moveTarget(message: MessageValue, path: FormPath, by: number): number | null {
  const index = path.at(-1);
  const count = childrenAt(message, path.slice(0, -1)).length;
  if (typeof index !== 'number' || index >= count) return null;
  const target = Math.max(0, Math.min(index + by, count - 1));
  return target === index ? null : target;
}

/** Sets or clears a flag of nlmsg_flags by name; the order of the others stays. */
export function toggleFlag(message: MessageValue, name: string): MessageValue {
  const flags = message.flags.includes(name) ? message.flags.filter((flag) => flag !== name) : [...message.flags, name];
  return { ...message, flags };
}

/** How many attributes a message has, nested ones included. */
export function countAttributes(attributes: readonly AttributeValue[]): number {
  let count = 0;
  const lists = [attributes];
  for (let list = lists.pop(); list !== undefined; list = lists.pop()) {
    count += list.length;
    for (const { attributes: nested } of list) if (nested !== undefined) lists.push(nested);
  }
  return count;
}

/** A change of the attribute list that shifts the paths behind it. */
export type Shift =
  | { readonly kind: 'insert'; readonly path: FormPath }
  | { readonly kind: 'remove'; readonly path: FormPath }
  | { readonly kind: 'move'; readonly path: FormPath; readonly to: number };

/** Where `path` leads after a shift; null when what it led to is gone. */
export function shiftPath(path: FormPath, shift: Shift): FormPath | null {
  const level = shift.path.length - 1;
  const index = shift.path[level];
  const own = path[level];
  if (typeof index !== 'number' || typeof own !== 'number' || !isWithin(path, shift.path.slice(0, -1))) return path;
  const next = shiftIndex(own, index, shift);
  return next === null ? null : path.with(level, next);
}

function shiftIndex(own: number, index: number, shift: Shift): number | null {
  if (shift.kind === 'insert') return own >= index ? own + 1 : own;
  if (shift.kind === 'remove') return own === index ? null : own > index ? own - 1 : own;
  if (own === index) return shift.to;
  if (own > index && own <= shift.to) return own - 1;
  if (own < index && own >= shift.to) return own + 1;
  return own;
}

/**
 * A problem's path as the encoder gives it, as a FormPath: the words `attributes`, `value`, `hex` and `rest` that name
 * steps of the data model are left out, a member of the fixed header always begins with `header`, and a problem with
 * one of the flags is one with the flags.
 */
export function problemPath(message: MessageValue, path: readonly (string | number)[]): FormPath {
  const steps: (string | number)[] = [];
  for (const step of path) {
    if (step === 'attributes' && typeof steps.at(-1) !== 'string') continue;
    const ofModel = step === 'value' || step === 'hex' || step === 'rest';
    if (ofModel && typeof steps.at(-1) === 'number' && !hasMember(attributeAt(message, steps)?.value, step)) continue;
    steps.push(step);
  }
  const [first] = steps;
  if (first === 'flags') return ['flags'];
  const bareMember = typeof first === 'string' && first !== 'header' && hasMember(message.header, first);
  return bareMember ? ['header', ...steps] : steps;
}

// ---- steps

function editList(
  message: MessageValue,
  parent: FormPath,
  change: (list: AttributeValue[]) => AttributeValue[],
): MessageValue {
  const attributes = editNested(message.attributes, parent, change);
  return attributes === message.attributes ? message : renewed(message, { attributes });
}

function editNested(
  list: AttributeValue[],
  path: FormPath,
  change: (list: AttributeValue[]) => AttributeValue[],
): AttributeValue[] {
  const [index, ...below] = path;
  if (index === undefined) return change(list);
  const attribute = typeof index === 'number' ? list[index] : undefined;
  if (attribute === undefined) return list;
  const nested = attribute.attributes ?? [];
  const attributes = editNested(nested, below, change);
  if (attributes === nested) return list;
  return list.with(index as number, { ...withoutLayout(attribute), attributes });
}

/** An edited message is laid out anew: a nlmsg_len that was kept because it differed no longer means anything. */
function renewed(message: MessageValue, change: Partial<MessageValue>): MessageValue {
  const { length: _length, ...rest } = message;
  return { ...rest, ...change };
}

function withoutLayout(attribute: AttributeValue): AttributeValue {
  const { length: _length, padding: _padding, ...rest } = attribute;
  return rest;
}

function isStruct(value: FieldValue | undefined): value is { [member: string]: FieldValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function hasMember(value: FieldValue | undefined, name: string): boolean {
  return isStruct(value) && Object.hasOwn(value, name);
}

function memberAt(value: FieldValue | undefined, path: FormPath): FieldValue | undefined {
  let found = value;
  for (const step of path) {
    if (Array.isArray(found) && typeof step === 'number') found = found[step];
    else if (isStruct(found) && Object.hasOwn(found, step)) found = found[step];
    else return undefined;
  }
  return found;
}

function withMember(value: FieldValue | undefined, path: FormPath, member: FieldValue): FieldValue {
  const [step, ...below] = path;
  if (step === undefined) return member;
  if (Array.isArray(value) && typeof step === 'number') return value.with(step, withMember(value[step], below, member));
  const struct = isStruct(value) ? value : {};
  return { ...struct, [step]: withMember(struct[step], below, member) };
}
