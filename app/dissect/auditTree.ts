import { viewOf } from '../wire/index.ts';
import type { BodyFormat } from './bodies.ts';
import { Field } from './field.ts';
import { utf8 } from './text.ts';

/** AUDIT_MAKE_EQUIV (kernel/audit.c): lengths of two paths as words of the host, then the paths, unterminated. */
export const auditTree: BodyFormat = {
  decode(state, start, end) {
    const header = new Field(state, 'make_equiv', 'header', null, null, start, start, end);
    if (end - start < 8) {
      header.complain('error', 'malformed', `${end - start} bytes are too few for the lengths of two paths`);
      return [header];
    }
    let at = start + 8;
    for (const [i, name] of ['old', 'new'].entries()) {
      const length = state.view.getUint32(start + i * 4, state.littleEndian);
      const stop = Math.min(end, at + length);
      const path = new Field(state, name, 'member', null, utf8(state.bytes.subarray(at, stop)), at, at, stop);
      path.typeName = 'string';
      header.add(path);
      if (stop < at + length) path.complain('error', 'malformed', `a path of ${length} bytes exceeds the message`);
      at = stop;
    }
    return [header];
  },
  values([header]) {
    const [from, to] = header?.children ?? [];
    return to === undefined ? null : { header: { old: String(from.raw), new: String(to.raw) } };
  },
  encode({ header }, littleEndian) {
    if (header === undefined) return new Uint8Array();
    const paths = ['old', 'new'].map((name) => new TextEncoder().encode(String(header[name] ?? '')));
    const bytes = new Uint8Array(8 + paths[0].length + paths[1].length);
    for (const [i, path] of paths.entries()) viewOf(bytes).setUint32(i * 4, path.length, littleEndian);
    bytes.set(paths[0], 8);
    bytes.set(paths[1], 8 + paths[0].length);
    return bytes;
  },
  summarize([header], info) {
    const [from, to] = header?.children ?? [];
    if (to === undefined) return;
    info.muted('-q ');
    info.strong(`${from.raw},${to.raw}`);
  },
};
