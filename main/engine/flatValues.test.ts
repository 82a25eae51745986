import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../app/craft/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import { createDecoding } from './decoding.ts';
import { fillTemplate, UnknownNameError } from './flatValues.ts';
import { operationForm } from './forms.ts';

const { library } = createDecoding();
const newLink = [...library.operations()].find(({ message, mode }) => message.name === 'RTM_NEWLINK' && mode === 'do')!;
const fill = (json: { [key: string]: unknown }) =>
  fillTemplate(operationForm(library, newLink.id)!.template, newLink, json);

describe('fillTemplate', () => {
  it('takes members and attributes by constant or by the name in the spec, nests as objects', () => {
    const value = fill({
      'ifi-index': 7,
      ifi_flags: ['IFF_UP'],
      IFLA_IFNAME: 'v0',
      linkinfo: { kind: 'vlan', data: { id: 5 } },
    });
    expect(value.header).toMatchObject({ ifi_index: 7, ifi_flags: ['IFF_UP'] });
    expect(value.attributes).toEqual([
      { name: 'IFLA_IFNAME', value: 'v0' },
      {
        name: 'IFLA_LINKINFO',
        attributes: [
          { name: 'IFLA_INFO_KIND', value: 'vlan' },
          { name: 'IFLA_INFO_DATA', attributes: [{ name: 'IFLA_VLAN_ID', value: 5 }] },
        ],
      },
    ]);
    const context = { library, genl: new GenlFamilyTable(), littleEndian: true };
    const { bytes, problems } = encodeMessage(value, context);
    expect(problems).toEqual([]);
    // struct nlattr of IFLA_VLAN_ID: length 6, type 1, 5 in host order (linux/if_link.h).
    expect(Buffer.from(bytes).includes(Buffer.from('060001000500', 'hex'))).toBe(true);
  });

  it('lets parts of the message model replace the template', () => {
    const value = fill({
      flags: ['NLM_F_REQUEST'],
      seq: 9,
      header: { ifi_index: 3 },
      attributes: [{ type: 3, hex: '6100' }],
    });
    expect(value).toMatchObject({ type: 'RTM_NEWLINK', flags: ['NLM_F_REQUEST'], seq: 9 });
    expect(value.header).toMatchObject({ ifi_index: 3, ifi_family: 'AF_UNSPEC' });
    expect(value.attributes).toEqual([{ type: 3, hex: '6100' }]);
  });

  it('names what it does not know, and what comes near', () => {
    expect(() => fill({ IFLA_MTUU: 1 })).toThrow(UnknownNameError);
    expect(() => fill({ IFLA_MTUU: 1 })).toThrow(/IFLA_MTU\b/);
    expect(() => fill({ linkinfo: { nonsense: 1 } })).toThrow(/nonsense/);
  });
});
