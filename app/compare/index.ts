export { compareDumps, type DumpedMessage } from './dumps.ts';
export { type Identity, identityOf } from './identity.ts';
export { changedFields, comparisonLines, counts, countsSentence, dumpLines, SIGNS } from './text.ts';
export { type ComparableField, type ComparableMessage, type ComparedField, compareTrees } from './trees.ts';
