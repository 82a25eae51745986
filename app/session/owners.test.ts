import { describe, expect, it } from 'vitest';
import { MemoryFile, openCapture, PcapngWriter } from '../captureFile/index.ts';
import type { AddressOwner, ProcessInfo } from '../contracts/index.ts';
import { AddressOwners } from './owners.ts';

const SECOND = 1_000_000_000n;

function process(pid: number, comm: string, startedNs: bigint): ProcessInfo {
  return { pid, comm, command: `${comm} link`, uid: 0, user: 'root', cgroup: '/a', container: '', startedNs };
}

function owner(comm: string, fromNs: bigint, more: Partial<AddressOwner> = {}): AddressOwner {
  const base = { protocol: 0, portid: 820, provenance: 'exact', untilNs: null } as const;
  return { ...base, process: process(820, comm, fromNs), fromNs, ...more };
}

describe('owners of addresses', () => {
  it('are told apart by time and protocol, as addresses are given anew', () => {
    const owners = new AddressOwners();
    owners.learn(owner('ip', 10n * SECOND));
    owners.end(0, 820, 20n * SECOND);
    owners.learn(owner('nft', 30n * SECOND));
    const nameAt = (seconds: bigint, protocol = 0) =>
      owners.lookup(protocol, 820, seconds * SECOND)?.process?.comm ?? null;
    expect([9n, 10n, 20n, 26n, 30n, 99n].map((at) => nameAt(at))).toEqual([null, 'ip', 'ip', null, 'nft', 'nft']);
    expect(nameAt(15n, 16)).toBeNull();
  });

  it('keep the better account of the same process', () => {
    const owners = new AddressOwners();
    owners.learn(owner('ip', SECOND, { provenance: 'inferred' }));
    owners.learn(owner('ip', SECOND));
    owners.learn(owner('ip', SECOND, { provenance: 'inferred' }));
    expect([...owners.all()]).toEqual([owner('ip', SECOND)]);
  });

  it('come back from a file as they were', () => {
    const known = [
      owner('ip', SECOND, { untilNs: 2n * SECOND, provenance: 'inferred' }),
      owner('', 3n * SECOND, { process: null, provenance: 'gone', portid: 0xffff_fff0 }),
      owner('ü', 4n * SECOND, {
        protocol: 16,
        process: {
          ...process(7, 'ü', 4n * SECOND),
          uid: null,
          user: '',
          command: 'é '.repeat(9000),
          container: 'lxc a',
        },
      }),
    ];
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    writer.facts({ owners: known }, SECOND);
    writer.finish(SECOND);
    const opened = openCapture(file);
    if (!opened.ok) throw new Error(opened.error.message);
    while (opened.value.next() !== 'end');
    const [first, second, third] = opened.value.facts.hosts[0].owners;
    expect([first, second]).toEqual(known.slice(0, 2));
    expect(third).toMatchObject({ protocol: 16, process: { comm: 'ü', uid: null, container: 'lxc a' } });
    // Cut, and at a whole character.
    expect(third.process?.command).toMatch(/^(é )+é?$/);
  });
});
