import type { FieldNode } from './record.ts';

/** A rule of the user's by which something reads otherwise than the specs say: "attr:NFULA_PAYLOAD=text". */
export interface DecodeRuleInfo {
  readonly rule: string;
  /** Why it cannot be used, "" for one that is in force. */
  readonly problem: string;
}

/** What can be read otherwise where a user points, and how. */
export interface DecodeOptions {
  /** From what was pointed at outwards. */
  readonly targets: readonly DecodeTargetInfo[];
  /** Readings for attributes and for all that follows a message's headers. */
  readonly readings: readonly DecodeReadingInfo[];
}

export interface DecodeTargetInfo {
  /** The part of a rule before its "=". */
  readonly target: string;
  /** What it is about, in words. */
  readonly about: string;
  readonly kind: 'attribute' | 'protocol' | 'genl';
  /** The reading that a rule in force gives it, "" for none. */
  readonly reading: string;
}

export interface DecodeReadingInfo {
  readonly reading: string;
  readonly doc: string;
  /** Heading under which it is offered. */
  readonly group: string;
  /** Targets that it is for. */
  readonly kinds: readonly DecodeTargetInfo['kind'][];
}

/** How a message would read with one more rule. */
export interface DecodePreview {
  readonly summary: string;
  /** What reads otherwise by it; nothing where the message does not have it. */
  readonly fields: readonly FieldNode[];
}

/** The user's own specs as they were last read. */
export interface SpecReport {
  /** Folders that they come from, later ones overriding earlier ones. */
  readonly folders: readonly string[];
  readonly loaded: readonly { readonly name: string; readonly path: string }[];
  /** What is wrong with them, a line each, with file and line. */
  readonly problems: readonly string[];
}
