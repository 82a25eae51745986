import { describe, expect, it } from 'vitest';
import type { Envelope, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector } from './index.ts';
import { newFamilies } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const genl = newFamilies();

function envelope(direction: Envelope['direction']): Envelope {
  const unknown = { group: null, nsid: null, sourcePortid: null, destPortid: null };
  return { protocol: 0, direction, littleEndian: true, ...unknown };
}

const request = encodeMessage(
  {
    protocol: 'NETLINK_ROUTE',
    type: 'RTM_NEWROUTE',
    flags: ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_CREATE'],
    seq: 9,
    portid: 0,
    header: { rtm_family: 2, rtm_dst_len: 24, rtm_table: 254, rtm_protocol: 3, rtm_type: 1 },
    attributes: [
      { name: 'RTA_DST', value: '10.1.2.0' },
      { name: 'RTA_OIF', value: 1 },
      { name: 'RTA_METRICS', attributes: [{ name: 'RTAX_MTU', value: 1 }] },
    ],
  },
  { library, genl, littleEndian: true },
).bytes;

/** The kernel's answer to it, capped or with the request echoed. */
function answer(attributes: MessageValue['attributes'], capped: boolean): Uint8Array {
  const view = new DataView(request.buffer);
  return encodeMessage(
    {
      protocol: 'NETLINK_ROUTE',
      type: 'NLMSG_ERROR',
      flags: capped ? ['NLM_F_CAPPED', 'NLM_F_ACK_TLVS'] : ['NLM_F_ACK_TLVS'],
      seq: 9,
      portid: 77,
      header: {
        error: -22,
        msg: { nlmsg_len: request.length, nlmsg_type: view.getUint16(4, true), nlmsg_flags: 1029, nlmsg_seq: 9 },
      },
      ...(capped ? {} : { payload: Buffer.from(request.subarray(16)).toString('hex') }),
      attributes,
    },
    { library, genl, littleEndian: true },
  ).bytes;
}

describe.each([true, false])('an extended acknowledgement (capped: %s)', (capped) => {
  const context = { ...bareContext(genl), request: () => request };

  it('leads to the attribute at its offset, inside a nest', () => {
    // nlmsghdr 16, rtmsg 12, RTA_DST 8, RTA_OIF 8, RTA_METRICS header 4: RTAX_MTU stands at 48.
    const bytes = answer(
      [
        { name: 'NLMSGERR_ATTR_MSG', value: 'Invalid mtu' },
        { name: 'NLMSGERR_ATTR_OFFS', value: 48 },
      ],
      capped,
    );
    const decoded = dissector.decode(bytes, envelope('reply'), context);
    expect(dissector.explain(decoded)).toEqual({
      message: 'Invalid mtu',
      attribute: 'RTAX_MTU',
      missing: false,
      range: { start: 48, end: 56 },
    });
    expect(dissector.summarize(bytes, envelope('reply'), context).info.join('')).toBe(
      'EINVAL RTM_NEWROUTE Invalid mtu in RTAX_MTU',
    );
  });

  it('names what is missing in its nest', () => {
    const missing = [
      { name: 'NLMSGERR_ATTR_MISS_TYPE', value: 3 },
      { name: 'NLMSGERR_ATTR_MISS_NEST', value: 44 },
    ];
    const decoded = dissector.decode(answer(missing, capped), envelope('reply'), context);
    expect(dissector.explain(decoded)).toMatchObject({
      attribute: 'RTAX_WINDOW',
      missing: true,
      range: { start: 44, end: 56 },
    });
  });

  it('names what is missing at the top level', () => {
    const decoded = dissector.decode(
      answer([{ name: 'NLMSGERR_ATTR_MISS_TYPE', value: 5 }], capped),
      envelope('reply'),
      context,
    );
    expect(dissector.explain(decoded)).toMatchObject({ attribute: 'RTA_GATEWAY', missing: true });
  });
});

describe('the request’s own row', () => {
  it('carries the failure that answered it', () => {
    const bytes = answer([{ name: 'NLMSGERR_ATTR_OFFS', value: 28 }], true);
    const context = { ...bareContext(genl), answer: () => bytes };
    expect(dissector.summarize(request, envelope('request'), context).error).toEqual({
      errno: 'EINVAL',
      message: '',
      attribute: 'RTA_DST',
    });
  });
});

it('is about the request that was remembered where the echo was wiped', () => {
  const echoed = answer([{ name: 'NLMSGERR_ATTR_OFFS', value: 48 }], false);
  echoed.fill(0, 36, 36 + request.length - 16);
  const said = (context: Parameters<typeof dissector.summarize>[2]) =>
    dissector.summarize(echoed, envelope('reply'), context).info.join('');
  expect(said({ ...bareContext(genl), request: () => request })).toBe('EINVAL RTM_NEWROUTE in RTAX_MTU');
  expect(said(bareContext(genl))).not.toContain('RTAX_MTU');
});
