import { describe, expect, it } from 'vitest';
import { type CaptureOptions, DEFAULT_RECEIVE_BUFFER } from '../../app/contracts/index.ts';
import { extrasOf, formOf, optionsOf } from './captureForm.ts';

const NAMED = [
  { name: '', path: '' },
  { name: 'lab', path: '/run/netns/lab' },
];
const plain: CaptureOptions = { groups: [{ protocol: 0, group: 1 }] };
const empty = formOf(plain, NAMED);

const everything: CaptureOptions = {
  groups: plain.groups,
  everything: true,
  tap: true,
  namespaces: ['', 'lab', '4711', '/proc/9/ns/net'],
  allNsid: true,
  receiveBuffer: 4 << 20,
  ringBuffer: { path: '/var/tmp/c.pcapng', filesize: 10_500, duration: 0.5, messages: 1000, files: 3 },
  autostop: { filesize: 1000, duration: 60, messages: 5000, files: 7 },
  pipes: ['/tmp/a', '/tmp/b'],
  remotes: [{ host: 'root@router', command: 'tcpdump -i nlmon0 -w -' }, { host: 'lab' }],
};

describe('the form of capture options', () => {
  it('says every option, and gives each back', () => {
    expect(optionsOf(formOf(everything, NAMED), everything)).toEqual({ options: everything, problems: {} });
  });

  it('leaves out what is not chosen', () => {
    expect(optionsOf(empty, plain)).toEqual({
      options: { ...plain, everything: false, tap: false, allNsid: false, receiveBuffer: DEFAULT_RECEIVE_BUFFER },
      problems: {},
    });
  });

  it('knows a namespace that was kept by its path', () => {
    expect(formOf({ ...plain, netns: '/run/netns/lab' }, NAMED).namespaces).toEqual(['lab']);
    expect(formOf({ ...plain, netns: '/run/netns/gone' }, NAMED)).toMatchObject({
      namespaces: [],
      moreNamespaces: '/run/netns/gone',
    });
  });

  it.each([
    [{ moreNamespaces: 'lab, 12' }, 'moreNamespaces', /“lab” is neither/],
    [{ namespaces: [] }, 'moreNamespaces', /Choose a namespace/],
    [{ pipes: 'relative' }, 'pipes', /“relative”/],
    [{ remotes: '-oProxyCommand=x' }, 'remotes', /user@host/],
    [{ stopSeconds: '-1' }, 'stopSeconds', /above 0/],
    [{ stopMessages: '1.5' }, 'stopMessages', /whole number/],
    [{ stopMessages: 'many' }, 'stopMessages', /whole number/],
    [{ toFiles: true, path: 'c.pcapng' }, 'path', /begins with \//],
    [{ toFiles: true, path: '/c.pcapng', keep: '2' }, 'keep', /limit/],
  ])('says what is wrong: %o', (part, field, problem) => {
    const { problems } = optionsOf({ ...empty, ...part }, plain);
    expect(Object.entries(problems)).toEqual([[field, expect.stringMatching(problem)]]);
  });

  it('takes sizes in MB with fractions, and numbers with commas', () => {
    const { options, problems } = optionsOf({ ...empty, stopSize: '0.25', stopMessages: '10,000' }, plain);
    expect(problems).toEqual({});
    expect(options.autostop).toEqual({ filesize: 250, messages: 10_000 });
  });

  it('needs no namespace beside a pipe', () => {
    const { options, problems } = optionsOf({ ...empty, namespaces: [], pipes: '/tmp/fifo' }, plain);
    expect(problems).toEqual({});
    expect(options.namespaces).toEqual([]);
  });

  it('tells in a few words what is out of the ordinary', () => {
    expect(extrasOf(plain)).toEqual([]);
    expect(extrasOf({ ...plain, namespaces: ['lab'] })).toEqual(['namespace lab']);
    expect(extrasOf(everything)).toEqual([
      'tap',
      '4 namespaces',
      '2 pipes',
      '2 remote hosts',
      'written to files',
      'stops by itself',
    ]);
  });
});
