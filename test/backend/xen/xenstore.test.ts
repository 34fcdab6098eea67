// Transactions, permissions and watches as the drivers rely on them.
import { describe, expect, it } from 'vitest';
import { DomainStore } from '../../../src/backend/xen/domainStore';
import { inTransaction, Transaction } from '../../../src/backend/xen/transaction';
import { Xenstore } from '../../../src/backend/xen/xenstore';

describe('a transaction', () => {
  it('sees its own writes, and nobody else does before it ends', () => {
    const store = new Xenstore();
    const t = new Transaction(store);
    t.write('/a', '1');
    expect(t.read('/a')).toBe('1');
    expect(store.read('/a')).toBeUndefined();
    expect(t.commit()).toBe(true);
    expect(store.read('/a')).toBe('1');
  });
  it('fails and writes nothing when a key that it read has changed meanwhile', () => {
    const store = new Xenstore();
    store.write('/a', '1');
    const t = new Transaction(store);
    t.read('/a');
    t.write('/b', '2');
    store.write('/a', '9');
    expect(t.commit()).toBe(false);
    expect(store.read('/b')).toBeUndefined();
  });
  it('fails when a key that it read has been removed, even if it is there again', () => {
    const store = new Xenstore();
    store.write('/a', '1');
    const t = new Transaction(store);
    t.read('/a');
    store.remove('/a');
    store.write('/a', '1');
    expect(t.commit()).toBe(false);
  });
  it('is run again until it goes through', () => {
    const store = new Xenstore();
    let tries = 0;
    inTransaction(store, (t) => {
      t.read('/a');
      if (tries++ === 0) store.write('/a', 'changed');
      t.write('/b', String(tries));
    });
    expect(tries).toBe(2);
    expect(store.read('/b')).toBe('2');
  });
});

describe('a guest in xenstore', () => {
  const setUp = (): { store: Xenstore; guest: DomainStore } => {
    const store = new Xenstore();
    store.write('/local/domain/1/device/pci/0/state', '1');
    store.write('/local/domain/0/backend/pci/1/0/state', '2');
    store.write('/local/domain/0/backend/pci/2/0/state', '4');
    store.write('/local/domain/2/name', 'other');
    return { store, guest: new DomainStore(store, 1) };
  };
  it('writes only below its own directory', () => {
    const { store, guest } = setUp();
    expect(guest.write('/local/domain/1/device/pci/0/state', 'garbage')).toBe(0);
    expect(guest.write('/local/domain/0/backend/pci/1/0/state', '4')).toBe(-13);
    expect(guest.write('/local/domain/10/name', 'x')).toBe(-13);
    expect(guest.remove('/local/domain/2')).toBe(-13);
    expect(store.read('/local/domain/0/backend/pci/1/0/state')).toBe('2');
    expect(store.read('/local/domain/2/name')).toBe('other');
  });
  it('reads its own directory and its backend’s, nobody else’s', () => {
    const { guest } = setUp();
    expect(guest.read('/local/domain/0/backend/pci/1/0/state')).toBe('2');
    expect(guest.read('/local/domain/0/backend/pci/1/0/nothing')).toBe(-2);
    expect(guest.read('/local/domain/0/backend/pci/2/0/state')).toBe(-13);
    expect(guest.read('/local/domain/2/name')).toBe(-13);
  });
});

describe('watches', () => {
  it('are told of changes below them in order, after the write, and of the removal of what they name', () => {
    const store = new Xenstore();
    const told: string[] = [];
    store.write('/a/state', '1');
    const end = store.watch('/a', (path) => told.push(`a ${path}`));
    store.watch('/a/state', (path) => told.push(`state ${path}`));
    store.write('/a/state', '2');
    store.write('/b', '1');
    expect(told).toEqual([]);
    store.drain();
    expect(told).toEqual(['a /a/state', 'state /a/state']);
    end();
    store.remove('/a');
    store.drain();
    expect(told.slice(2)).toEqual(['state /a/state']);
  });
});
