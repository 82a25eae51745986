import type { AttributeValue } from '../../../app/contracts/index.ts';
import { DEVLINK_CARD } from '../scenes/netdevsim.ts';
import type { Table } from './compare.ts';
import {
  CHUNK_TABLE,
  DEV_TABLE,
  ESWITCH_TABLE,
  FINDING_TABLE,
  findings,
  HEALTH_TABLE,
  INFO_TABLE,
  PARAM_TABLE,
  PORT_TABLE,
  printedFindings,
  RATE_TABLE,
  REGION_TABLE,
  RESOURCE_TABLE,
  resourcesOf,
  TRAP_GROUP_TABLE,
  TRAP_POLICER_TABLE,
  TRAP_TABLE,
  things,
} from './devlink.ts';
import { genl, type Oracle, type Question, type Request } from './oracle.ts';

const { bus, device, handle } = DEVLINK_CARD;

/** A request about the card; a dump unless `flags` say otherwise. */
const about = (cmd: string, more: readonly AttributeValue[] = [], flags?: string[]): Request => ({
  ...genl('devlink', cmd),
  attributes: [
    { name: 'DEVLINK_ATTR_BUS_NAME', value: bus },
    { name: 'DEVLINK_ATTR_DEV_NAME', value: device },
    ...more,
  ],
  ...(flags === undefined ? {} : { flags }),
});
const ASKED = ['NLM_F_REQUEST', 'NLM_F_ACK'];

/** Everything of a kind, as devlink lists it. */
const LISTS: readonly (readonly [words: string, cmd: string, table: Table])[] = [
  ['dev show', 'DEVLINK_CMD_GET', DEV_TABLE],
  ['dev info', 'DEVLINK_CMD_INFO_GET', INFO_TABLE],
  ['dev param show', 'DEVLINK_CMD_PARAM_GET', PARAM_TABLE],
  ['port show', 'DEVLINK_CMD_PORT_GET', PORT_TABLE],
  ['health show', 'DEVLINK_CMD_HEALTH_REPORTER_GET', HEALTH_TABLE],
  ['trap show', 'DEVLINK_CMD_TRAP_GET', TRAP_TABLE],
  ['trap group show', 'DEVLINK_CMD_TRAP_GROUP_GET', TRAP_GROUP_TABLE],
  ['trap policer show', 'DEVLINK_CMD_TRAP_POLICER_GET', TRAP_POLICER_TABLE],
  ['port function rate show', 'DEVLINK_CMD_RATE_GET', RATE_TABLE],
  ['region show', 'DEVLINK_CMD_REGION_GET', REGION_TABLE],
];

const QUESTIONS: readonly Question[] = [
  ...LISTS.map(
    ([words, cmd, table]): Question => ({
      command: `devlink -s -v -j ${words}`,
      request: genl('devlink', cmd),
      table: () => table,
      theirs: things,
    }),
  ),
  {
    command: `devlink -j dev eswitch show ${handle}`,
    request: about('DEVLINK_CMD_ESWITCH_GET', [], ASKED),
    table: () => ESWITCH_TABLE,
    theirs: things,
  },
  {
    command: `devlink -j resource show ${handle}`,
    request: about('DEVLINK_CMD_RESOURCE_DUMP', [], ASKED),
    table: () => RESOURCE_TABLE,
    theirs: things,
    ours: (dump) => dump.flatMap(resourcesOf),
  },
  {
    command: `devlink -j region read ${handle}/dummy snapshot 0 address 16 length 48`,
    request: about('DEVLINK_CMD_REGION_READ', [
      { name: 'DEVLINK_ATTR_REGION_NAME', value: 'dummy' },
      { name: 'DEVLINK_ATTR_REGION_SNAPSHOT_ID', value: 0 },
      { name: 'DEVLINK_ATTR_REGION_CHUNK_ADDR', value: 16 },
      { name: 'DEVLINK_ATTR_REGION_CHUNK_LEN', value: 48 },
    ]),
    table: () => CHUNK_TABLE,
    theirs: (printed) => Object.values(printed as object),
  },
  {
    command: `sh -c 'devlink -j health dump show ${handle} reporter dummy || true'`,
    request: about('DEVLINK_CMD_HEALTH_REPORTER_DUMP_GET', [
      { name: 'DEVLINK_ATTR_HEALTH_REPORTER_NAME', value: 'dummy' },
    ]),
    table: () => FINDING_TABLE,
    theirs: printedFindings,
    ours: findings,
  },
];

export const DEVLINK_ORACLES: readonly Oracle[] = [
  {
    name: 'devlink',
    tools: ['devlink', 'sh'],
    kinds: [DEVLINK_CARD.kind],
    async ask(asking) {
      // Where there is no such card, there may be no devlink either.
      if (asking.scene.refused.size > 0) return;
      for (const question of QUESTIONS) await asking.compare(question);
    },
  },
];
