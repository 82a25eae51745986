import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SHELLS } from '../cli/completionShells.ts';
import { unpacked } from './unpacked.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const config = parse(read('electron-builder.yml'));
// What electron-builder checks configurations against.
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const schema = JSON.parse(readFileSync(builder.resolve('app-builder-lib/scheme.json'), 'utf8'));

describe('the package of the desktop edition', () => {
  it('is described as electron-builder wants it', () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    validate(config);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...config, linux: { ...config.linux, icons: 1 } })).toBe(false);
  });

  it('names what a .deb must name, and an icon that is there', () => {
    expect(config.linux.target).toContain('deb');
    expect(config.deb.maintainer).toMatch(/^[^<>]+ <[^<>@\s]+@[^<>@\s]+>$/);
    expect(() => new URL(config.extraMetadata.homepage)).not.toThrow();
    expect(existsSync(new URL(config.linux.icon, root))).toBe(true);
    expect(read(config.linux.icon)).toContain('<svg');
  });

  it('installs the manual page, and a completion for each shell', () => {
    const files = new Map<string, string>(config.deb.fpm.map((line: string) => line.split('=').toReversed()));
    expect(read(files.get('/usr/share/man/man1/nlscope.1')!)).toMatch(/^\.TH NLSCOPE 1/);
    const build = read('main/setup/build.mjs');
    for (const [, source] of [...files].filter(([, from]) => from.startsWith('dist/completions/'))) {
      const [, shell, name] = /^dist\/completions\/(\w+)\/(.+)$/.exec(source)!;
      expect(SHELLS).toContain(shell);
      expect(build).toContain(`${shell}: '${name}'`);
    }
    expect(files.size).toBe(1 + SHELLS.length);
  });

  it('has the command line, its threads and its pages outside of the archive', () => {
    expect(config.asarUnpack).toEqual(expect.arrayContaining(['dist/main/*.js', 'dist/renderer/**']));
    for (const name of ['engine', 'owners', 'command']) {
      expect(unpacked(`../${name}.js`, 'file:///opt/nlscope/resources/app.asar/dist/main/electron/main.js').href).toBe(
        `file:///opt/nlscope/resources/app.asar.unpacked/dist/main/${name}.js`,
      );
    }
    expect(unpacked('../engine.js', 'file:///src/dist/main/electron/main.js').href).toBe(
      'file:///src/dist/main/engine.js',
    );
  });
});
