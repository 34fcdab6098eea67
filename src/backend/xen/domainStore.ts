import { EACCES, ENOENT } from '../host/codes';
import { backendDirectory } from './toolstack';
import type { Xenstore } from './xenstore';

/**
 * What a guest can do in xenstore, by the permissions that the toolstack gives: it owns its own subtree, and may read
 * the backend's directory of its device. Everything else is refused.
 */
export class DomainStore {
  private readonly own: string;
  private readonly readable: string;

  constructor(
    private readonly store: Xenstore,
    readonly domid: number,
  ) {
    this.own = `/local/domain/${domid}`;
    this.readable = backendDirectory(domid);
  }

  private static below(path: string, directory: string): boolean {
    return path === directory || path.startsWith(`${directory}/`);
  }

  /** The value, or -EACCES, or -ENOENT. */
  read(path: string): string | number {
    if (!DomainStore.below(path, this.own) && !DomainStore.below(path, this.readable)) return -EACCES;
    return this.store.read(path) ?? -ENOENT;
  }

  /** 0 or -EACCES. Any value: it is the reader who must be careful. */
  write(path: string, value: string): number {
    if (!DomainStore.below(path, this.own)) return -EACCES;
    this.store.write(path, value);
    return 0;
  }

  /** 0 or -EACCES. */
  remove(path: string): number {
    if (!DomainStore.below(path, this.own)) return -EACCES;
    this.store.remove(path);
    return 0;
  }
}
