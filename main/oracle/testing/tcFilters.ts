import type { Table } from './compare.ts';
import type { Links } from './links.ts';
export function filterTable(_links: Links): Table {
  return {};
}
export function actionTable(_links: Links): Table {
  return {};
}
export function chainTable(_links: Links): Table {
  return {};
}
