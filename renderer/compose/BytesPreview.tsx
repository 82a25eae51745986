import { useMemo } from 'react';
import type { ByteRange, FieldNode } from '../../app/contracts/index.ts';
import { HexView } from '../widgets/HexView.tsx';
import { depthsOf } from '../widgets/hexLayout.ts';
import { nodeAt, pathAt } from './locate.ts';
import type { FormPath } from './model.ts';

interface BytesPreviewProps {
  bytes: Uint8Array;
  tree: readonly FieldNode[];
  focus: FormPath | null;
  /** What the kernel objected to. */
  marked: ByteRange | null;
  /** A byte of the field was chosen; the keyboard stays in the bytes. */
  onSelect(path: FormPath): void;
  /** Enter was pressed on a byte of the field. */
  onActivate(path: FormPath): void;
}

/** The bytes of the message as they would be sent, with the field under the keyboard outlined. A click marks its field. */
export function BytesPreview({ bytes, tree, focus, marked, onSelect, onActivate }: BytesPreviewProps) {
  const depths = useMemo(() => depthsOf(tree, bytes.length), [tree, bytes]);
  const node = focus === null ? null : nodeAt(tree, focus);
  const start = node?.range.start;
  const end = node?.range.end;
  const selected = useMemo(() => (start === undefined || end === undefined ? null : { start, end }), [start, end]);
  const withPath = (offset: number, act: (path: FormPath) => void) => {
    const path = pathAt(tree, offset);
    if (path !== null) act(path);
  };
  return (
    <section className="compose-bytes" aria-label="Bytes to be sent" data-testid="compose-bytes">
      <header className="compose-section">
        <span className="strong">Bytes</span>
        <span className="mono muted" data-testid="compose-length">
          {bytes.length}
        </span>
        <span className="grow" />
        {node !== null && <span className="muted ellipsis">{placeText(node)}</span>}
      </header>
      <HexView
        label="Bytes to be sent"
        bytes={bytes}
        depths={depths}
        selected={selected}
        marked={marked}
        describe={(offset: number) => pathAt(tree, offset)?.join(' ') ?? 'netlink header'}
        onSelect={(range, gesture) => {
          if (gesture === 'byte') withPath(range.start, onSelect);
        }}
        onActivate={(offset) => withPath(offset, onActivate)}
      />
    </section>
  );
}

/** "IFLA_VLAN_ID at 0x48, 6 bytes + 2 padding". */
function placeText({ name, kind, range }: FieldNode): string {
  const length = range.end - range.start;
  const attribute = kind === 'attr' || kind === 'nest';
  const padding = attribute ? (4 - (length % 4)) % 4 : 0;
  const size = `${length} byte${length === 1 ? '' : 's'}`;
  return `${name} at 0x${range.start.toString(16)}, ${size}${padding === 0 ? '' : ` + ${padding} padding`}`;
}
