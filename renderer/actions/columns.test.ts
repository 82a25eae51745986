import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { FieldNode } from '../../app/contracts/index.ts';
import { createFieldRegistry } from '../../app/dissect/filterFields.ts';
import { bareContext, createDissector, learnFamily } from '../../app/dissect/index.ts';
import { newFamilies, readCorpus } from '../../app/dissect/testing/corpus.ts';
import { builtinLibrary } from '../../app/specs/index.ts';
import { createApp } from '../stores/app.ts';
import { addField, moveColumn, orderOf, removeField } from '../stores/columnChoice.ts';
import { DEFAULT_PREFERENCES } from '../stores/preferences.ts';
import { createFakeHost, createFakeShell } from '../testing/fakeHost.ts';
import { fieldNameAt } from './columns.ts';

describe('the field of a line of the tree', () => {
  const library = builtinLibrary();
  const dissector = createDissector(library);
  const registry = createFieldRegistry(library);

  /** Every node with its positions. */
  function* walk(nodes: readonly FieldNode[], before = ''): Generator<readonly [FieldNode, string]> {
    for (const [at, node] of nodes.entries()) {
      yield [node, `${before}${at}`];
      yield* walk(node.children, `${before}${at}.`);
    }
  }

  it.each(['link-attrs-a', 'nft-a', 'errors-rtnl', 'ethtool-a', 'tc-qdisc-a', 'ss-a', 'xfrm-a', 'conntrack-a'])(
    'is one that filters know, in %s',
    (capture) => {
      const families = newFamilies();
      const context = bareContext(families);
      const names = new Set<string>();
      for (const { bytes, envelope } of readCorpus(capture)) {
        learnFamily(bytes, envelope, context, families);
        const { tree } = dissector.dissect(bytes, envelope, context);
        for (const [, path] of walk(tree)) {
          const name = fieldNameAt(tree, path);
          if (name !== null) names.add(name);
        }
      }
      expect(names).toContain('nl.len');
      expect(names.size).toBeGreaterThan(8);
      expect([...names].filter((name) => registry.find(name) === undefined)).toEqual([]);
    },
  );
});

describe('fields of columns', () => {
  it('are asked for with the rows, anew when there is another one, and for no other change', async () => {
    const { host } = createFakeHost({ rows: 100 });
    const rows = vi.spyOn(host.api, 'rows');
    const preferences = createStore(() => DEFAULT_PREFERENCES);
    const app = createApp(host, createFakeShell(), preferences);
    await vi.waitFor(() => expect(app.list.store.getState().rows).toBe(100));
    const asked = async () => {
      rows.mockClear();
      app.list.cache.show(0, 20);
      await Promise.resolve();
      return rows.mock.calls.map((call) => call[2]);
    };
    await app.list.cache.load(0);
    expect(rows.mock.calls.every((call) => call.length === 2)).toBe(true);
    const change = (to: (now: typeof DEFAULT_PREFERENCES.columns) => typeof DEFAULT_PREFERENCES.columns) =>
      preferences.setState(({ columns }) => ({ columns: to(columns) }));
    await asked();
    change((now) => addField(now, 'link.ifname'));
    expect(await asked()).toContainEqual(['link.ifname']);
    await app.list.cache.load(0);
    await app.list.cache.load(64);
    change((now) => moveColumn(now, 'time', null));
    change((now) => removeField(now, 'link.ifname'));
    expect(orderOf(preferences.getState().columns)).not.toContain('field:link.ifname');
    expect(await asked()).toEqual([]);
  });
});
