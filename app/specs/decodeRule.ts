import { findProtocol, protocolByNumber } from '../wire/index.ts';

/** What a user wants read otherwise than the specs say. */
export type DecodeTarget =
  /** Messages of a protocol, or those of one nlmsg_type (a number, or a constant of the protocol's specs). */
  | { readonly kind: 'protocol'; readonly protocol: number; readonly type: string }
  /** Messages of a generic netlink family (by name or id), or those of one command. */
  | { readonly kind: 'genl'; readonly family: string; readonly cmd: string }
  /** Attributes of a constant wherever they stand (`place` is ''), or one number of a set or of an unknown level. */
  | { readonly kind: 'attribute'; readonly place: string; readonly name: string };

/** A rule of a user's: "genl:29=nl80211". */
export interface DecodeRule {
  readonly target: DecodeTarget;
  readonly reading: string;
  /** The rule as it is written, its parts in their usual spelling. */
  readonly text: string;
}

/** The grammar in a few lines, for helps and dialogs. */
export const DECODE_RULE_GRAMMAR = `proto:PROTOCOL[/TYPE]=READING   messages of a protocol, by name or number, or of one nlmsg_type
genl:FAMILY[/CMD]=READING       messages of a generic netlink family, by name or id, or of one command
attr:CONSTANT=READING           an attribute wherever it stands: attr:NFULA_PAYLOAD=text
attr:SPEC/SET/NUMBER=READING    an attribute of a set: attr:rt-link/link-attrs/74=u32
attr:proto:PROTOCOL/NUMBER[/NUMBER...]=READING, attr:genl:FAMILY/NUMBER[/NUMBER...]=READING
                                an attribute of messages that no spec describes, by the numbers that lead to it`;

/** The part of a rule before its "=". */
export function targetText(target: DecodeTarget): string {
  switch (target.kind) {
    case 'protocol':
      return `proto:${protocolWord(target.protocol)}${target.type === '' ? '' : `/${target.type}`}`;
    case 'genl':
      return `genl:${target.family}${target.cmd === '' ? '' : `/${target.cmd}`}`;
    case 'attribute':
      return `attr:${target.place === '' ? '' : `${target.place}/`}${target.name}`;
  }
}

/** How rules call a protocol: "route", "31". */
export function protocolWord(protocol: number): string {
  const { name } = protocolByNumber(protocol);
  const word = name.replace('NETLINK_', '').toLowerCase();
  return findProtocol(word)?.number === protocol ? word : String(protocol);
}

/** The rule that a text means, or a sentence that says why it means none. */
export function parseDecodeRule(text: string): DecodeRule | string {
  const at = text.indexOf('=');
  const reading = text.slice(at + 1).trim();
  if (at < 0 || reading === '') return `"${text}" says no reading: write TARGET=READING, such as proto:31=text.`;
  const target = parseTarget(text.slice(0, at).trim());
  return typeof target === 'string' ? target : { target, reading, text: `${targetText(target)}=${reading}` };
}

function parseTarget(text: string): DecodeTarget | string {
  const [, kind = '', rest = ''] = /^(proto|genl|attr):(.+)$/.exec(text) ?? [];
  if (kind === 'attr') return attributeTarget(rest);
  const [, name = '', detail = ''] = /^([^/]+)(?:\/([^/]+))?$/.exec(rest) ?? [];
  if (name === '') return `"${text}" is no target: it begins with proto:, genl: or attr:.`;
  const number = numberText(detail);
  if (kind === 'genl') return { kind: 'genl', family: name, cmd: number };
  const protocol = findProtocol(name);
  if (protocol === undefined) return `There is no netlink protocol "${name}".`;
  return { kind: 'protocol', protocol: protocol.number, type: number };
}

/** A number in decimal, whatever it was written in; other words as they are. */
function numberText(word: string): string {
  return /^0x[0-9a-f]+$/i.test(word) ? String(Number(word)) : word;
}

function attributeTarget(text: string): DecodeTarget | string {
  const at = text.lastIndexOf('/');
  const name = numberText(text.slice(at + 1));
  if (at < 0) {
    if (/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) return { kind: 'attribute', place: '', name };
    return `"${text}" names no attribute: write a constant, or its number with where it stands (attr:rt-link/link-attrs/74).`;
  }
  if (!/^\d+$/.test(name)) return `"${name}" is no number of an attribute.`;
  const place = text.slice(0, at);
  const [, protocol, path = ''] = /^proto:([^/]+)(.*)$/.exec(place) ?? [];
  if (protocol === undefined) return { kind: 'attribute', place, name };
  const found = findProtocol(protocol);
  if (found === undefined) return `There is no netlink protocol "${protocol}".`;
  return { kind: 'attribute', place: `proto:${protocolWord(found.number)}${path}`, name };
}
