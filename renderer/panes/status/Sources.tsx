import type { SourceState } from '../../../app/contracts/index.ts';
import { count, plural, bytes as sizeText } from '../../format/format.ts';
import { useHostState } from '../../stores/hooks.ts';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { Popover } from '../../widgets/Popover.tsx';
import { SourceName } from '../SourceName.tsx';

const KINDS: { readonly [kind in SourceState['kind']]: string } = {
  namespace: 'namespace',
  pipe: 'pipe',
  remote: 'remote host',
};

/** Where a capture comes from and which files it goes to; a click lists each with its counts. Nothing for a plain one. */
export function Sources() {
  const { sources, files } = useHostState((state) => state);
  const isPlain = sources.every(({ name, ended, errors }) => name === '' && ended === '' && errors === 0);
  if (isPlain && files === null) return null;
  const troubled = sources.filter(({ ended, errors }) => ended !== '' || errors > 0).length;
  return (
    <Popover
      label="Sources and files"
      side="top"
      className="sources"
      trigger={
        <button type="button" className="status-button" data-testid="status-sources">
          {troubled > 0 && <SeverityIcon severity="warn" size={12} label={`${count(troubled)} ended or had errors`} />}
          <span>
            {plural(sources.length, 'source')}
            {files && `, file ${count(files.begun)}`}
          </span>
        </button>
      }
    >
      <div className="sources-list" data-testid="sources-list">
        <table>
          <thead>
            <tr>
              <th scope="col">Source</th>
              <th scope="col">Kind</th>
              <th scope="col">Messages</th>
              <th scope="col">Bytes</th>
              <th scope="col">Lost</th>
              <th scope="col">Errors</th>
            </tr>
          </thead>
          {sources.map((source) => (
            <SourceLines key={`${source.kind} ${source.name}`} source={source} />
          ))}
        </table>
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

function SourceLines({ source }: { source: SourceState }) {
  const { kind, name, tap, messages, bytes, lost, uncounted, errors, error, ended } = source;
  const told = error === '' ? ended : error;
  return (
    <tbody data-testid="source">
      <tr>
        <th scope="row" className="mono">
          {name === '' ? 'this namespace' : <SourceName name={name} />}
        </th>
        <td className="muted">{tap === '' ? KINDS[kind] : `${KINDS[kind]}, ${tap}`}</td>
        <td>{count(messages)}</td>
        <td>{sizeText(bytes)}</td>
        <td className={lost > 0 || uncounted ? 'tone-warn' : 'muted'}>{lossText(lost, uncounted)}</td>
        <td className={errors > 0 ? 'tone-error' : 'muted'}>{count(errors)}</td>
      </tr>
      {told !== '' && (
        <tr>
          <td colSpan={6}>
            <div className="sources-told">
              <SeverityIcon
                severity={errors > 0 ? 'error' : 'warn'}
                size={12}
                label={ended === '' ? 'error' : 'ended'}
              />
              <span className="selectable">{told}</span>
            </div>
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** "12", "12+" where more was lost than is known, "?" where nothing is. */
function lossText(lost: number, uncounted: boolean): string {
  if (!uncounted) return count(lost);
  return lost === 0 ? '?' : `${count(lost)}+`;
}
