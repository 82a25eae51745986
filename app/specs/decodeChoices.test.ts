import { describe, expect, it } from 'vitest';
import { builtinLibrary } from './builtin.ts';
import { parseDecodeRule } from './decodeRule.ts';

const library = builtinLibrary();

/** What is wrong with a rule; '' for nothing. */
function problemOf(text: string): string {
  const rule = parseDecodeRule(text);
  if (typeof rule === 'string') return rule;
  return library.copy().choose([rule])[0]?.text ?? '';
}

describe('decode-as rules', () => {
  it.each([
    ['proto:31=text', 'proto:31=text'],
    ['proto:NETLINK_USERSOCK/0x20=rt-link', 'proto:usersock/32=rt-link'],
    ['genl:802.15.4 MAC/3=u32', 'genl:802.15.4 MAC/3=u32'],
    ['genl:29=nl80211', 'genl:29=nl80211'],
    ['attr:NFULA_PAYLOAD = text', 'attr:NFULA_PAYLOAD=text'],
    ['attr:rt-link/link-attrs/0x4a=u32', 'attr:rt-link/link-attrs/74=u32'],
    ['attr:proto:NETLINK_USERSOCK/5/1=string', 'attr:proto:usersock/5/1=string'],
  ])('reads %s', (text, canonical) => {
    expect(parseDecodeRule(text)).toMatchObject({ text: canonical });
    expect(problemOf(text)).toBe('');
    expect(parseDecodeRule(canonical)).toEqual(parseDecodeRule(text));
  });

  it.each([
    ['proto:31', 'says no reading'],
    ['=text', 'is no target'],
    ['port:31=text', 'is no target'],
    ['proto:nope=text', 'no netlink protocol "nope"'],
    ['proto:31=txet', 'Did you mean "text"'],
    ['proto:31=rt-lnk', 'Did you mean "rt-link"?'],
    ['proto:31=nl80211', 'a generic netlink family'],
    ['genl:acme=rt-link', 'a protocol of its own'],
    ['proto:generic=nl80211', 'write genl:FAMILY'],
    ['proto:route/RTM_NEWLNIK=hex', 'Did you mean "RTM_NEWLINK"'],
    ['attr:NFULA_PAYLAOD=text', 'Did you mean "NFULA_PAYLOAD"'],
    ['attr:rt-link/nope/1=text', 'no attribute set "rt-link/nope"'],
    ['attr:rt-link/link-attrs/x=text', 'is no number'],
    ['attr:NFULA_PAYLOAD=rt-link', '"rt-link/SET"'],
    ['attr:NFULA_PAYLOAD=rt-link/nope', 'No spec has an attribute set or a struct'],
  ])('refuses %s with the reason', (text, reason) => {
    expect(problemOf(text)).toContain(reason);
  });

  it('keeps the last of several rules about one target, and the others beside one that is wrong', () => {
    const rules = ['proto:31=text', 'attr:NFULA_PAYLAOD=text', 'proto:31=hex'].map((text) => parseDecodeRule(text));
    const own = library.copy();
    const problems = own.choose(rules.filter((rule) => typeof rule !== 'string'));
    expect(problems.map(({ rule }) => rule)).toEqual(['attr:NFULA_PAYLAOD=text']);
    expect(own.choices?.rules.map(({ text }) => text)).toEqual(['proto:31=hex']);
    expect(library.choices).toBeNull();
  });
});
