/** Compiles the kernel; the module that carries it. */
export function compileKernel(): Promise<string>;
