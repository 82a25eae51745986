import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { Engine } from './engine.ts';

const folder = fileURLToPath(new URL('../../e2e/captures/', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
for (const kind of ['STATE', 'CONFIG']) process.env[`XDG_${kind}_HOME`] = join(root, kind);
const engine = new Engine({ edition: 'served', directory: mkdtempSync(join(root, 'spool-')), crash: null, lost: [] });
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true });
});

/** Records by event, as ausearch groups what the same kernel wrote to its log. */
function ausearchEvents(): Map<string, number> {
  const events = new Map<string, number>();
  for (const [, serial] of readFileSync(join(folder, 'audit-events.ausearch'), 'utf8').matchAll(
    /^type=.*?:(\d+)\) :/gm,
  )) {
    events.set(serial, (events.get(serial) ?? 0) + 1);
  }
  return events;
}

it('tucks the records of an audit event under its first, as ausearch groups them, and tells what happened', async () => {
  await engine.openFile(join(folder, 'audit-events.pcap'));
  for (;;) if ((await engine.expand(0, false)).progress === 1) break;
  const { rows } = await engine.rows(0, 4096);
  const theirs = ausearchEvents();
  const events = new Map<string, number>();
  for (const row of rows) {
    const detail = await engine.detail(row.number);
    const serial = /audit\([\d.]+:(\d+)\)/.exec(detail?.summary ?? '')?.[1];
    if (serial !== undefined) events.set(serial, detail?.transaction.length ?? 0);
  }
  for (const [serial, count] of theirs) expect([serial, events.get(serial)]).toEqual([serial, count]);
  expect([...events.keys()].length).toBe(new Set(events.keys()).size);

  const line = (serial: number) =>
    rows.map(({ info }) => info.join('')).find((info) => info.startsWith(`event ${serial}:`));
  expect(line(79)).toBe(
    'event 79: execve /srv/demo/my cat, /lib64/ld-linux-x86-64.so.2 by my cat[14810] (/srv/demo/my cat /etc/shadow)',
  );
  expect(line(80)).toBe('event 80: openat /etc/shadow by my cat[14810] EACCES (/srv/demo/my cat /etc/shadow)');
  expect(line(81)).toMatch(/^event 81: connect 127\.0\.0\.1:1 by shell\[14814\] ECONNREFUSED /);
  expect(line(82)).toMatch(/^event 82: connect \[::1\]:53 by shell\[14814\] /);
  expect(line(83)).toBe('event 83: mkdir /srv/demo/d 1 by mkd[14816] (/srv/demo/mkd /srv/demo/d 1)');
  expect(line(85)).toMatch(
    /^event 85: netfilter cfg nft_register_table in sendmsg .* by nft\[14825\] \(nft add table ip t\)$/,
  );

  const head = rows.find(({ info }) => info.join('').startsWith('event 80:'));
  expect(head).toMatchObject({ relation: 'collapsed', outcome: { kind: 'group', text: '5 records' } });
  const followed = await engine.setFilter(`tx.request == ${head?.number}`);
  expect(followed.ok && followed.value.shown).toBe(5);
  const failed = await engine.setFilter('tx.outcome == event && audit.success == "no"');
  expect(failed.ok && failed.value.shown).toBeGreaterThan(1);
});
