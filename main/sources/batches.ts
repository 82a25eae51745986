/** What the receive thread hands over, for the rest of the host: only the sources know the addon. */
export * from '../../native/batch.ts';
