/// <reference types="node" />
// Vitest hands out style sheets empty, so the file is read as text.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RULE_COLOURS } from '../../app/contracts/index.ts';
import { contrast, distance, type Vision } from '../testing/contrast.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

type Tokens = ReadonlyMap<string, string>;

/** Custom properties of the first block with this selector. */
function tokensOf(selector: string): Tokens {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map(Array.from(block.matchAll(/(--[\w-]+):\s*([^;]+);/g), ([, name, value]) => [name!, value!.trim()]));
}

const dark = tokensOf(':root');
const light = tokensOf(":root[data-theme='light']");
const FAMILIES = ['rt', 'genl', 'nf', 'diag', 'xfrm', 'aud', 'uev', 'other'];

describe.each([
  ['dark', dark],
  ['light', light],
])('%s theme', (_, tokens) => {
  const color = (name: string) => tokens.get(`--${name}`)!;
  const ratio = (one: string, other: string) => contrast(color(one), color(other));

  it.each([
    ['text', ['bg', 'panel', 'raised', 'sel', 'sel-idle', 'link', 'error-tint', 'warn-tint', 'ok-tint', 'depth-3']],
    ['muted', ['bg', 'panel', 'raised', 'depth-0']],
    ['hint', ['bg', 'panel']],
    ['error', ['bg', 'panel']],
    ['warn', ['bg', 'panel']],
    ['ok', ['bg', 'panel']],
    ['accent', ['bg', 'panel', 'raised']],
    ['on-accent', ['accent']],
  ])('%s can be read', (name, grounds) => {
    for (const ground of grounds) expect([ground, ratio(name, ground) >= 4.5]).toEqual([ground, true]);
  });

  it('family codes can be read', () => {
    for (const family of FAMILIES) {
      for (const ground of ['bg', 'panel']) expect(ratio(`fam-${family}`, ground)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('frames of inputs and the focus ring can be seen', () => {
    for (const name of ['border-strong', 'accent']) expect(ratio(name, 'bg')).toBeGreaterThanOrEqual(3);
  });

  it('colours of rules can be seen, also on what is selected', () => {
    for (const colour of RULE_COLOURS) {
      for (const ground of ['bg', 'panel', 'sel']) expect(ratio(`rule-${colour}`, ground)).toBeGreaterThanOrEqual(3);
    }
  });

  it.each<Vision>(['normal', 'protanopia', 'deuteranopia', 'tritanopia'])(
    'families and rules differ with %s',
    (vision) => {
      const sets = [FAMILIES.map((name) => `fam-${name}`), RULE_COLOURS.map((name) => `rule-${name}`)];
      for (const names of sets) {
        const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const));
        const closest = pairs
          .map(([one, other]) => ({ pair: `${one} and ${other}`, apart: distance(color(one), color(other), vision) }))
          .sort((a, b) => a.apart - b.apart)[0]!;
        expect(closest.apart, closest.pair).toBeGreaterThanOrEqual(7);
      }
    },
  );
});

it('the system theme has the values of the light theme', () => {
  expect(tokensOf(':root:not([data-theme])')).toEqual(light);
});
