import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COMMON_HEADERS } from './staticFiles.ts';

/** Bytes of disk an upload leaves free: the machine is somebody's server. */
const DISK_RESERVE = 256 * 1024 * 1024;
const MAX_NAME_LENGTH = 120;

/** Files that pass between a browser and the host: captures uploaded to be opened, and saved ones to be downloaded. */
export interface Exchange {
  /** Stores a request's body under a name; the file is removed again when the transfer breaks. */
  receive(request: IncomingMessage, name: string): Promise<ExchangeAnswer>;
  /** A path that a capture may be saved to. */
  reserve(name: string): Promise<string>;
  /** True for a path that `receive` or `reserve` gave. */
  knows(path: string): boolean;
  /** Sends a reserved or uploaded file as a download; false when it is not one of ours or does not exist. */
  send(response: ServerResponse, path: string): Promise<boolean>;
}

/** The stored file, or the HTTP status and sentence that refuse it. */
export type ExchangeAnswer = { readonly path: string } | { readonly status: 413 | 507; readonly reason: string };

/**
 * Makes the exchange.
 * @param directory private folder that only this user can enter; every file gets a folder of its own inside
 */
export function createExchange(directory: string): Exchange {
  const paths = new Set<string>();

  const reserve = async (name: string): Promise<string> => {
    const path = join(await mkdtemp(join(directory, 'file-')), safeFileName(name));
    paths.add(path);
    return path;
  };

  return {
    reserve,
    knows: (path) => paths.has(path),
    async receive(request, name) {
      const available = await freeBytes(directory);
      const declared = Number(request.headers['content-length'] ?? 0);
      if (declared > available) return noSpace(available);
      const path = await reserve(name);
      try {
        await pipeline(request, boundedBytes(available), createWriteStream(path, { mode: 0o600, flags: 'wx' }));
        return { path };
      } catch (error) {
        paths.delete(path);
        await rm(join(path, '..'), { recursive: true, force: true });
        if (error instanceof TooLargeError || (error as NodeJS.ErrnoException).code === 'ENOSPC') {
          return noSpace(available);
        }
        throw error;
      }
    },
    async send(response, path) {
      const info = paths.has(path) ? await stat(path).catch(() => null) : null;
      if (info === null || !info.isFile()) return false;
      response.writeHead(200, {
        ...COMMON_HEADERS,
        'Content-Type': 'application/octet-stream',
        'Content-Length': info.size,
        'Content-Disposition': contentDisposition(basename(path)),
        'Cache-Control': 'no-store',
      });
      await pipeline(createReadStream(path), response);
      return true;
    },
  };
}

/** A file name without folders, control characters or a leading dot, never empty, of bounded length. */
export function safeFileName(name: string): string {
  const last = name.split(/[/\\]/).pop() ?? '';
  const clean = Array.from(last, (character) => (character < ' ' || character === '\x7f' ? '_' : character)).join('');
  return clean.replace(/^\.+/, '').slice(-MAX_NAME_LENGTH) || 'capture.pcapng';
}

/** A Content-Disposition that names any file: an ASCII form for all and the exact name as RFC 5987 has it. */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const exact = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${exact}`;
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return Math.max(0, bavail * bsize - DISK_RESERVE);
}

function noSpace(available: number): ExchangeAnswer {
  const mebibytes = Math.floor(available / (1024 * 1024));
  return { status: 507, reason: `The host has room for ${mebibytes} MiB in its temporary folder.` };
}

class TooLargeError extends Error {}

function boundedBytes(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen += chunk.length;
      if (seen > limit) done(new TooLargeError());
      else done(null, chunk);
    },
  });
}
