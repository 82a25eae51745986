import { version } from '../../package.json';
import { capture } from './capture.ts';
import { CommandFailure } from './failure.ts';
import { createOutput } from './output.ts';

/** What Wireshark asks for, by its extcap interface (Wireshark Developer's Guide, "Extcap: Developer Reference"). */
export interface ExtcapCommand {
  readonly extcapInterfaces?: boolean;
  readonly extcapDlts?: boolean;
  readonly extcapConfig?: boolean;
  readonly extcapInterface?: string;
  readonly capture?: boolean;
  readonly fifo?: string;
  readonly extcapCaptureFilter?: string;
  readonly groups?: string;
  readonly netns?: string;
  readonly remote?: string;
}

/** LINKTYPE_NETLINK of the tcpdump group's list. */
const DLT_NETLINK = 253;
const INTERFACES = [
  { value: 'nlscope', display: 'Netlink: notifications of this kernel' },
  { value: 'nlscope-tap', display: 'Netlink: all traffic of this network namespace' },
];

/** Questions that Wireshark puts to the user, each an option of this command. */
const QUESTIONS = [
  {
    call: '--groups',
    display: 'Groups',
    type: 'string',
    tooltip: 'PROTOCOL/GROUP, separated by blanks, such as ROUTE/link NETFILTER/nftables; empty: everything permitted',
  },
  {
    call: '--netns',
    display: 'Network namespaces',
    type: 'string',
    tooltip: 'Names of ip-netns(8), process ids or paths, separated by blanks; empty: the own one',
  },
  {
    call: '--remote',
    display: 'Host',
    type: 'string',
    tooltip: 'user@host to capture on over ssh, which must not ask for a password; empty: this machine',
  },
];

/** Answers Wireshark's questions, or captures into the pipe that it reads. */
export async function extcap(command: ExtcapCommand): Promise<number> {
  if (command.capture) return captureFor(command);
  const output = createOutput();
  for (const line of answer(command)) output.line(line);
  output.flush();
  return 0;
}

function answer(command: ExtcapCommand): string[] {
  if (command.extcapInterfaces) {
    return [
      `extcap {version=${version}}{display=nlscope}`,
      ...INTERFACES.map(({ value, display }) => `interface {value=${value}}{display=${display}}`),
    ];
  }
  requireInterface(command);
  if (command.extcapDlts) return [`dlt {number=${DLT_NETLINK}}{name=NETLINK}{display=Linux netlink}`];
  if (command.extcapConfig) {
    return QUESTIONS.map(
      ({ call, display, type, tooltip }, number) =>
        `arg {number=${number}}{call=${call}}{display=${display}}{tooltip=${tooltip}}{type=${type}}{required=false}`,
    );
  }
  throw new CommandFailure('Wireshark asks with --extcap-interfaces, --extcap-dlts, --extcap-config or --capture');
}

function captureFor(command: ExtcapCommand): Promise<number> {
  requireInterface(command);
  const { fifo, groups = '', netns = '', remote = '', extcapCaptureFilter = '' } = command;
  if (fifo === undefined) throw new CommandFailure('--capture needs --fifo, the pipe that is read');
  if (extcapCaptureFilter !== '') {
    throw new CommandFailure('there are no capture filters for netlink: choose groups, and use a display filter');
  }
  const tap = command.extcapInterface === 'nlscope-tap';
  return capture({
    group: words(groups),
    tap,
    netns: words(netns),
    remote: words(remote),
    w: fifo,
    quiet: true,
    a: {},
    b: {},
  });
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function requireInterface({ extcapInterface }: ExtcapCommand): void {
  if (INTERFACES.some(({ value }) => value === extcapInterface)) return;
  const there = INTERFACES.map(({ value }) => value).join(' and ');
  throw new CommandFailure(`there is no interface "${extcapInterface ?? ''}": --extcap-interface is ${there}`);
}
