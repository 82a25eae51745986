import { describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../app/contracts/index.ts';
import { ConnectionLost, createHost, type TransportHandlers } from './createHost.ts';
import { webSocketTransport } from './transports.ts';

/** A transport whose other end is played by the test. */
function manualTransport() {
  const sent: Frame[] = [];
  let handlers!: TransportHandlers;
  const host = createHost({
    send: (frame) => sent.push(frame),
    listen: (given) => {
      handlers = given;
    },
  });
  return { sent, host, other: handlers };
}

describe('createHost', () => {
  it('pairs answers with calls by id, in whatever order they come', async () => {
    const { sent, host, other } = manualTransport();
    other.connected();
    const first = host.api.rows(0, 256);
    const second = host.api.overview(10);
    expect(sent).toEqual([
      { kind: 'call', id: 1, method: 'rows', args: [0, 256] },
      { kind: 'call', id: 2, method: 'overview', args: [10] },
    ]);
    other.frame({ kind: 'return', id: 2, value: ['error'] });
    other.frame({ kind: 'throw', id: 1, message: 'no' });
    await expect(second).resolves.toEqual(['error']);
    await expect(first).rejects.toThrow('no');
  });

  it('keeps calls until the first connection', async () => {
    const { sent, host, other } = manualTransport();
    const info = host.api.info();
    expect(sent).toEqual([]);
    other.connected();
    other.frame({ kind: 'return', id: 1, value: { version: '1' } });
    await expect(info).resolves.toEqual({ version: '1' });
  });

  it('rejects everything open when the connection is lost, and calls made meanwhile', async () => {
    const { host, other } = manualTransport();
    other.connected();
    const open = host.api.clear();
    other.disconnected();
    await expect(open).rejects.toThrow(ConnectionLost);
    await expect(host.api.clear()).rejects.toThrow(ConnectionLost);
    other.connected();
    const again = host.api.clear();
    other.frame({ kind: 'return', id: 2, value: undefined });
    await expect(again).resolves.toBeUndefined();
  });

  it('hands events to listeners until they stop', () => {
    const { host, other } = manualTransport();
    const heard = vi.fn();
    const stop = host.on('notice', heard);
    other.frame({ kind: 'event', name: 'notice', data: { severity: 'note', text: 'hello' } });
    stop();
    other.frame({ kind: 'event', name: 'notice', data: { severity: 'note', text: 'again' } });
    expect(heard.mock.calls).toEqual([[{ severity: 'note', text: 'hello' }]]);
  });

  it('tells of the connection, first of all what it is', () => {
    const { host, other } = manualTransport();
    const states: string[] = [];
    host.onConnection((state) => states.push(state));
    other.connected();
    other.disconnected();
    expect(states).toEqual(['connecting', 'connected', 'lost']);
  });

  it('can be awaited without a call', async () => {
    const { sent, host } = manualTransport();
    await Promise.resolve(host.api);
    expect(sent).toEqual([]);
  });
});

describe('webSocketTransport', () => {
  it('opens a lost socket again, and sends on the new one', () => {
    vi.useFakeTimers();
    const sockets: { onopen?(): void; onclose?(): void; send: ReturnType<typeof vi.fn> }[] = [];
    const open = () => {
      const socket = { send: vi.fn() };
      sockets.push(socket);
      return socket as unknown as WebSocket;
    };
    const transport = webSocketTransport('ws://host/socket', open);
    const states: string[] = [];
    transport.listen({
      frame() {},
      connected: () => states.push('connected'),
      disconnected: () => states.push('lost'),
    });
    sockets[0]!.onopen!();
    sockets[0]!.onclose!();
    vi.advanceTimersByTime(250);
    expect(sockets).toHaveLength(2);
    sockets[1]!.onopen!();
    transport.send({ kind: 'call', id: 1, method: 'info', args: [] });
    expect(sockets[0]!.send).not.toHaveBeenCalled();
    expect(JSON.parse(sockets[1]!.send.mock.calls[0]![0])).toMatchObject({ method: 'info' });
    expect(states).toEqual(['connected', 'lost', 'connected']);
    vi.useRealTimers();
  });
});
