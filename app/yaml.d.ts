/** Specs are YAML on disk and plain objects in the program: the build parses them (see main/setup/yamlPlugin.mjs). */
declare module '*.yaml' {
  const document: unknown;
  export default document;
}

/** The same document, parsed when somebody asks for it. */
declare module '*.yaml?lazy' {
  const document: { read(): unknown };
  export default document;
}

interface ImportMeta {
  /** Vite's import of all files that match, done when the product is built. */
  glob<T>(pattern: string | string[], options: { eager: true; import: 'default'; query?: '?lazy' }): Record<string, T>;
}
