/** What the help of a command ends with. */
export interface CommandHelp {
  /** Command lines that work as they stand, each with what it is for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** What an exit status of 1 means; absent: there is none. */
  readonly refused?: string;
}

/** By command; those of `spec` by "spec check". */
export const COMMAND_HELP: { readonly [command: string]: CommandHelp } = {
  read: {
    examples: [
      ["nlscope read capture.pcapng -Y 'errno != 0'", 'what was refused'],
      [
        'nlscope read capture.pcapng -Y \'nl.comm == "ip" && nl.dir == request\' -V',
        'every field of what ip asked for',
      ],
      ['nlscope read capture.pcapng --json | jq -r .summary', 'for programs; docs/json.md tells the shape'],
      ["nlscope read capture.pcapng -Y 'tx.request == 8' -w evidence.pcapng", 'one transaction, for Wireshark too'],
      ['ssh root@router tcpdump -i nlmon0 -U -w - | nlscope read -', 'what comes through a pipe, as it comes'],
    ],
  },
  diff: {
    examples: [
      ['nlscope diff capture.pcapng 12 40', 'two messages field by field; two dumps object by object'],
      ['nlscope diff before.pcapng after.pcapng', 'what the dumps of two captures tell of'],
    ],
    refused: 'they differ',
  },
  stats: {
    examples: [
      ['nlscope stats capture.pcapng --by processes', 'who said how much, and what was refused'],
      ["nlscope stats capture.pcapng -Y 'nl.dir == request' --json", 'requests alone, for programs'],
    ],
  },
  coverage: { examples: [['nlscope coverage *.pcap', 'what the specs lack']] },
  roundtrip: {
    examples: [['nlscope roundtrip capture.pcapng', 'whether what is edited can be sent byte for byte']],
    refused: 'bytes differ',
  },
  decode: {
    examples: [
      ['nlscope decode --protocol route 14000000120001030000000000000000', 'a request, as hex'],
      ['xxd -p message.bin | nlscope decode --protocol generic --json', 'of a file, for programs'],
    ],
  },
  families: {
    examples: [
      ['nlscope families', 'protocols, families and groups: what --group takes'],
      ['nlscope families --netns 1 --json', 'of the namespace of process 1, for programs'],
    ],
  },
  'spec check': {
    examples: [['nlscope spec check acme.yaml', 'what is wrong, line by line']],
    refused: 'one cannot be used',
  },
  'spec infer': {
    examples: [
      ['nlscope spec infer acme --capture seen.pcapng > ~/.config/nlscope/specs/acme.yaml', 'a spec to begin with'],
    ],
  },
  'spec list': { examples: [['nlscope spec list', 'where each comes from']] },
  doctor: { examples: [['nlscope doctor', 'what is missing, and the command that mends it']] },
  sockets: {
    examples: [
      ['nlscope sockets', 'who listens to what, and who loses messages'],
      ["nlscope sockets --json | jq '.[] | select(.drops > 0)'", 'those that have lost some'],
    ],
  },
  capture: {
    examples: [
      ['nlscope capture', 'everything this kernel lets you hear, until Ctrl+C'],
      ['nlscope capture --group route/link --group route/ipv4-route -w changes.pcapng -a duration:10', 'ten seconds'],
      ["nlscope capture --tap -Y 'errno != 0'", 'what the kernel refuses to anybody (it needs privilege)'],
      ['nlscope capture --all -w ring.pcapng -b filesize:10000 -b files:5', 'the last five files of 10 MB'],
      ['nlscope capture --remote root@router -w router.pcapng', 'on another host'],
    ],
  },
  extcap: { examples: [['nlscope --extcap-interfaces', 'as Wireshark asks']] },
  recover: {
    examples: [
      ['nlscope recover', 'what there is'],
      ['nlscope recover 1 -w saved.pcapng --discard', 'the first, to a file'],
    ],
  },
  listen: {
    examples: [
      ['nlscope listen --protocol 31 --groups 10', 'groups 2 and 4 of a protocol of your own'],
      ['nlscope listen --protocol kobject_uevent --groups 1', 'what the kernel tells udev'],
    ],
  },
  send: {
    examples: [
      ['nlscope send --protocol route --op RTM_GETLINK', 'dump all interfaces'],
      ['nlscope send --protocol route --op RTM_GETLINK --json \'{"IFLA_IFNAME":"lo"}\'', 'ask for one'],
      ['nlscope send --protocol usersock --groups 1 --text hello', 'text to a group'],
    ],
    refused: 'the kernel refused',
  },
  replay: {
    examples: [
      ['nlscope replay capture.pcapng --netns 1 --dry-run', 'what would be sent to the namespace of process 1'],
      ['nlscope replay capture.pcapng --netns 1 -Y \'nl.comm == "ip"\'', 'what ip changed, once more there'],
      ['nlscope replay capture.pcapng --netns 1 --pauses recorded --keep-going', 'as fast as it was, to the end'],
    ],
    refused: 'the kernel refused',
  },
  serve: {
    examples: [
      ['nlscope serve capture.pcapng --open', 'look at a capture'],
      ['nlscope serve --port 8080', 'on a server: ssh -L 8080:127.0.0.1:8080 HOST, then open the link'],
    ],
  },
  completion: {
    examples: [
      ['nlscope completion bash > ~/.local/share/bash-completion/completions/nlscope', 'bash loads it when needed'],
      ['nlscope completion zsh > ~/.zfunc/_nlscope', 'a folder of $fpath, named before compinit'],
      ['nlscope completion fish > ~/.config/fish/completions/nlscope.fish', 'fish loads it when needed'],
    ],
  },
};

/** The end of a command's help: its examples and exit statuses. */
export function helpEnd(command: string): string {
  const { examples, refused } = COMMAND_HELP[command];
  const lines = examples.map(([line, what]) => `  ${line}\n      ${what}`);
  const statuses = ['0 done', ...(refused === undefined ? [] : [`1 ${refused}`]), '2 wrong use or broken input'];
  return `\nExamples:\n${lines.join('\n')}\n\nExit status: ${statuses.join(', ')}.`;
}
