/** Specs are YAML on disk and plain objects in the program: the build parses them (see main/setup/yamlPlugin.mjs). */
declare module '*.yaml' {
  const document: unknown;
  export default document;
}
