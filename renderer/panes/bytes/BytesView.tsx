import { useMemo } from 'react';
import type { ByteRange } from '../../../app/contracts/index.ts';
import { goToMessage, hover, selectedMessage, selectField } from '../../actions/navigate.ts';
import { useApp } from '../../stores/app.ts';
import type { DetailModel } from '../../stores/detail.ts';
import { useSelection, useUi } from '../../stores/hooks.ts';
import { HexView } from '../../widgets/HexView.tsx';
import { ContextMenu } from '../../widgets/Menu.tsx';
import { focusPane } from '../focus.ts';
import { nodeAtOffset, nodeAtRange } from '../tree/treeRows.ts';
import { byteCount } from '../tree/valueText.ts';
import { bytesMenu } from './bytesMenu.ts';
import { describeRange } from './rangeText.ts';
import './bytes.css';

interface BytesViewProps {
  model: DetailModel;
  /** The attribute that an error is about. */
  marked?: ByteRange | null;
  testId: string;
}

/** A message's bytes with what is selected and pointed at, linked with its tree. */
export function BytesView({ model, marked, testId }: BytesViewProps) {
  const app = useApp();
  const { number, detail, bytes, depths } = model;
  const hovered = useUi((ui) => (ui.hover?.number === number ? ui.hover.range : null));
  const selected = useSelection(({ current }) =>
    (current.kind === 'field' || current.kind === 'bytes') && current.number === number ? current.range : null,
  );
  const ownerName = useMemo(
    () => (offset: number) => {
      const owner = nodeAtOffset(detail.tree, offset);
      return owner ? `field ${owner.node.name}` : 'padding';
    },
    [detail],
  );
  const select = (range: ByteRange, gesture: 'byte' | 'range') => {
    if (selectedMessage(app) !== number) void goToMessage(app, number);
    const owner = gesture === 'byte' ? nodeAtOffset(detail.tree, range.start) : null;
    if (owner) selectField(app, number, owner);
    else app.select({ type: 'bytes', number, range });
  };
  /** For the selection where it was clicked, else for the field that owns the byte; for all where nothing is selected. */
  const entriesFor = (target: Element) => {
    const at = target.closest<HTMLElement>('[data-offset]')?.dataset.offset;
    const within = at === undefined || (selected !== null && Number(at) >= selected.start && Number(at) < selected.end);
    if (within) return bytesMenu(app, model, selected ?? { start: 0, end: bytes.length });
    const offset = Number(at);
    const range = nodeAtOffset(detail.tree, offset)?.node.range ?? { start: offset, end: offset + 1 };
    select({ start: offset, end: offset + 1 }, 'byte');
    return bytesMenu(app, model, range);
  };
  return (
    <>
      <ContextMenu label="Bytes" entriesFor={entriesFor}>
        <div className="bytes-area">
          <HexView
            bytes={bytes}
            depths={depths}
            selected={selected}
            hovered={hovered}
            marked={marked}
            onHover={(offset) =>
              hover(app, number, offset === null ? null : (nodeAtOffset(detail.tree, offset)?.node.range ?? null))
            }
            onSelect={select}
            onActivate={(offset) => {
              const owner = nodeAtOffset(detail.tree, offset);
              if (owner) selectField(app, number, owner);
              focusPane('tree');
            }}
            describe={ownerName}
            label={`Bytes of message ${number}`}
            testId={testId}
          />
        </div>
      </ContextMenu>
      <BytesFooter model={model} range={selected} />
    </>
  );
}

/** "offset 0x40  8 bytes  u32le 1500  filter link.mtu". */
function BytesFooter({ model, range }: { model: DetailModel; range: ByteRange | null }) {
  if (!range) {
    return (
      <footer className="pane-foot hint">
        <span className="ellipsis">Select a field or bytes to see where they are.</span>
      </footer>
    );
  }
  const found = nodeAtRange(model.detail.tree, range);
  const node =
    found && found.node.range.start === range.start && found.node.range.end === range.end ? found.node : null;
  const { offset, length, type, value } = describeRange(model.bytes, range, node, model.detail.littleEndian);
  return (
    <footer className="pane-foot" data-testid="bytes-footer">
      <span>
        offset <b>{offset}</b>
      </span>
      <span>
        <b>{byteCount(length).split(' ')[0]}</b> {byteCount(length).split(' ')[1]}
      </span>
      {type && (
        <span className="ellipsis">
          {type} <b>{value}</b>
        </span>
      )}
      {node?.filter && (
        <span className="ellipsis">
          filter <b>{node.filter}</b>
        </span>
      )}
    </footer>
  );
}
