import type { SpecReport } from '../../app/contracts/index.ts';
import { plural } from '../format/format.ts';
import type { App } from '../stores/app.ts';
import { pushToast } from '../stores/session.ts';
import type { DecodeSubject } from '../stores/ui.ts';

/** Opens the dialog in which the user says how something is to be read; without a subject, only what is in force. */
export function decodeAs(app: App, about: DecodeSubject | null): void {
  app.ui.setState({ dialog: { kind: 'decodeAs', about } });
}

/** Opens that dialog for the selected field, else for the selected message. */
export function decodeSelectedAs(app: App): void {
  const { current } = app.selection.getState();
  if (current.kind === 'none') decodeAs(app, null);
  else decodeAs(app, { number: current.number, path: current.kind === 'field' ? positions(current.path) : [] });
}

/** Positions of a tree row's path ("2.0.1"). */
export function positions(path: string): number[] {
  return path.split('.').map(Number);
}

/** Puts rules in force in place of those before. Resolves to why it failed, "" when it did not. */
export async function setDecodeRules(app: App, rules: readonly string[]): Promise<string> {
  const result = await app.run(app.api.setDecodeRules([...rules]));
  return result === undefined || result.ok ? '' : result.error.message;
}

/** Takes a rule out of force. */
export async function removeDecodeRule(app: App, rule: string): Promise<void> {
  const rules = await app.run(app.api.decodeRules());
  if (!rules) return;
  const problem = await setDecodeRules(
    app,
    rules.map((one) => one.rule).filter((text) => text !== rule),
  );
  if (problem !== '') pushToast(app.session, { severity: 'warn', text: problem });
}

/** Reads the user's specs anew and says what came of it; what is wrong with them is listed in a dialog. */
export async function reloadSpecs(app: App): Promise<void> {
  const report = await app.run(app.api.reloadSpecs());
  if (!report) return;
  if (report.problems.length > 0) app.ui.setState({ dialog: { kind: 'specs' } });
  else pushToast(app.session, { severity: 'note', text: specsSentence(report) });
}

/** "3 specs of your own are in force". */
export function specsSentence({ loaded, folders }: SpecReport): string {
  if (folders.length === 0) return 'There is no folder with specs of your own';
  const verb = loaded.length === 1 ? 'is' : 'are';
  return `${plural(loaded.length, 'spec')} of your own ${verb} in force`;
}
