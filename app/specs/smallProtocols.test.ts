import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import type { Direction, FieldNode, FieldValue, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, createDissector, toHex } from '../dissect/index.ts';
import { type CORPUS, newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './builtin.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const context = bareContext(newFamilies());

/** Writes a message, reads it, and writes what was read: both must be the same bytes. */
function carry(value: Partial<MessageValue>, protocol: number, direction: Direction, littleEndian = true) {
  const whole: MessageValue = { protocol: String(protocol), flags: [], seq: 0, portid: 0, attributes: [], ...value };
  const scope = { library, genl: newFamilies(), littleEndian };
  const { bytes, problems } = encodeMessage(whole, scope);
  expect(problems).toEqual([]);
  const envelope = { ...plainEnvelope(protocol, littleEndian), direction };
  const { tree, notes, summary } = dissector.dissect(bytes, envelope, context);
  const values = dissector.values(bytes, envelope, context);
  expect(toHex(encodeMessage(values!, scope).bytes)).toBe(toHex(bytes));
  return { bytes, tree, notes, line: `${summary.type} ${summary.info.join('')}` };
}

function find(nodes: readonly FieldNode[], ...path: string[]): FieldNode | undefined {
  const found = nodes.find((node) => node.name === path[0]);
  return found === undefined || path.length === 1 ? found : find(found.children, ...path.slice(1));
}

function lines(file: (typeof CORPUS)[number]): string[] {
  return readCorpus(file).map(({ bytes, envelope }) => {
    const summary = dissector.summarize(bytes, envelope, context);
    return `${summary.type} ${summary.info.join('')}`;
  });
}

describe('captures of small protocols', () => {
  // `rdma dev show`, `rdma link`, `rdma system show` and `rdma res show` printed these values.
  it('RDMA devices read as the rdma tool prints them', () => {
    const seen = lines('raw-rdma-a');
    expect(seen).toContain(
      'RDMA_NLDEV_CMD_GET 0: rxe0: node_type ib_ca protocol roce node_guid 6c9f:d8ff:fe40:f11c sys_image_guid 6c9f:d8ff:fe40:f11c',
    );
    expect(seen).toContain('RDMA_NLDEV_CMD_GET 0: rxe0: state DOWN physical_state POLLING netdev d0');
    expect(seen).toContain('RDMA_NLDEV_CMD_SYS_GET netns shared privileged-qkey 0 monitor 1 copy-on-fork 1');
    expect(seen.some((line) => line.includes('cqn 0 cqe 1023 users 2'))).toBe(true);
  });

  // `rdma -d res show`, `rdma statistic show` and `rdma monitor` printed these values.
  it('objects and counters of RDMA devices read as the rdma tool prints them', () => {
    expect(lines('rdma-d')).toEqual(
      expect.arrayContaining([
        'RDMA_NLDEV_CMD_RES_QP_GET dev rxe0 lqpn 17 rqpn 18 type RC state RTS pdn 3 pid 237, lqpn 18 rqpn 17 type RC state RTS pdn 4 pid 234, lqpn 1 type GSI state RTS comm ib_core',
        'RDMA_NLDEV_CMD_RES_CM_ID_GET dev rxe0 cm-idn 0 state LISTEN ps TCP pid 234 src-addr 10.9.0.1:7174 dst-addr 0.0.0.0:0, cm-idn 1 lqpn 17 type RC state CONNECT ps TCP pid 237 src-addr 10.9.0.1:33398 dst-addr 10.9.0.1:7174, … 1 more',
        'RDMA_NLDEV_CMD_RES_CTX_GET dev rxe0 ctxn 0 pid 234, ctxn 1 pid 239',
        'RDMA_NLDEV_CMD_RES_CQ_GET dev rxe0 cqn 0 cqe 1023 users 2 poll-ctx UNBOUND_WORKQUEUE comm ib_core',
        'RDMA_NLDEV_CMD_STAT_GET dev rxe0 port 1 sent_pkts 11353, rcvd_pkts 11353, duplicate_request 1, out_of_seq_request 0, rcvd_rnr_err 0, send_rnr_err 0, rcvd_seq_err 0, … 10 more',
        'RDMA_NLDEV_CMD_STAT_SET set dev 0 port 1 mode auto qp_type',
        'RDMA_NLDEV_CMD_SYS_SET set system netns exclusive',
        'RDMA_NLDEV_CMD_SET set dev 1 name rxe7',
        'RDMA_NLDEV_CMD_MONITOR RENAME_EVENT dev 1 rxe7',
      ]),
    );
  });

  // What iscsid and the kernel said while a session to a target was opened, lost, opened again and closed.
  it('iSCSI: what the kernel tells has its type in the structure alone', () => {
    const seen = lines('iscsi-d');
    expect(seen.filter((line) => line.startsWith('iscsi_uevent '))).toEqual([
      'iscsi_uevent KEVENT_CREATE_SESSION sid 1 host 0',
      'iscsi_uevent KEVENT_RECV_PDU sid 1 cid 0 LOGIN_RSP',
      'iscsi_uevent UEVENT_GET_STATS sid 1 cid 0 tx 3888 bytes rx 17336 bytes',
      'iscsi_uevent KEVENT_CONN_ERROR sid 1 cid 0 error NOP_TIMEDOUT',
      'iscsi_uevent KEVENT_RECV_PDU sid 1 cid 0 LOGIN_RSP',
      'iscsi_uevent KEVENT_UNBIND_SESSION sid 1 host 0',
      'iscsi_uevent KEVENT_RECV_PDU sid 1 cid 0 LOGOUT_RSP',
      'iscsi_uevent KEVENT_DESTROY_SESSION sid 1 host 0',
    ]);
    expect(seen).toContain('ISCSI_UEVENT_SET_PARAM sid 1 cid 0 TARGET_NAME = iqn.2026-11.org.example:disk');
    expect(seen).toContain('ISCSI_UEVENT_SET_PARAM sid 1 cid 0 MAX_BURST = 262144');
    expect(seen).toContain('ISCSI_UEVENT_STOP_CONN sid 1 cid 0 RECOVER');
  });

  it('a password of iSCSI is hidden in line and tree', () => {
    const { line, tree } = carry(
      {
        type: 'ISCSI_UEVENT_SET_PARAM',
        portid: 7,
        header: {
          type: 'ISCSI_UEVENT_SET_PARAM',
          u: { sid: 1, cid: 0, param: 'ISCSI_PARAM_PASSWORD', len: 5 },
          data: { value: { value: { hex: '6875736800' } } },
        },
      },
      8,
      'request',
    );
    expect(line).toBe('ISCSI_UEVENT_SET_PARAM set sid 1 cid 0 PASSWORD = 5 bytes, hidden');
    const secret = find(tree, 'iscsi_uevent', 'data', 'value', 'value');
    expect(secret?.text).toBe('5 bytes, hidden');
    expect(find(tree, 'iscsi_uevent', 'data')?.text).not.toContain('hush');
  });

  it('crypto algorithms have implementation, module and kind', () => {
    expect(lines('raw-crypto')[3]).toBe(
      'CRYPTO_MSG_GETALG sha256 driver sha256-generic module kernel priority 100 refcnt 9 type shash',
    );
  });

  it('process events tell who did what', () => {
    expect(lines('raw-connector').slice(0, 4)).toEqual([
      'cn_msg none err 0',
      'cn_msg exit pid 347 code 0 signal 17',
      'cn_msg fork 342 forks 348',
      'cn_msg exec pid 348',
    ]);
  });
});

describe('layouts that no capture has', () => {
  it('SELinux', () => {
    const header = { val: 1 };
    expect(carry({ type: 'SELNL_MSG_SETENFORCE', header }, 7, 'notify').line).toBe(
      'SELNL_MSG_SETENFORCE enforcing=1 (enforcing)',
    );
    expect(carry({ type: 'SELNL_MSG_POLICYLOAD', header: { seqno: 3 } }, 7, 'notify', false).line).toBe(
      'SELNL_MSG_POLICYLOAD policy seqno=3',
    );
  });

  it('requests of process events, with and without a choice of events', () => {
    const header = { idx: 'CN_IDX_PROC', val: 1, data: { event: { mcast_op: 'PROC_CN_MCAST_LISTEN' } } };
    const plain = carry({ type: 'cn_msg', header }, 11, 'request');
    expect(toHex(plain.bytes.subarray(16))).toBe('0100000001000000000000000000000004000000' + '01000000');
    expect(plain.line).toBe('cn_msg listen');
    const event = { mcast_op: 'PROC_CN_MCAST_LISTEN', event_type: ['PROC_EVENT_EXEC', 'PROC_EVENT_EXIT'] };
    const chosen = carry({ type: 'cn_msg', header: { idx: 1, val: 1, data: { event } } }, 11, 'request');
    expect(chosen.bytes.length).toBe(16 + 20 + 8);
    expect(chosen.line).toBe('cn_msg listen exec,exit');
  });

  it('process events of kernels before 3.15, whose exit has no parent', () => {
    const event_data = { process_pid: 7, process_tgid: 7, exit_code: 256, exit_signal: 17 };
    const event = { what: 'PROC_EVENT_EXIT', cpu: 1, timestamp_ns: 1500000000, event_data };
    const header = { idx: 1, val: 1, seq: 9, ack: 0, len: 32, data: { event } };
    const { tree, line } = carry({ type: 'cn_msg', header }, 11, 'notify');
    expect(line).toBe('cn_msg exit pid 7 code 256 signal 17');
    expect(find(tree, 'cn_msg', 'data', 'event', 'timestamp_ns')?.text).toBe('1.5 s');
    expect(find(tree, 'cn_msg', 'data', 'event', 'event_data', 'parent_pid')).toBeUndefined();
  });

  it('1-wire messages with their commands', () => {
    const commands: FieldValue[] = [
      { cmd: 'W1_CMD_WRITE', res: 0, data: 'be' },
      { cmd: 'W1_CMD_READ', res: 0, len: 0 },
    ];
    const messages: FieldValue[] = [
      { type: 'W1_SLAVE_CMD', status: 0, id: '28ff000000000001', data: { commands } },
      { type: 'W1_LIST_MASTERS', status: 0, id: { id: 0, res: 0 }, data: { masters: [1, 2] } },
    ];
    const header = { idx: 'CN_W1_IDX', val: 1, seq: 1, ack: 0, flags: 0, data: { messages } };
    const { tree } = carry({ type: 'cn_msg', header }, 11, 'request');
    const data = find(tree, 'cn_msg', 'data', 'messages');
    expect(data?.children.map((m) => find(m.children, 'len')?.value)).toEqual([9, 8]);
    const first = data?.children[0].children ?? [];
    expect(find(first, 'data', 'commands')?.children.map((c) => find(c.children, 'cmd')?.text)).toEqual([
      'W1_CMD_WRITE (1)',
      'W1_CMD_READ (0)',
    ]);
  });

  it('services of the connector that nobody describes keep their bytes', () => {
    const header = { idx: 'CN_KVP_IDX', val: 1, seq: 0, ack: 0, len: 5, flags: 0, data: '0102030405' };
    expect(carry({ type: 'cn_msg', header }, 11, 'notify').line).toBe('cn_msg CN_KVP_IDX 5 bytes');
  });

  it('iSCSI: type numbers below 16, unions by type', () => {
    const create = { type: 'ISCSI_UEVENT_CREATE_SESSION', transport_handle: '18446744072638586880' };
    const u = { initial_cmdsn: 1, cmds_max: 128, queue_depth: 32 };
    const asked = carry({ type: 'ISCSI_UEVENT_CREATE_SESSION', header: { ...create, u } }, 8, 'request');
    expect(find(asked.tree, 'iscsi_uevent', 'u', 'cmds_max')?.value).toBe(128);
    const error = { type: 'ISCSI_KEVENT_CONN_ERROR', r: { sid: 1, cid: 0, error: 'ISCSI_ERR_CONN_FAILED' } };
    expect(carry({ type: 'ISCSI_KEVENT_CONN_ERROR', header: error }, 8, 'notify').line).toContain('error CONN_FAILED');
  });

  it('SCSI transport: Fibre Channel events and vendor messages', () => {
    const snlh = {
      version: 1,
      transport: 'SCSI_NL_TRANSPORT_FC',
      magic: 0xa1b2,
      msgtype: 'FC_NL_ASYNC_EVENT',
      msglen: 48,
    };
    const event = {
      snlh,
      seconds: 1700000000,
      host_no: 2,
      event_datalen: 4,
      event_num: 5,
      event_code: 'FCH_EVT_LINKUP',
    };
    const fc = carry({ type: 'SCSI_TRANSPORT_MSG', header: { ...event, event_data: '0a000000' } }, 18, 'notify');
    expect(fc.line).toBe('SCSI_TRANSPORT_MSG linkup host 2 data 0a 00 00 00 event 5');
    const own = { ...snlh, transport: 'SCSI_NL_TRANSPORT', msgtype: 'SCSI_NL_SHOST_VENDOR' };
    const header = { snlh: own, vendor_id: '72057594037932039', host_no: 3, vmsg_datalen: 4 };
    const vendor = carry({ type: 'SCSI_TRANSPORT_MSG', header, payload: 'deadbeef' }, 18, 'request');
    expect(vendor.line).toContain('SCSI_NL_SHOST_VENDOR');
  });

  it('FIB lookups and what the kernel fills in', () => {
    const header = {
      fl_addr: '10.0.0.9',
      tb_id: 'RT_TABLE_MAIN',
      prefixlen: 24,
      type: 'RTN_UNICAST',
      scope: 'RT_SCOPE_LINK',
    };
    expect(carry({ type: 'FIB_LOOKUP', header }, 10, 'reply').line).toBe(
      'FIB_LOOKUP 10.0.0.9 unicast prefixlen 24 table main scope link nh 0',
    );
    expect(lines('connector-misc').filter((line) => line.startsWith('FIB_LOOKUP')).length).toBe(4);
  });

  it('InfiniBand paths: the kernel asks with a header, the service answers with attributes', () => {
    const asked = carry(
      {
        type: 'RDMA_NL_LS_OP_RESOLVE',
        flags: ['NLM_F_REQUEST'],
        header: { device_name: 'mlx5_0', port_num: 1, path_use: 'LS_RESOLVE_PATH_USE_ALL' },
        attributes: [{ name: 'LS_NLA_TYPE_PKEY | RDMA_NLA_F_MANDATORY', value: 0xffff }],
      },
      20,
      'notify',
    );
    expect(find(asked.tree, 'rdma_ls_resolve_header', 'device_name')?.text).toBe('"mlx5_0"');
    expect(find(asked.tree, 'LS_NLA_TYPE_PKEY | RDMA_NLA_F_MANDATORY')?.text).toBe('0xffff');
    const path = { dgid: 'fe80::1', sgid: 'fe80::2', dlid: 1, slid: 2 };
    const value = { flags: ['IB_PATH_PRIMARY', 'IB_PATH_GMP'], reserved: 0, path_rec: path };
    const answer = carry(
      { type: 'RDMA_NL_LS_OP_RESOLVE', attributes: [{ name: 'LS_NLA_TYPE_PATH_RECORD', value }] },
      20,
      'request',
    );
    expect(find(answer.tree, 'LS_NLA_TYPE_PATH_RECORD', 'path_rec', 'dgid')?.text).toBe('fe80::1');
  });

  it('the iWARP port mapper: other attributes in each direction', () => {
    const number = { type: 'IWPM_NLA_REG_IF_NAME', message: 'RDMA_NL_IWPM_REG_PID' };
    const asked = carry({ type: number.message, attributes: [{ name: number.type, value: 'eth0' }] }, 20, 'notify');
    expect(find(asked.tree, 'IWPM_NLA_REG_IF_NAME')?.text).toBe('"eth0"');
    const flags = ['NLM_F_REQUEST'];
    const attributes = [{ name: 'IWPM_NLA_RREG_ULIB_VER', value: 4 }];
    const answer = carry({ type: number.message, flags, attributes }, 20, 'request');
    expect(find(answer.tree, 'IWPM_NLA_RREG_ULIB_VER')?.value).toBe(4);
  });

  it('datagrams of programs: text where they are text, with a header or without', () => {
    const bare = carry({ length: -1, payload: toHex(new TextEncoder().encode('hello, world\n')) }, 2, 'user');
    expect(bare.line).toBe('datagram hello, world');
    expect(bare.notes).toEqual([]);
    expect(carry({ length: -1, payload: 'ff00ff' }, 30, 'unknown').line).toBe('datagram ff 00 ff');
    const framed = dissector.summarize(
      encodeMessage(
        { protocol: '31', type: 17, flags: [], seq: 0, portid: 0, attributes: [], payload: '68656c6c6f0a' },
        { library, genl: newFamilies(), littleEndian: true },
      ).bytes,
      plainEnvelope(31, true),
      context,
    );
    expect(framed.info.join('')).toBe('payload hello');
  });
});
