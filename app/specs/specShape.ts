/** What a part of a spec may hold. `words`: the only values it takes. `orText`: text is taken in place of it. */
export type Shape =
  | { readonly kind: 'any' }
  | { readonly kind: 'text' | 'number' | 'boolean'; readonly words?: readonly string[]; readonly orText?: boolean }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'either'; readonly text: Shape; readonly map: Shape }
  | { readonly kind: 'map'; readonly keys: { readonly [key: string]: Shape }; readonly required: readonly string[] };

const ANY: Shape = { kind: 'any' };
const TEXT: Shape = { kind: 'text' };
const NUMBER: Shape = { kind: 'number' };
const NUMBER_OR_NAME: Shape = { kind: 'number', orText: true };
const BOOLEAN: Shape = { kind: 'boolean' };

const words = (...list: string[]): Shape => ({ kind: 'text', words: list });
const list = (item: Shape): Shape => ({ kind: 'list', item });
const map = (required: readonly string[], keys: { readonly [key: string]: Shape }): Shape => ({
  kind: 'map',
  keys,
  required,
});

const INTEGERS = ['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'];
const ORDER = words('little-endian', 'big-endian');
const HINT = words('hex', 'mac', 'fddi', 'ipv4', 'ipv6', 'ipv4-or-v6', 'uuid');
const PRIVILEGES = list(words('admin-perm', 'uns-admin-perm'));

const ENTRY: Shape = {
  kind: 'either',
  text: TEXT,
  map: map(['name'], { name: TEXT, value: NUMBER, doc: TEXT }),
};

const MEMBER = map(['name', 'type'], {
  name: TEXT,
  type: words(...INTEGERS, 'string', 'binary', 'pad'),
  len: NUMBER_OR_NAME,
  'byte-order': ORDER,
  doc: TEXT,
  enum: TEXT,
  'enum-as-flags': BOOLEAN,
  'display-hint': HINT,
  struct: TEXT,
  'sub-type': TEXT,
});

const DEFINITION = map(['name', 'type'], {
  name: TEXT,
  type: words('const', 'enum', 'flags', 'struct'),
  header: TEXT,
  scope: words('uapi', 'kernel', 'user'),
  doc: TEXT,
  value: NUMBER_OR_NAME,
  'value-start': NUMBER_OR_NAME,
  entries: list(ENTRY),
  members: list(MEMBER),
  'render-max': BOOLEAN,
  'enum-name': ANY,
  'enum-cnt-name': ANY,
  'name-prefix': TEXT,
});

const ATTRIBUTE = map(['name'], {
  name: TEXT,
  type: words(
    ...INTEGERS,
    ...['unused', 'pad', 'flag', 'binary', 'bitfield32', 'uint', 'sint', 'string', 'nest', 'indexed-array'],
    ...['nest-type-value', 'sub-message'],
  ),
  value: NUMBER,
  doc: TEXT,
  'name-prefix': TEXT,
  'byte-order': ORDER,
  'multi-attr': BOOLEAN,
  'nested-attributes': TEXT,
  enum: TEXT,
  'enum-as-flags': BOOLEAN,
  'display-hint': HINT,
  checks: ANY,
  'sub-type': TEXT,
  struct: TEXT,
  'type-value': list(TEXT),
  'sub-message': TEXT,
  selector: TEXT,
  len: NUMBER_OR_NAME,
});

const MESSAGE = map([], { value: NUMBER, attributes: list(TEXT) });
const EXCHANGE = map([], { request: MESSAGE, reply: MESSAGE, pre: TEXT, post: TEXT });

const OPERATION = map(['name'], {
  name: TEXT,
  doc: TEXT,
  value: NUMBER,
  'name-prefix': TEXT,
  'attribute-set': TEXT,
  'fixed-header': TEXT,
  flags: PRIVILEGES,
  'dont-validate': list(words('strict', 'dump', 'dump-strict')),
  'config-cond': TEXT,
  do: EXCHANGE,
  dump: EXCHANGE,
  notify: TEXT,
  event: map([], { attributes: list(TEXT) }),
  mcgrp: TEXT,
});

/** A document of the kernel's YNL format, the keys of all its kinds (Documentation/netlink/*.yaml of a kernel tree). */
export const SPEC_SHAPE: Shape = map(['name', 'attribute-sets'], {
  name: TEXT,
  doc: TEXT,
  protocol: words('genetlink', 'genetlink-c', 'genetlink-legacy', 'netlink-raw'),
  protonum: NUMBER,
  version: NUMBER,
  'uapi-header': TEXT,
  'c-family-name': TEXT,
  'c-version-name': TEXT,
  'max-by-define': BOOLEAN,
  'cmd-max-name': TEXT,
  'cmd-cnt-name': TEXT,
  'kernel-policy': words('split', 'per-op', 'global'),
  definitions: list(DEFINITION),
  'attribute-sets': list(
    map(['name', 'attributes'], {
      name: TEXT,
      'name-prefix': TEXT,
      'enum-name': ANY,
      doc: TEXT,
      'subset-of': TEXT,
      header: TEXT,
      'attr-cnt-name': TEXT,
      'attr-max-name': TEXT,
      attributes: list(ATTRIBUTE),
    }),
  ),
  'sub-messages': list(
    map(['name', 'formats'], {
      name: TEXT,
      doc: TEXT,
      formats: list(map(['value'], { value: NUMBER_OR_NAME, 'fixed-header': TEXT, 'attribute-set': TEXT })),
    }),
  ),
  operations: map(['list'], {
    'enum-model': words('unified', 'directional'),
    'name-prefix': TEXT,
    'enum-name': ANY,
    'async-prefix': TEXT,
    'async-enum': ANY,
    'fixed-header': TEXT,
    list: list(OPERATION),
  }),
  'mcast-groups': map(['list'], {
    list: list(map(['name'], { name: TEXT, value: NUMBER, flags: PRIVILEGES, 'c-define-name': TEXT })),
  }),
  'kernel-family': ANY,
});
