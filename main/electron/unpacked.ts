/**
 * Where a file of the bundle lies on disk: threads, programs and addons cannot be started inside the archive, and the
 * packager puts them beside it (asarUnpack in electron-builder.yml).
 * @param path relative to the bundle `from` is the URL of
 */
export function unpacked(path: string, from: string): URL {
  return new URL(path, from.replace(/\.asar\//, '.asar.unpacked/'));
}
