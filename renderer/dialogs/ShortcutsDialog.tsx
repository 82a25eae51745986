import { COMMAND_GROUPS, COMMANDS } from '../commands/table.ts';
import { useApp } from '../stores/app.ts';
import { usePreferences } from '../stores/hooks.ts';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Kbd } from '../widgets/Kbd.tsx';

/** Keys that panes handle themselves, beside the commands of the table. */
const PANE_KEYS: readonly { readonly title: string; readonly keys: readonly string[] }[] = [
  {
    title: 'Move in list, fields, families and sockets',
    keys: ['Up', 'Down', 'J', 'K', 'PgUp', 'PgDn', 'Home', 'End'],
  },
  { title: 'Open or close answers of a request, or a field', keys: ['Right', 'Left'] },
  { title: 'Open all fields below, all fields, or close all', keys: ['Shift+Right', 'Ctrl+Right', 'Ctrl+Left'] },
  { title: 'Move in bytes, extend the selection', keys: ['Arrows', 'Shift+Arrows'] },
  { title: 'Go from a message to its fields, from a byte to its field', keys: ['Enter'] },
  { title: 'Show the messages of a socket', keys: ['Enter'] },
];

/** Every key there is, by what it is for. */
export function ShortcutsDialog({ onClose }: { onClose(): void }) {
  const { preferences } = useApp();
  const letterKeys = usePreferences((all) => all.letterKeys);
  const groups = COMMAND_GROUPS.map((group) => ({
    group,
    lines: COMMANDS.filter((one) => one.group === group && one.keys.length > 0),
  }));
  return (
    <Dialog open onClose={onClose} title="Keyboard shortcuts" width="wide" testId="shortcuts">
      <Checkbox
        checked={letterKeys}
        onChange={(on) => preferences.setState({ letterKeys: on })}
        label="Single letters act while the list, fields or bytes have the focus"
      />
      <div className="shortcuts">
        {[...groups, { group: 'Inside panes', lines: PANE_KEYS }].map(({ group, lines }) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {lines.map(({ title, keys }) => (
                <div key={title}>
                  <dt>{title}</dt>
                  <dd>
                    {keys.map((key) => (
                      <Kbd key={key} keys={key} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
