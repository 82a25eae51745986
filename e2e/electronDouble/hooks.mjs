/** Resolves the module `electron` to the test double beside this file; everything else as Node does. */
export function resolve(specifier, context, next) {
  if (specifier === 'electron') return { url: new URL('./electron.mjs', import.meta.url).href, shortCircuit: true };
  return next(specifier, context);
}
