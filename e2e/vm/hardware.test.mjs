import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CACHE, once, Release } from '../../main/setup/vm/debian.mjs';
import { runScenario } from '../../main/setup/vm/scenario.mjs';
import { CaptureReader, expectCovered, expectExact, lines } from './captureReader.mjs';

/** Options that give the guest's kernel the regulatory domains of all countries. */
function regulatoryDomains() {
  const folder = once(join(CACHE, 'wireless-regdb'), (path) =>
    new Release('bookworm').unpack(['wireless-regdb'], path),
  );
  const firmware = join(folder, 'lib', 'firmware');
  return ['regulatory.db', 'regulatory.db.p7s'].map((file) => `${firmware}/${file}-debian:/lib/firmware/${file}`);
}

const MODULES = [
  ...['drivers/net/wireless/virtual', 'net/wireless', 'net/mac80211', 'net/rfkill'],
  ...['net/netfilter', 'net/ipv4', 'net/ipv6', 'net/xfrm', 'net/key', 'net/netlink', 'crypto'],
  ...['net/bridge', 'net/8021q', 'net/802', 'net/hsr', 'net/batman-adv', 'net/can'],
  ...['bonding', 'team', 'ipvlan', 'vxlan', 'wireguard', 'nlmon', 'dummy', 'veth', 'geneve', 'macvlan', 'macvtap'].map(
    (name) => `drivers/net/${name}`,
  ),
  ...['vrf', 'ifb', 'macsec', 'can/vcan', 'can/vxcan'].map((name) => `drivers/net/${name}`),
];

/** What `iw event` calls the notifications that it prints, those that this scenario causes. */
const IW_EVENTS = [
  [/: scan started/, 'NL80211_CMD_TRIGGER_SCAN'],
  [/: scan finished/, 'NL80211_CMD_NEW_SCAN_RESULTS'],
  [/: new station/, 'NL80211_CMD_NEW_STATION'],
  [/: del station/, 'NL80211_CMD_DEL_STATION'],
  [/: auth /, 'NL80211_CMD_AUTHENTICATE'],
  [/: assoc /, 'NL80211_CMD_ASSOCIATE'],
  [/: connected to/, 'NL80211_CMD_CONNECT'],
  [/: deauth /, 'NL80211_CMD_DEAUTHENTICATE'],
  [/: disconnected/, 'NL80211_CMD_DISCONNECT'],
  [/regulatory domain change/, 'NL80211_CMD_REG_CHANGE'],
  [/\(start_ap\)/, 'NL80211_CMD_START_AP'],
];

let capture;
let text = () => '';
const read = (filter) => capture.read(filter);
const fields = (filter, names) => capture.fields(filter, names);

beforeAll(async () => {
  const seen = await runScenario(join(import.meta.dirname, 'hardware.sh'), {
    tools: ['ip', 'nft', 'iw', 'hostapd', 'hostapd_cli', 'ethtool', 'conntrack', 'auditctl', 'awk', 'env'],
    moduleFolders: MODULES,
    copies: regulatoryDomains(),
    memory: 1200,
  });
  ({ text } = seen);
  capture = new CaptureReader(join(seen.out, 'hardware.pcapng'));
});

describe('the whole capture', () => {
  it('lost nothing and holds nothing of nlscope itself', () => {
    expect(text('capture.err')).toMatch(/messages captured, 0 lost;/);
    // Its own looking for netlink sockets is all that would ask for them here.
    expect(read('nl.protocol == 4').filter(({ summary }) => /^nl |netlink sockets/.test(summary))).toEqual([]);
  });

  it('is named, typed and well-formed', () => {
    // The kernel answers this with an interface's index and a 4-byte HT mode where attributes of 2 bytes have their
    // numbers (net/wireless/nl80211.c, nl80211_get_mesh_config).
    expectCovered(capture.part('nl.type != "NL80211_CMD_GET_MESH_CONFIG"', 'rest.pcapng'), 1500);
  });

  it('comes back byte for byte when it is encoded again', () => {
    expectExact(capture);
  });

  it.each([
    ['NL80211_CMD_TRIGGER_SCAN', 'iw'],
    // Its last request: until then there is time to find out who it is.
    ['NL80211_CMD_STOP_AP', 'hostapd'],
  ])('names who asked for %s: %s', (type, program) => {
    const rows = fields(`nl.type == "${type}" and nl.dir == "request"`, 'nl.comm');
    expect(rows.length, text('hostapd.out')).toBeGreaterThan(0);
    expect(new Set(rows.flat())).toEqual(new Set([program]));
  });
});

describe('radios', () => {
  it('tell of scan, access point, station and regulatory domain as iw event does', () => {
    const theirs = lines(text('iw.out')).flatMap((line) => {
      const event = IW_EVENTS.find(([words]) => words.test(line));
      return event === undefined ? [] : [event[1]];
    });
    const types = IW_EVENTS.map(([, type]) => `"${type}"`).join(', ');
    const ours = read(`genl.family == "nl80211" and nl.dir == "notify" and nl.type in {${types}}`);
    expect(new Set(theirs)).toEqual(new Set(IW_EVENTS.map(([, type]) => type)));
    expect(ours.map(({ type }) => type)).toEqual(theirs);
  });

  it('are described in words: who connects to what, and the rules of which country', () => {
    const notify = (type) => read(`nl.type == "${type}" and nl.dir == "notify"`).map(({ summary }) => summary);
    const [, connected] = /Connected to (\S+)/.exec(text('link'));
    expect(notify('NL80211_CMD_CONNECT')).toEqual([expect.stringContaining(`connected to ${connected}`)]);
    expect(notify('NL80211_CMD_START_AP')).toEqual([expect.stringContaining('ssid nlscope lab')]);
    expect(notify('NL80211_CMD_REG_CHANGE')[0]).toMatch(/set to DE by/);
    expect(notify('NL80211_CMD_NEW_INTERFACE')).toContainEqual(expect.stringMatching(/mesh0 type mesh_point/));
    const found = [...text('scan').matchAll(/^BSS (\S+)\(on wlan1\)/gm)].map(([, address]) => address);
    expect(found).toContain(connected);
    const dumped = read('nl.type == "NL80211_CMD_NEW_SCAN_RESULTS" and nl.dir == "reply"');
    for (const address of found) {
      expect(dumped.filter(({ summary }) => summary.includes(`${address} freq 2412 MHz`)).length).toBeGreaterThan(0);
    }
  });
});

describe('links', () => {
  it('of every kind that the kernel makes are told with their kind', () => {
    const made = JSON.parse(text('links.json')).filter((link) => /^lk/.test(link.ifname));
    const kinds = new Map(made.map((link) => [link.ifname, link.linkinfo?.info_kind]));
    expect(kinds.size, text('links.err')).toBeGreaterThanOrEqual(30);
    const told = fields('nl.type == "RTM_NEWLINK" and nl.dir == "notify"', 'link.ifname,link.info.kind');
    for (const [name, kind] of kinds) {
      expect(new Set(told.filter(([ifname]) => ifname === name).map(([, k]) => k))).toEqual(new Set([kind]));
    }
    expect(read('nl.type == "RTM_NEWLINK" and nl.dir == "notify"')).toContainEqual({
      type: 'RTM_NEWLINK',
      summary: expect.stringMatching(/lkveth.*mtu 1400/),
    });
  });
});

describe('IPsec', () => {
  it('is told as ip xfrm monitor tells it', () => {
    const theirs = text('xfrm.out')
      .split(/\n(?=\S)/)
      .map((event) => event.replace(/\s+/g, ' '));
    const ours = read('nl.protocol == 6 and nl.dir == "notify"').map(({ summary }) => summary);
    expect(theirs).toHaveLength(5);
    expect(ours).toHaveLength(theirs.length);
    for (const [index, event] of theirs.entries()) {
      const words = [/src \S+ dst \S+/, /spi \S+/, /reqid \d+ mode \w+/, /dir \w+/, /priority \d+/].flatMap(
        (pattern) => pattern.exec(event) ?? [],
      );
      // Of a policy that goes, the templates are left out.
      const told = ours[index].startsWith('Deleted') ? words.filter((word) => !/mode/.test(word)) : words;
      for (const word of told) expect(ours[index]).toContain(word);
    }
    expect(theirs[0]).toMatch(/enc cbc\(aes\)/);
    expect(ours[0]).toMatch(/auth hmac\(sha256\) enc cbc\(aes\)/);
    expect(ours[3]).toMatch(/^Deleted/);
  });
});

describe('connections', () => {
  it('are told as conntrack -E tells them', () => {
    const theirs = lines(text('conntrack.out')).map((line) =>
      line
        .replace(/ \[USERSPACE\].*/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
    expect(theirs.length).toBeGreaterThanOrEqual(5);
    const ours = read('nl.type in {"IPCTNL_MSG_CT_NEW", "IPCTNL_MSG_CT_DELETE"} and nl.dir == "notify"');
    expect(ours.slice(0, theirs.length).map(({ summary }) => summary)).toEqual(theirs);
  });
});

describe('audit', () => {
  it('lists the rules that auditctl lists', () => {
    expect(text('rules-sent.status')).toBe('0\n');
    const rules = lines(text('rules')).map((rule) => rule.replace('=-1', '=unset'));
    expect(rules).toHaveLength(3);
    for (const rule of rules) expect(text('rules-sent.out')).toContain(`AUDIT_LIST_RULES ${rule}\n`);
  });

  it('tells of rules that come and go, and of what a rule looks for', () => {
    const records = read('nl.protocol == 9 and nl.dir == "notify"').map(({ summary }) => summary);
    expect(records).toContainEqual(expect.stringMatching(/op=add_rule key=lab-folders list=exit res=yes/));
    expect(records).toContainEqual(expect.stringMatching(/op=remove_rule key=lab-passwd/));
    expect(records).toContainEqual(expect.stringMatching(/syscall=mkdir(at)? success=yes .*comm=mkdir/));
    expect(records).toContainEqual(expect.stringMatching(/name=\/tmp\/audited .*nametype=CREATE/));
  });
});

describe('processes', () => {
  it('are followed from exec to exit', () => {
    const events = read('nl.protocol == 11 and nl.dir == "notify"').map(({ summary }) => summary);
    const pid = events
      .map((event) => /^exit pid (\d+) code 1792 /.exec(event)?.[1])
      .find((found) => found !== undefined);
    expect(events).toContainEqual(expect.stringMatching(new RegExp(`^fork \\d+ forks ${pid}$`)));
    expect(events).toContainEqual(`exec pid ${pid}`);
  });
});
