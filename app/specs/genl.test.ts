import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import type { Envelope } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, createDissector, fromHex, learnFamily, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);

/** "v0 speed 10000 …" of every message of a family in a capture, behind its type; each text once, in order. */
function summariesOf(file: string, family: string): string[] {
  const families = newFamilies();
  const context = bareContext(families);
  const texts: string[] = [];
  for (const { bytes, envelope } of readCorpus(file)) {
    const decoded = dissector.decode(bytes, envelope, context);
    learnFamily(bytes, envelope, context, families);
    if (decoded.genlFamily !== family) continue;
    const { type, info } = dissector.summarize(bytes, envelope, context);
    texts.push(`${type} ${info.join('')}`.trim());
  }
  return [...new Set(texts)];
}

/** A message of a generic netlink family as its hex, recorded under the id that its nlmsg_type says. */
class Recorded {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #families = newFamilies();
  readonly #envelope: Envelope;

  constructor(family: string, hex: string, direction: Envelope['direction'] = 'unknown') {
    const bytes = fromHex(hex);
    if (bytes === null) throw new Error('the test has a message that is no hex');
    this.#bytes = bytes;
    const id = bytes[4] | (bytes[5] << 8);
    this.#families.learn({ id, name: family, version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
    this.#envelope = { ...plainEnvelope(16, true), direction };
  }

  summary(): string {
    const { type, info } = dissector.summarize(this.#bytes, this.#envelope, bareContext(this.#families));
    return `${type} ${info.join('')}`;
  }

  /** Texts of all fields of that name, at any depth. */
  texts(name: string): string[] {
    const { fields } = dissector.decode(this.#bytes, this.#envelope, bareContext(this.#families));
    const found: string[] = [];
    const open = [...fields];
    for (let field = open.shift(); field !== undefined; field = open.shift()) {
      if (field.name === name) found.push(field.text);
      open.push(...field.children);
    }
    return found;
  }

  original(): string {
    return toHex(this.#bytes);
  }

  /** The bytes that the encoder makes of the message's values. */
  again(): string {
    const values = dissector.values(this.#bytes, this.#envelope, bareContext(this.#families));
    const carried = JSON.parse(JSON.stringify(values));
    return toHex(encodeMessage(carried, { library, genl: this.#families, littleEndian: true }).bytes);
  }
}

describe('gtp', () => {
  // gtp_genl_fill_info writes nlmsg_type as the command of what it answers.
  it('answers with its id in place of a command', () => {
    const seen = summariesOf('genl-d', 'gtp');
    expect(seen).toContain('GTP_CMD_GETPDP if5 v1 tei 100/200 ms_addr 10.7.0.2 peer 10.9.0.2');
    expect(seen).toContain('GTP_CMD_GETPDP if5 v0 tid 51966 ms_addr 10.7.0.3 peer 10.9.0.2');
  });
});

describe('what the kernel tells of OpenVPN', () => {
  it('reads by peers, their addresses and keys', () => {
    const seen = summariesOf('ovpn-d', 'ovpn');
    expect(seen).toEqual(
      expect.arrayContaining([
        'OVPN_CMD_PEER_NEW add peer if3 peer 2 remote [2001:db8::9]:5000 vpn 10.8.0.3',
        'OVPN_CMD_KEY_NEW add key if3 key 1 secondary peer 1 cipher chacha20_poly1305',
        'OVPN_CMD_PEER_FLOAT_NTF peer floated if3 peer 1 remote 127.0.0.1:1195',
        'OVPN_CMD_PEER_DEL_NTF peer deleted if3 peer 1 reason expired',
      ]),
    );
  });
});

describe('vdpa', () => {
  /** `vdpa -j dev config show`: "link ":"up", and `vdpa mgmtdev show`: supported_classes net. */
  it('says what vdpa printed, and reads the 16 bits that the kernel writes of a link', () => {
    const seen = summariesOf('vdpa-d', 'vdpa');
    expect(seen).toContain('VDPA_CMD_DEV_CONFIG_GET net1 mac 00:11:22:33:44:55 link up mtu 9000');
    expect(seen).toContain('VDPA_CMD_MGMTDEV_NEW vdpasim_blk supported_classes block max_supported_vqs 0');
  });
});

describe('knfsd, its caches and the handshakes of TLS', () => {
  const seen = ['nfsd', 'sunrpc', 'handshake', 'lockd'].flatMap((family) => summariesOf('nfs-d', family));

  it('read as nfsdctl, mountd and tlshd spoke', () => {
    expect(seen).toEqual(
      expect.arrayContaining([
        'NFSD_CMD_LISTENER_GET tcp [::1]:2049, tcp 127.0.0.1:2049',
        'NFSD_CMD_THREADS_SET set threads 4 min-threads 2 gracetime 20 leasetime 30 scope lab',
        'NFSD_CMD_SVC_EXPORT_GET_REQS *:/export',
        'SUNRPC_CMD_IP_MAP_SET_REQS set ip map reqs address nfsd 127.0.0.1 is *',
        'HANDSHAKE_CMD_READY ready class tlshd',
        'HANDSHAKE_CMD_ACCEPT socket 4 clienthello peer 127.0.0.1 auth x509',
        'LOCKD_CMD_SERVER_GET gracetime 30 tcp-port 4045 udp-port 4045',
      ]),
    );
  });
});

describe('nfc', () => {
  it('names commands and events without the words of their constants', () => {
    const seen = summariesOf('genl-d', 'nfc');
    expect(seen).toContain('NFC_CMD_LLC_GET_PARAMS nfc0 lto 150 rw 15 miux 2047');
    expect(seen).toContain('NFC_CMD_START_POLL start poll nfc1 listen nfc_dep_mask');
    expect(seen).toContain('NFC_CMD_DEP_LINK_UP dep link up nfc0 target 0 initiator active');
  });
});

describe('drbd, as drbdsetup and the kernel spoke', () => {
  const seen = summariesOf('drbd-d', 'drbd');

  it('tells what was asked, how it ended and what became of devices and connections', () => {
    expect(seen).toEqual(
      expect.arrayContaining([
        'DRBD_ADM_CONNECT r0 127.0.0.1:7788 to 127.0.0.1:7789 ss_success',
        'DRBD_ADM_CONNECTION_STATE r0 127.0.0.1:7788 to 127.0.0.1:7789 no_error create connection standalone',
        'DRBD_ADM_EVENT r0 volume 0 127.0.0.1:7788 to 127.0.0.1:7789 minor 0 no_error role secondary conn unconnected disk inconsistent peer disk unknown',
        'DRBD_ADM_INVALIDATE minor 0 ss_nothing_to_do',
        'DRBD_ADM_GET_RESOURCES dump resources',
        'DRBD_ADM_CHG_NET_OPTS 127.0.0.1:7788 to 127.0.0.1:7789 err_invalid_request unknown connection',
      ]),
    );
  });

  it('keeps the secret that both sides share', () => {
    const families = newFamilies();
    const context = bareContext(families);
    let secrets = 0;
    for (const { bytes, envelope } of readCorpus('drbd-d')) {
      learnFamily(bytes, envelope, context, families);
      const { tree, summary } = dissector.dissect(bytes, envelope, context);
      const text = JSON.stringify([tree, summary]);
      expect(text).not.toContain('hush');
      if (text.includes('"DRBD_A_NET_CONF_SHARED_SECRET"') && text.includes('5 bytes, hidden')) secrets++;
    }
    expect(secrets).toBeGreaterThan(0);
  });
});

describe('ethtool', () => {
  const said = summariesOf('ethtool-a', 'ethtool');

  it('has its own names for requests and for replies, which count apart', () => {
    expect(library.genlMessage('ethtool', 4, true)?.name).toBe('ETHTOOL_MSG_LINKMODES_GET');
    expect(library.genlMessage('ethtool', 4, false)?.name).toBe('ETHTOOL_MSG_LINKMODES_GET_REPLY');
    expect(library.genlMessage('ethtool', 5, false)?.name).toBe('ETHTOOL_MSG_LINKMODES_NTF');
    expect(library.genlMessage('ethtool', 48, true)?.name).toBe('ETHTOOL_MSG_RSS_SET');
    expect(library.genlMessage('ethtool', 48, false)?.name).toBe('ETHTOOL_MSG_TSCONFIG_SET_REPLY');
  });

  it('says what ethtool printed: Speed, Duplex, Port, PHYAD, Transceiver, channels and timestamping', () => {
    for (const line of [
      'ETHTOOL_MSG_LINKMODES_GET get linkmodes v0',
      'ETHTOOL_MSG_LINKMODES_GET_REPLY v0 speed 10000 duplex full autoneg disable',
      'ETHTOOL_MSG_LINKINFO_GET_REPLY v0 port tp phyad 0 transceiver internal',
      'ETHTOOL_MSG_LINKSTATE_GET_REPLY v0 no link',
      'ETHTOOL_MSG_CHANNELS_GET_REPLY v0 rx 1/2 tx 1/2',
      'ETHTOOL_MSG_TSINFO_GET_REPLY v0 capabilities software-transmit, software-receive, software-system-clock',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('names the bits that a request sets, as a list or as a bitmap', () => {
    expect(said).toContain('ETHTOOL_MSG_DEBUG_SET set debug eth0 msglvl drv, probe, link');
    expect(said).toContain(
      'ETHTOOL_MSG_FEATURES_SET set features v0 wanted tx-tcp-segmentation, tx-tcp-ecn-segmentation, ' +
        'tx-tcp-mangleid-segmentation, tx-tcp6-segmentation, rx-gro on',
    );
    expect(said).toContain('ETHTOOL_MSG_STRSET_GET_REPLY features 64 strings');
  });
});

describe('bits of a set by number', () => {
  /** `ethtool -s eth0 wol pumbag`. */
  it('have the names of their set, where the message names none', () => {
    const seen = summariesOf('shaper-d', 'ethtool');
    expect(seen).toContain('ETHTOOL_MSG_WOL_SET set wol eth0 wake-on phy, ucast, mcast, bcast, arp, magic');
  });
});

describe('wireguard', () => {
  it('says what wg printed, but no secret', () => {
    const said = summariesOf('wg-a', 'wireguard');
    expect(said).toContain(
      'WG_CMD_GET_DEVICE wg0 listening port 51820 fwmark 0x1234 peer RDf+LSpeEre7YEIKaxg+wbpsNV7du+ktR99uBEtIiCA= ' +
        'endpoint 192.0.2.9:5000 allowed ips 10.0.0.0/8, 2001:db8::/32 persistent keepalive every 25 s',
    );
    expect(said.join('\n')).not.toContain('EEGlnEPYJV//kbvvIqxKkQwOiS+UENyPncC4bF46ong=');
  });
});

describe('devlink parameters, whose type another attribute tells', () => {
  const number = new Recorded(
    'devlink',
    '6c000000170002000b8f006bfa0c0000260100000e0001006e657464657673696d0000000f0002006e657464657673696d310000' +
      '380050000d0051006d61785f6d616373000000000400520005005300030000001800540014005500050057000100000008005600' +
      '20000000',
  );
  const flag = new Recorded(
    'devlink',
    '60000000170002000b8f006bfa0c0000260100000e0001006e657464657673696d0000000f0002006e657464657673696d310000' +
      '2c0050000a005100746573743100000005005300060000001400540010005500050057000100000004005600',
  );
  const request = new Recorded(
    'devlink',
    '5c000000170005000b8f006b00000000270100000e0001006e657464657673696d0000000f0002006e657464657673696d310000' +
      '0d0051006d61785f6d61637300000000050057000100000005005300030000000800560008000000',
  );

  it('read as devlink prints them', () => {
    expect(number.summary()).toBe('DEVLINK_CMD_PARAM_GET netdevsim/netdevsim1 name max_macs cmode driverinit value 32');
    expect(flag.summary()).toBe('DEVLINK_CMD_PARAM_GET netdevsim/netdevsim1 name test1 cmode driverinit value true');
    expect(flag.texts('DEVLINK_ATTR_PARAM_VALUE_DATA')).toEqual(['present']);
    expect(request.summary()).toBe(
      'DEVLINK_CMD_PARAM_SET set param netdevsim/netdevsim1 name max_macs value 8 cmode driverinit',
    );
  });

  it.each([number, flag, request])('are written as they were', (message) => {
    expect(message.again()).toBe(message.original());
  });

  it('are written from a value and a type', () => {
    const families = newFamilies();
    families.learn({ id: 23, name: 'devlink', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
    const { bytes, problems } = encodeMessage(
      {
        protocol: 'NETLINK_GENERIC',
        genlFamily: 'devlink',
        genl: { cmd: 'DEVLINK_CMD_PARAM_SET', version: 1 },
        flags: ['NLM_F_REQUEST'],
        seq: 1,
        portid: 0,
        attributes: [
          { name: 'DEVLINK_ATTR_PARAM_VALUE_DATA', value: 513 },
          { name: 'DEVLINK_ATTR_PARAM_TYPE', value: 'DEVLINK_VAR_ATTR_TYPE_U16' },
        ],
      },
      { library, genl: families, littleEndian: true },
    );
    expect(problems).toEqual([]);
    expect(toHex(bytes.subarray(20))).toBe('06005600010200000500530002000000');
  });
});

describe('events that count apart from replies', () => {
  it('of MPTCP, as `ip mptcp monitor` prints them', () => {
    const created = new Recorded(
      'mptcp_pm',
      '640000001c00000000000000000000000101000008000100c74ba075050012000100000006000d00020000000600020002000000' +
        '080005007f000001080007007f000001060009001e61000006000a008c00000005000300000000000500040000000000',
    );
    expect(created.summary()).toBe(
      'MPTCP_EVENT_CREATED created token 0x75a04bc7 remid 0 locid 0 saddr 127.0.0.1 daddr 127.0.0.1 sport 7777 dport 35840 ' +
        'server_side flags SERVER_SIDE',
    );
    expect(created.again()).toBe(created.original());
    const closed = new Recorded('mptcp_pm', '1c0000001c00000000000000000000000301000008000100c1547570');
    expect(closed.summary()).toBe('MPTCP_EVENT_CLOSED closed token 0x707554c1');
    expect(closed.again()).toBe(closed.original());
  });

  it('leave answers alone that have neither number nor address, where the source tells that they are answers', () => {
    // thermal_genl_cmd_dumpit of Linux 6.18 answers so.
    const answer = '180000001300020000000000000000000101000004000180';
    expect(new Recorded('thermal', answer, 'reply').summary()).toMatch(/^THERMAL_GENL_CMD_TZ_GET_ID/);
    expect(new Recorded('thermal', answer).summary()).toMatch(/^THERMAL_GENL_EVENT_TZ_CREATE/);
  });

  it('leave the replies of the same number alone', () => {
    const endpoint = new Recorded(
      'mptcp_pm',
      '400000001c00020000000000265e0000030100002c00018006000100020000000600050000000000050002000100000008000600' +
        '01000000080003007f000002',
    );
    expect(endpoint.summary()).toBe('MPTCP_PM_CMD_GET_ADDR 127.0.0.2 id 1 signal');
    expect(endpoint.again()).toBe(endpoint.original());
  });
});

describe('a family’s own header', () => {
  it('of Open vSwitch stands between the generic one and the attributes', () => {
    const miss = new Recorded(
      'ovs_packet',
      '12010000370000000000000000000000010100005b02000088000200080014000000000008001300000000000800020000000000' +
        '080003000100000008000f0000000000080016000000000006001700000000000800180000000000140019000000000000000000' +
        '0000000000000000100004002260c2698d4c82a57033181c0600060008000000100007000a0000010a0000020100400006000b00' +
        '080000000c000b00e961c7a2010000006600010082a57033181c2260c2698d4c080045000054befd4000400167a90a0000010a00' +
        '000208009427107c00014f8f006b000000003c8e080000000000101112131415161718191a1b1c1d1e1f20212223242526272829' +
        '2a2b2c2d2e2f3031323334353637',
    );
    expect(miss.texts('dp_ifindex')).toEqual(['603']);
    expect(miss.texts('OVS_KEY_ATTR_IPV4')).toEqual(['10.0.0.1, 10.0.0.2, 1, …']);
    expect(miss.summary()).toBe('OVS_PACKET_CMD_MISS miss in_port(1) ip 10.0.0.1 > 10.0.0.2 icmp');
    expect(miss.again()).toBe(miss.original());
  });
});

describe('payloads inside messages', () => {
  it('of the drop monitor read as dropwatch tells them', () => {
    const drop = new Recorded(
      'NET_DM',
      'b00000003a00000000000000000000000502000006000e00000000000c000200658ff7b5ffffffff0e0017004e4f5f534f434b45' +
        '540000001f0003005f5f756470345f6c69625f7263762b30783534352f307864643000000c00048008000000010000000c000500' +
        '15c4e227e1d3e91808000a002c00000006000600000800003000070000000000000000000000000008004500001e362640004011' +
        '06a77f0000017f000001ac860009000afe1d780a',
    );
    expect(drop.summary()).toBe(
      'NET_DM_CMD_PACKET_ALERT drop at __udp4_lib_rcv+0x545/0xdd0 reason NO_SOCKET ' +
        'ip 127.0.0.1:44166 > 127.0.0.1:9 udp length 44',
    );
  });

  it('of a team’s option have the type that stands beside them', () => {
    const option = new Recorded(
      'team',
      '500000002a000200000000000000000002010000080001006400000034000200300001000d0001007072696f7269747900000000' +
        '0800060061000000050003000e000000080004000000000004000200',
    );
    expect(option.texts('TEAM_ATTR_OPTION_DATA')).toEqual(['0']);
    expect(option.again()).toBe(option.original());
  });

  it('of IPVS hold either kind of address', () => {
    const server = new Recorded(
      'IPVS',
      'c8000000330005003e8f006bb90f4057050100005400018006000100020000000600020006000000140003000a00000100000000' +
        '0000000000000000060004000050000005000600000000000c00070000000000ffffffff080008000000000008000900ffffffff' +
        '6000028006000b0002000000140001000a000005000000000000000000000000060002001f900000080003000000000008000400' +
        '0500000005000d000000000006000e000000000006000f000000000008000500000000000800060000000000',
    );
    expect(server.summary()).toBe('IPVS_CMD_NEW_DEST add dest tcp 10.0.0.1:80 -> 10.0.0.5:8080 masq weight 5');
  });

  it('of MACsec keep their keys', () => {
    const key = new Recorded(
      'macsec',
      '6000000029000500f78e006b00000000040100000800010053000000440003000500010000000000080003000100000014000500' +
        '010000000000000000000000000000001400040000112233445566778899aabbccddeeff0500020001000000',
    );
    expect(key.texts('MACSEC_SA_ATTR_KEY')).toEqual(['16 bytes, hidden']);
  });
});

describe('every family of Linux 7.2', () => {
  // The name of each `struct genl_family` in the kernel's tree.
  const names = [
    ...['802.15.4 MAC', 'HSR', 'IOAM6', 'IPVS', 'MAC80211_HWSIM', 'MAC802154_HWSIM', 'NCSI', 'NET_DM', 'NLBL_CALIPSO'],
    ...['NLBL_CIPSOv4', 'NLBL_MGMT', 'NLBL_UNLBL', 'SEG6', 'SMBD_GENL', 'SMC_GEN_NETLINK', 'SMC_PNETID', 'TASKSTATS'],
    ...['TCM-USER', 'TIPC', 'TIPCv2', 'VFS_DQUOT', 'acpi_event', 'batadv', 'binder', 'cifs', 'dev-energymodel'],
    ...['devlink', 'dpll', 'drbd', 'drm-ras', 'ethtool', 'fou', 'gtp', 'handshake', 'ila', 'l2tp', 'lockd', 'macsec'],
    ...['mptcp_pm', 'nbd', 'net-shaper', 'netdev', 'nfc', 'nfsd', 'nl80211', 'nl802154', 'nlctrl', 'ovpn'],
    ...[
      'ovs_ct_limit',
      'ovs_datapath',
      'ovs_flow',
      'ovs_meter',
      'ovs_packet',
      'ovs_vport',
      'pmcraid',
      'psample',
      'psp',
    ],
    ...['reg_event', 'sunrpc', 'tcp_metrics', 'team', 'thermal', 'vdpa', 'wireguard'],
  ];
  const specs = new Map([...library.specs()].filter((s) => s.genlFamily !== '').map((s) => [s.genlFamily, s]));

  it('is known by name', () => {
    expect(names).toHaveLength(64);
    expect(names.filter((name) => !specs.has(name))).toEqual([]);
  });

  it.each(names)('%s has commands, and attributes with types', (name) => {
    const spec = specs.get(name)!;
    expect(spec.requests.size + spec.replies.size + spec.events.size).toBeGreaterThan(0);
    const layouts = [...spec.spaces.values()].flatMap((space) => [...space.byNumber.values()].map((a) => a.layout));
    expect(layouts.filter((layout) => layout !== 'pad' && layout !== 'unused')).not.toEqual([]);
  });
});

describe('messages laid out by hand after the kernel’s structs and constants', () => {
  const messages: readonly (readonly [family: string, summary: string, hex: string])[] = [
    [
      'TIPC',
      'TIPC_GENL_CMD get_links to 0x1001001 0x1001000',
      '240000001d00010001000000000000000101000001100001040000000008001101001000',
    ],
    [
      'TIPC',
      'TIPC_GENL_CMD get_links to 0x1001001 error TIPC_CFG_NOT_SUPPORTED',
      '240000001d00010001000000000000000101000001100001040000000006001084000000',
    ],
    [
      'TIPC',
      'TIPC_GENL_CMD get_links link 1.1.1:eth0-1.1.2:eth0',
      '6c0000001d0001000100000000000000010100000000000004000000005000160100100200000001' +
        '312e312e313a657468302d312e312e323a65746830'.padEnd(136, '0'),
    ],
    [
      'SMBD_GENL',
      'KSMBD_EVENT_LOGIN_RESPONSE login response ann ok uid 1000 gid 1000',
      'ac0000001e0001000100000000000000050100009800050007000000e8030000e8030000616e6e00' +
        `${'00'.repeat(44)}0100100011111111111111111111111111111111${'00'.repeat(68)}`,
    ],
    [
      'drbd',
      'DRBD_ADM_EVENT r0 volume 0 minor 3 role primary peer secondary conn connected disk up_to_date peer disk up_to_date',
      '440000001f0000000100000000000000010100000300000000000000140002800700020072300000080001000000000014000880' +
        '080001000200000008000200a9100100',
    ],
    [
      'MAC80211_HWSIM',
      'HWSIM_CMD_TX_INFO_FRAME tx info frame from 42:00:00:00:01:00 signal -50 tx_ctl_req_tx_status,tx_stat_ack',
      '48000000200001000100000000000000030100000a000200420000000100000008000400050000000c0007000c01ff00ff00ff00' +
        '08000600ceffffff0c0008000900000000000000',
    ],
    [
      'nl802154',
      'NL802154_CMD_LIST_ASSOCIATIONS peer child 0x200000000000001 0xfffe',
      '3c0000002100020001000000000000002b010000280028000500060002000000050002000300000006000300feff00000c0004000100' +
        '000000000002',
    ],
  ];

  it.each(messages)('%s: %s', (family, summary, hex) => {
    const message = new Recorded(family, hex);
    expect(message.summary()).toBe(summary);
    expect(message.again()).toBe(message.original());
  });

  it('tells no password hash of an SMB user', () => {
    expect(new Recorded('SMBD_GENL', messages[3][2]).texts('hash')).toEqual(['18 bytes, hidden']);
  });
});
