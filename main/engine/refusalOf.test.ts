import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCaptureFile } from '../cli/captureInput.ts';
import { createDecoding } from './decoding.ts';
import { explainRow } from './refusalOf.ts';

it('calls errors that a family has of its own by their names', async () => {
  const decoding = createDecoding();
  const path = fileURLToPath(new URL('../../e2e/captures/ipset-a.pcap.gz', import.meta.url));
  const { document } = await openCaptureFile(path, decoding);
  const told = Array.from({ length: document.store.count }, (_, row) => explainRow(document, decoding, row)).filter(
    (explanation) => explanation?.errno.startsWith('IPSET_ERR_'),
  );
  expect(told.length).toBeGreaterThan(0);
  // linux/netfilter/ipset/ip_set.h: IPSET_ERR_PRIVATE is 4096, IPSET_ERR_EXIST stands seventh.
  for (const explanation of told) expect(explanation!.code).toBeGreaterThan(4096);
  expect(told.find((explanation) => explanation!.errno === 'IPSET_ERR_EXIST')).toMatchObject({
    code: 4103,
    meaning: '',
  });
});
