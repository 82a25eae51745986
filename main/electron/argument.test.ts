import { describe, expect, it } from 'vitest';
import { captureArgument } from './argument.ts';

describe('the capture that a command line names', () => {
  it.each([
    [[], null],
    [['-'], '-'],
    [['--ozone-platform=wayland'], null],
    [['--no-sandbox', 'a.pcapng'], '/home/u/a.pcapng'],
    [['/var/tmp/a.pcap', 'b.pcap'], '/var/tmp/a.pcap'],
    [['file:///var/tmp/a%20b.pcapng'], '/var/tmp/a b.pcapng'],
    [['file://elsewhere/a.pcapng'], 'file://elsewhere/a.pcapng'],
  ])('%j', (words, path) => {
    expect(captureArgument(words, '/home/u')).toBe(path);
  });
});
