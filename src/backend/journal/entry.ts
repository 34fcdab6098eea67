import type { PassthroughOptions } from '../description';
import type { Bdf } from '../spec/bdf';
import type { Width } from '../spec/uint';

export type AerEventName = 'error_detected' | 'mmio_enabled' | 'slot_reset' | 'resume';

/** A named action on the machine with its arguments, as plain data: the same journal gives the same machine. */
export type JournalEntry =
  | { readonly action: 'seize'; readonly bdf: Bdf }
  | { readonly action: 'release'; readonly bdf: Bdf }
  | {
      readonly action: 'assign';
      readonly domid: number;
      readonly bdf: Bdf;
      /** Absent: as with an address and nothing else. */
      readonly options?: PassthroughOptions;
    }
  | { readonly action: 'detach'; readonly domid: number; readonly bdf: Bdf }
  | { readonly action: 'permissive'; readonly bdf: Bdf }
  | { readonly action: 'reset'; readonly bdf: Bdf }
  /** A write of `count` to `sriov_numvfs`. */
  | { readonly action: 'createVirtualFunctions'; readonly bdf: Bdf; readonly count: number }
  | { readonly action: 'sysfs'; readonly attribute: string; readonly text: string }
  | { readonly action: 'raiseLine'; readonly bdf: Bdf; readonly times: number; readonly shared: boolean }
  | {
      readonly action: 'aer';
      readonly bdf: Bdf;
      readonly event: AerEventName;
      readonly state: number;
      /** The guest's verdict; undefined when it does not answer. */
      readonly answer: number | undefined;
    }
  | { readonly action: 'guestScan'; readonly domid: number }
  | { readonly action: 'guestMsi'; readonly domid: number; readonly guest: Bdf; readonly vectors: number }
  | { readonly action: 'guestMsix'; readonly domid: number; readonly guest: Bdf; readonly vectors: number }
  | { readonly action: 'modulePermissive'; readonly on: boolean }
  | { readonly action: 'createGuest'; readonly name: string }
  | { readonly action: 'destroyGuest'; readonly domid: number }
  | {
      readonly action: 'loadDriver';
      readonly profile: string;
      readonly passthrough: boolean;
      readonly permissive: boolean;
    }
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

/** Actions that the journal keeps; beyond, the machine goes on but can no longer be rebuilt from the journal. */
export const JOURNAL_LIMIT = 20_000;
