import { ArrowLeft, ArrowRight, type LucideIcon } from 'lucide-react';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { clock, count, latency } from '../format/format.ts';
import { useApp } from '../stores/app.ts';
import { type DetailModel, loadDetail } from '../stores/detail.ts';
import { useDetail, useSelection } from '../stores/hooks.ts';
import { selectedNumber } from '../stores/selection.ts';
import { EmptyState } from '../widgets/EmptyState.tsx';
import { PaneHead } from '../widgets/PaneHead.tsx';
import { BytesView } from './bytes/BytesView.tsx';
import { CommentBanner } from './CommentBanner.tsx';
import { ExplanationBanner } from './explain/ExplanationBanner.tsx';
import { Split, SplitPanel } from './Split.tsx';
import { FieldTree } from './tree/FieldTree.tsx';
import './detail.css';

/** The lower half: fields and bytes of the selected message, or a failed request and its reply side by side. */
export function DetailPanes() {
  const { shown, missing } = useDetail((detail) => detail);
  const selected = useSelection(({ current }) => selectedNumber(current));
  const pair = usePair(shown);
  const place = useRef<HTMLDivElement>(null);
  const explained = Boolean(shown?.detail.explanation);
  const roomy = useRoom(place, explained);
  if (!shown) {
    const text =
      selected !== null && missing
        ? 'Here messages were lost: there are no bytes to show.'
        : 'Select a message to see its fields and bytes.';
    return (
      <section className="pane" aria-label="Fields">
        <EmptyState text={text} testId="empty-detail" />
      </section>
    );
  }
  const { explanation } = shown.detail;
  if (!explanation) return <FieldsAndBytes model={shown} />;
  return (
    <div className="explained" ref={place}>
      <ExplanationBanner explanation={explanation} model={shown} />
      {pair && roomy && shown.detail.comment !== '' && (
        <CommentBanner number={shown.number} text={shown.detail.comment} />
      )}
      {pair && roomy ? <RequestAndReply {...pair} /> : <FieldsAndBytes model={shown} />}
    </div>
  );
}

function FieldsAndBytes({ model }: { model: DetailModel }) {
  const { detail, bytes } = model;
  const marked = detail.explanation?.requestNumber === model.number ? detail.explanation.range : null;
  return (
    <Split id="detail" orientation="horizontal">
      <SplitPanel id="panel-fields" defaultSize="55" minSize={240}>
        <section className="pane" data-pane="tree" aria-label="Fields">
          <PaneHead title="Fields">
            <span className="mono">#{count(model.number)}</span> {detail.type}
            {detail.group && ` [group ${detail.group}]`}
            {detail.nsid !== null && ` [nsid ${detail.nsid}]`}
          </PaneHead>
          {detail.comment !== '' && <CommentBanner number={model.number} text={detail.comment} />}
          <FieldTree model={model} marked={marked} testId="tree" />
        </section>
      </SplitPanel>
      <SplitPanel id="panel-bytes" defaultSize="45" minSize={300}>
        <section className="pane" data-pane="bytes" aria-label="Bytes">
          <PaneHead title="Bytes" actions={<span>{detail.littleEndian ? 'little endian' : 'big endian'}</span>}>
            <span className="mono">{count(bytes.length)}</span>
          </PaneHead>
          <BytesView model={model} marked={marked} testId="bytes" />
        </section>
      </SplitPanel>
    </Split>
  );
}

/** Height from which request and reply fit side by side, each with fields above bytes. */
const PAIR_HEIGHT = 380;

/** Whether an element is tall enough for request and reply; measured while `active`. */
function useRoom(element: RefObject<HTMLElement | null>, active: boolean): boolean {
  const [roomy, setRoomy] = useState(true);
  useLayoutEffect(() => {
    if (!active || !element.current) return;
    const observer = new ResizeObserver((entries) => {
      for (const entry of entries) setRoomy(entry.contentRect.height >= PAIR_HEIGHT);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element, active]);
  return roomy;
}

interface Pair {
  readonly request: DetailModel;
  readonly reply: DetailModel;
  /** Which of them is the selected message. */
  readonly selected: number;
}

function RequestAndReply({ request, reply, selected }: Pair) {
  const marked = request.detail.explanation?.range ?? null;
  const after = Number(BigInt(reply.detail.time || '0') - BigInt(request.detail.time || '0'));
  const { minutes, seconds } = clock(request.detail.time);
  const column = (title: string, Glyph: LucideIcon, note: string, model: DetailModel, range: typeof marked) => {
    const own = model.number === selected;
    return (
      <div className="explained-column">
        <section className="pane" data-pane={own ? 'tree' : undefined} aria-label={`${title} fields`}>
          <PaneHead title={title} lead={<Glyph size={12} aria-hidden />}>
            <span className="mono">#{count(model.number)}</span> {note}
          </PaneHead>
          <FieldTree model={model} marked={range} testId={own ? 'tree' : 'tree-other'} />
        </section>
        <section className="pane explained-bytes" data-pane={own ? 'bytes' : undefined} aria-label={`${title} bytes`}>
          <PaneHead title="Bytes">
            <span className="mono">{count(model.bytes.length)}</span>
          </PaneHead>
          <BytesView model={model} marked={range} testId={own ? 'bytes' : 'bytes-other'} />
        </section>
      </div>
    );
  };
  return (
    <Split id="explain" orientation="horizontal">
      <SplitPanel id="panel-request" defaultSize="50" minSize={300}>
        {column('Request', ArrowRight, `${request.detail.type}, ${minutes}${seconds}`, request, marked)}
      </SplitPanel>
      <SplitPanel id="panel-reply" defaultSize="50" minSize={300}>
        {column('Reply', ArrowLeft, `${reply.detail.type}, after ${latency(after)}`, reply, null)}
      </SplitPanel>
    </Split>
  );
}

/** The failed request and the reply that says so, when the capture holds both; the other one is fetched. */
function usePair(shown: DetailModel | null): Pair | null {
  const app = useApp();
  const [other, setOther] = useState<DetailModel | null>(null);
  const explanation = shown?.detail.explanation;
  const wanted =
    shown && explanation
      ? shown.number === explanation.requestNumber
        ? explanation.replyNumber
        : explanation.requestNumber
      : null;
  useEffect(() => {
    if (wanted === null) return;
    let dropped = false;
    void app.run(loadDetail(app.api, wanted)).then((model) => !dropped && setOther(model ?? null));
    return () => {
      dropped = true;
    };
  }, [app, wanted]);
  if (!shown || !explanation || !other || other.number !== wanted) return null;
  const [request, reply] = shown.number === explanation.requestNumber ? [shown, other] : [other, shown];
  return { request, reply, selected: shown.number };
}
