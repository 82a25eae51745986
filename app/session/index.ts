/** What a session holds: its messages, how they belong together, and the list that shows them. */

export { CHUNK_ROWS } from './columns.ts';
export { answerDirection, asksForData, type HeaderFacts, isRequest, NOTIFY } from './direction.ts';
export { ExpertList, type ExpertRow } from './experts.ts';
export { GenlFamilyTable, type GenlGroupName } from './genlFamilies.ts';
export { HostKnowledge, Hosts } from './hosts.ts';
export { InterfaceNames } from './interfaces.ts';
export { type LoadReport, type LoadTargets, loadCapture } from './load.ts';
export { forEachMessage, type MessageShape } from './messages.ts';
export { NftSets } from './nftSets.ts';
export { AddressOwners, SLACK_NS } from './owners.ts';
export type { RateSeries } from './rateBins.ts';
export { RowSearch, type SearchPlace, type Wanted } from './rowSearch.ts';
export { type SaveCount, type SaveSources, saveMessages, saveSteps } from './save.ts';
export type { SpanSummary } from './spans.ts';
export { type AddressTally, type KindTally, StatisticsPass, Tally } from './statistics.ts';
export { MessageStore, type MessageWatcher, type StoreCounts, type WatchedCommands } from './store.ts';
export { StringSets } from './stringSets.ts';
export { type Transaction, type TransactionState, Transactions } from './transactions.ts';
export { userPortid } from './userPortid.ts';
export { type RowFilter, RowView, type ViewRow } from './view.ts';
