import type { Kind } from '../testing/scene.ts';

/** A simulated card of its own for each comparison; a card that a former run left behind is taken away first. */
export interface Card {
  /** Its handle, bus and device, as devlink has it. */
  readonly handle: string;
  readonly bus: string;
  readonly device: string;
  readonly kind: Kind;
}

const BUS = '/sys/bus/netdevsim';

/** A card with two ports of four queues; `lines` are done to it when it is there. */
export function card(id: number, lines: (card: Omit<Card, 'kind'>) => readonly string[]): Card {
  const device = `netdevsim${id}`;
  const names = { handle: `netdevsim/${device}`, bus: 'netdevsim', device };
  return {
    ...names,
    kind: {
      name: 'netdevsim',
      lines: [
        `sh -c 'echo ${id} 2>/dev/null >${BUS}/del_device || true'`,
        `sh -c 'echo ${id} 2 4 >${BUS}/new_device'`,
        ...lines(names),
      ],
    },
  };
}

/** A namespace's /sys has no debugfs of its own. */
const debug = (device: string, words: string, file: string) =>
  `sh -c 'mount -t debugfs none /sys/kernel/debug; echo ${words} >/sys/kernel/debug/netdevsim/${device}/${file}'`;

/** Virtual functions with rates, parameters, resources and traps that differ from what a new card has. */
export const DEVLINK_CARD = card(4201, ({ handle, device }) => [
  `sh -c 'echo 2 >${BUS}/devices/${device}/sriov_numvfs'`,
  `devlink dev eswitch set ${handle} mode switchdev`,
  `devlink port function rate add ${handle}/group1`,
  `devlink port function rate set ${handle}/group1 tx_share 10mbit tx_max 1gbit`,
  `devlink port function rate set ${handle}/128 tx_share 2mbit tx_max 50mbit`,
  `devlink port function rate set ${handle}/128 parent group1`,
  `devlink dev param set ${handle} name max_macs value 16 cmode driverinit`,
  `devlink dev param set ${handle} name test1 value false cmode driverinit`,
  `devlink resource set ${handle} path /IPv4/fib size 64`,
  `devlink trap set ${handle} trap blackhole_route action trap`,
  `devlink trap group set ${handle} group l3_drops policer 3`,
  `devlink trap policer set ${handle} policer 2 rate 4000 burst 64`,
  `devlink health set ${handle} reporter dummy grace_period 500 auto_recover false`,
  debug(device, 'some thing', 'health/break_health || true'),
  debug(device, '1', 'take_snapshot'),
  `devlink region new ${handle}/dummy`,
]);

/** Ports whose settings differ from what a new card has. */
export const ETHTOOL_CARD = card(4202, ({ device }) =>
  [
    '-C $port rx-usecs 33 tx-frames 7 adaptive-rx on',
    '-G $port rx 128 tx 256',
    '-A $port autoneg off rx on tx off',
    '--set-fec $port encoding rs',
    '-L $port combined 2',
    '-K $port hw-tc-offload on',
  ].map((words) => `sh -c 'port=$(ls ${BUS}/devices/${device}/net | head -n 1); ethtool ${words}'`),
);
