import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runScenario } from '../../main/setup/vm/scenario.mjs';
import { CaptureReader, expectCovered, expectExact } from './captureReader.mjs';

let capture;
let notifications;
let asked;
let changes;
let text = () => '';

beforeAll(async () => {
  const seen = await runScenario(join(import.meta.dirname, 'netdevsim.sh'), {
    tools: ['ip', 'devlink', 'ethtool'],
    modules: ['netdevsim', 'nlmon'],
  });
  ({ text } = seen);
  capture = new CaptureReader(join(seen.out, 'netdevsim.pcapng'));
  notifications = new CaptureReader(join(seen.out, 'events.pcapng'));
  asked = capture.read('genl.family == "devlink" and nl.dir == "request"');
  changes = capture.read('genl.family == "ethtool" and nl.dir == "notify"');
});

/** What devlink monitor calls what it tells of, in our words. */
const WORDS = { new: 'new', del: 'deleted', status: 'status', begin: 'begin', end: 'end' };

/** Events of devlink monitor as our summaries say them. */
function events(printed) {
  let device = '';
  return printed.split(/^ *(?=\[)/m).flatMap((event) => {
    const [, object, act, told] = /^\[(\S+),(\S+)\]\s+(.*)/s.exec(event) ?? [];
    if (object === undefined) return [];
    // It leaves out the device where it is that of the event before.
    const [named] = /^netdevsim\/netdevsim\d+/.exec(told) ?? [];
    device = named ?? device;
    const rest = named === undefined ? `${device} ${told}` : told;
    const about = object === 'dev' ? '' : `${object.replace('-', ' ')} `;
    const said = rest
      .replace(/\s+/g, ' ')
      // Counters, and what of devices, health reporters and parameters is not told in one line.
      .replace(/:? stats: .*/, '')
      .replace(/ (last_dump_date|grace_period) .*/, '')
      .replace(/ index \d+| default \S+/g, '')
      .replace(/ type \S+ values: /, ' ')
      .replace(' generic false', '')
      .replace(': ', ' ')
      .replace(/:? *$/, '');
    return [`${about}${WORDS[act]} ${said}`];
  });
}

describe('the whole capture', () => {
  it('lost nothing', () => {
    expect(text('capture.err')).toMatch(/messages captured, 0 lost;/);
  });

  it('is named, typed and well-formed', () => {
    expectCovered(capture, 1000);
  });

  it('comes back byte for byte when it is encoded again', () => {
    expectExact(capture);
  });
});

describe('devlink', () => {
  it('is told of as devlink monitor tells it', () => {
    const theirs = events(text('monitor.out'));
    // Of rates, devlink monitor says nothing.
    const ours = notifications.read('not nl.type ~ "DEVLINK_CMD_RATE"').map(({ summary }) => summary);
    expect(text('events.err')).toMatch(/messages captured, 0 lost/);
    expect(theirs.length).toBeGreaterThan(150);
    // It did not listen from the beginning.
    expect(ours.slice(-theirs.length)).toEqual(theirs);
  });

  it.each([
    ['DEVLINK_CMD_PARAM_SET', 'set param netdevsim/netdevsim1 name max_macs value 16 cmode driverinit'],
    ['DEVLINK_CMD_PARAM_SET', 'set param netdevsim/netdevsim1 name test1 value false cmode driverinit'],
    ['DEVLINK_CMD_RESOURCE_SET', 'set resource netdevsim/netdevsim1 resource 2 size 64'],
    ['DEVLINK_CMD_ESWITCH_SET', 'set eswitch netdevsim/netdevsim1 mode switchdev'],
    ['DEVLINK_CMD_RATE_SET', 'set rate netdevsim/netdevsim1/128 tx_share 2Mbit tx_max 50Mbit'],
    ['DEVLINK_CMD_RATE_SET', 'set rate netdevsim/netdevsim1/128 parent group1'],
    ['DEVLINK_CMD_HEALTH_REPORTER_SET', 'set health reporter netdevsim/netdevsim1 reporter dummy grace_period 500'],
    ['DEVLINK_CMD_TRAP_SET', 'set trap netdevsim/netdevsim1 name blackhole_route action trap'],
    ['DEVLINK_CMD_TRAP_POLICER_SET', 'set trap policer netdevsim/netdevsim1 policer 1 rate 2000 burst 256'],
    ['DEVLINK_CMD_REGION_NEW', 'add region netdevsim/netdevsim1/dummy'],
  ])('is asked by %s: %s', (type, summary) => {
    expect(asked).toContainEqual({ type, summary });
  });

  it.each([
    ['DEVLINK_CMD_HEALTH_REPORTER_DUMP_GET', 'health-dump.out'],
    ['DEVLINK_CMD_HEALTH_REPORTER_DIAGNOSE', 'health-diagnose.out'],
  ])('says what a health reporter found: %s', (type, file) => {
    const [{ summary }] = capture.read(`nl.type == "${type}" and nl.dir == "reply"`);
    const words = text(file).replace(/\s+/g, ' ');
    expect(summary).toMatch(
      /break_message: something broke test_bool: true test_u8: 1 test_u32: 3 test_u64: 4 test_string:/,
    );
    for (const [pair] of summary.matchAll(/\S+: \S+(?=.* \S+:)/g)) expect(words).toContain(pair);
  });

  it('refuses with the attribute that it refuses', () => {
    const refused = (type) => asked.filter((row) => row.type === type).map(({ summary }) => summary);
    expect(refused('DEVLINK_CMD_FLASH_UPDATE')).toContainEqual(
      expect.stringMatching(
        /none.bin +=> ENOENT: failed to locate the requested firmware file: DEVLINK_ATTR_FLASH_UPDATE_FILE_NAME$/,
      ),
    );
    expect(refused('DEVLINK_CMD_TRAP_SET')).toContainEqual(
      expect.stringMatching(/name nothing action trap +=> ENOENT: Device did not register this trap$/),
    );
  });
});

describe('ethtool', () => {
  it.each([
    ['ETHTOOL_MSG_COALESCE_NTF', /rx-usecs 33/],
    ['ETHTOOL_MSG_RINGS_NTF', /rx 128.* tx 256/],
    ['ETHTOOL_MSG_PAUSE_NTF', /rx 1 tx 1/],
    ['ETHTOOL_MSG_CHANNELS_NTF', /combined 2/],
    ['ETHTOOL_MSG_FEATURES_NTF', /eth/],
    ['ETHTOOL_MSG_FEC_NTF', /active RS auto/],
  ])('changes the port: %s', (type, words) => {
    expect(changes).toContainEqual({ type, summary: expect.stringMatching(words) });
  });
});
