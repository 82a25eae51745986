import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { consult } from './testing/oracle.ts';
import { ORACLES, recordingName } from './testing/oracles.ts';
import { RecordedKernel } from './testing/recording.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`./recordings/${file}`, import.meta.url));
const recorded = ORACLES.filter((oracle) => existsSync(pathOf(recordingName(oracle))));

/**
 * What a kernel with every module answered, and its tools printed, in a guest of the VM lab (`npm run oracle --
 * --record`): the comparisons that a kernel without modules cannot make.
 */
describe.skipIf(!HOST_LITTLE_ENDIAN)('recorded', () => {
  it.each(recorded)('$name', async (oracle) => {
    const kernel = new RecordedKernel(readFileSync(pathOf(recordingName(oracle))));
    const { findings, objects } = await consult(oracle, kernel);
    expect(findings.differences).toEqual([]);
    expect(objects).toBeGreaterThan(0);
    expect(findings.values).toBeGreaterThan(objects);
  });

  it('holds a recording of each that needs modules', () => {
    expect(recorded.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'tc qdisc',
        'tc class',
        'tc filter',
        'tc actions',
        'tc chain',
        'ip xfrm',
        'bridge vlan, vni',
        'ss raw, packet',
        'devlink',
        'ethtool settings',
      ]),
    );
  });
});
