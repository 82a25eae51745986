export * from './base.ts';
export * from './comparison.ts';
export * from './decoding.ts';
export * from './host.ts';
export * from './message.ts';
export * from './process.ts';
export * from './record.ts';
export * from './settings.ts';
