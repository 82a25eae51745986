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

  it('are joined with what the kernel told of the same process, in any order', () => {
    const told = (comm: string, pid: number, seconds: bigint) =>
      owner(comm, (seconds - 2n) * SECOND, {
        provenance: 'told',
        untilNs: seconds * SECOND,
        process: { ...process(pid, comm, 0n), command: '', user: '', uid: null, cgroup: '' },
      });
    const inferred = owner('nft', 10n * SECOND, { provenance: 'inferred', untilNs: 30n * SECOND });
    const exact = owner('nft', 10n * SECOND, { untilNs: 30n * SECOND });
    const nobody = owner('', 20n * SECOND, { process: null, provenance: 'gone', untilNs: 20n * SECOND });
    for (const [accounts, kept] of [
      [[told('nft', 820, 20n), inferred], [{ ...inferred, provenance: 'told' }]],
      [[told('nft', 820, 20n), exact], [exact]],
      [[told('nft', 820, 20n), told('nft', 820, 22n)], [{ ...told('nft', 820, 22n), fromNs: 18n * SECOND }]],
      [[inferred, exact, told('nft', 820, 20n)], [exact]],
    ] as const) {
      for (const order of [accounts, [...accounts].reverse()]) {
        const owners = new AddressOwners();
        for (const account of order) owners.learn(account);
        expect([...owners.all()]).toEqual(kept);
      }
    }
    // Two processes, where somebody guessed wrongly, found nobody, or saw the socket itself.
    const elsewhere = told('worker', 77, 20n);
    const commAt = (accounts: readonly AddressOwner[], seconds: bigint) => {
      const owners = new AddressOwners();
      for (const account of accounts) owners.learn(account);
      const { owner: found, fromNs, untilNs } = owners.tenure(0, 820, seconds * SECOND);
      expect(found).toBe(owners.lookup(0, 820, seconds * SECOND));
      if (fromNs !== null) expect(owners.lookup(0, 820, fromNs)).toBe(found);
      if (untilNs !== null) expect(owners.lookup(0, 820, untilNs - 1n)).toBe(found);
      return found?.process?.comm;
    };
    for (const order of [
      [elsewhere, inferred],
      [inferred, elsewhere],
    ]) {
      expect([15n, 19n, 20n, 24n].map((at) => commAt(order, at))).toEqual(['nft', 'worker', 'worker', 'nft']);
    }
    expect(commAt([nobody, elsewhere], 20n)).toBe('worker');
    expect(commAt([elsewhere, exact], 20n)).toBe('nft');
    expect(commAt([exact, told('other', 78, 31n)], 31n)).toBe('other');
  });

  it('come back from a file as they were', () => {
    const known = [
      owner('ip', SECOND, { untilNs: 2n * SECOND, provenance: 'inferred' }),
      owner('', 3n * SECOND, { process: null, provenance: 'gone', portid: 0xffff_fff0 }),
      owner('ü', 4n * SECOND, {
        protocol: 16,
        provenance: 'told',
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
    expect(third).toMatchObject({
      protocol: 16,
      provenance: 'told',
      process: { comm: 'ü', uid: null, container: 'lxc a' },
    });
    // Cut, and at a whole character.
    expect(third.process?.command).toMatch(/^(é )+é?$/);
  });
});
