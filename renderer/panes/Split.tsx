import type { ReactNode } from 'react';
import { Children, Fragment, isValidElement } from 'react';
import { Group, Panel, type PanelProps, Separator } from 'react-resizable-panels';
import { useApp } from '../stores/app.ts';

interface SplitProps {
  /** Name the shares are remembered by. */
  id: string;
  orientation: 'horizontal' | 'vertical';
  /** SplitPanels; anything falsy is left out. */
  children: ReactNode;
}

/** What screen readers call the lines. */
const BORDER_WORDS = { horizontal: 'Border between left and right', vertical: 'Border between top and bottom' };

/**
 * Panels with movable lines between them. The shares that a user gives them are remembered for each set of panels that
 * is on screen.
 */
export function Split({ id, orientation, children }: SplitProps) {
  const { preferences } = useApp();
  const panels = Children.toArray(children).filter(isValidElement<PanelProps>);
  const name = [id, ...panels.map((panel) => panel.props.id)].join('/');
  return (
    <Group
      id={`split-${id}`}
      orientation={orientation}
      defaultLayout={preferences.getState().splits[name]}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) preferences.setState(({ splits }) => ({ splits: { ...splits, [name]: layout } }));
      }}
    >
      {panels.map((panel, at) => (
        <Fragment key={panel.props.id}>
          {at > 0 && <Separator className="split-line" aria-label={BORDER_WORDS[orientation]} />}
          {panel}
        </Fragment>
      ))}
    </Group>
  );
}

/** One panel of a Split. Sizes: numbers are pixels, text without a unit is a percentage. */
export const SplitPanel = Panel;
