import type { SourceState } from '../../../app/contracts/index.ts';
import { count, plural } from '../../format/format.ts';
import { useHostState } from '../../stores/hooks.ts';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { Popover } from '../../widgets/Popover.tsx';
import { SourceName } from '../SourceName.tsx';

const KINDS: { readonly [kind in SourceState['kind']]: string } = {
  namespace: 'namespace',
  pipe: 'pipe',
  remote: 'remote host',
};

/** Where a capture comes from and which files it goes to; a click lists each with its losses. Nothing for a plain one. */
export function Sources() {
  const { sources, files } = useHostState((state) => state);
  const isPlain = sources.every(({ name, ended }) => name === '' && ended === '') && files === null;
  if (isPlain) return null;
  const ended = sources.filter((source) => source.ended !== '').length;
  return (
    <Popover
      label="Sources and files"
      side="top"
      className="sources"
      trigger={
        <button type="button" className="status-button" data-testid="status-sources">
          {ended > 0 && <SeverityIcon severity="warn" size={12} label={`${count(ended)} ended`} />}
          <span>
            {plural(sources.length, 'source')}
            {files && `, file ${count(files.begun)}`}
          </span>
        </button>
      }
    >
      <div className="sources-list" data-testid="sources-list">
        <ul>
          {sources.map((source) => (
            <SourceLine key={`${source.kind} ${source.name}`} source={source} />
          ))}
        </ul>
        {files && (
          <p>
            Written to <span className="mono selectable">{files.current}</span>, file {count(files.begun)};{' '}
            {plural(files.kept, 'file')} kept
          </p>
        )}
      </div>
    </Popover>
  );
}

function SourceLine({ source }: { source: SourceState }) {
  const { kind, name, tap, drops, ended } = source;
  const lost = drops.kernel + drops.queue;
  return (
    <li data-testid="source">
      <span className="mono ellipsis">{name === '' ? 'this namespace' : <SourceName name={name} />}</span>
      <span className="muted">{tap === '' ? KINDS[kind] : `${KINDS[kind]}, ${tap}`}</span>
      <span className={lost > 0 ? 'tone-warn' : 'muted'}>{count(lost)} lost</span>
      {ended !== '' && (
        <span className="sources-ended">
          <SeverityIcon severity="warn" size={12} label="ended" /> {ended}
        </span>
      )}
    </li>
  );
}
