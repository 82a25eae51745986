import type { CaptureOptions, GroupRef, SubscriptionReport } from '../../app/contracts/index.ts';
import { plural } from '../format/format.ts';
import { chosenGroups, defaultOptions, refKey } from '../panes/families/familyTree.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import { unlessUnsaved } from './files.ts';

/** What the next start captures. */
export function captureOptions(app: App): CaptureOptions {
  return app.preferences.getState().capture ?? defaultOptions(app.session.getState().inventory);
}

/** Asks the host anew for what may have changed since the window was opened: its network namespaces. */
export async function refreshInfo(app: App): Promise<void> {
  const info = await app.run(app.api.info());
  if (info) app.session.setState({ info });
}

/** Groups that are joined, or will be at the next start. */
export function currentGroups(app: App): readonly GroupRef[] {
  const { state, inventory } = app.session.getState();
  return state.capture === 'capturing' ? state.joined : chosenGroups(inventory, captureOptions(app));
}

/** Goes on as soon as it is known what this kernel has: what can be captured depends on it. */
export function withInventory(app: App, run: () => void): void {
  if (app.session.getState().inventory !== null) {
    run();
    return;
  }
  void app.run(app.api.inventory()).then((inventory) => {
    if (!inventory) return;
    app.session.setState({ inventory });
    run();
  });
}

/** Starts with these options, or those that are kept; asks first when unsaved messages would be lost. */
export function startCapture(app: App, given?: CaptureOptions): void {
  const start = async () => {
    const options = given ?? captureOptions(app);
    app.list.follow(true);
    app.ui.setState({ view: 'messages' });
    const groups = chosenGroups(app.session.getState().inventory, options);
    const report = await app.attempt(app.api.startCapture({ ...options, groups }), 'start', ({ source }) =>
      source === 'tap' ? { label: 'Start without it', run: () => startWithoutTap(app, options) } : undefined,
    );
    if (report) tellRefused(app, report);
  };
  withInventory(app, () => {
    const { state } = app.session.getState();
    // A capture goes on in the same list; what a file holds would be mixed with it.
    if (state.capture === 'file') unlessUnsaved(app, 'Start capture', start);
    else void start();
  });
}

/** What can be listened to without it is captured; the next start does not ask for it either. */
function startWithoutTap(app: App, options: CaptureOptions): void {
  setTap(app, false);
  startCapture(app, { ...options, tap: false });
}

/** Starts, or starts again, with all groups of this kernel, and remembers it. */
export function captureEverything(app: App): void {
  withInventory(app, () => {
    const options = { ...captureOptions(app), everything: true };
    app.preferences.setState({ capture: options });
    startAnew(app, options);
  });
}

/** Follows a pipe that a capture is written to. What the user chose to capture otherwise stays chosen. */
export function openPipe(app: App, path: string): void {
  startAnew(app, { groups: [], pipes: [path] });
}

/** Starts with these options; a capture that runs ends first. */
export function startAnew(app: App, options: CaptureOptions): void {
  const begin = () => startCapture(app, options);
  if (app.session.getState().state.capture === 'capturing') void app.run(app.api.stopCapture()).then(begin);
  else begin();
}

export function stopCapture(app: App): void {
  void app.run(app.api.stopCapture());
}

export function toggleCapture(app: App): void {
  if (app.session.getState().state.capture === 'capturing') stopCapture(app);
  else startCapture(app);
}

/** Drops what was captured and starts again with the same options. */
export function restartCapture(app: App): void {
  unlessUnsaved(app, 'Restart capture', async () => {
    await app.run(app.api.stopCapture());
    await app.run(app.api.clear());
    startCapture(app);
  });
}

export function togglePause(app: App): void {
  const paused = !app.session.getState().state.viewPaused;
  void app.run(app.api.pauseView(paused));
}

export function clearMessages(app: App): void {
  unlessUnsaved(app, 'Clear messages', () => app.run(app.api.clear()));
}

/** Joins or leaves groups: at once while capturing, and for the next start in any case. */
export function setGroups(app: App, refs: readonly GroupRef[], join: boolean): void {
  const options = captureOptions(app);
  const keys = new Set(refs.map(refKey));
  const others = currentGroups(app).filter((ref) => !keys.has(refKey(ref)));
  const groups = join ? [...others, ...refs] : others;
  app.preferences.setState({ capture: { ...options, everything: false, groups } });
  if (app.session.getState().state.capture !== 'capturing') return;
  const change = join ? { add: [...refs], remove: [] } : { add: [], remove: [...refs] };
  void app.attempt(app.api.subscribe(change)).then((report) => report && tellRefused(app, report));
}

/** Whether the next capture taps what passes between other programs and the kernel. */
export function setTap(app: App, tap: boolean): void {
  withInventory(app, () => app.preferences.setState({ capture: { ...captureOptions(app), tap } }));
}

function tellRefused(app: App, { refused }: SubscriptionReport): void {
  const first = refused[0];
  if (!first) return;
  const needs = [...new Set(refused.flatMap(({ error }) => error.capability ?? []))].join(', ');
  pushToast(app.session, {
    severity: 'warn',
    text: `${plural(refused.length, 'group')} could not be joined: ${first.error.message}${needs && ` (needs ${needs})`}`,
    hint: first.error.hint,
  });
  void app.run(app.api.inventory()).then((inventory) => inventory && app.session.setState({ inventory }));
}
