import { describe, expect, it } from 'vitest';
import { captureArgument, profileArgument } from './argument.ts';

describe('the capture that a command line names', () => {
  it.each([
    [[], null],
    [['-'], '-'],
    [['--profile', 'IPsec'], null],
    [['--profile', 'IPsec', 'a.pcapng'], '/home/u/a.pcapng'],
    [['--ozone-platform=wayland'], null],
    [['--no-sandbox', 'a.pcapng'], '/home/u/a.pcapng'],
    [['/var/tmp/a.pcap', 'b.pcap'], '/var/tmp/a.pcap'],
    [['file:///var/tmp/a%20b.pcapng'], '/var/tmp/a b.pcapng'],
    [['file://elsewhere/a.pcapng'], 'file://elsewhere/a.pcapng'],
  ])('%j', (words, path) => {
    expect(captureArgument(words, '/home/u')).toBe(path);
  });
});

it.each([
  [['a.pcapng'], undefined],
  [['--profile', 'IPsec', 'a.pcapng'], 'IPsec'],
  [['a.pcapng', '--profile=My own'], 'My own'],
  [['--profile'], undefined],
])('the profile that a command line names: %j', (words, name) => {
  expect(profileArgument(words)).toBe(name);
});
