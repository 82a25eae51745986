import { describe, expect, it } from 'vitest';
import { ERRNO_NAMES } from '../../app/wire/index.ts';
import { explain, type Refusal } from './explain.ts';

const refusal = (errno: string, change: Partial<Refusal> = {}): Refusal => ({
  error: { errno, message: '', attribute: '' },
  code: ERRNO_NAMES.get(errno) ?? 4000,
  requestFlags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  protocol: 'NETLINK_ROUTE',
  range: null,
  missing: false,
  requestNumber: 1,
  replyNumber: 2,
  ...change,
});

describe('explain', () => {
  it('carries number, words and places', () => {
    const explanation = explain(
      refusal('EINVAL', {
        error: { errno: 'EINVAL', message: 'mtu greater than device maximum', attribute: 'IFLA_MTU' },
        range: { start: 32, end: 40 },
      }),
    );
    expect(explanation).toEqual({
      errno: 'EINVAL',
      code: 22,
      meaning: 'Invalid argument',
      message: 'mtu greater than device maximum',
      attribute: 'IFLA_MTU',
      range: { start: 32, end: 40 },
      requestNumber: 1,
      replyNumber: 2,
      advice: 'Change the value of IFLA_MTU, or leave the attribute out.',
    });
  });

  const situations: [string, Refusal, string][] = [
    [
      'a missing attribute',
      refusal('EINVAL', { missing: true, error: { errno: 'EINVAL', message: '', attribute: 'IFLA_LINK' } }),
      'Add IFLA_LINK',
    ],
    ['no reason at all', refusal('EINVAL'), 'NETLINK_EXT_ACK'],
    ['no rights', refusal('EPERM'), 'CAP_NET_ADMIN'],
    ['no rights for audit', refusal('EPERM', { protocol: 'NETLINK_AUDIT' }), 'CAP_AUDIT_CONTROL'],
    ['exists, and EXCL was set', refusal('EEXIST', { requestFlags: ['NLM_F_EXCL'] }), 'Drop NLM_F_EXCL'],
    ['exists', refusal('EEXIST'), 'delete it first'],
    ['family not there', refusal('ENOENT', { protocol: 'NETLINK_GENERIC' }), 'module'],
  ];
  it.each(situations)('advises on %s', (_name, given, words) => {
    expect(explain(given).advice).toContain(words);
  });

  it('stays silent rather than guess', () => {
    expect(explain(refusal('EDOM')).advice).toBe('');
    expect(explain(refusal('errno 4000'))).toMatchObject({ code: 4000, meaning: '', advice: '' });
    expect(explain(refusal('EINVAL', { error: { errno: 'EINVAL', message: 'words', attribute: '' } })).advice).toBe('');
  });
});
