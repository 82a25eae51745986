import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ByteRange, FieldNode } from '../../app/contracts/index.ts';

/** A question that needs an answer before something is lost or changed. */
export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that goes on says ("Clear 1,204 messages"). */
  readonly confirm: string;
  readonly danger: boolean;
  /** What keeps what would be lost, and then goes on; absent where nothing can. */
  readonly save?: { readonly label: string; run(): void };
  run(): void;
}

/** What is to be read otherwise: a field by its positions from the top of the tree, or (none) the whole message. */
export interface DecodeSubject {
  readonly number: number;
  readonly path: readonly number[];
}

/** The one dialog that is open, or null. */
export type OpenDialog =
  | {
      readonly kind:
        | 'palette'
        | 'shortcuts'
        | 'goTo'
        | 'captureOptions'
        | 'openPipe'
        | 'specs'
        | 'colourRules'
        | 'filterButtons'
        | 'macros';
    }
  | { readonly kind: 'profiles'; readonly renaming: boolean }
  | { readonly kind: 'field'; readonly node: FieldNode }
  | { readonly kind: 'question'; readonly question: Question }
  | { readonly kind: 'comment'; readonly number: number; readonly type: string; readonly text: string }
  | { readonly kind: 'decodeAs'; readonly about: DecodeSubject | null }
  | null;

export type ComposeStart =
  | { readonly kind: 'new' | 'sequence' }
  | { readonly kind: 'message'; readonly number: number };

/** Bytes of a message under the pointer, shown in tree and bytes alike. */
export interface Hover {
  readonly number: number;
  readonly range: ByteRange;
}

/** What is open in the window and under the pointer: nothing that outlives it. */
export interface Ui {
  /** What stands in the middle. */
  readonly view: 'messages' | 'sockets' | 'statistics';
  readonly dialog: OpenDialog;
  readonly findOpen: boolean;
  readonly expertsOpen: boolean;
  readonly commentsOpen: boolean;
  readonly compose: ComposeStart | null;
  /** The families panel as an overlay, in windows too narrow for a panel. */
  readonly familiesOverlay: boolean;
  readonly hover: Hover | null;
  /** Fields that the user opened and closed, by name path. */
  readonly treeOpenness: ReadonlyMap<string, boolean>;
}

export type UiStore = StoreApi<Ui>;

export function createUi(): UiStore {
  return createStore<Ui>(() => ({
    view: 'messages',
    dialog: null,
    findOpen: false,
    expertsOpen: false,
    commentsOpen: false,
    compose: null,
    familiesOverlay: false,
    hover: null,
    treeOpenness: new Map(),
  }));
}
