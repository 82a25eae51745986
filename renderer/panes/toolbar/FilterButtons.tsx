import { ChevronDown, Settings2 } from 'lucide-react';
import { pressButton } from '../../actions/filterSets.ts';
import { command, runCommand } from '../../commands/table.ts';
import { useApp } from '../../stores/app.ts';
import { groupButtons } from '../../stores/filterSets.ts';
import { useHostState, usePreferences } from '../../stores/hooks.ts';
import { Button, IconButton } from '../../widgets/Button.tsx';
import { Menu, type MenuEntry } from '../../widgets/Menu.tsx';

/** The user's filter buttons in a line of their own; nothing as long as there are none. */
export function FilterButtons() {
  const app = useApp();
  const buttons = usePreferences(({ filterButtons }) => filterButtons);
  const applied = useHostState(({ view }) => view.filter);
  // What has no label or no filter is still being written.
  const groups = groupButtons(buttons.filter(({ label, filter }) => label.trim() !== '' && filter.trim() !== ''));
  if (groups.length === 0) return null;
  const isApplied = (filter: string) => filter.trim() === applied;
  return (
    <nav className="filter-buttons" aria-label="Filter buttons" data-testid="filter-buttons">
      {groups.map((group) =>
        group.kind === 'button' ? (
          <Button
            key={`${group.label} ${group.filter}`}
            size="sm"
            variant="ghost"
            aria-pressed={isApplied(group.filter)}
            title={group.filter}
            onClick={() => pressButton(app, group)}
            data-testid="filter-button"
          >
            {group.label}
          </Button>
        ) : (
          <Menu
            key={`menu ${group.label}`}
            label={group.label}
            entries={group.buttons.map(
              ({ label, filter }): MenuEntry => ({
                kind: 'item',
                label,
                detail: filter,
                checked: isApplied(filter),
                run: () => pressButton(app, { filter }),
              }),
            )}
            trigger={
              <Button
                size="sm"
                variant="ghost"
                aria-pressed={group.buttons.some(({ filter }) => isApplied(filter))}
                data-testid="filter-button"
              >
                {group.label}
                <ChevronDown size={12} aria-hidden />
              </Button>
            }
          />
        ),
      )}
      <IconButton
        label="Edit filter buttons"
        icon={Settings2}
        size="sm"
        onClick={() => runCommand(app, command('filter.buttons'))}
        data-testid="filter-buttons-edit"
      />
    </nav>
  );
}
