import { at, type Each, listOf, type Reader, type Table, unshared } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown, ShownValue } from './scene.ts';
import { classid, hexBare } from './tcNumbers.ts';
import { flagNames, hexAt, named } from './words.ts';

/** Verdicts as tc names them (linux/pkt_cls.h): what an action does with a packet afterwards. */
const VERDICTS: { readonly [constant: string]: string } = {
  TC_ACT_UNSPEC: 'continue',
  TC_ACT_OK: 'pass',
  TC_ACT_RECLASSIFY: 'reclassify',
  TC_ACT_SHOT: 'drop',
  TC_ACT_PIPE: 'pipe',
  TC_ACT_STOLEN: 'stolen',
  TC_ACT_TRAP: 'trap',
};

/** The upper bits of a verdict that jumps, the lower ones say where (linux/pkt_cls.h: TC_ACT_GOTO_CHAIN). */
const TC_ACT_EXT_VAL_MASK = (1 << 28) - 1;

function verdict(value: ShownValue | undefined): Shown {
  const word = VERDICTS[String(value)];
  if (word !== undefined) return { type: word };
  return { type: 'goto', chain: Number(value) & TC_ACT_EXT_VAL_MASK };
}

const controlAt =
  (path: string): Reader =>
  (ours) =>
    verdict(at(ours, path));

/** Members of a struct with their generic part (tc_gen), and the attributes beside it. */
const kindTable = (parms: string, own: Table): Table => ({
  control_action: controlAt(`${parms}.action`),
  index: `${parms}.index`,
  ref: `${parms}.refcnt`,
  bind: `${parms}.bindcnt`,
  ...own,
});

const flagAt =
  (path: string, flag: string): Reader =>
  (ours) =>
    flagNames(at(ours, path)).includes(flag) || undefined;

/** A geneve option's bytes as numbers. */
const bytesOf = (hex: ShownValue | undefined) => [...Buffer.from(String(hex ?? ''), 'hex')];

/** Options of tunnels: of actions under TCA_TUNNEL_KEY_ENC_…, of flower under TCA_FLOWER_KEY_ENC_…. */
export function tunnelOptions(prefix: string) {
  const option = (kind: string, name: string) => `${prefix}_ENC_OPT_${kind}_${name}`;
  return {
    geneve: {
      class: option('GENEVE', 'CLASS'),
      type: option('GENEVE', 'TYPE'),
      data: (ours: Shown) => bytesOf(at(ours, option('GENEVE', 'DATA'))),
    },
    vxlan: { gbp: option('VXLAN', 'GBP') },
    erspan: {
      ver: option('ERSPAN', 'VER'),
      index: (ours: Shown) => at(ours, option('ERSPAN', 'INDEX')) ?? 0,
      dir: option('ERSPAN', 'DIR'),
      hwid: option('ERSPAN', 'HWID'),
    },
  };
}

/**
 * Options of one sort. Several of geneve stand in one nest, attribute after attribute, so that each of ours is a list.
 */
export function eachOption(path: string, table: Table): Each {
  return {
    table,
    each: (ours) => {
      const nest = (at(ours, path) ?? {}) as Shown;
      const names = Object.keys(nest);
      const count = Math.max(1, ...names.map((name) => listOf(nest[name]).length));
      return Array.from({ length: count }, (_, i) =>
        Object.fromEntries(names.map((name) => [name, listOf(nest[name])[i] ?? null])),
      );
    },
  };
}

const tunnelKey = tunnelOptions('TCA_TUNNEL_KEY');
const tunnelPath = (kind: string) => `TCA_TUNNEL_KEY_ENC_OPTS.TCA_TUNNEL_KEY_ENC_OPTS_${kind}`;

const CSUMS: readonly (readonly [string, string])[] = [
  ['TCA_CSUM_UPDATE_FLAG_IPV4HDR', 'iph'],
  ['TCA_CSUM_UPDATE_FLAG_ICMP', 'icmp'],
  ['TCA_CSUM_UPDATE_FLAG_IGMP', 'igmp'],
  ['TCA_CSUM_UPDATE_FLAG_TCP', 'tcp'],
  ['TCA_CSUM_UPDATE_FLAG_UDP', 'udp'],
  ['TCA_CSUM_UPDATE_FLAG_UDPLITE', 'udplite'],
  ['TCA_CSUM_UPDATE_FLAG_SCTP', 'sctp'],
];

const ETHERTYPES: { readonly [constant: string]: string } = {
  ETH_P_8021Q: '802.1Q',
  ETH_P_8021AD: '802.1ad',
  ETH_P_IP: 'ip',
  ETH_P_IPV6: 'ipv6',
};
/** A protocol as iproute2 names it. */
export const ethertype = (path: string) => named(path, 'ETH_P_', ETHERTYPES);

/** Where a conntrack NAT maps to: "src addr A-B port C-D". */
const natOf: Reader = (ours) => {
  const action = flagNames(at(ours, 'TCA_CT_ACTION'));
  const way = action.includes('TCA_CT_ACT_NAT_SRC') ? 'src' : action.includes('TCA_CT_ACT_NAT_DST') ? 'dst' : '';
  const ends = (name: string) => [at(ours, `TCA_CT_NAT_${name}_MIN`), at(ours, `TCA_CT_NAT_${name}_MAX`)];
  const span = ([first, last]: readonly unknown[]) =>
    first === undefined ? undefined : last === undefined || last === first ? `${first}` : `${first}-${last}`;
  const address = span(ends('IPV4')) ?? span(ends('IPV6'));
  const port = span(ends('PORT'));
  return [way, address === undefined ? '' : `addr ${address}`, port === undefined ? '' : `port ${port}`]
    .filter((word) => word !== '')
    .join(' ');
};

const CT_ACTIONS: readonly (readonly [string, string])[] = [
  ['TCA_CT_ACT_CLEAR', 'clear'],
  ['TCA_CT_ACT_COMMIT', 'commit'],
];

const SKBMOD = 'TCA_SKBMOD_PARMS.flags';

/** The same struct, with headers that keys count from or without. */
const pedit = (ours: Shown) => (at(ours, 'TCA_PEDIT_PARMS_EX') ?? at(ours, 'TCA_PEDIT_PARMS') ?? {}) as Shown;

/** Keys of pedit: each key's place and what it does stand in another list of the same order. */
const PEDIT_KEYS: Each = {
  each: (ours) => {
    const places = listOf(at(ours, 'TCA_PEDIT_KEYS_EX.TCA_PEDIT_KEY_EX')) as Shown[];
    return (listOf(pedit(ours)['keys']) as Shown[]).map((key, index) => ({ ...key, ...places[index] }));
  },
  table: {
    htype: (ours) => PEDIT_HEADERS[String(at(ours, 'TCA_PEDIT_KEY_EX_HTYPE'))] ?? 'network',
    cmd: (ours) => named('TCA_PEDIT_KEY_EX_CMD', 'TCA_PEDIT_KEY_EX_CMD_')(ours, '') ?? 'set',
    offset: 'off',
    val: hexBare('val'),
    mask: hexBare('mask'),
  },
};
const PEDIT_HEADERS: { readonly [constant: string]: string } = {
  TCA_PEDIT_KEY_EX_HDR_TYPE_ETH: 'eth',
  TCA_PEDIT_KEY_EX_HDR_TYPE_IP4: 'ipv4',
  TCA_PEDIT_KEY_EX_HDR_TYPE_IP6: 'ipv6',
  TCA_PEDIT_KEY_EX_HDR_TYPE_TCP: 'tcp',
  TCA_PEDIT_KEY_EX_HDR_TYPE_UDP: 'udp',
};

const police = 'TCA_POLICE_TBF';
const gate = 'TCA_GATE_PARMS';
const IFE_METADATA = 'TCA_IFE_METALST.IFE_META';

/** What tc says of an action of a kind, with its options at the top. */
function kindTables(links: Links): { readonly [kind: string]: Table } {
  return {
    gact: kindTable('TCA_GACT_PARMS', {
      'prob.random_type': (ours) => named('TCA_GACT_PROB.ptype', 'PGACT_')(ours, '') ?? 'none',
      'prob.control_action': (ours) => verdict(at(ours, 'TCA_GACT_PROB.paction') ?? 'TC_ACT_OK'),
      'prob.val': (ours) => at(ours, 'TCA_GACT_PROB.pval') ?? 0,
    }),
    mirred: kindTable('TCA_MIRRED_PARMS', {
      mirred_action: (ours) => (/REDIR$/.test(String(at(ours, 'TCA_MIRRED_PARMS.eaction'))) ? 'redirect' : 'mirror'),
      direction: (ours) => (/INGRESS/.test(String(at(ours, 'TCA_MIRRED_PARMS.eaction'))) ? 'ingress' : 'egress'),
      to_dev: linkAt(links, 'TCA_MIRRED_PARMS.ifindex'),
    }),
    police: kindTable(police, {
      // The verdict for what conforms comes after that for what exceeds, by the same key.
      control_action: (ours) => verdict(at(ours, 'TCA_POLICE_RESULT') ?? at(ours, `${police}.action`)),
      overhead: `${police}.rate.overhead`,
      linklayer: named(`${police}.rate.linklayer`, 'TC_LINKLAYER_', { TC_LINKLAYER_UNAWARE: 'unspec' }),
      pkts_rate: 'TCA_POLICE_PKTRATE64',
      pkts_burst: unshared('worked out by tc from the time that a burst takes and the rate'),
    }),
    pedit: {
      control_action: (ours) => verdict(pedit(ours)['action']),
      index: (ours) => pedit(ours)['index'],
      ref: (ours) => pedit(ours)['refcnt'],
      bind: (ours) => pedit(ours)['bindcnt'],
      nkeys: (ours) => pedit(ours)['nkeys'],
      keys: PEDIT_KEYS,
    },
    skbedit: kindTable('TCA_SKBEDIT_PARMS', {
      queue_mapping: 'TCA_SKBEDIT_QUEUE_MAPPING',
      priority: classid('TCA_SKBEDIT_PRIORITY'),
      mark: 'TCA_SKBEDIT_MARK',
      mask: hexBare('TCA_SKBEDIT_MASK'),
      ptype: named('TCA_SKBEDIT_PTYPE', 'PACKET_'),
      inheritdsfield: flagAt('TCA_SKBEDIT_FLAGS', 'SKBEDIT_F_INHERITDSFIELD'),
    }),
    vlan: kindTable('TCA_VLAN_PARMS', {
      vlan_action: named('TCA_VLAN_PARMS.v_action', 'TCA_VLAN_ACT_'),
      id: 'TCA_VLAN_PUSH_VLAN_ID',
      protocol: ethertype('TCA_VLAN_PUSH_VLAN_PROTOCOL'),
      priority: 'TCA_VLAN_PUSH_VLAN_PRIORITY',
      dst_mac: 'TCA_VLAN_PUSH_ETH_DST',
      src_mac: 'TCA_VLAN_PUSH_ETH_SRC',
    }),
    ct: kindTable('TCA_CT_PARMS', {
      action: (ours) => {
        const set = flagNames(at(ours, 'TCA_CT_ACTION'));
        return CT_ACTIONS.find(([flag]) => set.includes(flag))?.[1];
      },
      zone: 'TCA_CT_ZONE',
      mark: 'TCA_CT_MARK',
      mark_mask: hexBare('TCA_CT_MARK_MASK'),
      label: (ours) => `${at(ours, 'TCA_CT_LABELS')}/${at(ours, 'TCA_CT_LABELS_MASK')}`,
      nat: natOf,
    }),
    nat: kindTable('TCA_NAT_PARMS', {
      type: 'TCA_ACT_KIND',
      direction: (ours) =>
        flagNames(at(ours, 'TCA_NAT_PARMS.flags')).includes('TCA_NAT_FLAG_EGRESS') ? 'egress' : 'ingress',
      old_addr: (ours) => `${at(ours, 'TCA_NAT_PARMS.old_addr')}/${onesOf(String(at(ours, 'TCA_NAT_PARMS.mask')))}`,
      new_addr: 'TCA_NAT_PARMS.new_addr',
    }),
    csum: kindTable('TCA_CSUM_PARMS', {
      csum: (ours) => {
        const set = flagNames(at(ours, 'TCA_CSUM_PARMS.update_flags'));
        return CSUMS.filter(([flag]) => set.includes(flag))
          .map(([, word]) => word)
          .join(', ');
      },
    }),
    sample: kindTable('TCA_SAMPLE_PARMS', {
      rate: 'TCA_SAMPLE_RATE',
      group: 'TCA_SAMPLE_PSAMPLE_GROUP',
      trunc_size: 'TCA_SAMPLE_TRUNC_SIZE',
    }),
    tunnel_key: kindTable('TCA_TUNNEL_KEY_PARMS', {
      mode: (ours) => (/SET$/.test(String(at(ours, 'TCA_TUNNEL_KEY_PARMS.t_action'))) ? 'set' : 'unset'),
      src_ip: (ours) => at(ours, 'TCA_TUNNEL_KEY_ENC_IPV4_SRC') ?? at(ours, 'TCA_TUNNEL_KEY_ENC_IPV6_SRC'),
      dst_ip: (ours) => at(ours, 'TCA_TUNNEL_KEY_ENC_IPV4_DST') ?? at(ours, 'TCA_TUNNEL_KEY_ENC_IPV6_DST'),
      key_id: 'TCA_TUNNEL_KEY_ENC_KEY_ID',
      dst_port: 'TCA_TUNNEL_KEY_ENC_DST_PORT',
      tos: 'TCA_TUNNEL_KEY_ENC_TOS',
      ttl: 'TCA_TUNNEL_KEY_ENC_TTL',
      flag: (ours) => (at(ours, 'TCA_TUNNEL_KEY_NO_CSUM') === 1 ? 'nocsum' : 'csum'),
      nofrag: (ours) => at(ours, 'TCA_TUNNEL_KEY_NO_FRAG') === true,
      vxlan_opts: eachOption(tunnelPath('VXLAN'), tunnelKey.vxlan),
      geneve_opts: eachOption(tunnelPath('GENEVE'), tunnelKey.geneve),
      erspan_opts: eachOption(tunnelPath('ERSPAN'), tunnelKey.erspan),
    }),
    mpls: kindTable('TCA_MPLS_PARMS', {
      mpls_action: named('TCA_MPLS_PARMS.m_action', 'TCA_MPLS_ACT_', { TCA_MPLS_ACT_MAC_PUSH: 'mac_push' }),
      protocol: ethertype('TCA_MPLS_PROTO'),
      label: 'TCA_MPLS_LABEL',
      tc: 'TCA_MPLS_TC',
      bos: 'TCA_MPLS_BOS',
      ttl: 'TCA_MPLS_TTL',
    }),
    skbmod: kindTable('TCA_SKBMOD_PARMS', {
      etype: named('TCA_SKBMOD_ETYPE', '', { ETH_P_IP: '0x800' }),
      dmac: 'TCA_SKBMOD_DMAC',
      smac: 'TCA_SKBMOD_SMAC',
      swapmac: flagAt(SKBMOD, 'SKBMOD_F_SWAPMAC'),
      ecn: flagAt(SKBMOD, 'SKBMOD_F_ECN'),
    }),
    simple: kindTable('TCA_DEF_PARMS', { simple: 'TCA_DEF_DATA' }),
    connmark: kindTable('TCA_CONNMARK_PARMS', { zone: 'TCA_CONNMARK_PARMS.zone' }),
    ctinfo: kindTable('TCA_CTINFO_ACT', {
      zone: 'TCA_CTINFO_ZONE',
      dscpmask: hexAt('TCA_CTINFO_PARMS_DSCP_MASK'),
      dscpstatemask: hexAt('TCA_CTINFO_PARMS_DSCP_STATEMASK'),
      cpmark: hexAt('TCA_CTINFO_PARMS_CPMARK_MASK'),
      dscpset: 'TCA_CTINFO_STATS_DSCP_SET',
      dscperror: 'TCA_CTINFO_STATS_DSCP_ERROR',
      cpmarkset: 'TCA_CTINFO_STATS_CPMARK_SET',
    }),
    ife: kindTable('TCA_IFE_PARMS', {
      mode: named('TCA_IFE_PARMS.flags', 'IFE_'),
      type: named('TCA_IFE_TYPE', '', { ETH_P_IFE: '0xed3e' }),
      mark: (ours) => at(ours, `${IFE_METADATA}_SKBMARK`) || 'allow',
      prio: (ours) => at(ours, `${IFE_METADATA}_PRIO`) || 'allow',
      dst: 'TCA_IFE_DMAC',
    }),
    bpf: kindTable('TCA_ACT_BPF_PARMS', {
      bytecode: (ours) => ({ length: at(ours, 'TCA_ACT_BPF_OPS_LEN'), insns: at(ours, 'TCA_ACT_BPF_OPS') }),
    }),
    gate: kindTable(gate, {
      priority: 'TCA_GATE_PRIORITY',
      base_time: 'TCA_GATE_BASE_TIME',
      cycle_time: 'TCA_GATE_CYCLE_TIME',
      cycle_time_ext: 'TCA_GATE_CYCLE_TIME_EXT',
      clockid: named('TCA_GATE_CLOCKID', 'CLOCK_', { CLOCK_TAI: 'TAI' }),
      flags: (ours) => String(at(ours, 'TCA_GATE_FLAGS')),
      schedule: {
        each: (ours) => listOf(at(ours, 'TCA_GATE_ENTRY_LIST.TCA_GATE_ONE_ENTRY')) as readonly Shown[],
        table: {
          number: 'TCA_GATE_ENTRY_INDEX',
          gate_state: (ours) => (at(ours, 'TCA_GATE_ENTRY_GATE') === true ? 'open' : 'close'),
          interval: 'TCA_GATE_ENTRY_INTERVAL',
          ipv: 'TCA_GATE_ENTRY_IPV',
          max_octets: 'TCA_GATE_ENTRY_MAX_OCTETS',
        },
      },
    }),
  };
}

/** How many bits a mask like 255.255.255.0 has. */
function onesOf(mask: string): number {
  const bits = mask.split('.').map((byte) => Number(byte).toString(2).replaceAll('0', '').length);
  return bits.reduce((sum, count) => sum + count, 0);
}

const statistic: Reader = (ours, key) =>
  at(ours, `TCA_ACT_STATS.TCA_STATS_BASIC.${key}`) ?? at(ours, `TCA_ACT_STATS.TCA_STATS_QUEUE.${key}`);

const HW_STATS: { readonly [constant: string]: string } = {
  TCA_ACT_HW_STATS_IMMEDIATE: 'immediate',
  TCA_ACT_HW_STATS_DELAYED: 'delayed',
};

const COMMON: Table = {
  order: unshared('a count of what is printed'),
  kind: 'TCA_ACT_KIND',
  'stats.*': statistic,
  cookie: 'TCA_ACT_COOKIE',
  installed: unshared('time passes while one looks'),
  last_used: unshared('time passes while one looks'),
  first_used: unshared('time passes while one looks'),
  not_in_hw: (ours) => Number(at(ours, 'TCA_ACT_IN_HW_COUNT') ?? 0) === 0,
  used_hw_stats: (ours) => {
    const used = flagNames(at(ours, 'TCA_ACT_USED_HW_STATS.value')).map((flag) => HW_STATS[flag]);
    return used.length === 0 ? ['disabled'] : used;
  },
};

/** What tc says of an action of a kind; ours is what the kernel's list of actions has of it. */
export const actionTable = (links: Links, kind: string): Table => ({ ...COMMON, ...kindTables(links)[kind] });

/** Actions of a list, in its order, their options beside what all have. */
export function actionsIn(list: ShownValue | undefined): readonly Shown[] {
  const actions = Object.values((list ?? {}) as Shown) as Shown[];
  return actions.map((action) => ({ ...action, ...((action['TCA_ACT_OPTIONS'] ?? {}) as Shown) }));
}

/** The actions of a filter, wherever its kind keeps them. */
export const actionsAt = (links: Links, paths: readonly string[]): Each => ({
  each: (ours) => actionsIn(paths.map((path) => at(ours, path)).find((list) => list !== undefined)),
  table: (action) => actionTable(links, String(action['TCA_ACT_KIND'])),
});
