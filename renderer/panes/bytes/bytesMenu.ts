import type { ByteRange, BytesFormat } from '../../../app/contracts/index.ts';
import { decodeAs, positions } from '../../actions/decoding.ts';
import { copyBytes, copyText } from '../../actions/message.ts';
import type { App } from '../../stores/app.ts';
import type { DetailModel } from '../../stores/detail.ts';
import { hexOf } from '../../widgets/hexLayout.ts';
import type { MenuEntry } from '../../widgets/Menu.tsx';
import { nodeAtOffset } from '../tree/treeRows.ts';
import { byteCount } from '../tree/valueText.ts';

const OTHER_FORMATS: readonly { readonly format: BytesFormat; readonly label: string }[] = [
  { format: 'hex', label: 'Copy as hex without blanks' },
  { format: 'hexdump', label: 'Copy as hex dump' },
  { format: 'base64', label: 'Copy as Base64' },
  { format: 'c', label: 'Copy as C array' },
];

/** The context menu of a part of a message's bytes. */
export function bytesMenu(app: App, { number, bytes, detail }: DetailModel, range: ByteRange): readonly MenuEntry[] {
  const owner = nodeAtOffset(detail.tree, range.start);
  return [
    { kind: 'label', label: `${byteCount(range.end - range.start)} at 0x${range.start.toString(16)}` },
    {
      kind: 'item',
      label: 'Copy bytes as hex',
      keys: 'Ctrl+C',
      run: () => void copyText(app, hexOf(bytes.subarray(range.start, range.end))),
    },
    ...OTHER_FORMATS.map(
      ({ format, label }): MenuEntry => ({
        kind: 'item',
        label,
        run: () => void copyBytes(app, number, range, format),
      }),
    ),
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Decode as…',
      keys: 'Ctrl+Shift+U',
      disabled: owner === null,
      run: () => owner && decodeAs(app, { number, path: positions(owner.path) }),
    },
  ];
}
