import { ensureBuilt, say } from './steps.mjs';

await ensureBuilt();
say('built');
