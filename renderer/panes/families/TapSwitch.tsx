import { setTap } from '../../actions/capture.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, usePreferences } from '../../stores/hooks.ts';
import { Checkbox } from '../../widgets/Checkbox.tsx';

/** Whether the next capture taps other programs, and whether this one does. */
export function TapSwitch() {
  const app = useApp();
  const wanted = usePreferences((preferences) => preferences.capture?.tap ?? false);
  const { device, capturing } = useHostState((state) => ({
    device: state.tap,
    capturing: state.capture === 'capturing',
  }));
  const changes = capturing && wanted !== (device !== '');
  return (
    <div className="families-tap">
      <Checkbox
        checked={wanted}
        onChange={(tap) => setTap(app, tap)}
        label="Tap other programs"
        testId="families-tap"
      />
      <span className="muted ellipsis" data-testid="families-tap-state">
        {changes ? 'at the next start' : device}
      </span>
    </div>
  );
}
