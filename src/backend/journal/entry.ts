import type { Bdf } from '../spec/bdf';
import type { Width } from '../spec/uint';

/** A named action on the machine with its arguments, as plain data: the same journal gives the same machine. */
export type JournalEntry =
  | { readonly action: 'seize'; readonly bdf: Bdf }
  | { readonly action: 'release'; readonly bdf: Bdf }
  | { readonly action: 'assign'; readonly domid: number; readonly bdf: Bdf }
  | { readonly action: 'detach'; readonly domid: number; readonly bdf: Bdf }
  | { readonly action: 'permissive'; readonly bdf: Bdf }
  | {
      readonly action: 'confWrite';
      readonly domid: number;
      readonly guest: Bdf;
      readonly offset: number;
      readonly size: number;
      readonly value: number;
    }
  | {
      readonly action: 'hardwareWrite';
      readonly bdf: Bdf;
      readonly offset: number;
      readonly width: Width;
      readonly value: number;
    };
