import { flushSync } from 'react-dom';
import { type Row, TIME_FORMATS } from '../../app/contracts/index.ts';
import {
  captureEverything,
  clearMessages,
  restartCapture,
  startCapture,
  stopCapture,
  toggleCapture,
  togglePause,
  withInventory,
} from '../actions/capture.ts';
import { openColumnMenu, selectedFieldName, showField, usualColumns } from '../actions/columns.ts';
import { editComment, removeComment } from '../actions/comments.ts';
import {
  compareWithMarked,
  compareWithPrevious,
  copyComparison,
  endComparison,
  goToDifference,
  swapComparison,
  toggleExpected,
} from '../actions/compare.ts';
import { decodeAs, decodeSelectedAs, reloadSpecs } from '../actions/decoding.ts';
import { exportDisplayed, openFile, saveFile } from '../actions/files.ts';
import { applyClause, clauseOf, clearFilter } from '../actions/filter.ts';
import { editButtons, editColours, editMacros } from '../actions/filterSets.ts';
import { find, findNext } from '../actions/find.ts';
import {
  COPY_FORMATS,
  compose,
  copyMessage,
  copyText,
  resend,
  selectedField,
  toggleMark,
  withSelected,
} from '../actions/message.ts';
import {
  goToMessage,
  measureFrom,
  measureFromStart,
  moveInTransaction,
  moveSelection,
  selectedMessage,
  toggleGrouping,
  travel,
} from '../actions/navigate.ts';
import {
  currentProfile,
  duplicateProfile,
  exportProfile,
  importProfile,
  manageProfiles,
  nextProfile,
  removeProfile,
} from '../actions/profiles.ts';
import { addToSequence, makeSequence, showSequence } from '../actions/sequence.ts';
import { toggleSockets } from '../actions/sockets.ts';
import { currentSort, reverseSort, sortList } from '../actions/sort.ts';
import { exportStatistics, toggleStatistics } from '../actions/statistics.ts';
import { cyclePane, focusPane, openMenuOf, type PaneId, paneWithFocus } from '../panes/focus.ts';
import type { App } from '../stores/app.ts';
import { THEMES } from '../stores/preferences.ts';
import { selectedRange } from '../stores/selection.ts';
import { hexOf } from '../widgets/hexLayout.ts';

export const COMMAND_GROUPS = ['Capture', 'File', 'Move', 'Filter and find', 'Message', 'Window'] as const;

/** Something the user can do. Palette, shortcut list, keys, buttons and the native menu all take it from here. */
export interface Command {
  /** Stable name: native menus and tests call it by this. */
  readonly id: string;
  /** Sentence case, verb first. */
  readonly title: string;
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** Any of these; the first is the one that is shown. */
  readonly keys: readonly string[];
  /** Keys act only while one of these panes has the focus; absent: anywhere. */
  readonly panes?: readonly PaneId[];
  /** Whether it can be done now; absent: always. */
  when?(app: App): boolean;
  run(app: App): void;
}

const MESSAGE_PANES: readonly PaneId[] = ['list', 'tree', 'bytes', 'compare'];

const EXPORT_WORDS = { csv: 'CSV', json: 'JSON lines', text: 'text' };

const TIME_WORDS = {
  clock: 'the time of day',
  date: 'date and time',
  start: 'the time since the first message',
  previous: 'the time since the row before',
};

const PROFILE_COMMANDS: readonly Command[] = [
  {
    id: 'profile.manage',
    title: 'Choose or manage profiles…',
    group: 'Window',
    keys: [],
    run: (app) => manageProfiles(app),
  },
  {
    id: 'profile.next',
    title: 'Switch to the next profile',
    group: 'Window',
    keys: [],
    when: hasProfiles,
    run: nextProfile,
  },
  {
    id: 'profile.duplicate',
    title: 'Duplicate the profile',
    group: 'Window',
    keys: [],
    run: (app) => void duplicateProfile(app),
  },
  {
    id: 'profile.rename',
    title: 'Rename the profile…',
    group: 'Window',
    keys: [],
    run: (app) => manageProfiles(app, true),
  },
  {
    id: 'profile.remove',
    title: 'Delete the profile…',
    group: 'Window',
    keys: [],
    when: hasProfiles,
    run: (app) => removeProfile(app, currentProfile(app)),
  },
  {
    id: 'profile.export',
    title: 'Export the profile…',
    group: 'Window',
    keys: [],
    run: (app) => void exportProfile(app),
  },
  { id: 'profile.import', title: 'Import a profile…', group: 'Window', keys: [], run: importProfile },
];

/** Every command, in the order of the palette. */
export const COMMANDS: readonly Command[] = [
  {
    id: 'capture.toggle',
    title: 'Start or stop capture',
    group: 'Capture',
    keys: ['Ctrl+E'],
    run: toggleCapture,
  },
  {
    id: 'capture.start',
    title: 'Start capture',
    group: 'Capture',
    keys: [],
    when: (app) => !isCapturing(app),
    run: (app) => startCapture(app),
  },
  {
    id: 'capture.everything',
    title: 'Capture everything on this kernel',
    group: 'Capture',
    keys: [],
    run: captureEverything,
  },
  { id: 'capture.stop', title: 'Stop capture', group: 'Capture', keys: [], when: isCapturing, run: stopCapture },
  {
    id: 'capture.restart',
    title: 'Restart capture',
    group: 'Capture',
    keys: ['Ctrl+R'],
    when: isCapturing,
    run: restartCapture,
  },
  {
    id: 'capture.pause',
    title: 'Pause or resume the list',
    group: 'Capture',
    keys: ['Ctrl+Shift+E'],
    when: isCapturing,
    run: togglePause,
  },
  {
    id: 'capture.options',
    title: 'Choose capture options',
    group: 'Capture',
    keys: ['Ctrl+K'],
    run: (app) => withInventory(app, () => app.ui.setState({ dialog: { kind: 'captureOptions' } })),
  },
  {
    id: 'capture.clear',
    title: 'Clear all messages',
    group: 'Capture',
    keys: ['Ctrl+L'],
    when: hasMessages,
    run: clearMessages,
  },
  { id: 'file.open', title: 'Open capture file', group: 'File', keys: ['Ctrl+O'], run: openFile },
  {
    id: 'file.openPipe',
    title: 'Open a pipe and follow it',
    group: 'File',
    keys: [],
    run: (app) => app.ui.setState({ dialog: { kind: 'openPipe' } }),
  },
  {
    id: 'file.save',
    title: 'Save all messages',
    group: 'File',
    keys: ['Ctrl+S'],
    when: hasMessages,
    run: (app) => void saveFile(app, { kind: 'all' }),
  },
  {
    id: 'file.saveDisplayed',
    title: 'Save displayed messages',
    group: 'File',
    keys: ['Ctrl+Shift+S'],
    when: hasMessages,
    run: (app) => void saveFile(app, { kind: 'displayed' }),
  },
  {
    id: 'file.saveSelected',
    title: 'Save selected message',
    group: 'File',
    keys: [],
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void saveFile(app, { kind: 'numbers', numbers: [number] })),
  },
  ...(['csv', 'json', 'text'] as const).map(
    (format): Command => ({
      id: `file.export.${format}`,
      title: `Export displayed messages as ${EXPORT_WORDS[format]}`,
      group: 'File',
      keys: [],
      when: hasMessages,
      run: (app) => void exportDisplayed(app, format),
    }),
  ),
  {
    id: 'list.next',
    title: 'Go to next message',
    group: 'Move',
    keys: ['Ctrl+Down'],
    when: hasMessages,
    run: (app) => moveSelection(app, 1),
  },
  {
    id: 'list.previous',
    title: 'Go to previous message',
    group: 'Move',
    keys: ['Ctrl+Up'],
    when: hasMessages,
    run: (app) => moveSelection(app, -1),
  },
  {
    id: 'transaction.next',
    title: 'Go to next message of the transaction',
    group: 'Move',
    keys: ['Ctrl+.'],
    when: hasSelection,
    run: (app) => void moveInTransaction(app, 1),
  },
  {
    id: 'transaction.previous',
    title: 'Go to previous message of the transaction',
    group: 'Move',
    keys: ['Ctrl+,'],
    when: hasSelection,
    run: (app) => void moveInTransaction(app, -1),
  },
  {
    id: 'history.back',
    title: 'Go back',
    group: 'Move',
    keys: ['Alt+Left'],
    when: (app) => app.selection.getState().back.length > 0,
    run: (app) => travel(app, 'back'),
  },
  {
    id: 'history.forward',
    title: 'Go forward',
    group: 'Move',
    keys: ['Alt+Right'],
    when: (app) => app.selection.getState().forward.length > 0,
    run: (app) => travel(app, 'forward'),
  },
  {
    id: 'list.goTo',
    title: 'Go to message number',
    group: 'Move',
    keys: ['Ctrl+G'],
    when: hasMessages,
    run: (app) => app.ui.setState({ dialog: { kind: 'goTo' } }),
  },
  {
    id: 'list.goToRequest',
    title: 'Go to the request of the transaction',
    group: 'Move',
    keys: [],
    when: hasSelection,
    run: (app) => {
      const request = app.detail.getState().shown?.detail.transaction[0];
      if (request !== undefined) void goToMessage(app, request);
    },
  },
  {
    id: 'list.grouping',
    title: 'Fold answers under their requests, or show all messages one after another',
    group: 'Move',
    keys: [],
    when: hasMessages,
    run: toggleGrouping,
  },
  {
    id: 'list.captureOrder',
    title: 'Show messages in the order of the capture',
    group: 'Move',
    keys: [],
    when: isSorted,
    run: (app) => void sortList(app, null),
  },
  {
    id: 'list.reverseOrder',
    title: 'Turn the order of the list around',
    group: 'Move',
    keys: [],
    when: isSorted,
    run: reverseSort,
  },
  {
    id: 'list.nextError',
    title: 'Go to next error or warning',
    group: 'Move',
    keys: ['F8'],
    when: hasMessages,
    run: (app) => void find(app, { kind: 'severity' }),
  },
  {
    id: 'list.previousError',
    title: 'Go to previous error or warning',
    group: 'Move',
    keys: ['Shift+F8'],
    when: hasMessages,
    run: (app) => void find(app, { kind: 'severity', backwards: true }),
  },
  {
    id: 'filter.focus',
    title: 'Edit the display filter',
    group: 'Filter and find',
    keys: ['Ctrl+/'],
    run: (app) => app.filterBox?.focus(),
  },
  {
    id: 'filter.clear',
    title: 'Clear the display filter',
    group: 'Filter and find',
    keys: [],
    when: (app) => app.session.getState().state.view.filter !== '',
    run: clearFilter,
  },
  {
    id: 'filter.applyField',
    title: 'Filter by the selected field',
    group: 'Filter and find',
    keys: ['Alt+F'],
    when: (app) => fieldClause(app) !== null,
    run: (app) => applyClause(app, fieldClause(app)!, 'replace'),
  },
  {
    id: 'filter.excludeField',
    title: 'Exclude the selected field',
    group: 'Filter and find',
    keys: ['Alt+Shift+F'],
    when: (app) => fieldClause(app) !== null,
    run: (app) => applyClause(app, fieldClause(app)!, 'and not'),
  },
  {
    id: 'filter.button',
    title: 'Make a button of the display filter…',
    group: 'Filter and find',
    keys: [],
    when: (app) => app.session.getState().state.view.filter !== '',
    run: (app) => editButtons(app, app.session.getState().state.view.filter),
  },
  {
    id: 'filter.buttons',
    title: 'Edit filter buttons…',
    group: 'Filter and find',
    keys: [],
    run: (app) => editButtons(app),
  },
  {
    id: 'filter.macros',
    title: 'Edit filter macros…',
    group: 'Filter and find',
    keys: [],
    run: (app) => editMacros(app),
  },
  {
    id: 'filter.macro',
    title: 'Make a macro of the display filter…',
    group: 'Filter and find',
    keys: [],
    when: (app) => app.session.getState().state.view.filter !== '',
    run: (app) => editMacros(app, app.session.getState().state.view.filter),
  },
  {
    id: 'colour.rules',
    title: 'Edit colouring rules…',
    group: 'Filter and find',
    keys: [],
    run: (app) => editColours(app),
  },
  {
    id: 'colour.filter',
    title: 'Colour rows that pass the display filter…',
    group: 'Filter and find',
    keys: [],
    when: (app) => app.session.getState().state.view.filter !== '',
    run: (app) => editColours(app, app.session.getState().state.view.filter),
  },
  {
    id: 'colour.field',
    title: 'Colour rows like the selected field…',
    group: 'Filter and find',
    keys: [],
    when: (app) => fieldClause(app) !== null,
    run: (app) => editColours(app, fieldClause(app)),
  },
  {
    id: 'colour.toggle',
    title: 'Switch colouring rules on or off',
    group: 'Filter and find',
    keys: [],
    run: (app) => app.preferences.setState(({ colouring }) => ({ colouring: !colouring })),
  },
  {
    id: 'find.open',
    title: 'Find in the list',
    group: 'Filter and find',
    keys: ['Ctrl+F'],
    when: hasMessages,
    run: (app) => app.ui.setState({ findOpen: true, view: 'messages' }),
  },
  {
    id: 'find.next',
    title: 'Find next',
    group: 'Filter and find',
    keys: ['F3'],
    when: hasMessages,
    run: (app) => findNext(app, false),
  },
  {
    id: 'find.previous',
    title: 'Find previous',
    group: 'Filter and find',
    keys: ['Shift+F3'],
    when: hasMessages,
    run: (app) => findNext(app, true),
  },
  {
    id: 'mark.toggle',
    title: 'Mark or unmark message',
    group: 'Message',
    keys: ['Ctrl+M'],
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void toggleMark(app, number, !isMarked(app))),
  },
  {
    id: 'mark.next',
    title: 'Go to next mark',
    group: 'Message',
    keys: ['Ctrl+Shift+N', 'Alt+Shift+N'],
    when: hasMarks,
    run: (app) => void find(app, { kind: 'marked' }),
  },
  {
    id: 'mark.previous',
    title: 'Go to previous mark',
    group: 'Message',
    keys: ['Ctrl+Shift+B', 'Alt+Shift+B'],
    when: hasMarks,
    run: (app) => void find(app, { kind: 'marked', backwards: true }),
  },
  {
    id: 'compare.marked',
    title: 'Compare the marked message with the selected one',
    group: 'Message',
    keys: ['D'],
    panes: MESSAGE_PANES,
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void compareWithMarked(app, number)),
  },
  {
    id: 'compare.before',
    title: 'Compare with the message before about the same object',
    group: 'Message',
    keys: ['Shift+D'],
    panes: MESSAGE_PANES,
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void compareWithPrevious(app, number)),
  },
  {
    id: 'compare.next',
    title: 'Go to next difference',
    group: 'Message',
    keys: ['F7'],
    when: isComparing,
    run: (app) => goToDifference(app, 1),
  },
  {
    id: 'compare.previous',
    title: 'Go to previous difference',
    group: 'Message',
    keys: ['Shift+F7'],
    when: isComparing,
    run: (app) => goToDifference(app, -1),
  },
  {
    id: 'compare.differing',
    title: 'Show only what differs in a comparison, or all fields',
    group: 'Message',
    keys: [],
    when: isComparing,
    run: (app) => app.compare.setState(({ differing }) => ({ differing: !differing })),
  },
  {
    id: 'compare.counters',
    title: 'Count counters, ages and sequence numbers in a comparison, or not',
    group: 'Message',
    keys: [],
    when: isComparing,
    run: toggleExpected,
  },
  {
    id: 'compare.swap',
    title: 'Swap the sides of the comparison',
    group: 'Message',
    keys: [],
    when: isComparing,
    run: swapComparison,
  },
  {
    id: 'compare.copy',
    title: 'Copy the comparison as text',
    group: 'Message',
    keys: ['Ctrl+C'],
    panes: ['compare'],
    when: isComparing,
    run: (app) => void copyComparison(app),
  },
  {
    id: 'compare.close',
    title: 'Close the comparison',
    group: 'Message',
    keys: ['Esc'],
    panes: ['compare'],
    when: isComparing,
    run: endComparison,
  },
  {
    id: 'comment.edit',
    title: 'Comment on message',
    group: 'Message',
    keys: ['Ctrl+Alt+C'],
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void editComment(app, number)),
  },
  {
    id: 'comment.remove',
    title: 'Remove the comment of the message',
    group: 'Message',
    keys: [],
    when: (app) => selectedRow(app)?.comment !== undefined,
    run: (app) => withSelected(app, (number) => void removeComment(app, number)),
  },
  {
    id: 'comment.next',
    title: 'Go to next comment',
    group: 'Message',
    keys: [],
    when: hasComments,
    run: (app) => void find(app, { kind: 'commented' }),
  },
  {
    id: 'comment.previous',
    title: 'Go to previous comment',
    group: 'Message',
    keys: [],
    when: hasComments,
    run: (app) => void find(app, { kind: 'commented', backwards: true }),
  },
  {
    id: 'comment.list',
    title: 'List comments',
    group: 'Message',
    keys: [],
    when: hasComments,
    run: (app) => app.ui.setState({ commentsOpen: true }),
  },
  {
    id: 'message.copySummary',
    title: 'Copy summary line',
    group: 'Message',
    keys: ['Ctrl+C'],
    panes: ['list'],
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void copyMessage(app, number, 'summary')),
  },
  ...COPY_FORMATS.filter(({ format }) => format !== 'summary').map(
    ({ format, label }): Command => ({
      id: `message.copyAs.${format}`,
      title: `Copy message as ${/^[A-Z]{2}|^C /.test(label) ? label : label.toLowerCase()}`,
      group: 'Message',
      keys: [],
      when: hasSelection,
      run: (app) => withSelected(app, (number) => void copyMessage(app, number, format)),
    }),
  ),
  {
    id: 'message.copyHex',
    title: 'Copy selected bytes as hex',
    group: 'Message',
    keys: ['Ctrl+C'],
    panes: ['bytes', 'tree'],
    when: hasSelection,
    run: copyBytes,
  },
  {
    id: 'message.copyBytesAs',
    title: 'Copy selected bytes as…',
    group: 'Message',
    keys: ['Ctrl+Shift+C'],
    panes: ['bytes', 'tree'],
    when: (app) => app.detail.getState().shown !== null,
    run: openBytesMenu,
  },
  {
    id: 'compose.new',
    title: 'Compose a message',
    group: 'Message',
    keys: ['Ctrl+N', 'Alt+N'],
    run: (app) => compose(app, null),
  },
  {
    id: 'field.about',
    title: 'Tell about the selected field',
    group: 'Message',
    keys: ['F'],
    panes: ['tree', 'bytes'],
    when: (app) => selectedField(app) !== null,
    run: (app) => {
      const node = selectedField(app);
      if (node !== null) app.ui.setState({ dialog: { kind: 'field', node } });
    },
  },
  {
    id: 'compose.edit',
    title: 'Edit and resend message',
    group: 'Message',
    keys: ['E'],
    panes: MESSAGE_PANES,
    when: hasSelection,
    run: (app) => withSelected(app, (number) => compose(app, number)),
  },
  {
    id: 'compose.resend',
    title: 'Resend message',
    group: 'Message',
    keys: ['Shift+R'],
    panes: MESSAGE_PANES,
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void resend(app, number)),
  },
  {
    id: 'sequence.add',
    title: 'Add message to the sequence',
    group: 'Message',
    keys: ['Q'],
    panes: MESSAGE_PANES,
    when: hasSelection,
    run: (app) => withSelected(app, (number) => void addToSequence(app, number)),
  },
  {
    id: 'sequence.displayed',
    title: 'Make a sequence of the displayed requests',
    group: 'Message',
    keys: [],
    when: hasMessages,
    run: (app) => void makeSequence(app, 'displayed'),
  },
  {
    id: 'sequence.marked',
    title: 'Make a sequence of the marked requests',
    group: 'Message',
    keys: [],
    when: hasMarks,
    run: (app) => void makeSequence(app, 'marked'),
  },
  {
    id: 'sequence.show',
    title: 'Show the sequence',
    group: 'Message',
    keys: ['Shift+Q'],
    panes: MESSAGE_PANES,
    run: showSequence,
  },
  {
    id: 'decode.as',
    title: 'Decode the selected field or message as…',
    group: 'Message',
    keys: ['Ctrl+Shift+U'],
    when: hasSelection,
    run: decodeSelectedAs,
  },
  {
    id: 'decode.rules',
    title: 'List what is decoded as you said',
    group: 'Message',
    keys: [],
    run: (app) => decodeAs(app, null),
  },
  { id: 'specs.reload', title: 'Reload specs', group: 'Message', keys: [], run: (app) => void reloadSpecs(app) },
  {
    id: 'specs.show',
    title: 'List specs of your own',
    group: 'Message',
    keys: [],
    run: (app) => app.ui.setState({ dialog: { kind: 'specs' } }),
  },
  {
    id: 'app.palette',
    title: 'Show all commands',
    group: 'Window',
    keys: ['Ctrl+Shift+P', 'F1'],
    run: (app) => app.ui.setState({ dialog: { kind: 'palette' } }),
  },
  ...PROFILE_COMMANDS,
  {
    id: 'app.shortcuts',
    title: 'Show keyboard shortcuts',
    group: 'Window',
    keys: ['?'],
    run: (app) => app.ui.setState({ dialog: { kind: 'shortcuts' } }),
  },
  {
    id: 'app.theme',
    title: 'Change theme: system, dark, light',
    group: 'Window',
    keys: ['Ctrl+Shift+T', 'Alt+T'],
    run: (app) =>
      app.preferences.setState(({ theme }) => ({ theme: THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]! })),
  },
  ...TIME_FORMATS.map(
    (timeFormat, at): Command => ({
      id: `time.${timeFormat}`,
      title: `Show ${TIME_WORDS[timeFormat]}`,
      group: 'Window',
      keys: [`Ctrl+Alt+${at + 1}`],
      run: (app) => app.preferences.setState({ timeFormat }),
    }),
  ),
  {
    id: 'time.reference',
    title: 'Measure times from the selected message, or no more',
    group: 'Window',
    keys: ['Ctrl+T', 'Alt+R'],
    when: (app) => selectedRow(app) !== undefined,
    run: (app) => void measureFrom(app, selectedRow(app)!),
  },
  {
    id: 'time.fromStart',
    title: 'Measure all times from the first message again',
    group: 'Window',
    keys: [],
    when: (app) => app.session.getState().state.references.messages > 0,
    run: measureFromStart,
  },
  {
    id: 'columns.choose',
    title: 'Choose columns…',
    group: 'Window',
    keys: [],
    when: hasMessages,
    run: (app) => {
      showMessages(app);
      openColumnMenu();
    },
  },
  {
    id: 'columns.showField',
    title: 'Show the selected field as a column',
    group: 'Window',
    keys: [],
    when: (app) => selectedFieldName(app) !== null,
    run: (app) => showField(app, selectedFieldName(app)!),
  },
  { id: 'columns.usual', title: 'Usual columns', group: 'Window', keys: [], run: usualColumns },
  {
    id: 'app.letterKeys',
    title: 'Switch single letter keys on or off',
    group: 'Window',
    keys: [],
    run: (app) => app.preferences.setState(({ letterKeys }) => ({ letterKeys: !letterKeys })),
  },
  {
    id: 'app.families',
    title: 'Show or hide the families panel',
    group: 'Window',
    keys: ['Ctrl+B'],
    run: (app) => toggleFamilies(app),
  },
  {
    id: 'app.experts',
    title: 'List errors, warnings and notes',
    group: 'Window',
    keys: ['Ctrl+Shift+L'],
    run: (app) => app.ui.setState({ expertsOpen: true }),
  },
  ...(['families', 'list', 'tree', 'bytes'] as const).map(
    (pane, at): Command => ({
      id: `pane.${pane}`,
      title: `Go to the ${pane === 'tree' ? 'fields' : pane} pane`,
      group: 'Window',
      keys: [`Ctrl+${at + 1}`],
      run: (app) => {
        if (pane !== 'families') showMessages(app);
        focusPane(pane);
      },
    }),
  ),
  {
    id: 'app.sockets',
    title: 'Show or hide the netlink sockets',
    group: 'Window',
    keys: ['Ctrl+5'],
    run: toggleSockets,
  },
  {
    id: 'app.statistics',
    title: 'Show or hide the statistics',
    group: 'Window',
    keys: ['Ctrl+6'],
    when: hasMessages,
    run: toggleStatistics,
  },
  {
    id: 'list.rateStrip',
    title: 'Show or hide the messages by time above the list',
    group: 'Window',
    keys: [],
    run: (app) => app.preferences.setState(({ rateStrip }) => ({ rateStrip: !rateStrip })),
  },
  {
    id: 'statistics.export',
    title: 'Export the statistics as CSV',
    group: 'File',
    keys: [],
    when: hasMessages,
    run: (app) => void exportStatistics(app),
  },
  {
    id: 'pane.leave',
    title: 'Go back to the list',
    group: 'Window',
    keys: ['Esc'],
    panes: ['families', 'sockets', 'statistics', 'tree', 'bytes', 'compose'],
    run: (app) => {
      if (['sockets', 'statistics'].includes(paneWithFocus() ?? '')) showMessages(app);
      if (!focusPane('list')) focusPane(app.ui.getState().view === 'sockets' ? 'sockets' : 'statistics');
    },
  },
  { id: 'pane.next', title: 'Go to the next pane', group: 'Window', keys: ['F6'], run: () => cyclePane(1) },
  {
    id: 'pane.previous',
    title: 'Go to the previous pane',
    group: 'Window',
    keys: ['Shift+F6'],
    run: () => cyclePane(-1),
  },
];

/** A command by its id; commands are code, so an unknown id is a mistake in it. */
export function command(id: string): Command {
  const found = COMMANDS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`There is no command ${id}`);
  return found;
}

/** Runs a command if it can be done now. */
export function runCommand(app: App, { when, run }: Command): void {
  if (!when || when(app)) run(app);
}

/** Window width below which the families panel is an overlay. */
export const NARROW_BELOW = 1181;

/** Opens or closes the families panel: an overlay in a narrow window. */
export function toggleFamilies(app: App): void {
  if (window.innerWidth < NARROW_BELOW)
    app.ui.setState(({ familiesOverlay }) => ({ familiesOverlay: !familiesOverlay }));
  else app.preferences.setState(({ familiesOpen }) => ({ familiesOpen: !familiesOpen }));
}

/** Puts the messages in the middle, at once, so that their panes can take the focus. */
function showMessages(app: App): void {
  if (app.ui.getState().view !== 'messages') flushSync(() => app.ui.setState({ view: 'messages' }));
}

function isCapturing(app: App): boolean {
  return app.session.getState().state.capture === 'capturing';
}

/** Whether there is more than one profile. */
function hasProfiles(app: App): boolean {
  return (app.session.getState().settings?.profiles.length ?? 0) > 1;
}

function hasMessages(app: App): boolean {
  return app.session.getState().state.view.total > 0;
}

function hasMarks(app: App): boolean {
  return app.session.getState().state.view.marked > 0;
}

function hasComments(app: App): boolean {
  return app.session.getState().state.comments.messages > 0;
}

function hasSelection(app: App): boolean {
  return selectedMessage(app) !== null;
}

function isSorted(app: App): boolean {
  return currentSort(app) !== null;
}

function isComparing(app: App): boolean {
  return app.compare.getState().asked !== null;
}

function isMarked(app: App): boolean {
  return selectedRow(app)?.marked ?? false;
}

/** The selected message's row, where it has one that has arrived. */
function selectedRow(app: App): Row | undefined {
  const row = app.list.cache.get(app.list.store.getState().selectedIndex);
  return row?.kind === 'message' ? row : undefined;
}

/** The filter clause of the selected field, or null. */
function fieldClause(app: App): string | null {
  const node = selectedField(app);
  return node && clauseOf(node);
}

function copyBytes(app: App): void {
  const { shown } = app.detail.getState();
  if (!shown) return;
  const range = selectedRange(app.selection.getState().current) ?? { start: 0, end: shown.bytes.length };
  void copyText(app, hexOf(shown.bytes.subarray(range.start, range.end)));
}

/** Opens the menu of the bytes at those that are selected. */
function openBytesMenu(app: App): void {
  showMessages(app);
  const area = document.querySelector<HTMLElement>('[data-pane="bytes"] [role="grid"]');
  if (area) openMenuOf(area, area.querySelector('.selected.last') ?? area);
}

/** The command that a key press means where the focus is, or null. */
export function commandForKeys(keys: string, pane: PaneId | null = paneWithFocus()): Command | null {
  return (
    COMMANDS.find((one) => one.keys.includes(keys) && (!one.panes || (pane !== null && one.panes.includes(pane)))) ??
    null
  );
}
