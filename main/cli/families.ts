import type { GroupInfo, Inventory } from '../../app/contracts/index.ts';
import { genlKnowledge } from '../engine/genlKnowledge.ts';
import { takeInventory } from '../sources/inventory.ts';
import { printFamilyCoverage } from './familyCoverage.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface FamiliesCommand {
  readonly netns?: string;
  readonly coverage?: boolean;
  readonly json?: boolean;
}

/**
 * Lists what this kernel has: protocols, multicast groups, generic netlink families; or, asked for coverage, what
 * nlscope knows of all that kernels have.
 */
export async function families(command: FamiliesCommand): Promise<number> {
  if (command.coverage) return printFamilyCoverage(command.json === true);
  const inventory = await takeInventory(command.netns, genlKnowledge(userDecoding().library));
  const output = createOutput();
  if (command.json) output.line(JSON.stringify(inventory));
  else for (const line of inventoryLines(inventory)) output.line(line);
  output.flush();
  return 0;
}

function inventoryLines({ protocols }: Inventory): string[] {
  return protocols.flatMap(({ protocol, name, groups, genlFamilies, locked }) => [
    `${String(protocol).padStart(2)} ${name}${locked === null ? '' : `  (${locked.message})`}`,
    ...groupLines(groups),
    ...genlFamilies.flatMap((family) => [
      `   ${family.name}  id ${family.id}, version ${family.version}, ${family.operations.length} commands` +
        `${family.known ? '' : ', no spec'}`,
      ...groupLines(family.groups),
    ]),
  ]);
}

function groupLines(groups: readonly GroupInfo[]): string[] {
  return groups.map(({ ref, name, locked }) => {
    const lock = locked === null ? '' : `  (needs ${locked.capability ?? locked.errno ?? 'more rights'})`;
    return `      group ${String(ref.group).padStart(3)} ${name}${lock}`;
  });
}
