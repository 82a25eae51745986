import { release, userInfo } from 'node:os';
import type { Failure, GroupInfo, Inventory } from '../../app/contracts/index.ts';
import { version } from '../../package.json';
import { createDecoding } from '../engine/decoding.ts';
import { genlKnowledge } from '../engine/genlKnowledge.ts';
import { openGroups } from '../engine/liveCapture.ts';
import { effectiveCapabilities } from '../sources/capabilities.ts';
import {
  HELPER_CAPABILITIES,
  installCommand,
  privilegedHelper,
  socketHelper,
  uselessHelpers,
} from '../sources/helper.ts';
import { takeInventory } from '../sources/inventory.ts';
import { openTap } from '../sources/tap.ts';
import { failureLine } from './failure.ts';
import { createOutput } from './output.ts';

/** More groups of one protocol or family are told by their number. */
const MOST_NAMED = 4;

/** Tells what this process may do on this kernel, what the privileged helper adds, and how to get it. */
export async function doctor(): Promise<number> {
  const output = createOutput();
  const inventory = await takeInventory('', genlKnowledge(createDecoding().library));
  const own = HELPER_CAPABILITIES.filter((name) => effectiveCapabilities().includes(name));
  output.line(`nlscope ${version} on Linux ${release()}, user ${userInfo().username}`);
  output.line(`capabilities  ${own.length === 0 ? 'none that matter here' : own.join(' ')}`);
  for (const line of helperLines()) output.line(line);
  output.line(`subscriptions ${openGroups(inventory).length} groups can be joined${viaHelper()}`);
  for (const line of lockedLines(inventory)) output.line(line);
  output.line(`tap           ${tapLine()}`);
  if (own.length < HELPER_CAPABILITIES.length && privilegedHelper() === null) {
    output.line('');
    output.line('The helper lets the members of the group nlscope do what is missing. Install it, then log in anew:');
    output.line(`  ${installCommand()}`);
    output.line('Without installing: NLSCOPE_ELEVATE=sudo (or pkexec) before a command starts it by that.');
  }
  output.flush();
  return 0;
}

function helperLines(): string[] {
  const helper = privilegedHelper();
  if (helper !== null) return [`helper        ${helper.path}: ${helper.capabilities.join(' ')}`];
  const useless = uselessHelpers();
  if (useless.length === 0) return ['helper        none that this user may run'];
  return useless.map(({ path, reason }) => `helper        ${path} is of no use: ${reason}`);
}

function viaHelper(): string {
  return socketHelper() === null ? '' : ', with the helper';
}

/** What is refused, by the capability that is missing. */
function lockedLines({ protocols }: Inventory): string[] {
  const missing = new Map<string, string[]>();
  const note = (what: string, { capability, errno }: Failure) => {
    const key = capability ?? errno ?? 'more rights';
    missing.set(key, [...(missing.get(key) ?? []), what]);
  };
  const noteGroups = (of: string, groups: readonly GroupInfo[]) => {
    const locked = groups.filter((group) => group.locked !== null);
    for (const capability of new Set(locked.map((group) => group.locked?.capability))) {
      const same = locked.filter((group) => group.locked?.capability === capability);
      const names = same.length > MOST_NAMED ? `${same.length} groups` : same.map(({ name }) => name).join(', ');
      const [first] = same;
      if (first?.locked) note(`${of} (${names})`, first.locked);
    }
  };
  for (const { name, groups, genlFamilies, locked } of protocols) {
    if (locked !== null) note(name, locked);
    noteGroups(name, groups);
    for (const family of genlFamilies) noteGroups(family.name, family.groups);
  }
  return [...missing].map(([capability, what]) => `  ${capability} is missing for ${what.join(', ')}`);
}

function tapLine(): string {
  const opened = openTap({ onBatch() {} });
  if (!opened.ok) return failureLine({ message: opened.error.message });
  opened.value.close();
  return 'can be made';
}
