import { describe, expect, it } from 'vitest';
import { captureArguments, profileArgument } from './argument.ts';

describe('the captures that a command line names', () => {
  it.each([
    [[], []],
    [['-'], ['-']],
    [['--profile', 'IPsec'], []],
    [['--profile', 'IPsec', 'a.pcapng'], ['/home/u/a.pcapng']],
    [['--ozone-platform=wayland'], []],
    [['--no-sandbox', 'a.pcapng'], ['/home/u/a.pcapng']],
    [
      ['/var/tmp/a.pcap', '--profile', 'IPsec', 'b.pcap', ''],
      ['/var/tmp/a.pcap', '/home/u/b.pcap'],
    ],
    [['file:///var/tmp/a%20b.pcapng'], ['/var/tmp/a b.pcapng']],
    [['file://elsewhere/a.pcapng'], ['file://elsewhere/a.pcapng']],
  ])('%j', (words, paths) => {
    expect(captureArguments(words, '/home/u')).toEqual(paths);
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
