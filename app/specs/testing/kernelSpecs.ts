import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { YnlDocument } from '../ynl.ts';

/**
 * The kernel's own YNL specs (Documentation/netlink/specs of a kernel tree) and the schemas beside them: in the folder
 * NLSCOPE_YNL_SPECS or beside the checkout. Undefined where there are none.
 */
const FOLDER = [process.env['NLSCOPE_YNL_SPECS'], join(import.meta.dirname, '../../../../shared/ynl-specs')].find(
  (path) => path !== undefined && existsSync(path),
);

/** The release of the kernel tree that the folder is in, "7.2"; undefined where it is in none. */
export function kernelTreeRelease(): string | undefined {
  const makefile = join(FOLDER ?? '', '../../../Makefile');
  if (FOLDER === undefined || !existsSync(makefile)) return undefined;
  const found = /^VERSION = (\d+)\nPATCHLEVEL = (\d+)$/m.exec(readFileSync(makefile, 'utf8'));
  return found === null ? undefined : `${found[1]}.${found[2]}`;
}

/** By file name; some of the files give a key twice. */
const DOCUMENTS = (FOLDER === undefined ? [] : readdirSync(FOLDER))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => [file, parse(readFileSync(join(FOLDER!, file), 'utf8'), { uniqueKeys: false }) as object] as const);

/** The kernel's specs; empty where they are not. */
export const KERNEL_SPECS = DOCUMENTS.map(([, document]) => document).filter(
  (document): document is YnlDocument => 'attribute-sets' in document,
);

/** The JSON schemas of the four levels of the format, by level. */
export const KERNEL_SCHEMAS: ReadonlyMap<string, object> = new Map(
  DOCUMENTS.filter(([, document]) => '$id' in document).map(([file, schema]) => [file.replace('.yaml', ''), schema]),
);
