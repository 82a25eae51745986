import { hasBodyFormat, TYPE_NAMES } from '../../app/dissect/index.ts';
import { type AreaCoverage, type FamilyCoverage, familyCoverage, type Share } from '../../app/specs/index.ts';
import { protocolByNumber } from '../../app/wire/index.ts';
import { createDecoding } from '../engine/decoding.ts';
import { createOutput } from './output.ts';

/** Prints what specs and dissectors cover of what the uapi headers declare. */
export function printFamilyCoverage(json: boolean): number {
  const isDissected = (protocol: number): boolean => hasBodyFormat(protocol) || !protocolByNumber(protocol).framed;
  const coverage = familyCoverage(createDecoding().library, isDissected, TYPE_NAMES);
  const output = createOutput();
  if (json) output.line(JSON.stringify(coverage));
  else for (const line of coverageLines(coverage)) output.line(line);
  output.flush();
  return 0;
}

/** Missing names that a line of the table shows. */
const SHOWN_NAMES = 3;

function coverageLines(coverage: FamilyCoverage): string[] {
  const width = Math.max(...coverage.areas.map(({ title }) => title.length));
  const total = (label: string, share: Share): string => `${label.padEnd(width)}  ${counts(share)}${missing(share)}`;
  return [
    `against the uapi headers of Linux ${coverage.kernel}`,
    '',
    `${''.padEnd(width)}   messages  attributes`,
    ...coverage.areas.map((area) => areaLine(area, width)),
    '',
    total('protocols with bodies', coverage.protocols),
    total('netfilter subsystems', coverage.subsystems),
    total('RTM types', coverage.rtmTypes),
    total('generic families named', coverage.familiesNamed),
    total('generic families typed', coverage.familiesTyped),
    total('nl80211 commands', coverage.nl80211Commands),
    `${'attributes'.padEnd(width)}  ${coverage.namedAttributes} named, ${coverage.typedAttributes} typed`,
  ];
}

function areaLine({ title, source, messages, attributes }: AreaCoverage, width: number): string {
  const gaps: Share = {
    ...attributes,
    missing: [...messages.missing, ...attributes.missing],
  };
  const note = source === undefined ? missing(gaps) : `  no uapi header: ${source}`;
  return `${title.padEnd(width)}  ${counts(messages).padStart(9)}  ${counts(attributes).padStart(10)}${note}`;
}

function counts({ known, declared }: Share): string {
  return declared === 0 ? '-' : `${known}/${declared}`;
}

function missing({ missing }: Share): string {
  if (missing.length === 0) return '';
  const rest = missing.length - SHOWN_NAMES;
  return `  without ${missing.slice(0, SHOWN_NAMES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
