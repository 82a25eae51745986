import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
// The shell refuses to start as root, as it must; the double has no browser that root could harm.
process.getuid = () => 1000;
