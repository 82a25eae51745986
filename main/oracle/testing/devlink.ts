import { at, type Json, listOf, type Table, unshared } from './compare.ts';
import type { Shown, ShownValue } from './scene.ts';
import { named } from './words.ts';

/** What `devlink -j` prints: things by their handle, one or several each. */
export function things(printed: Json): readonly Json[] {
  const [byHandle] = Object.values(printed as { readonly [command: string]: { readonly [handle: string]: Json } });
  return Object.entries(byHandle ?? {}).flatMap(([handle, said]) =>
    (Array.isArray(said) ? said : [said]).map((thing) => ({ handle, ...thing })),
  );
}

/** A device, or what of it is named or numbered. */
const handle = (...parts: readonly string[]) => ({
  handle: (ours: Shown) =>
    ['DEVLINK_ATTR_BUS_NAME', 'DEVLINK_ATTR_DEV_NAME', ...parts].flatMap((path) => at(ours, path) ?? []).join('/'),
});

const counters = (...names: readonly string[]) =>
  Object.fromEntries(
    names.map((name) => [`stats.rx.${name}`, `DEVLINK_ATTR_STATS.DEVLINK_ATTR_STATS_RX_${name.toUpperCase()}`]),
  );

/** How often a device was started anew, by action and limit. */
function reloads(stats: string) {
  return (ours: Shown) =>
    Object.fromEntries(
      listOf(at(ours, `DEVLINK_ATTR_DEV_STATS.${stats}.DEVLINK_ATTR_RELOAD_ACTION_INFO`)).map((action) => [
        named('DEVLINK_ATTR_RELOAD_ACTION', 'DEVLINK_RELOAD_ACTION_')(action as Shown, ''),
        Object.fromEntries(
          listOf(at(action, 'DEVLINK_ATTR_RELOAD_ACTION_STATS.DEVLINK_ATTR_RELOAD_STATS_ENTRY')).map((entry) => [
            named('DEVLINK_ATTR_RELOAD_STATS_LIMIT', 'DEVLINK_RELOAD_LIMIT_', {
              DEVLINK_RELOAD_LIMIT_UNSPEC: 'unspecified',
            })(entry as Shown, ''),
            at(entry, 'DEVLINK_ATTR_RELOAD_STATS_VALUE'),
          ]),
        ),
      ]),
    );
}

export const DEV_TABLE: Table = {
  ...handle(),
  index: 'DEVLINK_ATTR_INDEX',
  'stats.reload': reloads('DEVLINK_ATTR_RELOAD_STATS'),
  'stats.remote_reload': reloads('DEVLINK_ATTR_REMOTE_RELOAD_STATS'),
};

const versions = (kind: string) => (ours: Shown) =>
  Object.fromEntries(
    listOf(at(ours, `DEVLINK_ATTR_INFO_VERSION_${kind}`)).map((version) => [
      at(version, 'DEVLINK_ATTR_INFO_VERSION_NAME'),
      at(version, 'DEVLINK_ATTR_INFO_VERSION_VALUE'),
    ]),
  );

export const INFO_TABLE: Table = {
  ...handle(),
  driver: 'DEVLINK_ATTR_INFO_DRIVER_NAME',
  'versions.running': versions('RUNNING'),
  'versions.stored': versions('STORED'),
};

export const ESWITCH_TABLE: Table = {
  ...handle(),
  mode: named('DEVLINK_ATTR_ESWITCH_MODE', 'DEVLINK_ESWITCH_MODE_'),
  'inline-mode': named('DEVLINK_ATTR_ESWITCH_INLINE_MODE', 'DEVLINK_ESWITCH_INLINE_MODE_'),
  'encap-mode': named('DEVLINK_ATTR_ESWITCH_ENCAP_MODE', 'DEVLINK_ESWITCH_ENCAP_MODE_'),
};

export const PORT_TABLE: Table = {
  ...handle('DEVLINK_ATTR_PORT_INDEX'),
  type: named('DEVLINK_ATTR_PORT_TYPE', 'DEVLINK_PORT_TYPE_'),
  netdev: 'DEVLINK_ATTR_PORT_NETDEV_NAME',
  flavour: named('DEVLINK_ATTR_PORT_FLAVOUR', 'DEVLINK_PORT_FLAVOUR_', { DEVLINK_PORT_FLAVOUR_PCI_VF: 'pcivf' }),
  port: 'DEVLINK_ATTR_PORT_NUMBER',
  controller: 'DEVLINK_ATTR_PORT_CONTROLLER_NUMBER',
  pfnum: 'DEVLINK_ATTR_PORT_PCI_PF_NUMBER',
  vfnum: 'DEVLINK_ATTR_PORT_PCI_VF_NUMBER',
  external: 'DEVLINK_ATTR_PORT_EXTERNAL',
  splittable: 'DEVLINK_ATTR_PORT_SPLITTABLE',
};

const PARAM = 'DEVLINK_ATTR_PARAM';
export const PARAM_TABLE: Table = {
  ...handle(),
  name: `${PARAM}.DEVLINK_ATTR_PARAM_NAME`,
  type: (ours) => (at(ours, `${PARAM}.DEVLINK_ATTR_PARAM_GENERIC`) === true ? 'generic' : 'driver-specific'),
  values: {
    each: (ours) =>
      listOf(at(ours, `${PARAM}.DEVLINK_ATTR_PARAM_VALUES_LIST.DEVLINK_ATTR_PARAM_VALUE`)) as readonly Shown[],
    table: {
      cmode: named('DEVLINK_ATTR_PARAM_VALUE_CMODE', 'DEVLINK_PARAM_CMODE_'),
      value: 'DEVLINK_ATTR_PARAM_VALUE_DATA',
      default: 'DEVLINK_ATTR_PARAM_VALUE_DEFAULT',
    },
  },
};

const REPORTER = 'DEVLINK_ATTR_HEALTH_REPORTER';
const CLOCK = unshared('a time of day where devlink runs');
export const HEALTH_TABLE: Table = {
  ...handle(),
  reporter: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_NAME`,
  state: named(`${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_STATE`, 'DEVLINK_HEALTH_REPORTER_STATE_'),
  error: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_ERR_COUNT`,
  recover: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_RECOVER_COUNT`,
  last_dump_date: CLOCK,
  last_dump_time: CLOCK,
  grace_period: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_GRACEFUL_PERIOD`,
  burst_period: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_BURST_PERIOD`,
  auto_recover: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_RECOVER`,
  auto_dump: `${REPORTER}.DEVLINK_ATTR_HEALTH_REPORTER_AUTO_DUMP`,
};

const METADATA: { readonly [attribute: string]: string } = {
  DEVLINK_ATTR_TRAP_METADATA_TYPE_IN_PORT: 'input_port',
  DEVLINK_ATTR_TRAP_METADATA_TYPE_FA_COOKIE: 'flow_action_cookie',
};
export const TRAP_TABLE: Table = {
  ...handle(),
  name: 'DEVLINK_ATTR_TRAP_NAME',
  type: named('DEVLINK_ATTR_TRAP_TYPE', 'DEVLINK_TRAP_TYPE_'),
  generic: 'DEVLINK_ATTR_TRAP_GENERIC',
  action: named('DEVLINK_ATTR_TRAP_ACTION', 'DEVLINK_TRAP_ACTION_'),
  group: 'DEVLINK_ATTR_TRAP_GROUP_NAME',
  metadata: (ours) => Object.keys((at(ours, 'DEVLINK_ATTR_TRAP_METADATA') ?? {}) as Shown).map((key) => METADATA[key]),
  ...counters('bytes', 'packets', 'dropped'),
};
export const TRAP_GROUP_TABLE: Table = {
  ...handle(),
  name: 'DEVLINK_ATTR_TRAP_GROUP_NAME',
  generic: 'DEVLINK_ATTR_TRAP_GENERIC',
  policer: 'DEVLINK_ATTR_TRAP_POLICER_ID',
  ...counters('bytes', 'packets'),
};
export const TRAP_POLICER_TABLE: Table = {
  ...handle(),
  policer: 'DEVLINK_ATTR_TRAP_POLICER_ID',
  rate: 'DEVLINK_ATTR_TRAP_POLICER_RATE',
  burst: 'DEVLINK_ATTR_TRAP_POLICER_BURST',
  ...counters('dropped'),
};

export const RATE_TABLE: Table = {
  ...handle('DEVLINK_ATTR_PORT_INDEX', 'DEVLINK_ATTR_RATE_NODE_NAME'),
  type: named('DEVLINK_ATTR_RATE_TYPE', 'DEVLINK_RATE_TYPE_'),
  tx_share: 'DEVLINK_ATTR_RATE_TX_SHARE',
  tx_max: 'DEVLINK_ATTR_RATE_TX_MAX',
  parent: 'DEVLINK_ATTR_RATE_PARENT_NODE_NAME',
};

export const REGION_TABLE: Table = {
  ...handle('DEVLINK_ATTR_REGION_NAME'),
  size: 'DEVLINK_ATTR_REGION_SIZE',
  snapshot: (ours) =>
    listOf(at(ours, 'DEVLINK_ATTR_REGION_SNAPSHOTS.DEVLINK_ATTR_REGION_SNAPSHOT')).map((snapshot) =>
      at(snapshot, 'DEVLINK_ATTR_REGION_SNAPSHOT_ID'),
    ),
  max: 'DEVLINK_ATTR_REGION_MAX_SNAPSHOTS',
};

/** Bytes that we show in hex, as devlink prints them: a list of numbers. */
const bytesOf = (hex: ShownValue | undefined) => [...Buffer.from(String(hex).replaceAll(' ', ''), 'hex')];

const CHUNK = 'DEVLINK_ATTR_REGION_CHUNKS.DEVLINK_ATTR_REGION_CHUNK';
export const CHUNK_TABLE: Table = {
  handle: unshared('the name of the command'),
  address: `${CHUNK}.DEVLINK_ATTR_REGION_CHUNK_ADDR`,
  data: (ours) => bytesOf(at(ours, `${CHUNK}.DEVLINK_ATTR_REGION_CHUNK_DATA`)),
};

const UNLIMITED = String(2n ** 64n - 1n);
const size = (name: string) => (ours: Shown) => {
  const value = at(ours, `DEVLINK_ATTR_RESOURCE_SIZE${name}`);
  return String(value) === UNLIMITED ? 'unlimited' : value;
};
const RESOURCE = 'DEVLINK_ATTR_RESOURCE_LIST.DEVLINK_ATTR_RESOURCE';
/** Resources of a device, or inside one. */
export const resourcesOf = (ours: Shown) => listOf(at(ours, RESOURCE)) as readonly Shown[];
export const RESOURCE_TABLE: Table = {
  handle: unshared('stands beside the resources, once'),
  name: 'DEVLINK_ATTR_RESOURCE_NAME',
  resource_path: unshared('made of the names'),
  size: size(''),
  size_new: size('_NEW'),
  size_valid: (ours) => String(at(ours, 'DEVLINK_ATTR_RESOURCE_SIZE_VALID') === 1),
  size_min: size('_MIN'),
  size_max: size('_MAX'),
  size_gran: size('_GRAN'),
  unit: named('DEVLINK_ATTR_RESOURCE_UNIT', 'DEVLINK_RESOURCE_UNIT_'),
  occ: 'DEVLINK_ATTR_RESOURCE_OCC',
  dpipe_tables: unshared('told by other messages'),
  get resources() {
    return { each: resourcesOf, table: RESOURCE_TABLE };
  },
};

/** An array of numbers, at which devlink stops with "kernel answers: Success". */
const STOP = 'test_u32_array';
const FMSG = 'DEVLINK_ATTR_FMSG';

/** Names and values of what a health reporter found, up to where devlink stops. */
export function findings(dump: readonly Shown[]): Shown[] {
  return dump.flatMap((ours) => {
    const names = listOf(at(ours, `${FMSG}.DEVLINK_ATTR_FMSG_OBJ_NAME`));
    const values = listOf(at(ours, `${FMSG}.DEVLINK_ATTR_FMSG_OBJ_VALUE_DATA`));
    // An object has a name, but no value.
    const valued = names.slice(0, names.indexOf(STOP)).filter((name) => name !== 'test_nest');
    return valued.map((name, index) => ({ name, value: values[index] ?? null }));
  });
}

/** The same of what devlink prints. */
export function printedFindings(printed: Json): readonly Json[] {
  return Object.entries(printed as { readonly [name: string]: Json }).flatMap(([name, value]) =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? printedFindings(value) : [{ name, value }],
  );
}

export const FINDING_TABLE: Table = {
  name: 'name',
  value: (ours) => (at(ours, 'name') === 'test_binary' ? bytesOf(at(ours, 'value')) : at(ours, 'value')),
};
