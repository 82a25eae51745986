/** Colours that rules may give rows: names of tokens, never colours themselves, so that they hold in every theme. */
export const RULE_COLOURS = ['yellow', 'green', 'cyan', 'blue', 'violet', 'pink'] as const;
export type RuleColour = (typeof RULE_COLOURS)[number];

/** Rows that pass the filter have the colour, unless a rule before it gave them another. */
export interface ColourRule {
  readonly filter: string;
  readonly colour: RuleColour;
  readonly on: boolean;
}

/** A display filter at hand. "A // B" stands as B in a menu A. */
export interface FilterButton {
  readonly label: string;
  readonly filter: string;
}

/** A piece of display filters that has a name: `$name`, and with arguments for $1 and $2 in its text `$name(a, b)`. */
export interface FilterMacro {
  readonly name: string;
  readonly text: string;
}

/**
 * Which columns the user wants, and where: as they were stored, so ids may be of columns that are no more, and columns
 * may be missing that came later.
 */
export interface ColumnChoice {
  /** Ids from left to right; none: the usual order. Columns of fields are there by being here. */
  readonly order: readonly string[];
  /** Ids of built-in columns that are not shown. */
  readonly hidden: readonly string[];
  /** Ids of columns that are shown although the list does not have them without being asked; absent: none. */
  readonly extra?: readonly string[];
}

/** What the list tells of the time: of day, with the date, since the first message, since the row before. */
export const TIME_FORMATS = ['clock', 'date', 'start', 'previous'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** A set of what users arrange to look at captures; the host keeps it, under a name. */
export interface Profile {
  readonly colourRules: readonly ColourRule[];
  /** Whether the rules are in force at all. */
  readonly colouring: boolean;
  readonly filterButtons: readonly FilterButton[];
  readonly macros: readonly FilterMacro[];
  /** Which columns the list has, and in which order. */
  readonly columns: ColumnChoice;
  /** Widths of the list's columns in pixels, by column id, where they differ from the usual ones. */
  readonly columnWidths: { readonly [column: string]: number };
  readonly timeFormat: TimeFormat;
}

/** The settings that the host keeps. */
export interface SettingsState {
  /** Grows with every change, whoever made it. */
  readonly revision: number;
  /** The file that they are kept in. */
  readonly path: string;
  /** Whether that file has anything of the profile: else nobody has ever chosen any of it. */
  readonly stored: boolean;
  /** The profile in force, and its content. */
  readonly profile: string;
  readonly values: Profile;
  /** Names of all profiles, in their order; there is always one. */
  readonly profiles: readonly string[];
  /** What the file has that cannot be used, a sentence each. */
  readonly problems: readonly string[];
}

/** A change of which profiles there are, and which is in force. */
export type ProfileEdit =
  | { readonly kind: 'switch'; readonly name: string }
  /** Puts a new one in force: with these values, else those of the profile `of`, else those of the profile in force. */
  | { readonly kind: 'add'; readonly name: string; readonly values?: Partial<Profile>; readonly of?: string }
  | { readonly kind: 'rename'; readonly name: string; readonly to: string }
  | { readonly kind: 'remove'; readonly name: string };
