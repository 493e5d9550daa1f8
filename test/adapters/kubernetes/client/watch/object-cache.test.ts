import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KubeObject } from '../../../../../src/adapters/kubernetes/client/kube-object.ts';
import {
  type Listing,
  ObjectCache,
} from '../../../../../src/adapters/kubernetes/client/watch/object-cache.ts';

interface Thing extends KubeObject {
  readonly labels?: readonly string[];
}

const thing = (name: string, version: number, rest: Partial<Thing> = {}, uid = `uid-${name}`): Thing => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { namespace: 'ns', name, uid, resourceVersion: String(version), creationTimestamp: '' },
  ...rest,
});
const listing = (version: number, objects: Thing[], rest: Partial<Listing<Thing>> = {}): Listing<Thing> => ({
  objects,
  version: String(version),
  askedAt: 0,
  anew: false,
  ...rest,
});
const versionOf = (cache: ObjectCache<Thing>, name: string) =>
  cache.get(`ns/${name}`)?.metadata.resourceVersion;

describe('ObjectCache', () => {
  it('takes newer objects only, by number and not by text', () => {
    const cache = new ObjectCache<Thing>();
    assert.equal(cache.store(thing('a', 9)), true);
    assert.equal(cache.store(thing('a', 10)), true);
    assert.equal(cache.store(thing('a', 9)), false);
    assert.equal(cache.store(thing('a', 10)), false);
    assert.equal(versionOf(cache, 'a'), '10');
  });

  it('knows what is news before it takes it', () => {
    const cache = new ObjectCache<Thing>();
    assert.equal(cache.isNews(thing('a', 1)), true);
    cache.overlay(thing('a', 5));
    assert.equal(cache.isNews(thing('a', 5)), false);
    assert.equal(cache.isNews(thing('a', 6)), true);
    cache.bury(thing('a', 5));
    assert.equal(cache.isNews(thing('a', 6)), false);
  });

  it('shows an own write until something newer comes', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 1));
    cache.overlay(thing('a', 5));
    assert.equal(cache.store(thing('a', 3)), false);
    assert.deepEqual(cache.replace(listing(4, [thing('a', 3)])), []);
    assert.equal(versionOf(cache, 'a'), '5');
    assert.equal(cache.store(thing('a', 6)), true);
  });

  it('keeps an own creation that a listing is too old to show', () => {
    const cache = new ObjectCache<Thing>();
    cache.overlay(thing('new', 5));
    assert.deepEqual(cache.replace(listing(4, [])), []);
    assert.equal(versionOf(cache, 'new'), '5');
  });

  it('lets an own write go that a newer listing no longer shows', () => {
    const cache = new ObjectCache<Thing>();
    const askedAt = cache.mark();
    cache.overlay(thing('a', 5));
    assert.deepEqual(cache.replace(listing(7, [], { askedAt })), ['ns/a']);
    assert.equal(cache.size, 0);
  });

  it('tells of a listing what is new, changed and gone, and nothing else', () => {
    const cache = new ObjectCache<Thing>();
    for (const name of ['same', 'changed', 'gone', 'remade']) cache.store(thing(name, 1));
    const next = [
      thing('same', 1),
      thing('changed', 4),
      thing('new', 3),
      thing('remade', 5, {}, 'another uid'),
    ];
    const told = cache.replace(listing(6, next));
    assert.deepEqual([...told].sort(), ['ns/changed', 'ns/gone', 'ns/new', 'ns/remade']);
    assert.equal(cache.get('ns/remade')?.metadata.uid, 'another uid');
  });

  it('takes everything of a store that was restored from a backup, lower versions included', () => {
    const cache = new ObjectCache<Thing>();
    for (const name of ['a', 'b', 'gone']) cache.store(thing(name, 100));
    const told = cache.replace(listing(20, [thing('a', 10), thing('b', 11, {}, 'new')], { anew: true }));
    assert.deepEqual([...told].sort(), ['ns/a', 'ns/b', 'ns/gone']);
    assert.equal(versionOf(cache, 'a'), '10');
    assert.equal(cache.get('ns/b')?.metadata.uid, 'new');
  });

  it('keeps what was written to the restored store after the listing was asked for', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 100));
    const askedAt = cache.mark();
    cache.overlay(thing('b', 25));
    cache.replace(listing(20, [thing('a', 10)], { anew: true, askedAt }));
    assert.deepEqual([versionOf(cache, 'a'), versionOf(cache, 'b')], ['10', '25']);
  });

  it('drops what is deleted, but not what came after it under the same name', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 7, {}, 'second'));
    assert.equal(cache.drop(thing('a', 5, {}, 'first')), false);
    assert.equal(cache.drop(thing('a', 8, {}, 'second')), true);
    assert.equal(cache.drop(thing('a', 8, {}, 'second')), false);
  });

  it('never shows again what was buried, whatever older events and listings say', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 1));
    assert.equal(cache.bury(thing('a', 5)), true);
    assert.equal(cache.store(thing('a', 4)), false);
    assert.deepEqual(cache.replace(listing(4, [thing('a', 4)])), []);
    assert.equal(cache.size, 0);
    assert.equal(cache.store(thing('a', 9, {}, 'its successor')), true);
    cache.drop(thing('a', 6));
    assert.equal(cache.get('ns/a')?.metadata.uid, 'its successor');
  });

  it('shows what was buried when a backup brings it back', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 50));
    cache.bury(thing('a', 60));
    assert.deepEqual(cache.replace(listing(20, [thing('a', 10)], { anew: true })), ['ns/a']);
    assert.equal(versionOf(cache, 'a'), '10');
  });

  it('remembers what was buried only until a listing no longer names it', () => {
    const cache = new ObjectCache<Thing>();
    cache.store(thing('a', 1));
    cache.bury(thing('a', 5));
    cache.replace(listing(4, []));
    assert.equal(cache.store(thing('a', 4)), false, 'the listing was too old to say');
    cache.replace(listing(5, []));
    assert.equal(cache.store(thing('a', 4)), true, 'nothing older comes any more');
  });

  it('finds by every value that an indexer gives, as objects change', () => {
    const cache = new ObjectCache<Thing>({ label: ({ labels = [] }) => labels });
    const found = (value: string) => cache.byIndex('label', value).map(({ metadata }) => metadata.name);
    cache.store(thing('a', 1, { labels: ['x', 'y'] }));
    cache.store(thing('b', 2, { labels: ['y'] }));
    assert.deepEqual([found('x'), found('y').sort(), found('z')], [['a'], ['a', 'b'], []]);
    cache.store(thing('a', 3, { labels: ['z'] }));
    cache.drop(thing('b', 4));
    assert.deepEqual([found('x'), found('y'), found('z')], [[], [], ['a']]);
    cache.replace(listing(9, []));
    assert.deepEqual(found('z'), []);
    assert.throws(() => cache.byIndex('other', 'x'), /there is no index other/);
  });
});
