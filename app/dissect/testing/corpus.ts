import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Envelope } from '../../contracts/index.ts';
import { leavesHeaderOut, NETLINK_AUDIT, NETLINK_GENERIC, NETLINK_KOBJECT_UEVENT } from '../../wire/index.ts';
import type { GenlFamilies, GenlFamily } from '../api.ts';

const folder = fileURLToPath(new URL('../../../e2e/captures/', import.meta.url));

/**
 * Real captures of the repository that decoding is tested with: those called -a of Linux 6.12, those called -b of Linux 7.2
 * with the tools of that time and every option they would take, those called -c of Linux 6.18,
 * those called -d of Linux 7.2 again, with further options and what fails.
 */
export const CORPUS = [
  'addr-a',
  'audit-events',
  'bridge-b',
  'bridge-d',
  'can-d',
  'connector-misc',
  'conntrack-a',
  'ct-b',
  'ct-d',
  'devlink-b',
  'drbd-d',
  'drop-monitor',
  'errors-rtnl',
  'ethtool-a',
  'genl-b',
  'genl-ctrl-a',
  'genl-d',
  'ipset-a',
  'ipset-d',
  'iscsi-d',
  'link-attrs-a',
  'link-bond',
  'link-kinds-a',
  'link-kinds-b',
  'mixed-c',
  'monitor-events',
  'neigh-a',
  'netdev-a',
  'nflog-a',
  'nfs-d',
  'nft-a',
  'nft-b',
  'nft-d',
  'nft-sets-d',
  'offload-d',
  'ovpn-d',
  'ovs-d',
  'raw-audit-a',
  'raw-connector',
  'raw-crypto',
  'raw-rdma-a',
  'raw-uevent-a',
  'rdma-d',
  'route-a',
  'route-b',
  'route-d',
  'rule-a',
  'shaper-d',
  'ss-a',
  'tc-b',
  'tc-d',
  'tc-filters-d',
  'tc-qdisc-a',
  'vdpa-d',
  'wext-a',
  'wg-a',
  'wifi-a',
  'wifi-b',
  'wpan-d',
  'xfrm-a',
] as const;

export interface CorpusMessage {
  readonly file: string;
  readonly number: number;
  /** The frame it came in, counted from 0, and where it begins there. */
  readonly frame: number;
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
}

/** Where a capture of the corpus is kept. */
export function corpusPath(file: string): string {
  const plain = `${folder}${file}.pcap`;
  return existsSync(plain) ? plain : `${plain}.gz`;
}

/** A file of the corpus, unpacked where it is kept compressed. */
export function readCorpusFile(file: string): Buffer {
  return existsSync(`${folder}${file}.gz`)
    ? gunzipSync(readFileSync(`${folder}${file}.gz`))
    : readFileSync(`${folder}${file}`);
}

/** Messages of a little-endian pcap of the corpus; a plain reader of its own, so that no test leans on captureFile. */
export function readCorpus(file: string): CorpusMessage[] {
  const data = readCorpusFile(`${file}.pcap`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const found: CorpusMessage[] = [];
  for (let at = 24, frame = 0; at + 16 <= data.length; frame++) {
    const length = view.getUint32(at + 8, true);
    const start = at + 16;
    const end = start + length;
    const protocol = view.getUint16(start + 14);
    const add = (from: number, to: number): void => {
      const bytes = Uint8Array.from(data.subarray(from, Math.min(end, to)));
      const number = found.length + 1;
      found.push({ file, number, frame, start: from - start, bytes, envelope: envelopeOf(protocol, bytes) });
    };
    if (protocol === NETLINK_KOBJECT_UEVENT) add(start + 16, end);
    else {
      for (let message = start + 16; message + 16 <= end; ) {
        const stated = view.getUint32(message, true);
        const short = protocol === NETLINK_AUDIT && leavesHeaderOut(stated, end - message);
        const size = short ? end - message : stated;
        if (size < 16) break;
        add(message, message + size);
        message += (size + 3) & ~3;
      }
    }
    at = end;
  }
  return found;
}

function envelopeOf(protocol: number, bytes: Uint8Array): Envelope {
  const isRequest = bytes.length > 6 && (bytes[6] & 1) === 1;
  // Events of generic netlink that nobody asked for have neither number nor address.
  const isEvent = protocol === NETLINK_GENERIC && bytes.subarray(8, 16).every((byte) => byte === 0) && !isRequest;
  return {
    protocol,
    direction: protocol === NETLINK_KOBJECT_UEVENT || isEvent ? 'notify' : isRequest ? 'request' : 'reply',
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian: true,
  };
}

/** An empty family map that knows nlctrl only. */
export function newFamilies(): GenlFamilies {
  const map = new Map<number, GenlFamily>();
  let revision = 0;
  const families: GenlFamilies = {
    get revision() {
      return revision;
    },
    byId: (id) => map.get(id),
    byName: (name) => [...map.values()].find((f) => f.name === name),
    all: () => map.values(),
    learn(family) {
      map.set(family.id, family);
      revision++;
      return true;
    },
    learnPolicy: () => false,
    forget(id) {
      revision++;
      return map.delete(id);
    },
  };
  families.learn({ id: 16, name: 'nlctrl', version: 2, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
  return families;
}

/** A small, fast, seeded generator of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
