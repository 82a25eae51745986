import type { App } from '../stores/app.ts';
import type { Question } from '../stores/ui.ts';

/** Puts a question on screen; `run` is called if the user goes on. */
export function ask(app: App, question: Question): void {
  app.ui.setState({ dialog: { kind: 'question', question } });
}
