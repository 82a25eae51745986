import type { HostApi, MessageValue, SendReport } from '../../../app/contracts/index.ts';
import { checkFilter, completeFilter, type FieldRegistry, type FilterField } from '../../../app/filter/index.ts';
import { nodeAt } from '../locate.ts';
import { localCraft } from './localCraft.ts';

/** `ip link add link 5 name dum0.100 type vlan id 100 protocol 802.1ad`, as a capture would give it. */
const CAPTURED: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_CREATE', 'NLM_F_EXCL'],
  seq: 1795198387,
  portid: 0,
  header: { ifi_family: 'AF_UNSPEC', ifi_type: 0, ifi_index: 0, ifi_flags: 0, ifi_change: 0 },
  attributes: [
    { name: 'IFLA_LINK', value: 5 },
    { name: 'IFLA_IFNAME', value: 'dum0.100' },
    {
      name: 'IFLA_LINKINFO',
      attributes: [
        { name: 'IFLA_INFO_KIND', value: 'vlan' },
        {
          name: 'IFLA_INFO_DATA',
          attributes: [
            { name: 'IFLA_VLAN_ID', value: 100 },
            { name: 'IFLA_VLAN_PROTOCOL', value: 'ETH_P_8021AD' },
            { name: 'IFLA_VLAN_FLAGS', value: { flags: 0, mask: 1 } },
          ],
        },
      ],
    },
  ],
};

const ADDRESS: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWROUTE',
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_CREATE', 'NLM_F_EXCL'],
  seq: 7,
  portid: 0,
  header: { rtm_family: 'AF_INET', rtm_dst_len: 16, rtm_table: 'RT_TABLE_MAIN', rtm_type: 'RTN_UNICAST' },
  attributes: [
    { name: 'RTA_DST', value: '10.66.0.0' },
    {
      name: 'RTA_METRICS',
      attributes: [
        { name: 'RTAX_MTU', value: 1400 },
        { type: 900, hex: '01020304' },
      ],
    },
    { name: 'RTA_GATEWAY', value: '10.6.0.2' },
    { name: 'RTA_CACHEINFO', value: { rta_clntref: 1, rta_used: 3 } },
  ],
};

const FIELDS: readonly FilterField<null>[] = [
  ['link.kind', 'string', 'string', 'IFLA_INFO_KIND: the driver behind the link'],
  ['link.link', 'number', 'u32', 'IFLA_LINK: ifindex of the lower device'],
  ['link.linkmode', 'number', 'u8 enum', 'IFLA_LINKMODE: default or dormant'],
  ['link.mtu', 'number', 'u32', 'IFLA_MTU: the largest packet, in bytes'],
  ['nl.type', 'number', 'u16', 'Type of the message'],
].map(([name, type, detail, doc]) => ({
  name: name!,
  type: type as 'number',
  detail: detail!,
  doc: doc!,
  read: () => undefined,
}));

const REGISTRY: FieldRegistry<null> = {
  find: (name) => FIELDS.find((field) => field.name === name),
  complete: (prefix, limit) => FIELDS.filter(({ name }) => name.includes(prefix)).slice(0, limit),
  suggest: (_name, limit) => FIELDS.map(({ name }) => name).slice(0, limit),
  all: () => FIELDS,
};

const SEEN = [
  { text: '"dummy"', count: 2940 },
  { text: '"veth"', count: 702 },
];

/** A host for the preview: real specs, encoder and filter language; sending gives answers that are made up. */
export function previewHost(): HostApi {
  const craft = localCraft();
  const host: Partial<HostApi> = {
    ...craft,
    checkFilter: async (text) => checkFilter(text, REGISTRY),
    completeFilter: async (text, offset) => completeFilter(text, offset, REGISTRY, () => SEEN),
    async setFilter(text) {
      const check = checkFilter(text, REGISTRY);
      if (check.state !== 'ok') return { ok: false, error: check.error };
      const view = { generation: 1, rows: 0, shown: 0, total: 0, marked: 0, filter: text, grouped: true, progress: 1 };
      return { ok: true, value: view };
    },
    messageValue: async (number) =>
      number < 3
        ? { ok: true, value: number === 1 ? CAPTURED : ADDRESS }
        : { ok: false, error: { message: `No spec covers message ${number}.` } },
    async send({ message }) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { ok: true, value: message === undefined ? SENT : await answerTo(message) };
    },
  };
  const answerTo = async (message: MessageValue): Promise<SendReport> => {
    const { tree } = await craft.encode(message);
    const id = message.attributes[2]?.attributes?.[1]?.attributes?.[0];
    if (id?.name !== 'IFLA_VLAN_ID' || Number(id.value) < 4095) return ACK;
    const range = nodeAt(tree, [2, 1, 0])?.range ?? null;
    return {
      ...ACK,
      outcome: 'error',
      errno: 'ERANGE',
      message: '8021q: Invalid VLAN id.',
      attribute: 'IFLA_VLAN_ID',
      range,
    };
  };
  return host as HostApi;
}

const ACK: SendReport = {
  number: 18511,
  replies: [18512],
  outcome: 'ack',
  errno: '',
  message: '',
  attribute: '',
  range: null,
  latency: 180_830_000,
};
const SENT: SendReport = { ...ACK, outcome: 'sent', replies: [], latency: null };
