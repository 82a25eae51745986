import { describe, expect, it } from 'vitest';
import {
  ByteWriter,
  errnoName,
  findProtocol,
  flagNames,
  flagValue,
  protocolByNumber,
  shortFlags,
  splitFlags,
} from './index.ts';

describe('nlmsg_flags', () => {
  it('reads the upper bits by the kind of message', () => {
    // linux/netlink.h: 0x100 is ROOT on GET, REPLACE on NEW, NONREC on DEL, CAPPED on acks.
    expect(flagNames(0x105, 'get')).toBe('NLM_F_REQUEST | NLM_F_ACK | NLM_F_ROOT');
    expect(flagNames(0x105, 'new')).toBe('NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE');
    expect(flagNames(0x105, 'del')).toBe('NLM_F_REQUEST | NLM_F_ACK | NLM_F_NONREC');
    expect(flagNames(0x300, 'ack')).toBe('NLM_F_CAPPED | NLM_F_ACK_TLVS');
    expect(flagNames(0x301, 'get')).toBe('NLM_F_REQUEST | NLM_F_DUMP');
    expect(shortFlags(0x605, 'new')).toBe('RQ AK EX CR');
  });

  it('keeps bits that have no name', () => {
    expect(splitFlags(0x8001, 'get')).toMatchObject({ rest: 0x8000 });
    expect(flagNames(0x8001, 'other')).toBe('NLM_F_REQUEST | 0x8000');
    expect(flagNames(0, 'get')).toBe('0');
  });

  it('gives every name its value back', () => {
    expect(flagValue('NLM_F_DUMP')).toBe(0x300);
    expect(flagValue('NLM_F_BULK')).toBe(0x200);
    expect(flagValue('NLM_F_NONSENSE')).toBeUndefined();
  });
});

describe('protocols', () => {
  it('finds them by name and number', () => {
    expect(findProtocol('route')?.number).toBe(0);
    expect(findProtocol('NETLINK_KOBJECT_UEVENT')?.number).toBe(15);
    expect(findProtocol('31')?.name).toBe('NETLINK_31');
    // Former names of linux/netlink.h.
    expect(findProtocol('NETLINK_INET_DIAG')?.name).toBe('NETLINK_SOCK_DIAG');
    expect(findProtocol('w1')?.number).toBe(1);
    expect(findProtocol('nonsense')).toBeUndefined();
    expect(protocolByNumber(12).code).toBe('NF');
  });
});

describe('ByteWriter', () => {
  it('writes attributes with length and padding in both byte orders', () => {
    const little = new ByteWriter(true, 4);
    const at = little.beginAttribute(3);
    little.text('ab');
    little.zeros(1);
    little.endAttribute(at);
    expect([...little.finish()]).toEqual([7, 0, 3, 0, 0x61, 0x62, 0, 0]);
    const big = new ByteWriter(false);
    big.integer(-2, 4);
    big.integer(2n ** 63n, 8);
    expect([...big.finish()]).toEqual([255, 255, 255, 254, 128, 0, 0, 0, 0, 0, 0, 0]);
  });

  it('forgets what truncate cuts', () => {
    const writer = new ByteWriter(true);
    writer.text('secret');
    writer.truncate(2);
    writer.zeros(2);
    expect([...writer.finish()]).toEqual([0x73, 0x65, 0, 0]);
  });
});

describe('errno', () => {
  it('names Linux errors', () => {
    expect(errnoName(95)).toBe('EOPNOTSUPP');
    expect(errnoName(4095)).toBe('errno 4095');
  });
});
