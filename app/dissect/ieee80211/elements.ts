import { BASIC_ELEMENTS } from './basicElements.ts';
import { type Body, type Cursor, digest, type Told } from './cursor.ts';
import { ELEMENT_NAMES, EXTENSION_NAMES } from './elementNames.ts';
import { LINK_ELEMENTS } from './linkElements.ts';
import { MESH_ELEMENTS } from './meshElements.ts';
import { PHY_ELEMENTS } from './phyElements.ts';
import { SECURITY_ELEMENTS } from './security.ts';
import { vendorElement } from './vendor.ts';

/** Reads elements up to the cursor's end, for bodies that hold elements themselves. */
export type ReadElements = (cursor: Cursor) => () => string;

/** Bodies behind id and length, by the name of the element without its WLAN_EID_. */
export interface ElementBodies {
  readonly [name: string]: (cursor: Cursor, elements: ReadElements) => Told;
}

const BODIES: ElementBodies = {
  ...BASIC_ELEMENTS,
  ...PHY_ELEMENTS,
  ...SECURITY_ELEMENTS,
  ...MESH_ELEMENTS,
  ...LINK_ELEMENTS,
  VENDOR_SPECIFIC: vendorElement,
};

const EXTENSION = 255;
const FRAGMENT = 242;
const FULL = 255;

/** Elements worth a place in a line about all of them. */
const HIGHLIGHTS: ReadonlySet<string> = new Set(['SSID', 'DS_PARAMS', 'COUNTRY', 'RSN', 'MESH_ID']);

/** Constants of linux/ieee80211.h by the names of elements. */
const ELEMENT_CONSTANTS: ReadonlyMap<string, string> = new Map(
  [...Object.values(ELEMENT_NAMES), ...Object.values(EXTENSION_NAMES).map((name) => `EXT_${name}`)].map((name) => [
    name,
    `WLAN_EID_${name}`,
  ]),
);

/** The name of an element by its id, and by its second id where that is what tells. */
function nameOf(id: number, extension: number): string {
  if (id !== EXTENSION) return ELEMENT_NAMES[id] ?? `? (${id})`;
  const name = EXTENSION_NAMES[extension];
  return `EXT_${name ?? `? (${extension})`}`;
}

/**
 * Information elements up to the end (IEEE 802.11, 9.4.2): id, length and body each. What cannot be one ends the list
 * and is told.
 * @returns what makes a line about them
 */
export function readElements(c: Cursor): () => string {
  const told: [name: string, text: () => string][] = [];
  let count = 0;
  while (c.left > 0) {
    if (c.left < 2) {
      c.malformed('rest', c.end, 'one byte is no element');
      break;
    }
    const id = c.peek();
    const length = c.peek(1);
    const name = nameOf(id, c.peek(2));
    if (2 + length > c.left) {
      c.malformed(`WLAN_EID_${name}`, c.end, `element of ${length} bytes exceeds the ${c.left - 2} that are left`);
      break;
    }
    const continues = length === FULL && c.peek(2 + length) === FRAGMENT && c.left > 2 + length;
    const text = c.group(
      ELEMENT_CONSTANTS.get(name) ?? `WLAN_EID_${name}`,
      'element',
      2 + length,
      elementBody(id, name),
      continues,
    );
    count++;
    if (HIGHLIGHTS.has(name)) told.push([name, text]);
  }
  return () => {
    const highlights = told.map(([name, text]) => (name === 'SSID' ? text() : `${name} ${text()}`));
    return [...highlights, count === 1 ? '1 element' : `${count} elements`].join(', ');
  };
}

function elementBody(id: number, name: string): Body {
  return (c) => {
    c.u8('id');
    c.u8('length');
    if (id === EXTENSION && c.left > 0) c.u8('extension_id');
    const header = c.parts.length;
    const body = BODIES[name];
    return body === undefined ? c.hex('data') : (body(c, readElements) ?? (() => digest(c.parts.slice(header))));
  };
}
