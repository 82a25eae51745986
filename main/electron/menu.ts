import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { sendCommand } from './window.ts';

/** A menu entry that runs a command of the window's command table; the key is shown, and handled by the window itself. */
function entry(label: string, command: string, accelerator?: string): MenuItemConstructorOptions {
  return {
    label,
    id: command,
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
    click: (_item, window) => {
      if (window instanceof BrowserWindow) sendCommand(window, command);
    },
  };
}

const SEPARATOR: MenuItemConstructorOptions = { type: 'separator' };

/** The application menu. Every entry but Electron's own roles names a command of the window (renderer/commands). */
export function menuTemplate(development: boolean): MenuItemConstructorOptions[] {
  return [
    {
      label: '&File',
      submenu: [
        entry('Open…', 'file.open', 'Ctrl+O'),
        entry('Open a pipe…', 'file.openPipe'),
        SEPARATOR,
        entry('Save…', 'file.save', 'Ctrl+S'),
        entry('Save displayed messages…', 'file.saveDisplayed', 'Ctrl+Shift+S'),
        entry('Save selected message…', 'file.saveSelected'),
        SEPARATOR,
        entry('Export displayed messages as CSV…', 'file.export.csv'),
        entry('Export displayed messages as JSON lines…', 'file.export.json'),
        entry('Export displayed messages as text…', 'file.export.text'),
        entry('Export statistics as CSV…', 'statistics.export'),
        SEPARATOR,
        { role: 'quit' },
      ],
    },
    {
      label: '&Edit',
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        SEPARATOR,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
        SEPARATOR,
        entry('Copy summary line', 'message.copySummary'),
        entry('Copy selected bytes as hex', 'message.copyHex'),
        entry('Copy selected bytes as…', 'message.copyBytesAs', 'Ctrl+Shift+C'),
        {
          label: 'Copy message as',
          submenu: [
            entry('Tree as text', 'message.copyAs.text'),
            entry('JSON', 'message.copyAs.json'),
            entry('Hex', 'message.copyAs.hex'),
            entry('Hex dump', 'message.copyAs.hexdump'),
            entry('Base64', 'message.copyAs.base64'),
            entry('C array', 'message.copyAs.c'),
          ],
        },
        SEPARATOR,
        entry('Find…', 'find.open', 'Ctrl+F'),
        entry('Find next', 'find.next', 'F3'),
        entry('Find previous', 'find.previous', 'Shift+F3'),
        SEPARATOR,
        entry('Filter', 'filter.focus', 'Ctrl+/'),
        entry('Filter by the selected field', 'filter.applyField', 'Alt+F'),
        entry('Exclude the selected field', 'filter.excludeField', 'Alt+Shift+F'),
        entry('Clear the filter', 'filter.clear'),
        entry('Make a button of the filter…', 'filter.button'),
        entry('Filter buttons…', 'filter.buttons'),
      ],
    },
    {
      label: '&Go',
      submenu: [
        entry('Next message', 'list.next', 'Ctrl+Down'),
        entry('Previous message', 'list.previous', 'Ctrl+Up'),
        entry('Go to message…', 'list.goTo', 'Ctrl+G'),
        SEPARATOR,
        entry('Next message of the transaction', 'transaction.next', 'Ctrl+.'),
        entry('Previous message of the transaction', 'transaction.previous', 'Ctrl+,'),
        entry('Request of the transaction', 'list.goToRequest'),
        SEPARATOR,
        entry('Next error or warning', 'list.nextError', 'F8'),
        entry('Previous error or warning', 'list.previousError', 'Shift+F8'),
        entry('Next mark', 'mark.next', 'Ctrl+Shift+N'),
        entry('Previous mark', 'mark.previous', 'Ctrl+Shift+B'),
        entry('Next comment', 'comment.next'),
        entry('Previous comment', 'comment.previous'),
        SEPARATOR,
        entry('Back', 'history.back', 'Alt+Left'),
        entry('Forward', 'history.forward', 'Alt+Right'),
        SEPARATOR,
        entry('Families', 'pane.families', 'Ctrl+1'),
        entry('List', 'pane.list', 'Ctrl+2'),
        entry('Fields', 'pane.tree', 'Ctrl+3'),
        entry('Bytes', 'pane.bytes', 'Ctrl+4'),
        entry('Next pane', 'pane.next', 'F6'),
        entry('Previous pane', 'pane.previous', 'Shift+F6'),
      ],
    },
    {
      label: '&Capture',
      submenu: [
        entry('Start or stop', 'capture.toggle', 'Ctrl+E'),
        entry('Start', 'capture.start'),
        entry('Start with everything', 'capture.everything'),
        entry('Stop', 'capture.stop'),
        entry('Restart', 'capture.restart', 'Ctrl+R'),
        entry('Pause or resume the list', 'capture.pause', 'Ctrl+Shift+E'),
        SEPARATOR,
        entry('Options…', 'capture.options', 'Ctrl+K'),
        SEPARATOR,
        entry('Clear', 'capture.clear', 'Ctrl+L'),
      ],
    },
    {
      label: '&Message',
      submenu: [
        entry('Compose…', 'compose.new', 'Ctrl+N'),
        entry('Edit and resend…', 'compose.edit', 'E'),
        entry('Resend…', 'compose.resend', 'Shift+R'),
        SEPARATOR,
        entry('Mark', 'mark.toggle', 'Ctrl+M'),
        entry('Comment…', 'comment.edit', 'Ctrl+Alt+C'),
        entry('Remove comment', 'comment.remove'),
        entry('Comments…', 'comment.list'),
        SEPARATOR,
        {
          label: 'Compare',
          submenu: [
            entry('With the marked message', 'compare.marked', 'D'),
            entry('With the message before about the same object', 'compare.before', 'Shift+D'),
            SEPARATOR,
            entry('Next difference', 'compare.next', 'F7'),
            entry('Previous difference', 'compare.previous', 'Shift+F7'),
            entry('Only what differs, or all fields', 'compare.differing'),
            entry('Count counters and ages, or not', 'compare.counters'),
            entry('Swap the sides', 'compare.swap'),
            entry('Copy as text', 'compare.copy'),
            entry('Close', 'compare.close'),
          ],
        },
        SEPARATOR,
        entry('About the selected field', 'field.about', 'F'),
        entry('Decode as…', 'decode.as', 'Ctrl+Shift+U'),
        entry('What is decoded as you said…', 'decode.rules'),
        entry('Reload specs', 'specs.reload'),
        entry('Specs of your own…', 'specs.show'),
      ],
    },
    {
      label: '&View',
      submenu: [
        entry('Command palette…', 'app.palette', 'Ctrl+Shift+P'),
        entry('Theme', 'app.theme', 'Ctrl+Shift+T'),
        entry('Families', 'app.families', 'Ctrl+B'),
        entry('Netlink sockets', 'app.sockets', 'Ctrl+5'),
        entry('Statistics', 'app.statistics', 'Ctrl+6'),
        entry('Messages by time above the list', 'list.rateStrip'),
        entry('Errors, warnings and notes', 'app.experts', 'Ctrl+Shift+L'),
        SEPARATOR,
        entry('Colouring rules…', 'colour.rules'),
        entry('Colour rows that pass the filter…', 'colour.filter'),
        entry('Colour rows like the selected field…', 'colour.field'),
        entry('Colouring rules on or off', 'colour.toggle'),
        SEPARATOR,
        entry('Time of day', 'time.clock', 'Ctrl+Alt+1'),
        entry('Date and time', 'time.date', 'Ctrl+Alt+2'),
        entry('Time since the first message', 'time.start', 'Ctrl+Alt+3'),
        entry('Time since the row before', 'time.previous', 'Ctrl+Alt+4'),
        entry('Measure times from the selected message', 'time.reference', 'Ctrl+T'),
        entry('Measure all times from the first message', 'time.fromStart'),
        SEPARATOR,
        entry('Choose columns…', 'columns.choose'),
        entry('Show the selected field as a column', 'columns.showField'),
        entry('Usual columns', 'columns.usual'),
        entry('Fold answers under their requests', 'list.grouping'),
        entry('In the order of the capture', 'list.captureOrder'),
        entry('Turn the order around', 'list.reverseOrder'),
        SEPARATOR,
        { role: 'zoomIn' },
        // Where + needs Shift, people press the key without.
        { role: 'zoomIn', accelerator: 'CommandOrControl+=', visible: false },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
        ...(development ? [SEPARATOR, { role: 'toggleDevTools' } as const] : []),
      ],
    },
    {
      label: '&Help',
      submenu: [
        entry('Keyboard shortcuts', 'app.shortcuts', '?'),
        entry('Single letter keys on or off', 'app.letterKeys'),
        { role: 'about' },
      ],
    },
  ];
}

/** Puts the menu in force. */
export function installMenu(development: boolean): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(development)));
}
