import Ajv, { type AnySchemaObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { plainEnvelope } from '../../app/captureFile/index.ts';
import type { Envelope, FieldNode, MessageValue } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { createDissector } from '../../app/dissect/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import { builtinLibrary } from '../../app/specs/builtin.ts';
import { checkSpec } from '../../app/specs/checkSpec.ts';
import { inferSpec, type SeenMessage, type YnlDocument } from '../../app/specs/index.ts';
import ynlSchema from '../../app/specs/testing/ynlSchema.yaml';
import { listFamilies } from '../engine/genlKnowledge.ts';
import { documentOf } from '../engine/memoryDocument.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { seenMessages } from './inferSpec.ts';

const library = builtinLibrary();
const lacking = builtinLibrary(['mptcp_pm']);
const families = new GenlFamilyTable();
const live = await listFamilies({ library: lacking, dissector: createDissector(lacking) });
if (live.ok) for (const family of live.value) families.learn(family);
const mptcp = families.byName('mptcp_pm');
const present = mptcp?.policy !== undefined;
if (!present) console.warn('skipped: this kernel does not tell the policy of mptcp_pm');

const envelope: Envelope = { ...plainEnvelope(16, HOST_LITTLE_ENDIAN), direction: 'request' };

const ADD_ADDR: MessageValue = {
  protocol: 'NETLINK_GENERIC',
  genlFamily: 'mptcp_pm',
  genl: { cmd: 'MPTCP_PM_CMD_ADD_ADDR', version: 1 },
  flags: ['NLM_F_REQUEST'],
  seq: 1,
  portid: 0,
  attributes: [
    {
      name: 'MPTCP_PM_ENDPOINT_ADDR',
      attributes: [
        { name: 'MPTCP_PM_ADDR_ATTR_FAMILY', value: 2 },
        { name: 'MPTCP_PM_ADDR_ATTR_ID', value: 7 },
        { name: 'MPTCP_PM_ADDR_ATTR_PORT', value: 8080 },
      ],
    },
  ],
};

function named(nodes: readonly FieldNode[]): [string, FieldNode['value']][] {
  return nodes.flatMap((node) => [
    ...(node.kind === 'attr' || node.kind === 'nest' ? [[node.name, node.value] as [string, FieldNode['value']]] : []),
    ...named(node.children),
  ]);
}

/** Calls the attributes of one set, and a command, by their names: what an author does with a skeleton. */
function rename(text: string, set: (name: string) => boolean, names: { readonly [from: string]: string }): string {
  const document = parse(text) as YnlDocument;
  for (const one of document['attribute-sets'].filter(({ name }) => set(name))) {
    for (const attribute of one.attributes) attribute.name = names[attribute.name] ?? attribute.name;
  }
  for (const operation of document.operations!.list) operation.name = names[operation.name] ?? operation.name;
  return stringify(document);
}

describe('a spec inferred from the policy of a family', () => {
  it.skipIf(!present)('decodes it with names once they are given', () => {
    const { bytes, problems } = encodeMessage(ADD_ADDR, { library, genl: families, littleEndian: HOST_LITTLE_ENDIAN });
    expect(problems).toEqual([]);
    const own = lacking.copy();
    const decoding = { library: own, dissector: createDissector(own) };
    const document = documentOf(bytes, envelope, decoding, families.all());
    const skeleton = stringify(inferSpec(mptcp!, seenMessages(document, undefined, mptcp!)), {
      aliasDuplicateObjects: false,
    });
    expect(checkSpec(skeleton).filter(({ severity }) => severity === 'error')).toEqual([]);
    const { $schema, $id, ...rules } = ynlSchema as AnySchemaObject;
    const validate = new Ajv({ allErrors: true, strict: false }).compile(rules);
    validate(parse(skeleton));
    expect(validate.errors ?? []).toEqual([]);

    const inner = (parse(skeleton) as YnlDocument)['attribute-sets'].find(
      ({ attributes }) => attributes.length > 4,
    )!.name;
    let text = rename(skeleton, (name) => name === inner, {
      'attr-1': 'family',
      'attr-2': 'id',
      'attr-5': 'port',
      'cmd-1': 'add-addr',
    });
    text = rename(text, (name) => name !== inner, { 'attr-1': 'endpoint' });
    // What requests hold is listed by name too.
    text = text.replaceAll(/- attr-1$/gm, '- endpoint');
    const renamed = lacking.copy();
    renamed.add(parse(text) as YnlDocument);
    const again = documentOf(
      bytes,
      envelope,
      { library: renamed, dissector: createDissector(renamed) },
      families.all(),
    );
    const { tree, summary } = again.dissect(0);
    expect(summary.type).toBe('MPTCP_PM_CMD_ADD_ADDR');
    expect(named(tree)).toEqual([
      ['ENDPOINT', null],
      ['FAMILY', 2],
      ['ID', 7],
      ['PORT', 8080],
    ]);
  });
});

describe('a spec inferred from traffic alone', () => {
  const family = { name: 'toy', version: 1, headerSize: 0, operations: [] };
  const message = (kind: SeenMessage['kind'], hex: string): SeenMessage => {
    const bytes = Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
    return { cmd: 3, kind, bytes, start: 0, end: bytes.length, littleEndian: true };
  };

  it('has types as the values look', () => {
    const document = inferSpec(family, [
      message('do', '0800 0100 05000000  0900 0200 6574683000 000000'),
      message('reply', '0800 0100 06000000  0c00 0380 0500 0100 01 000000  0400 0400  0700 0500 010203 00'),
    ]);
    const types = document['attribute-sets'].map(({ name, attributes }) => [name, attributes.map(({ type }) => type)]);
    expect(types).toEqual([
      ['common-attrs', ['u32', 'string', 'nest', 'flag', 'binary']],
      ['common-attr-3-attrs', ['u8']],
    ]);
    expect(document.operations?.list).toEqual([
      {
        name: 'cmd-3',
        doc: 'Command 3.',
        value: 3,
        'attribute-set': 'common-attrs',
        do: {
          request: { attributes: ['attr-1', 'attr-2'] },
          reply: { attributes: ['attr-1', 'attr-3', 'attr-4', 'attr-5'] },
        },
      },
    ]);
  });

  it('takes any bytes', () => {
    for (let length = 0; length < 40; length++) {
      const hex = Array.from({ length }, (_, i) => ((i * 37) % 256).toString(16).padStart(2, '0')).join('');
      const text = stringify(inferSpec(family, [message('event', hex), message('dump', `ffff${hex}`)]));
      expect(checkSpec(text).filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });
});
